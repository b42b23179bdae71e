//! What users do with their own account.

use super::*;
use crate::{
    access::Role,
    dto::account::{DateFormat, Profile, SecondFactor},
    service::{
        session,
        session::resolve_key,
        testing::{
            NOON, TestResult,
            accounts::{actions, add, browser, code, member, password, second_factor, sign_in, trail, who},
            at, services,
        },
    },
};

const NEW: &str = "amber kettle beside nine rivers";

fn text(text: &str) -> SecretString {
    SecretString::from(text)
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let (here, there) = (sign_in(&services, "jo").await?, sign_in(&services, "jo").await?);
    let actor = who(&services, &here).await?.ok_or("nobody")?;
    let access = services.access();
    let wrong = change_password(&services, &actor, text("wrong"), text(NEW)).await;
    assert!(matches!(wrong, Err(Error::Credentials)));
    let weak = change_password(&services, &actor, password(), text("1234")).await;
    assert!(matches!(weak, Err(Error::Invalid { field: "password", .. })));
    let same = change_password(&services, &actor, password(), password()).await;
    assert!(matches!(same, Err(Error::Invalid { field: "password", .. })));
    assert!(!access.has_changed()? && who(&services, &there).await?.is_some());
    at(&services, 60);
    change_password(&services, &actor, password(), text(NEW)).await?;
    assert!(access.has_changed()?);
    assert!(who(&services, &here).await?.is_some() && who(&services, &there).await?.is_none());
    assert!(sign_in(&services, "jo").await.is_err());
    let page = show(&services, &actor).await?;
    assert_eq!(page.password_changed.map(|moment| moment.at.unix()), Some(NOON + 60));
    Ok(())
}

#[tokio::test]
async fn who_sits_at_an_open_browser_cannot_guess_the_password() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    for _ in 0..5 {
        let wrong = change_password(&services, &actor, text("wrong"), text(NEW)).await;
        assert!(matches!(wrong, Err(Error::Credentials)));
    }
    for result in [
        change_password(&services, &actor, password(), text(NEW)).await,
        begin_second_factor(&services, &actor, password()).await,
        remove_second_factor(&services, &actor, password()).await,
        renew_recovery_codes(&services, &actor, password()).await.map(drop),
    ] {
        assert!(matches!(result, Err(Error::TooMany { .. })), "{result:?}");
    }
    let failed = trail(&services).await?.into_iter().filter(|entry| !entry.success).collect::<Vec<_>>();
    assert_eq!(failed.len(), 5);
    assert!(failed.iter().all(|entry| entry.actor_name == "jo" && entry.action == "account.prove_password"));
    Ok(())
}

#[tokio::test]
async fn the_second_factor_counts_once_it_was_proved() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    let other = sign_in(&services, "jo").await?;
    assert!(matches!(confirm_second_factor(&services, &actor, "123456").await, Err(Error::Invalid { .. })));
    assert!(matches!(renew_recovery_codes(&services, &actor, password()).await, Err(Error::Invalid { .. })));
    begin_second_factor(&services, &actor, password()).await?;
    let SecondFactor::Pending(first) = show(&services, &actor).await?.second_factor else {
        return Err("not pending".into());
    };
    assert!(first.uri.contains(&first.secret) && first.uri.starts_with("otpauth://totp/"));
    assert!(sign_in(&services, "jo").await.is_ok(), "it does not count yet");
    // Starting again makes the first secret useless.
    begin_second_factor(&services, &actor, password()).await?;
    let old = confirm_second_factor(&services, &actor, &code(&services, &first.secret)).await;
    assert!(matches!(old, Err(Error::Credentials)));
    let access = services.access();
    let (secret, codes) = second_factor(&services, &actor).await?;
    assert!(access.has_changed()? && who(&services, &other).await?.is_none(), "others end");
    assert!(session::is_still_valid(&services, &actor).await?);
    assert!(matches!(sign_in(&services, "jo").await, Err(Error::Forbidden)), "it needs a code");
    assert!(matches!(begin_second_factor(&services, &actor, password()).await, Err(Error::Invalid { .. })));
    let new = renew_recovery_codes(&services, &actor, password()).await?;
    assert!(new.iter().all(|code| !codes.contains(code)));
    remove_second_factor(&services, &actor, password()).await?;
    assert_eq!(show(&services, &actor).await?.second_factor, SecondFactor::Off);
    assert!(sign_in(&services, "jo").await.is_ok());
    let everything = format!("{:?}", trail(&services).await?);
    assert!(!everything.contains(&secret) && codes.iter().all(|code| !everything.contains(code)));
    let factor = actions(&services).await?.into_iter().filter(|action| action.starts_with("second_factor."));
    assert_eq!(
        factor.collect::<Vec<_>>(),
        ["begin", "begin", "begin", "on", "renew_codes", "off"].map(|verb| format!("second_factor.{verb}"))
    );
    Ok(())
}

#[tokio::test]
async fn secrets_are_sealed_or_hashed_in_the_file() -> TestResult {
    let (folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    let (secret, codes) = second_factor(&services, &actor).await?;
    for file in std::fs::read_dir(folder.path())? {
        let bytes = std::fs::read(file?.path())?;
        let bare = codes.iter().map(|code| code.replace('-', ""));
        for needle in bare.chain(codes.clone()).chain([secret.clone()]) {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle.as_bytes()));
        }
    }
    Ok(())
}

#[tokio::test]
async fn sessions_are_listed_and_ended() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let kim = member(&services, "kim", Role::Administrator).await?;
    let (one, two, three) =
        (sign_in(&services, "jo").await?, sign_in(&services, "jo").await?, sign_in(&services, "jo").await?);
    at(&services, 90);
    let actor = who(&services, &one).await?.ok_or("nobody")?;
    let listed = show(&services, &actor).await?.sessions;
    let current: Vec<_> = listed.iter().map(|session| session.current).collect();
    assert_eq!(current, [true, false, false], "last used first");
    assert!(listed.iter().all(|session| session.device == "Firefox"));
    let not_mine = end_session(&services, &kim, listed[1].id).await;
    assert!(matches!(not_mine, Err(Error::NotFound)), "not even for administrators");
    end_session(&services, &actor, listed[1].id).await?;
    assert!(who(&services, &three).await?.is_none() && who(&services, &two).await?.is_some());
    assert!(matches!(end_session(&services, &actor, listed[1].id).await, Err(Error::NotFound)));
    end_other_sessions(&services, &actor).await?;
    assert!(who(&services, &two).await?.is_none() && who(&services, &one).await?.is_some());
    // Expired sessions are not listed, although they are not deleted yet.
    at(&services, 90 + services.options.session_idle);
    assert_eq!(show(&services, &actor).await?.sessions, []);
    let ended = actions(&services).await?.split_off(6);
    assert_eq!(ended, ["account.end_session", "account.end_other_sessions"]);
    Ok(())
}

#[tokio::test]
async fn a_profile_keeps_what_can_be_used() -> TestResult {
    let (_folder, services) = services()?;
    let actor = member(&services, "jo", Role::Viewer).await?;
    let profile = Profile {
        display_name: " <b>Jo</b> ".into(),
        email: "jo@example.org".into(),
        theme: "dark".into(),
        time_zone: "Europe/Berlin".into(),
        date_format: DateFormat::Iso,
        ..Profile::default()
    };
    save_profile(&services, &actor, profile.clone()).await?;
    let page = show(&services, &actor).await?;
    assert_eq!(page.profile, Profile { display_name: "<b>Jo</b>".into(), ..profile.clone() });
    save_profile(&services, &actor, Profile { theme: "light".into(), ..profile.clone() }).await?;
    let change = trail(&services).await?.pop().ok_or("nothing")?;
    assert_eq!(change.before.as_deref(), Some(r#"{"theme":"dark"}"#));
    assert_eq!(change.after.as_deref(), Some(r#"{"theme":"light"}"#));
    let long = "x".repeat(201);
    for (field, wrong) in [
        ("display_name", Profile { display_name: long, ..profile.clone() }),
        ("display_name", Profile { display_name: "a\u{7}b".into(), ..profile.clone() }),
        ("email", Profile { email: "jo".into(), ..profile.clone() }),
        ("time_zone", Profile { time_zone: "Middle/Earth".into(), ..profile.clone() }),
    ] {
        let refused = save_profile(&services, &actor, wrong).await;
        assert!(matches!(refused, Err(Error::Invalid { field: of, .. }) if of == field), "{field}");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_does_not_manage_its_owners_account() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "root", Role::Administrator).await?;
    let jo = member(&services, "jo", Role::Administrator).await?;
    let id = jo.user().ok_or("nobody")?;
    let key = api_keys::create(&services, &jo, "robot", Scope::Admin, None).await?;
    let key = Actor::User(resolve_key(&services, &browser(), &key.secret).await?.ok_or("no key")?);
    for result in [
        show(&services, &key).await.map(drop),
        change_password(&services, &key, password(), text(NEW)).await,
        begin_second_factor(&services, &key, password()).await,
        remove_second_factor(&services, &key, password()).await,
        end_other_sessions(&services, &key).await,
        save_profile(&services, &key, Profile::default()).await,
        api_keys::create(&services, &key, "more", Scope::Read, None).await.map(drop),
        crate::service::users::set_role(&services, &key, id, Role::Viewer).await,
        crate::service::users::set_disabled(&services, &key, id, true).await,
        crate::service::users::delete(&services, &key, id).await,
    ] {
        assert!(matches!(result, Err(Error::NeedsSession)), "{result:?}");
    }
    Ok(())
}
