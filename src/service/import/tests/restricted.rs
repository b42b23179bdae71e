//! An import gives nobody more rights, and reports every restriction.

use super::*;
use crate::db::{
    node::fixture::{PASSWORD, bcrypt_hash},
    tables::users,
};

const LAPTOP: &str = "ffffffffffffffffffffffffffffffff";

/// A database of version 1.5 with two servers, an administrator, a user who sees both servers and one who sees
/// one.
fn restricted(folder: &Path) -> Result<(PathBuf, Fixture), rusqlite::Error> {
    let (path, fixture) = fixture(folder, Version::V1_5)?;
    fixture.server(LAPTOP, "laptop")?;
    let hash = bcrypt_hash(PASSWORD);
    for (name, admin) in [("anna", true), ("ben", false), ("carl", false)] {
        fixture.user(name, &hash, admin, false)?;
    }
    fixture.connection.execute_batch(
        "UPDATE users SET access_all_servers = 0 WHERE username IN ('anna', 'carl');
         INSERT INTO user_servers (user_id, server_id) SELECT 'id-carl', id FROM servers WHERE name = 'nas';",
    )?;
    Ok((path, fixture))
}

/// Returns all users and whether they may sign in.
async fn able(services: &Services) -> Result<Vec<(String, bool)>, StoreError> {
    let people = services.db.read(users::all).await?;
    Ok(people.into_iter().map(|user| (user.name, user.disabled_at.is_none())).collect())
}

fn named(report: &ImportReport, words: &[&str]) -> bool {
    let lines = report.problems.iter().map(|problem| format!("{}: {}", problem.place, problem.what));
    lines.into_iter().any(|line| words.iter().all(|word| line.contains(word)))
}

#[tokio::test]
async fn who_saw_only_some_servers_comes_disabled_and_is_named_also_in_a_dry_run() -> TestResult {
    let (folder, services) = services()?;
    let (path, fixture) = restricted(folder.path())?;
    drop(fixture);
    let dry = try_import(&services, Request { dry_run: true, ..request(&path) }).await?;
    assert!(
        named(&dry, &["carl was imported as disabled", "1 of 2 servers", "user enable carl"]),
        "{:#?}",
        dry.problems
    );
    assert_eq!(able(&services).await?, []);
    let report = import_file(&services, &path).await?;
    assert_eq!(ImportReport { dry_run: false, ..dry }, report);
    let expected =
        [("anna", true), ("ben", true), ("carl", false)].map(|(name, able)| (name.to_owned(), able));
    assert_eq!(
        able(&services).await?,
        expected,
        "administrators saw everything there, whatever was written down"
    );
    assert_eq!(report.people, tally(3, 3, 0, 0));
    let again = import_file(&services, &path).await?;
    assert!(named(&again, &["carl already exists here"]), "{:#?}", again.problems);
    Ok(())
}

#[tokio::test]
async fn what_a_newer_version_or_a_fork_says_of_people_disables_them() -> TestResult {
    for change in [
        "ALTER TABLE users ADD COLUMN is_disabled INTEGER DEFAULT 0; UPDATE users SET is_disabled = 1 WHERE username = 'ben'",
        "ALTER TABLE users ADD COLUMN role TEXT; UPDATE users SET role = 'auditor' WHERE username = 'ben'",
        "UPDATE users SET locked_until = '2099-01-01 00:00:00' WHERE username = 'ben'",
        "CREATE TABLE user_jobs (user_id TEXT, job TEXT); INSERT INTO user_jobs VALUES ('id-ben', 'Documents')",
        "UPDATE users SET access_all_servers = 0 WHERE username = 'ben'",
    ] {
        let (folder, services) = services()?;
        let (path, fixture) = restricted(folder.path())?;
        fixture.connection.execute_batch(change)?;
        drop(fixture);
        let report = import_file(&services, &path).await?;
        assert!(named(&report, &["ben was imported as disabled"]), "{change}: {:#?}", report.problems);
        let ben = able(&services).await?.into_iter().find(|(name, _)| name == "ben");
        assert_eq!(ben, Some(("ben".to_owned(), false)), "{change}");
    }
    Ok(())
}

#[tokio::test]
async fn without_the_column_those_who_are_assigned_to_servers_are_restricted() -> TestResult {
    let (folder, services) = services()?;
    let (path, fixture) = restricted(folder.path())?;
    fixture.connection.execute_batch("ALTER TABLE users DROP COLUMN access_all_servers")?;
    drop(fixture);
    import_file(&services, &path).await?;
    let disabled: Vec<String> =
        able(&services).await?.into_iter().filter(|(_, able)| !able).map(|(name, _)| name).collect();
    assert_eq!(disabled, ["carl"]);
    Ok(())
}

#[tokio::test]
async fn keys_lists_of_addresses_summaries_and_what_is_not_known_are_named() -> TestResult {
    let (folder, services) = services()?;
    let (path, mut fixture) = restricted(folder.path())?;
    let run = fixture.run(&NodeRun::default())?;
    fixture.setting("admin_ip_allowlist", r#"{"enabled":true,"ranges":["192.0.2.0/24"]}"#)?;
    fixture.setting("external_api_ip_allowlist", r#"{"enabled":false,"ranges":[]}"#)?;
    fixture.setting("external_api_require_api_key", "true")?;
    fixture.setting("ip_trusted_proxies", r#"["198.51.100.0/24"]"#)?;
    fixture.setting("upload_limits", r#"{"enabled":true,"maxBytes":1000}"#)?;
    fixture.setting("daily_summary", r#"{"mode":"always","time":"06:15","timezone":"Europe/Lisbon"}"#)?;
    fixture.setting("duplicati_versions", r#"{"stable":"2.3.0.4"}"#)?;
    fixture.setting("quiet_hours", r#"{"from":"22:00"}"#)?;
    fixture.connection.execute_batch(&format!(
        "INSERT INTO api_keys (id, name, key_hash, scope, enabled, expires_at) VALUES
             ('1', 'Servers', 'a', 'upload', 1, NULL), ('2', 'Widget', 'b', 'read', 0, '2027-01-01 00:00:00');
         INSERT INTO daily_summary_deliveries VALUES ('1', '2026-11-01', 'email', 'failed', '{{}}');
         CREATE TABLE tags (server_id TEXT, tag TEXT, PRIMARY KEY (server_id, tag)) WITHOUT ROWID;
         ALTER TABLE servers ADD COLUMN owner TEXT; UPDATE servers SET owner = 'anna';
         UPDATE backups SET reported_quota_error = 1, added_symlinks = 4 WHERE rowid = {run};"
    ))?;
    drop(fixture);
    let dry = try_import(&services, Request { dry_run: true, ..request(&path) }).await?;
    let report = import_file(&services, &path).await?;
    assert_eq!(ImportReport { dry_run: false, ..dry }, report);
    assert_eq!(report.keys, Tally { found: 2, left_out: 2, ..Tally::default() });
    for words in [
        &["API key “Servers”", "scope upload", "key create"][..],
        &["API key “Widget”", "scope read", "turned off", "2027-01-01T00:00:00Z"],
        &["admin_ip_allowlist", "not supported here"],
        &["external_api_ip_allowlist", "turned off"],
        &["external_api_require_api_key"],
        &["ip_trusted_proxies", "--trusted-proxies"],
        &["upload_limits", "--max-upload"],
        &["daily_summary", "does not send one"],
        &["daily_summary_deliveries: 1"],
        &["quiet_hours", "is unknown"],
        &["table `tags`", "rows 0"],
        &["`servers`, column `owner`", "2"],
    ] {
        assert!(named(&report, words), "{words:?}: {:#?}", report.problems);
    }
    assert!(!named(&report, &["duplicati_versions"]) && !named(&report, &["4.3"]), "{:#?}", report.problems);
    let notes: Vec<&String> = report.notes.keys().collect();
    for word in ["reported_quota_error", "added_symlinks"] {
        assert!(notes.iter().any(|note| note.contains(word)), "{notes:?}");
    }
    assert_eq!(report.version.as_deref(), Some("4.3"));
    Ok(())
}

#[tokio::test]
async fn a_version_after_the_last_known_one_is_named() -> TestResult {
    for (version, is_newer) in [("4.3", false), ("4.10", true), ("5", true), ("fork", true)] {
        let (folder, services) = services()?;
        let (path, fixture) = fixture(folder.path(), Version::V1_5)?;
        fixture.connection.execute("UPDATE db_version SET version = ?", [version])?;
        drop(fixture);
        let report = import_file(&services, &path).await?;
        assert_eq!(named(&report, &["db_version", "newer"]), is_newer, "{version}");
    }
    Ok(())
}
