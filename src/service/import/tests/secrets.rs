//! Settings are imported, and secrets in them are encrypted with our key.

use secrecy::ExposeSecret as _;

use super::*;
use crate::{
    crypto::node::seal_for_tests,
    db::node::fixture::KEY,
    service::{
        security::secrets,
        settings::imported::{PREFIX, sealed_place},
    },
};

async fn kept(services: &Services) -> Result<Vec<(i64, String, String)>, StoreError> {
    services.db.read(|conn| settings::with_prefix(conn, PREFIX)).await
}

/// Returns the decrypted value of a setting.
async fn opened(services: &Services, key: &str) -> Result<String, Box<dyn std::error::Error>> {
    let rows = kept(services).await?;
    let (row, _, sealed) = rows.into_iter().find(|(_, known, _)| known == key).ok_or("it is not there")?;
    Ok(services.secrets.open(sealed_place(row), &sealed)?.expose_secret().to_owned())
}

fn filled(folder: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let (path, fixture) = fixture(folder, Version::V1_4)?;
    let sealed = seal_for_tests(&KEY, "letmein");
    fixture.connection.execute("UPDATE servers SET server_password = ?", [&sealed])?;
    fixture
        .setting("smtp_config", &format!(r#"{{"host":"mail.example","port":465,"password":"{sealed}"}}"#))?;
    fixture.setting("ntfy_config", r#"{"url":"https://ntfy.sh/","topic":"t","accessToken":"tk_clear"}"#)?;
    fixture.setting("notification_templates", r#"{"success":{"title":"✅ {status}"}}"#)?;
    fixture.setting("audit_retention_days", "120")?;
    fixture.setting("of_a_newer_version", "not json {")?;
    Ok(path)
}

#[tokio::test]
async fn without_the_key_secrets_stay_encrypted_and_with_it_they_are_taken_over() -> TestResult {
    let (folder, services) = services()?;
    let path = filled(folder.path())?;
    let report = import_file(&services, &path).await?;
    assert_eq!(report.settings, tally(5, 5, 0, 0));
    assert_eq!(report.secrets, Tally { found: 2, left_out: 2, ..Tally::default() });
    assert!(report.problems[0].what.contains("--key-file"), "{:?}", report.problems);
    assert!(!opened(&services, &format!("node.server.{NAS}")).await?.contains("letmein"));
    let clear: Vec<String> = kept(&services).await?.into_iter().map(|(_, _, value)| value).collect();
    assert!(!clear.concat().contains("tk_clear"), "no token is stored in clear");
    assert!(clear.concat().contains("✅ {status}"), "templates are");

    let key_file = folder.path().join(".duplistatus.key");
    std::fs::write(&key_file, KEY)?;
    let with_key = Request { key_file: Some(key_file), ..request(&path) };
    let report = try_import(&services, with_key.clone()).await?;
    assert_eq!(report.secrets, tally(2, 2, 0, 0));
    let server: serde_json::Value =
        serde_json::from_str(&opened(&services, &format!("node.server.{NAS}")).await?)?;
    assert_eq!(server["server_password"], "letmein");
    assert_eq!(server["server_url"], "http://nas.example:8200");
    let imported = services.db.read(crate::db::tables::servers::all).await?;
    assert_eq!(
        imported[0].duplicati_url.as_deref(),
        Some("http://nas.example:8200/"),
        "its page links there"
    );
    assert!(opened(&services, "node.smtp_config").await?.contains(r#""password":"letmein""#));
    assert!(opened(&services, "node.ntfy_config").await?.contains("tk_clear"));
    assert_eq!(opened(&services, "node.of_a_newer_version").await?, "not json {");

    assert_eq!(try_import(&services, with_key).await?.secrets, tally(2, 0, 0, 2));
    import_file(&services, &path).await?;
    assert!(
        opened(&services, "node.smtp_config").await?.contains("letmein"),
        "what was opened is not lost again"
    );
    Ok(())
}

#[tokio::test]
async fn wrong_keys_are_told() -> TestResult {
    let (folder, services) = services()?;
    let path = filled(folder.path())?;
    let key_file = folder.path().join("key");
    std::fs::write(&key_file, "too short")?;
    let wrong = Request { key_file: Some(key_file.clone()), ..request(&path) };
    assert!(matches!(try_import(&services, wrong.clone()).await, Err(ImportError::Key(_))));
    std::fs::write(&key_file, [9; 32])?;
    let report = try_import(&services, wrong).await?;
    assert_eq!((report.secrets.added, report.secrets.left_out), (0, 2));
    let table = folder.path().join("runs.csv");
    std::fs::write(&table, "server,job,start\n")?;
    let needless = Request { key_file: Some(key_file), ..request(&table) };
    assert!(matches!(try_import(&services, needless).await, Err(ImportError::NoKeyNeeded(_))));
    Ok(())
}

#[tokio::test]
async fn a_new_key_seals_them_again() -> TestResult {
    let (folder, services) = services()?;
    let keys = crate::crypto::SecretKeys::load(folder.path(), None)?;
    let services = Services { secrets: secrets::Secrets::of_folder(keys, folder.path()), ..services };
    let path = filled(folder.path())?;
    import_file(&services, &path).await?;
    let before = kept(&services).await?;
    let rotated = secrets::rotate(&services, &Actor::CommandLine).await?;
    assert_eq!((rotated.sealed, rotated.unreadable), (4, 0));
    assert_ne!(kept(&services).await?, before);
    assert!(opened(&services, "node.ntfy_config").await?.contains("tk_clear"));
    Ok(())
}

#[tokio::test]
async fn a_retention_that_somebody_chose_here_stays() -> TestResult {
    let (folder, services) = services()?;
    let path = filled(folder.path())?;
    let chosen = crate::service::settings::Settings { audit_days: 90, ..services.settings() };
    crate::service::settings::change(&services, &Actor::CommandLine, chosen).await?;
    import_file(&services, &path).await?;
    services.load_settings().await?;
    assert_eq!(services.settings().audit_days, 90);
    Ok(())
}

#[tokio::test]
async fn a_retention_is_taken_over_when_it_keeps_more_and_never_when_it_keeps_less() -> TestResult {
    for (theirs, ours) in [("365", 365), ("30", 180)] {
        let (folder, services) = services()?;
        let (path, fixture) = fixture(folder.path(), Version::V1_4)?;
        fixture.setting("audit_retention_days", theirs)?;
        drop(fixture);
        let report = import_file(&services, &path).await?;
        services.load_settings().await?;
        assert_eq!(services.settings().audit_days, ours);
        assert!(report.notes.keys().any(|note| note.contains(theirs)), "{:?}", report.notes);
    }
    Ok(())
}
