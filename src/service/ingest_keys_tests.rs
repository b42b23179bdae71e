//! The secret is returned only once, when the key is created.

use super::*;
use crate::service::{
    ingest,
    testing::{TestResult, accounts, at, services},
};

#[tokio::test]
async fn the_secret_is_nowhere_in_the_file() -> TestResult {
    let (folder, services) = services()?;
    let made = create(&services, &Actor::CommandLine, "nas").await?;
    assert!(
        made.secret.len() >= 52 && made.secret.bytes().all(|b| b.is_ascii_alphanumeric()),
        "{}",
        made.secret
    );
    let hash = sha256_hex(&made.secret);
    let mut found_hash = false;
    for entry in std::fs::read_dir(folder.path())? {
        let bytes = std::fs::read(entry?.path())?;
        // More than the prefix, which is stored to identify the key.
        let needle = made.secret.get(..12).ok_or("short")?.as_bytes();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
        found_hash |= bytes.windows(hash.len()).any(|window| window == hash.as_bytes());
    }
    assert!(found_hash);
    let listed = list(&services, &Actor::CommandLine).await?;
    assert_eq!(listed.keys.len(), 1);
    assert_eq!(listed.keys[0].prefix, made.secret[..6]);
    assert!(!format!("{listed:?}").contains(&made.secret));
    Ok(())
}

#[tokio::test]
async fn secrets_differ() -> TestResult {
    let (_folder, services) = services()?;
    let (one, two) = (
        create(&services, &Actor::CommandLine, "").await?,
        create(&services, &Actor::CommandLine, "").await?,
    );
    assert_ne!(one.secret, two.secret);
    Ok(())
}

#[tokio::test]
async fn a_new_secret_is_shown_once_and_not_for_ever() -> TestResult {
    let (_folder, services) = services()?;
    let visitor = Actor::CommandLine;
    let token = create_to_show(&services, &visitor, "nas").await?;
    assert_eq!(take_to_show(&services, &visitor, "wrong")?, None);
    assert!(
        take_to_show(&services, &visitor, &token)?.is_some_and(|key| key.server.as_deref() == Some("nas"))
    );
    assert_eq!(take_to_show(&services, &visitor, &token)?, None, "once");
    let token = create_to_show(&services, &visitor, "nas").await?;
    at(&services, 601);
    assert_eq!(take_to_show(&services, &visitor, &token)?, None, "too late");
    Ok(())
}

#[tokio::test]
async fn a_key_is_bound_to_the_server_of_its_name() -> TestResult {
    let (_folder, services) = services()?;
    create(&services, &Actor::CommandLine, "  nas ").await?;
    create(&services, &Actor::CommandLine, "nas").await?;
    create(&services, &Actor::CommandLine, " ").await?;
    let page = list(&services, &Actor::CommandLine).await?;
    assert_eq!(page.servers.len(), 1);
    let bound: Vec<_> =
        page.keys.iter().map(|key| key.server.as_ref().map(|(_, name)| name.as_str())).collect();
    assert_eq!(bound, [None, Some("nas"), Some("nas")], "newest first");
    for wrong in ["x".repeat(201), "a\nb".into()] {
        let refused = create(&services, &Actor::CommandLine, &wrong).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "server", .. })), "{refused:?}");
    }
    Ok(())
}

#[tokio::test]
async fn revoking_keeps_its_first_date_and_needs_a_key() -> TestResult {
    let (_folder, services) = services()?;
    let made = create(&services, &Actor::CommandLine, "").await?;
    revoke(&services, &Actor::CommandLine, made.id).await?;
    let first = list(&services, &Actor::CommandLine).await?.keys[0].revoked;
    assert!(first.is_some());
    at(&services, 60);
    revoke(&services, &Actor::CommandLine, made.id).await?;
    assert_eq!(list(&services, &Actor::CommandLine).await?.keys[0].revoked, first);
    assert!(matches!(revoke(&services, &Actor::CommandLine, KeyId(99)).await, Err(Error::NotFound)));
    Ok(())
}

#[tokio::test]
async fn guests_and_senders_change_nothing() -> TestResult {
    let (_folder, services) = services()?;
    let made = create(&services, &Actor::CommandLine, "").await?;
    let guest = Actor::Guest { address: "192.0.2.7".into() };
    let sender = Actor::Sender { key: Some(made.id), server: None };
    for actor in [guest, sender] {
        assert!(matches!(create(&services, &actor, "x").await, Err(Error::Forbidden)));
        assert!(matches!(create_to_show(&services, &actor, "x").await, Err(Error::Forbidden)));
        assert!(matches!(rotate(&services, &actor, made.id).await, Err(Error::Forbidden)));
        assert!(matches!(take_to_show(&services, &actor, "x"), Err(Error::Forbidden)));
        assert!(matches!(revoke(&services, &actor, made.id).await, Err(Error::Forbidden)));
        assert!(matches!(list(&services, &actor).await, Err(Error::Forbidden)));
    }
    assert_eq!(list(&services, &Actor::CommandLine).await?.keys.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_replaced_key_works_for_another_week() -> TestResult {
    let (_folder, services) = services()?;
    let old = create(&services, &Actor::CommandLine, "nas").await?;
    let new = rotate(&services, &Actor::CommandLine, old.id).await?;
    assert_ne!(new.secret, old.secret);
    assert_eq!(new.server.as_deref(), Some("nas"), "for the same server");
    let works = async |key: &NewKey| ingest::authenticate(&services, Some(&key.secret)).await.is_ok();
    at(&services, OVERLAP - 1);
    assert!(works(&old).await && works(&new).await);
    assert!(list(&services, &Actor::CommandLine).await?.keys.iter().all(|row| !row.expired));
    at(&services, OVERLAP);
    assert!(!works(&old).await && works(&new).await);
    let rows = list(&services, &Actor::CommandLine).await?.keys;
    assert_eq!(rows.iter().map(|row| row.expired).collect::<Vec<_>>(), [false, true]);
    Ok(())
}

#[tokio::test]
async fn a_key_is_replaced_once() -> TestResult {
    let (_folder, services) = services()?;
    let (one, two) = (
        create(&services, &Actor::CommandLine, "").await?,
        create(&services, &Actor::CommandLine, "").await?,
    );
    rotate(&services, &Actor::CommandLine, one.id).await?;
    revoke(&services, &Actor::CommandLine, two.id).await?;
    for key in [one.id, two.id] {
        let again = rotate(&services, &Actor::CommandLine, key).await;
        assert!(matches!(again, Err(Error::Invalid { field: "key", .. })), "{again:?}");
    }
    assert!(matches!(rotate(&services, &Actor::CommandLine, KeyId(99)).await, Err(Error::NotFound)));
    assert_eq!(list(&services, &Actor::CommandLine).await?.keys.len(), 3);
    // Revoking the old key ends its remaining week.
    revoke(&services, &Actor::CommandLine, one.id).await?;
    assert!(ingest::authenticate(&services, Some(&one.secret)).await.is_err());
    Ok(())
}

#[tokio::test]
async fn what_is_done_with_keys_is_recorded_without_their_secrets() -> TestResult {
    let (_folder, services) = services()?;
    let old = create(&services, &Actor::CommandLine, "nas").await?;
    let new = rotate(&services, &Actor::CommandLine, old.id).await?;
    revoke(&services, &Actor::CommandLine, new.id).await?;
    let actions = accounts::actions(&services).await?;
    assert_eq!(actions, ["create", "rotate", "revoke"].map(|verb| format!("ingest_key.{verb}")));
    let everything = format!("{:?}", accounts::trail(&services).await?);
    assert!(!everything.contains(&old.secret[..8]) && !everything.contains(&new.secret[..8]), "{everything}");
    Ok(())
}

#[tokio::test]
async fn a_second_press_makes_no_second_address() -> TestResult {
    let (_folder, services) = services()?;
    let root = Actor::CommandLine;
    create(&services, &root, "nas").await?;
    create_first_to_show(&services, &root).await?;
    let again = create_first_to_show(&services, &root).await;
    assert!(matches!(again, Err(Error::Invalid { field: "key", .. })), "{again:?}");
    let keys = list(&services, &root).await?.keys;
    assert_eq!(keys.iter().filter(|key| key.server.is_none()).count(), 1);
    // A key that is no longer valid does not prevent a new one.
    let first = keys.iter().find(|key| key.server.is_none()).ok_or("none")?;
    revoke(&services, &root, first.id).await?;
    create_first_to_show(&services, &root).await?;
    Ok(())
}

#[tokio::test]
async fn only_the_key_that_a_question_named_is_revoked_or_replaced() -> TestResult {
    let (_folder, services) = services()?;
    let root = Actor::CommandLine;
    let key = create(&services, &root, "nas").await?;
    let other = create(&services, &root, "nas").await?.secret;
    let (named, wrong) = (&key.secret[..6], &other[..6]);
    for refused in [
        revoke_named(&services, &root, key.id, wrong).await.err(),
        rotate_to_show(&services, &root, key.id, wrong).await.err(),
    ] {
        let Some(Error::Invalid { field: "key", hint }) = refused else { panic!("{refused:?}") };
        assert!(hint.contains("changed meanwhile"), "{hint}");
    }
    assert_eq!(list(&services, &root).await?.keys.len(), 2, "nothing was changed");
    rotate_to_show(&services, &root, key.id, named).await?;
    revoke_named(&services, &root, key.id, named).await?;
    let keys = list(&services, &root).await?.keys;
    assert!(keys.iter().find(|row| row.id == key.id).is_some_and(|row| row.revoked.is_some()));
    Ok(())
}
