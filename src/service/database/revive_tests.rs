//! Revoked access that an older backup would restore, and the audit log.

use super::*;
use crate::{
    access::Scope,
    dto::database::RevokedKind,
    ids::ApiKeyId,
    service::{
        account::api_keys,
        ingest, ingest_keys, session,
        session::SignIn,
        testing::{
            accounts::{PASSWORD, actions, browser, member},
            at,
        },
        users,
    },
};

/// A password set later.
const OTHER: &str = "another teapot over nine rivers";
const ME: &Actor = &Actor::CommandLine;

fn kinds(report: &RestoreReport) -> Vec<RevokedKind> {
    report.revoked_since.iter().map(|one| one.kind).collect()
}

async fn can_sign_in(services: &Services, name: &str, word: &str) -> bool {
    let begun = session::begin(services, &browser(), name, word.to_owned().into()).await;
    matches!(begun, Ok(SignIn::Complete(_)))
}

/// A site with users and keys, a backup of it, and everything revoked a minute later.
struct Changed {
    folder: tempfile::TempDir,
    services: Services,
    key: String,
}

impl Changed {
    async fn make() -> Result<Self, Box<dyn std::error::Error>> {
        let (folder, services) = services()?;
        add(&services, "root", Role::Administrator).await?;
        for (name, role) in [
            ("gone", Role::Viewer),
            ("off", Role::Operator),
            ("less", Role::Administrator),
            ("new", Role::Viewer),
        ] {
            add(&services, name, role).await?;
        }
        let root = member(&services, "holder", Role::Administrator).await?;
        let made = ingest_keys::create(&services, ME, "nas").await?;
        api_keys::create(&services, &root, "script", Scope::Read, None).await?;
        back_up(&services, &folder.path().join("backup"), Form::CHECKED).await?;

        at(&services, 60);
        ingest_keys::revoke(&services, ME, made.id).await?;
        api_keys::revoke(&services, &root, ApiKeyId(1)).await?;
        let id = async |name: &str| users::find(&services, ME, name).await;
        users::delete(&services, ME, id("gone").await?).await?;
        users::set_disabled(&services, ME, id("off").await?, true).await?;
        users::set_role(&services, ME, id("less").await?, Role::Viewer).await?;
        users::reset_password(&services, ME, id("new").await?, Some(OTHER.to_owned().into()), false).await?;
        Ok(Self { folder, services, key: made.secret })
    }

    fn backup(&self) -> std::path::PathBuf {
        self.folder.path().join("backup")
    }
}

const EXPECTED: [(RevokedKind, &str); 6] = [
    (RevokedKind::IngestKey, "nas"),
    (RevokedKind::ApiKey, "script (holder)"),
    (RevokedKind::Disabled, "off"),
    (RevokedKind::Role, "less"),
    (RevokedKind::Password, "new"),
    (RevokedKind::Deleted, "gone"),
];

fn assert_all(report: &RestoreReport) {
    let expected: Vec<RevokedKind> = EXPECTED.iter().map(|one| one.0).collect();
    assert_eq!(kinds(report), expected, "{:?}", report.revoked_since);
    for (one, (_, name)) in report.revoked_since.iter().zip(EXPECTED) {
        assert!(one.name.contains(name), "{one:?}");
    }
}

async fn role_of(services: &Services, name: &str) -> Result<(Role, bool), Box<dyn std::error::Error>> {
    let all = users::list(services, ME).await?.users;
    let one = all.into_iter().find(|user| user.name == name).ok_or("nobody")?;
    Ok((one.role, one.disabled.is_some()))
}

#[tokio::test]
async fn what_was_taken_away_since_is_listed_and_stays_taken_away() -> TestResult {
    let changed = Changed::make().await?;
    let services = &changed.services;
    let preview = preview(services, ME, changed.backup(), None).await?;
    assert_all(&preview.report);
    assert!(!preview.no_administrator_left && preview.report.kept.is_none());
    let report = bring_back(services, &changed.backup()).await?;
    assert_all(&report);
    assert!(!report.revived);
    assert!(ingest::authenticate(services, Some(&changed.key)).await.is_err(), "the key stays revoked");
    let keys = users::list(services, ME).await?.api_keys;
    assert!(keys.iter().all(|key| key.revoked.is_some()), "{keys:?}");
    assert_eq!(role_of(services, "off").await?, (Role::Operator, true));
    assert_eq!(role_of(services, "gone").await?, (Role::Viewer, true));
    assert_eq!(role_of(services, "less").await?, (Role::Viewer, false));
    assert!(!can_sign_in(services, "gone", PASSWORD).await && !can_sign_in(services, "off", PASSWORD).await);
    assert!(!can_sign_in(services, "new", PASSWORD).await && can_sign_in(services, "new", OTHER).await);
    assert!(can_sign_in(services, "root", PASSWORD).await);
    let found = integrity(services, ME).await?;
    assert!(found.is_in_order(), "{found:?}");
    // Revoked in both databases, so nothing is restored.
    back_up(services, &changed.backup(), Form::CHECKED).await?;
    assert_eq!(kinds(&bring_back(services, &changed.backup()).await?), []);
    Ok(())
}

#[tokio::test]
async fn it_comes_back_when_somebody_says_so() -> TestResult {
    let changed = Changed::make().await?;
    let services = &changed.services;
    let report = restore(services, ME, changed.backup(), None, RestoreChoice { revive: true }).await?;
    assert_all(&report);
    assert!(report.revived);
    assert!(ingest::authenticate(services, Some(&changed.key)).await.is_ok());
    assert_eq!(role_of(services, "less").await?, (Role::Administrator, false));
    assert!(can_sign_in(services, "gone", PASSWORD).await && can_sign_in(services, "new", PASSWORD).await);
    Ok(())
}

#[tokio::test]
async fn the_audit_trail_goes_on() -> TestResult {
    let changed = Changed::make().await?;
    let services = &changed.services;
    let before = trail(services).await?;
    let report = bring_back(services, &changed.backup()).await?;
    let after = trail(services).await?;
    assert!(before.iter().all(|entry| after.contains(entry)), "{after:?}");
    assert_eq!(after.len(), before.len() + 1, "and one for the restore");
    assert_eq!(actions(services).await?.last().map(String::as_str), Some("database.restore"));
    assert!(report.audit_entries >= 6, "{}", report.audit_entries);
    // Entries in both databases are not duplicated.
    back_up(services, &changed.backup(), Form::CHECKED).await?;
    let count = trail(services).await?.len();
    let again = bring_back(services, &changed.backup()).await?;
    assert_eq!(
        (again.audit_entries, trail(services).await?.len()),
        (1, count + 1),
        "the backup was recorded after it was made"
    );
    Ok(())
}

#[tokio::test]
async fn nobody_is_locked_out_by_what_stays_taken_away() -> TestResult {
    let (folder, services) = services()?;
    let path = folder.path().join("backup");
    add(&services, "old", Role::Administrator).await?;
    back_up(&services, &path, Form::CHECKED).await?;
    at(&services, 60);
    add(&services, "later", Role::Administrator).await?;
    users::set_disabled(&services, ME, users::find(&services, ME, "old").await?, true).await?;
    assert!(preview(&services, ME, path.clone(), None).await?.no_administrator_left);
    let refused = bring_back(&services, &path).await;
    assert!(
        matches!(&refused, Err(Error::Invalid { field: "file", hint }) if hint.contains("no administrator")),
        "{refused:?}"
    );
    assert!(can_sign_in(&services, "later", PASSWORD).await, "nothing has changed");
    restore(&services, ME, path, None, RestoreChoice { revive: true }).await?;
    assert!(can_sign_in(&services, "old", PASSWORD).await);
    Ok(())
}

#[tokio::test]
async fn on_another_machine_nothing_counts_as_taken_away() -> TestResult {
    let (folder, services) = services()?;
    let path = folder.path().join("backup");
    add(&services, "root", Role::Administrator).await?;
    let made = ingest_keys::create(&services, ME, "nas").await?;
    back_up(&services, &path, Form::CHECKED).await?;
    let (_other_folder, other) = crate::service::testing::services()?;
    add(&other, "somebody", Role::Administrator).await?;
    ingest_keys::create(&other, ME, "attic").await?;
    let report = bring_back(&other, &path).await?;
    assert_eq!(report.revoked_since, []);
    assert!(ingest::authenticate(&other, Some(&made.secret)).await.is_ok());
    assert!(can_sign_in(&other, "root", PASSWORD).await);
    assert!(
        actions(&other).await?.iter().filter(|action| *action == "user.create").count() == 2,
        "both trails"
    );
    Ok(())
}

#[tokio::test]
async fn a_code_that_was_used_and_a_setting_that_was_closed_stay_so() -> TestResult {
    let (folder, services) = services()?;
    let path = folder.path().join("backup");
    let root = member(&services, "root", Role::Administrator).await?;
    crate::service::testing::accounts::second_factor(&services, &root).await?;
    settings::adjust(&services, ME, |settings| settings.local_read_api = true).await?;
    back_up(&services, &path, Form::CHECKED).await?;
    at(&services, 60);
    settings::adjust(&services, ME, |settings| settings.local_read_api = false).await?;
    let used = "UPDATE recovery_codes SET used_at = '2026-11-23T12:01:00Z' WHERE id = 1";
    services.db.write(move |tx| dynamic::execute(tx.conn, used, &[])).await?;
    let report = bring_back(&services, &path).await?;
    assert_eq!(kinds(&report), [RevokedKind::Setting]);
    assert!(!services.settings().local_read_api);
    let count = "SELECT count(*) FROM recovery_codes WHERE used_at IS NOT NULL";
    assert_eq!(services.db.read(move |conn| dynamic::number(conn, count)).await?, Some(1));
    Ok(())
}
