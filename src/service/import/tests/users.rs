//! Users keep their passwords, except the well-known default one.

use secrecy::SecretString;

use super::*;
use crate::{
    access::Role,
    db::{
        node::fixture::{PASSWORD, bcrypt_hash},
        tables::users as user_rows,
    },
    service::{session, session::Caller, users},
};

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

#[tokio::test]
async fn a_bcrypt_hash_lets_in_and_is_replaced() -> TestResult {
    let (folder, services) = services()?;
    let (path, fixture) = fixture(folder.path(), Version::V1_4)?;
    let hash = bcrypt_hash(PASSWORD);
    fixture.user("Jo", &hash, true, false)?;
    fixture.user("sam the man", &hash, false, true)?;
    let report = import_file(&services, &path).await?;
    assert_eq!(report.people, tally(2, 2, 0, 0));
    let find = |name: &'static str| services.db.read(move |conn| user_rows::find_by_name(conn, name));
    let jo = find("jo").await?.ok_or("jo is not there")?;
    assert_eq!((jo.role(), jo.password_temporary), (Role::Administrator, false));
    assert_eq!(jo.last_login_at.as_deref(), Some("2026-11-01T10:00:00Z"));
    let sam = find("sam the man").await?.ok_or("sam is not there")?;
    assert_eq!((sam.role(), sam.password_temporary), (Role::Viewer, true));
    let caller = Caller::default();
    assert!(session::begin(&services, &caller, "jo", secret("Sonnenblume8")).await.is_err());
    session::begin(&services, &caller, "jo", secret(PASSWORD)).await?;
    let replaced = find("jo").await?.and_then(|jo| jo.password_hash).unwrap_or_default();
    assert!(replaced.starts_with("$argon2id$"), "{replaced}");
    session::begin(&services, &caller, "jo", secret(PASSWORD)).await?;
    assert_eq!(import_file(&services, &path).await?.people, tally(2, 0, 0, 2));
    assert_eq!(
        find("jo").await?.and_then(|jo| jo.password_hash),
        Some(replaced),
        "the old one does not come back"
    );
    Ok(())
}

#[tokio::test]
async fn well_known_and_unreadable_passwords_do_not_come() -> TestResult {
    let (folder, services) = services()?;
    users::create(&services, &Actor::CommandLine, "kim", Role::Viewer, None).await?;
    let (path, fixture) = fixture(folder.path(), Version::V1_4)?;
    fixture.user("admin", &bcrypt_hash("Duplistatus09"), true, true)?;
    fixture.user("kim", &bcrypt_hash(PASSWORD), true, false)?;
    fixture.user("old", "5f4dcc3b5aa765d61d8327deb882cf99", true, false)?;
    fixture.user("slow", &bcrypt_hash(PASSWORD).replacen("$04$", "$31$", 1), false, false)?;
    let report = import_file(&services, &path).await?;
    assert_eq!(report.people, Tally { left_out: 1, ..tally(4, 2, 0, 1) });
    assert_eq!(report.problems.len(), 3, "{:#?}", report.problems);
    let people = services.db.read(user_rows::all).await?;
    let by_name: Vec<(&str, Role, bool)> =
        people.iter().map(|user| (user.name.as_str(), user.role(), user.password_hash.is_some())).collect();
    let expected =
        [("kim", Role::Viewer, true), ("old", Role::Administrator, false), ("slow", Role::Viewer, false)];
    assert_eq!(by_name, expected, "who is known here stays as is");
    Ok(())
}
