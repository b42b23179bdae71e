//! Users, as administrators and the command line change them.

use super::*;
use crate::service::{
    account, session,
    testing::{
        TestResult,
        accounts::{PASSWORD, actions, add, member, password, second_factor, sign_in, signed_in, trail, who},
        at, services,
    },
};

const ROOT: Actor = Actor::CommandLine;

fn id(actor: &Actor) -> UserId {
    actor.user().unwrap_or(UserId(0))
}

fn is_last<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Invalid { field: "user", hint }) if hint.contains("only administrator"))
}

#[tokio::test]
async fn names_are_small_and_plain() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "  Jo.Doe@Example.org ", Role::Viewer).await?;
    assert_eq!(users_of(&services).await?, ["jo.doe@example.org"]);
    for taken in ["jo.doe@example.org", "JO.DOE@example.org"] {
        let again = add(&services, taken, Role::Viewer).await;
        assert!(matches!(&again, Err(Error::Invalid { field: "name", hint }) if hint.contains("already")));
    }
    let long = "x".repeat(65);
    for hostile in [
        "",
        "  ",
        "a b",
        "a\nb",
        "a\0",
        "<img src=x onerror=alert(1)>",
        "a/b",
        "jo\u{202e}",
        "jo'--",
        "o\u{308}",
        &long,
    ] {
        let refused = add(&services, hostile, Role::Viewer).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "name", .. })), "{hostile:?}: {refused:?}");
    }
    assert!(find(&services, &ROOT, " Jo.DOE@example.org").await.is_ok());
    assert!(matches!(find(&services, &ROOT, "kim").await, Err(Error::NotFound)));
    Ok(())
}

async fn users_of(services: &Services) -> Result<Vec<String>, Error> {
    Ok(list(services, &ROOT).await?.users.into_iter().map(|user| user.name).collect())
}

#[tokio::test]
async fn weak_passwords_are_refused() -> TestResult {
    let (_folder, services) = services()?;
    let jo = add(&services, "jo-doe", Role::Viewer).await?;
    for weak in ["short", "password1234", "jo-doe is my own name"] {
        let made =
            create(&services, &ROOT, "kim-doe", Role::Viewer, Some(weak.replace("jo-doe", "kim-doe").into()));
        assert!(matches!(made.await, Err(Error::Invalid { field: "password", .. })), "{weak}");
        let changed = reset_password(&services, &ROOT, jo, Some(weak.to_owned().into()), false).await;
        assert!(matches!(changed, Err(Error::Invalid { field: "password", .. })), "{weak}");
    }
    assert!(sign_in(&services, "jo-doe").await.is_ok());
    Ok(())
}

#[tokio::test]
async fn the_last_administrator_stays() -> TestResult {
    let (_folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    let second = add(&services, "second", Role::Administrator).await?;
    set_disabled(&services, &root, second, true).await?;
    // A disabled administrator does not count.
    for actor in [&root, &ROOT] {
        assert!(is_last(&set_role(&services, actor, id(&root), Role::Operator).await));
        assert!(is_last(&set_disabled(&services, actor, id(&root), true).await));
        assert!(is_last(&delete(&services, actor, id(&root)).await));
    }
    set_role(&services, &root, id(&root), Role::Administrator).await?;
    assert!(sign_in(&services, "root").await.is_ok());
    set_disabled(&services, &root, second, false).await?;
    set_role(&services, &root, id(&root), Role::Viewer).await?;
    assert!(is_last(&delete(&services, &ROOT, second).await));
    Ok(())
}

#[tokio::test]
async fn two_administrators_cannot_remove_each_other_at_once() -> TestResult {
    let (_folder, services) = services()?;
    let one = member(&services, "one", Role::Administrator).await?;
    let two = member(&services, "two", Role::Administrator).await?;
    let both = tokio::join!(
        set_role(&services, &one, id(&two), Role::Viewer),
        set_disabled(&services, &two, id(&one), true)
    );
    assert_eq!(usize::from(is_last(&both.0)) + usize::from(is_last(&both.1)), 1, "{both:?}");
    Ok(())
}

#[tokio::test]
async fn changes_end_the_sessions_of_the_one_who_is_changed() -> TestResult {
    let (_folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    let jo = add(&services, "jo", Role::Viewer).await?;
    for step in 0..5 {
        let token = sign_in(&services, "jo").await?;
        let access = services.access();
        match step {
            0 => set_role(&services, &root, jo, Role::Operator).await?,
            1 => end_sessions(&services, &root, jo).await?,
            2 => {
                reset_password(&services, &root, jo, Some(PASSWORD.to_owned().into()), false).await?;
            }
            3 => {
                set_disabled(&services, &root, jo, true).await?;
                assert!(sign_in(&services, "jo").await.is_err());
                set_disabled(&services, &root, jo, false).await?;
            }
            _ => delete(&services, &root, jo).await?,
        }
        assert!(access.has_changed()?, "{step}");
        assert!(who(&services, &token).await?.is_none(), "{step}");
    }
    assert!(session::is_still_valid(&services, &root).await?, "and not those of the one who does it");
    Ok(())
}

#[tokio::test]
async fn a_reset_is_temporary_frees_the_account_and_takes_a_lost_factor_away() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Viewer).await?;
    second_factor(&services, &jo).await?;
    at(&services, 60);
    for _ in 0..5 {
        let wrong = session::begin(&services, &session::Caller::default(), "jo", "x".to_owned().into()).await;
        assert!(wrong.is_err());
    }
    let shown = reset_password(&services, &ROOT, id(&jo), None, true).await?.ok_or("nothing to show")?;
    assert!(shown.name == "jo" && shown.secret.len() >= 16);
    assert!(!format!("{shown:?}").contains(&shown.secret));
    let begun =
        session::begin(&services, &session::Caller::default(), "jo", shown.secret.clone().into()).await?;
    assert!(matches!(begun, session::SignIn::Complete(_)), "without a code");
    let row = &list(&services, &ROOT).await?.users[0];
    assert!(row.password_temporary && !row.second_factor && !row.blocked);
    let left = services.db.read(move |conn| users::recovery_codes_left(conn, UserId(1))).await?;
    assert_eq!(left, 0);
    assert!(trail(&services).await?.iter().all(|entry| !format!("{entry:?}").contains(&shown.secret)));
    Ok(())
}

#[tokio::test]
async fn nobody_resets_their_own_password() -> TestResult {
    let (_folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    let reset = reset_password(&services, &root, id(&root), None, true).await;
    assert!(matches!(reset, Err(Error::Invalid { field: "user", .. })), "an open browser is not enough");
    Ok(())
}

#[tokio::test]
async fn who_is_gone_takes_sessions_keys_and_failures_along() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Viewer).await?;
    let key = account::api_keys::create(&services, &jo, "x", crate::access::Scope::Read, None).await?;
    for _ in 0..5 {
        account::change_password(
            &services,
            &jo,
            "x".to_owned().into(),
            "a long enough secret".to_owned().into(),
        )
        .await
        .unwrap_err();
    }
    delete(&services, &ROOT, id(&jo)).await?;
    let caller = session::Caller::default();
    assert!(session::resolve_key(&services, &caller, &key.secret).await?.is_none());
    assert!(list(&services, &ROOT).await?.api_keys.is_empty());
    let next = add(&services, "jo", Role::Viewer).await?;
    assert_ne!(next, id(&jo), "ids are not used again");
    signed_in(&services, "jo").await?;
    assert!(trail(&services).await?.iter().any(|entry| entry.actor_name == "jo"), "what was done stays");
    Ok(())
}

#[tokio::test]
async fn everything_is_recorded() -> TestResult {
    let (_folder, services) = services()?;
    let jo = add(&services, "jo", Role::Viewer).await?;
    set_role(&services, &ROOT, jo, Role::Operator).await?;
    set_disabled(&services, &ROOT, jo, true).await?;
    set_disabled(&services, &ROOT, jo, false).await?;
    reset_password(&services, &ROOT, jo, Some(password()), false).await?;
    unlock(&services, &ROOT, jo).await?;
    end_sessions(&services, &ROOT, jo).await?;
    delete(&services, &ROOT, jo).await?;
    let expected =
        ["create", "set_role", "disable", "enable", "reset_password", "unlock", "end_sessions", "delete"];
    assert_eq!(actions(&services).await?, expected.map(|verb| format!("user.{verb}")));
    let role = &trail(&services).await?[1];
    assert_eq!(role.before.as_deref(), Some(r#"{"role":"viewer"}"#));
    assert_eq!(role.after.as_deref(), Some(r#"{"role":"operator"}"#));
    assert_eq!((role.actor_kind.as_str(), role.target_name.as_deref()), ("command_line", Some("jo")));
    let everything = format!("{:?}", trail(&services).await?);
    assert!(!everything.contains(PASSWORD) && !everything.contains("argon2"), "{everything}");
    Ok(())
}

#[tokio::test]
async fn only_administrators_may() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Operator).await?;
    let kim = add(&services, "kim", Role::Viewer).await?;
    let before = actions(&services).await?;
    macro_rules! forbidden {
        ($($call:expr),+ $(,)?) => { $(assert!(matches!($call.await, Err(Error::Forbidden)));)+ };
    }
    forbidden!(
        list(&services, &jo),
        create(&services, &jo, "new", Role::Viewer, None),
        find(&services, &jo, "kim"),
        set_role(&services, &jo, id(&jo), Role::Administrator),
        set_disabled(&services, &jo, kim, true),
        reset_password(&services, &jo, kim, None, false),
        unlock(&services, &jo, kim),
        end_sessions(&services, &jo, kim),
        delete(&services, &jo, kim),
    );
    assert_eq!(actions(&services).await?, before);
    for result in [
        set_role(&services, &ROOT, UserId(99), Role::Viewer).await,
        delete(&services, &ROOT, UserId(99)).await,
        reset_password(&services, &ROOT, UserId(99), None, false).await.map(drop),
    ] {
        assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_question_names_whom_it_is_about() -> TestResult {
    let (_folder, services) = services()?;
    let jo = add(&services, "jo", Role::Viewer).await?;
    check_named(&services, &Actor::CommandLine, jo, "jo").await?;
    check_named(&services, &Actor::CommandLine, jo, "").await?;
    let other = check_named(&services, &Actor::CommandLine, jo, "kim").await;
    assert!(
        matches!(&other, Err(Error::Invalid { field: "user", hint }) if hint.contains("meanwhile")),
        "{other:?}"
    );
    Ok(())
}
