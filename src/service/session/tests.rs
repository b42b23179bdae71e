//! Users who sign in, and others who should not.

use secrecy::ExposeSecret as _;

use super::*;
use crate::{
    access::{Permission, Role},
    service::{
        account::api_keys,
        tasks::housekeeping::expire_sessions,
        testing::{
            TestResult,
            accounts::{PASSWORD, actions, add, browser, member, password, sign_in, signed_in, trail, who},
            at, services,
        },
        users,
    },
};

mod disk;
mod second_factor;
mod throttle;

async fn attempt(services: &Services, name: &str, typed: &str) -> Result<SignIn, Error> {
    begin(services, &browser(), name, typed.to_owned().into()).await
}

#[tokio::test]
async fn whoever_fails_is_told_the_same() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let kim = add(&services, "kim", Role::Viewer).await?;
    users::set_disabled(&services, &Actor::CommandLine, kim, true).await?;
    let long = "x".repeat(2000);
    for (name, typed) in [
        ("jo", "wrong"),
        ("jo", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("kim", PASSWORD),
        ("kim", "wrong"),
        ("jo", &long),
        (&long, PASSWORD),
    ] {
        let answer = attempt(&services, name, typed).await;
        assert!(matches!(answer, Err(Error::Credentials)), "{name:.10} {typed:.10}: {answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_was_typed_is_nowhere() -> TestResult {
    let (folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    // A password typed into the name field is a common mistake.
    assert!(attempt(&services, "Slip-0f-the-Hand", "Wr0ng-But-Close").await.is_err());
    assert!(attempt(&services, "jo", "Wr0ng-But-Close").await.is_err());
    let trail = trail(&services).await?;
    let failed: Vec<_> = trail.iter().filter(|entry| !entry.success).collect();
    assert_eq!(failed.len(), 2);
    assert_eq!(failed[0].target_name.as_deref(), Some("(unknown user)"));
    assert_eq!(failed[1].target_name.as_deref(), Some("jo"));
    assert!(failed.iter().all(|entry| entry.actor_kind == "anonymous" && entry.action == "session.begin"));
    for file in std::fs::read_dir(folder.path())? {
        let bytes = std::fs::read(file?.path())?.to_ascii_lowercase();
        for typed in ["slip-0f-the-hand", "wr0ng-but-close"] {
            assert!(!bytes.windows(typed.len()).any(|window| window == typed.as_bytes()), "{typed}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_name_is_found_however_it_is_typed() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "Jo.Doe", Role::Operator).await?;
    for typed in ["jo.doe", " JO.DOE ", "Jo.doe\t"] {
        assert!(matches!(attempt(&services, typed, PASSWORD).await?, SignIn::Complete(_)), "{typed}");
    }
    let Some(Actor::User(identity)) = who(&services, &sign_in(&services, "jo.doe").await?).await? else {
        return Err("nobody".into());
    };
    assert_eq!((identity.name.as_str(), identity.role), ("jo.doe", Role::Operator));
    Ok(())
}

#[tokio::test]
async fn a_token_is_random_and_only_its_hash_is_stored() -> TestResult {
    let (folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let (one, two) = (sign_in(&services, "jo").await?, sign_in(&services, "jo").await?);
    assert_ne!(one, two);
    assert!(one.len() >= 52, "256 bits");
    let hash = sha256_hex(&one);
    let mut found_hash = false;
    for file in std::fs::read_dir(folder.path())? {
        let bytes = std::fs::read(file?.path())?;
        assert!(!bytes.windows(one.len()).any(|window| window == one.as_bytes()));
        found_hash |= bytes.windows(hash.len()).any(|window| window == hash.as_bytes());
    }
    assert!(found_hash);
    for wrong in ["", &hash, &one[1..], &"x".repeat(5000)] {
        assert!(who(&services, wrong).await?.is_none());
    }
    Ok(())
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let token = sign_in(&services, "jo").await?;
    let idle = services.options.session_idle;
    at(&services, idle - 1);
    assert!(who(&services, &token).await?.is_some(), "and is used by that");
    at(&services, 2 * idle - 2);
    assert!(who(&services, &token).await?.is_some());
    at(&services, 3 * idle - 2);
    assert!(who(&services, &token).await?.is_none());
    Ok(())
}

#[tokio::test]
async fn a_session_ends_at_last_however_much_it_is_used() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let token = sign_in(&services, "jo").await?;
    let actor = who(&services, &token).await?.ok_or("nobody")?;
    for day in 1..30 {
        at(&services, day * 86_400);
        assert!(who(&services, &token).await?.is_some(), "day {day}");
    }
    at(&services, 30 * 86_400 - 1);
    assert!(who(&services, &token).await?.is_some() && is_still_valid(&services, &actor).await?);
    at(&services, 30 * 86_400);
    assert!(who(&services, &token).await?.is_none());
    let access = services.access();
    assert!(!access.has_changed()?);
    expire_sessions(&services).await?;
    assert!(access.has_changed()?, "streams look");
    assert!(!is_still_valid(&services, &actor).await?);
    Ok(())
}

#[tokio::test]
async fn the_fifty_first_session_ends_the_one_used_longest_ago() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let first = sign_in(&services, "jo").await?;
    let second = sign_in(&services, "jo").await?;
    at(&services, 100);
    assert!(who(&services, &first).await?.is_some());
    for _ in 2..=SESSIONS {
        sign_in(&services, "jo").await?;
    }
    assert!(who(&services, &second).await?.is_none());
    assert!(who(&services, &first).await?.is_some());
    Ok(())
}

#[tokio::test]
async fn signing_out_ends_the_session_and_its_streams() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let (here, there) = (sign_in(&services, "jo").await?, sign_in(&services, "jo").await?);
    let actor = who(&services, &here).await?.ok_or("nobody")?;
    let access = services.access();
    end(&services, &actor).await?;
    assert!(access.has_changed()? && !is_still_valid(&services, &actor).await?);
    assert!(who(&services, &here).await?.is_none());
    assert!(who(&services, &there).await?.is_some());
    end(&services, &browser().anonymous()).await?;
    assert_eq!(actions(&services).await?, ["user.create", "session.begin", "session.begin", "session.end"]);
    Ok(())
}

#[tokio::test]
async fn what_changes_a_role_or_forbids_ends_streams_of_sessions_and_of_keys() -> TestResult {
    let (_folder, services) = services()?;
    member(&services, "root", Role::Administrator).await?;
    let jo = member(&services, "jo", Role::Administrator).await?;
    let id = jo.user().ok_or("nobody")?;
    let key = api_keys::create(&services, &jo, "widget", crate::access::Scope::Write, Some(1)).await?;
    let key = Actor::User(resolve_key(&services, &browser(), &key.secret).await?.ok_or("no key")?);
    assert!(is_still_valid(&services, &jo).await? && is_still_valid(&services, &key).await?);
    // A user who changes their own role keeps the session, with fewer rights.
    users::set_role(&services, &jo, id, Role::Operator).await?;
    assert!(!is_still_valid(&services, &jo).await?);
    assert!(is_still_valid(&services, &key).await?, "it was never more than an operator");
    users::set_role(&services, &Actor::CommandLine, id, Role::Viewer).await?;
    assert!(!is_still_valid(&services, &key).await?);
    users::set_role(&services, &Actor::CommandLine, id, Role::Operator).await?;
    users::set_disabled(&services, &Actor::CommandLine, id, true).await?;
    assert!(!is_still_valid(&services, &key).await?);
    users::set_disabled(&services, &Actor::CommandLine, id, false).await?;
    assert!(is_still_valid(&services, &key).await?);
    at(&services, 86_400);
    assert!(!is_still_valid(&services, &key).await?, "it has expired");
    Ok(())
}

#[tokio::test]
async fn a_full_disk_keeps_nobody_out() -> TestResult {
    use diesel::connection::SimpleConnection as _;
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    let token = sign_in(&services, "jo").await?;
    services
        .db
        .write(|tx| {
            let refuse =
                "CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'disk'); END";
            Ok(tx.conn.batch_execute(refuse)?)
        })
        .await?;
    at(&services, 3600);
    assert!(who(&services, &token).await?.is_some());
    Ok(())
}

#[tokio::test]
async fn a_temporary_password_only_changes_itself() -> TestResult {
    let (_folder, services) = services()?;
    let (_, shown) = users::create(&services, &Actor::CommandLine, "jo", Role::Administrator, None).await?;
    let temporary = shown.ok_or("nothing to show")?.secret;
    let SignIn::Complete(token) = attempt(&services, "jo", &temporary).await? else {
        return Err("no session".into());
    };
    let token = token.0.expose_secret().to_owned();
    let actor = who(&services, &token).await?.ok_or("nobody")?;
    for permission in Permission::ALL {
        assert_eq!(actor.may(permission).is_ok(), permission == Permission::OwnAccount, "{permission:?}");
    }
    let key = api_keys::create(&services, &actor, "x", crate::access::Scope::Read, None).await;
    assert!(matches!(key, Err(Error::Forbidden)), "{key:?}");
    crate::service::account::change_password(&services, &actor, temporary.clone().into(), password()).await?;
    let actor = who(&services, &token).await?.ok_or("nobody")?;
    assert!(actor.may(Permission::ManageUsers).is_ok());
    assert!(attempt(&services, "jo", &temporary).await.is_err());
    signed_in(&services, "jo").await?;
    Ok(())
}
