//! API keys never have more rights than their owner.

use super::*;
use crate::{
    access::Role,
    service::{
        session::resolve_key,
        testing::{
            TestResult,
            accounts::{actions, add, browser, member, trail},
            at, services,
        },
        users,
    },
};

async fn role_of(services: &Services, secret: &str) -> Result<Option<Role>, Error> {
    Ok(resolve_key(services, &browser(), secret).await?.map(|identity| identity.role))
}

fn id(actor: &Actor) -> UserId {
    actor.user().unwrap_or(UserId(0))
}

async fn only_key(services: &Services) -> Result<ApiKeyRow, Error> {
    users::list(services, &Actor::CommandLine).await?.api_keys.pop().ok_or(Error::NotFound)
}

#[tokio::test]
async fn a_scope_is_never_more_than_its_owner() -> TestResult {
    let (_folder, services) = services()?;
    for role in Role::ALL {
        let actor = member(&services, role.as_str(), role).await?;
        for scope in Scope::ALL {
            let made = create(&services, &actor, "widget", scope, None).await;
            if scope.role() > role {
                assert!(matches!(made, Err(Error::Invalid { field: "scope", .. })), "{role} {scope:?}");
            } else {
                assert_eq!(role_of(&services, &made?.secret).await?, Some(scope.role()));
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn who_is_demoted_or_shut_out_takes_the_keys_along() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "root", Role::Administrator).await?;
    let jo = member(&services, "jo", Role::Administrator).await?;
    let secret = create(&services, &jo, "robot", Scope::Admin, None).await?.secret;
    users::set_role(&services, &Actor::CommandLine, id(&jo), Role::Operator).await?;
    assert_eq!(role_of(&services, &secret).await?, Some(Role::Operator));
    users::set_disabled(&services, &Actor::CommandLine, id(&jo), true).await?;
    assert_eq!(role_of(&services, &secret).await?, None);
    users::set_disabled(&services, &Actor::CommandLine, id(&jo), false).await?;
    users::reset_password(&services, &Actor::CommandLine, id(&jo), None, false).await?;
    let identity = resolve_key(&services, &browser(), &secret).await?.ok_or("no key")?;
    let may = Actor::User(identity).may(Permission::ViewBackups);
    assert!(matches!(may, Err(Error::Forbidden)), "not before the owner has chosen a password");
    Ok(())
}

#[tokio::test]
async fn a_key_expires() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Viewer).await?;
    let secret = create(&services, &jo, "widget", Scope::Read, Some(2)).await?.secret;
    at(&services, 2 * 86_400 - 1);
    assert_eq!(role_of(&services, &secret).await?, Some(Role::Viewer));
    assert!(!only_key(&services).await?.expired);
    at(&services, 2 * 86_400);
    assert_eq!(role_of(&services, &secret).await?, None);
    assert!(only_key(&services).await?.expired);
    Ok(())
}

#[tokio::test]
async fn its_owner_and_administrators_revoke_it_and_for_others_it_is_not_there() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Viewer).await?;
    let stranger = member(&services, "kim", Role::Operator).await?;
    let root = member(&services, "root", Role::Administrator).await?;
    let nobody = browser().anonymous();
    for actor in [&jo, &root, &Actor::CommandLine] {
        let secret = create(&services, &jo, "widget", Scope::Read, None).await?.secret;
        let key = only_key_of(&services, &secret).await?;
        for id in [key, ApiKeyId(99)] {
            assert!(matches!(revoke(&services, &stranger, id).await, Err(Error::NotFound)));
            assert!(matches!(revoke(&services, &nobody, id).await, Err(Error::Unauthenticated)));
            let itself = Actor::User(resolve_key(&services, &browser(), &secret).await?.ok_or("no key")?);
            assert!(matches!(revoke(&services, &itself, id).await, Err(Error::NeedsSession)));
        }
        assert!(matches!(revoke(&services, actor, ApiKeyId(99)).await, Err(Error::NotFound)));
        let access = services.access();
        revoke(&services, actor, key).await?;
        assert!(access.has_changed()? && role_of(&services, &secret).await?.is_none());
    }
    let revoked = actions(&services).await?.into_iter().filter(|action| action == "api_key.revoke").count();
    assert_eq!(revoked, 3);
    Ok(())
}

async fn only_key_of(services: &Services, secret: &str) -> Result<ApiKeyId, Error> {
    let keys = users::list(services, &Actor::CommandLine).await?.api_keys;
    keys.iter().find(|key| secret.starts_with(&key.prefix)).map(|key| key.id).ok_or(Error::NotFound)
}

#[tokio::test]
async fn the_secret_is_nowhere_in_the_file() -> TestResult {
    let (folder, services) = services()?;
    let jo = member(&services, "jo", Role::Viewer).await?;
    let made = create(&services, &jo, " my widget ", Scope::Read, Some(30)).await?;
    assert!(made.secret.starts_with("dsk_") && made.secret.len() >= 56 && made.name == "my widget");
    let hash = sha256_hex(&made.secret);
    let mut found_hash = false;
    for entry in std::fs::read_dir(folder.path())? {
        let bytes = std::fs::read(entry?.path())?;
        // More than the prefix, which is stored to identify the key.
        let needle = made.secret.get(..14).ok_or("short")?.as_bytes();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
        found_hash |= bytes.windows(hash.len()).any(|window| window == hash.as_bytes());
    }
    assert!(found_hash);
    let listed = only_key(&services).await?;
    assert_eq!((listed.prefix.as_str(), listed.owner.as_str()), (&made.secret[..9], "jo"));
    assert!(!format!("{made:?} {listed:?} {:?}", trail(&services).await?).contains(&made.secret));
    Ok(())
}

#[tokio::test]
async fn where_it_was_last_used_is_noted_once_a_minute() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Viewer).await?;
    let secret = create(&services, &jo, "widget", Scope::Read, None).await?.secret;
    let mut from = browser();
    from.address = Some("192.0.2.7".parse()?);
    for (second, noted) in [(10, 10), (69, 10), (70, 70)] {
        at(&services, second);
        resolve_key(&services, &from, &secret).await?;
        let row = only_key(&services).await?;
        let used = row.last_used.map(|moment| moment.at.unix() - crate::service::testing::NOON);
        assert_eq!((used, row.last_address.as_deref()), (Some(noted), Some("192.0.2.7")), "{second}");
    }
    for wrong in ["", "dsk_", &secret[1..], &"x".repeat(5000)] {
        assert_eq!(role_of(&services, wrong).await?, None);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_asked_for_has_limits() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Viewer).await?;
    for name in ["", "  ", "a\nb", &"x".repeat(101)] {
        let refused = create(&services, &jo, name, Scope::Read, None).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "name", .. })), "{name:?}");
    }
    for days in [i64::MIN, -1, 0, LONGEST_DAYS + 1, i64::MAX] {
        let refused = create(&services, &jo, "x", Scope::Read, Some(days)).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "days", .. })), "{days}");
    }
    for actor in [Actor::CommandLine, browser().anonymous()] {
        assert!(create(&services, &actor, "x", Scope::Read, None).await.is_err(), "a key has an owner");
    }
    Ok(())
}

#[tokio::test]
async fn only_the_key_that_a_question_named_is_revoked() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Operator).await?;
    create(&services, &jo, "widget", Scope::Read, None).await?;
    let key = only_key(&services).await?;
    let wrong = revoke_named(&services, &jo, key.id, "dsk_other").await;
    assert!(
        matches!(&wrong, Err(Error::Invalid { field: "key", hint }) if hint.contains("meanwhile")),
        "{wrong:?}"
    );
    assert_eq!(only_key(&services).await?.revoked, None);
    let stranger = member(&services, "kim", Role::Operator).await?;
    let probed = revoke_named(&services, &stranger, key.id, "dsk_other").await;
    assert!(matches!(probed, Err(Error::NotFound)), "others do not learn how it begins: {probed:?}");
    revoke_named(&services, &jo, key.id, &key.prefix).await?;
    assert!(only_key(&services).await?.revoked.is_some());
    Ok(())
}
