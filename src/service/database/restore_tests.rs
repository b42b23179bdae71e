//! Files that are restored, and files that are rejected.

use serde_json::json;

use super::*;

/// Returns the hint for a rejected file.
async fn refusal(services: &Services, path: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let before = starts(services).await?;
    let refused = bring_back(services, path).await;
    let Err(Error::Invalid { field: "file", hint }) = refused else {
        return Err(format!("{refused:?}").into());
    };
    assert_eq!(starts(services).await?, before, "nothing changed");
    send(services, numbered(1)).await?;
    let copies = files::folder_of(services.db.path()).join("copies");
    let left = fs::read_dir(copies)?.filter_map(|entry| Some(entry.ok()?.file_name())).collect::<Vec<_>>();
    assert!(left.is_empty(), "{left:?}");
    let last = trail(services).await?.pop().ok_or("nothing")?;
    assert_eq!((last.action.as_str(), last.success), ("database.restore", false));
    Ok(hint)
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_changes_nothing() -> TestResult {
    let (folder, services) = services()?;
    let path = folder.path().join("file");
    fs::write(&path, "a letter to grandmother")?;
    assert!(refusal(&services, &path).await?.contains("not a backup of duplistatus"));
    fs::write(&path, "")?;
    assert!(refusal(&services, &path).await?.contains("not a backup of duplistatus"));
    fs::write(&path, zstd::encode_all("another letter".as_bytes(), 3)?)?;
    assert!(refusal(&services, &path).await?.contains("damaged"));
    fs::remove_file(&path)?;
    drop(fixture::Fixture::create(&path, fixture::Version::V1_4)?);
    assert!(refusal(&services, &path).await?.contains("Node application"));
    assert!(refusal(&services, &folder.path().join("none")).await?.contains("cannot be read"));
    Ok(())
}

#[tokio::test]
async fn what_was_reported_anew_after_the_backup_is_told() -> TestResult {
    let (folder, services) = services()?;
    for number in 1..4 {
        send(&services, numbered(number)).await?;
    }
    let path = folder.path().join("backup");
    back_up(&services, &path, Form::CHECKED).await?;
    let mut worse = numbered(2);
    worse["Data"]["ParsedResult"] = json!("Fatal");
    send(&services, worse).await?;
    let report = bring_back(&services, &path).await?;
    assert_eq!((report.compared, report.lost_runs, report.changed_runs), (true, 0, 1));
    let report = bring_back(&services, &path).await?;
    assert_eq!((report.lost_runs, report.changed_runs), (0, 0));
    Ok(())
}

#[tokio::test]
async fn a_backup_that_is_damaged_strange_or_newer_is_refused() -> TestResult {
    let (folder, services) = services()?;
    send(&services, numbered(1)).await?;
    let good = folder.path().join("good");
    back_up(&services, &good, Form::CHECKED).await?;
    let path = folder.path().join("bad");
    let mut bytes = fs::read(&good)?;
    for byte in bytes.iter_mut().skip(3 * 16_384).take(2000) {
        *byte ^= 0x55;
    }
    fs::write(&path, &bytes)?;
    assert!(refusal(&services, &path).await?.contains("damaged"));
    fs::write(&path, fs::read(&good)?.get(..100_000).ok_or("short")?)?;
    assert!(refusal(&services, &path).await?.contains("damaged"));
    for (sql, words) in [
        (
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')",
            "newer duplistatus (schema 9999)",
        ),
        ("CREATE TRIGGER steal AFTER INSERT ON users BEGIN DELETE FROM backups; END", "trigger steal"),
        ("DROP INDEX idx_backups_server_id", "idx_backups_server_id is missing"),
    ] {
        fs::copy(&good, &path)?;
        dynamic::execute(&mut open_unpooled(&path)?, sql, &[])?;
        let hint = refusal(&services, &path).await?;
        assert!(hint.contains(words), "{hint}");
    }
    Ok(())
}

#[tokio::test]
async fn an_older_backup_is_migrated() -> TestResult {
    let (folder, services) = services()?;
    send(&services, numbered(1)).await?;
    let path = folder.path().join("old.db");
    let mut conn = open_writer(&path)?;
    migrate::migrate_to(&mut conn, &["0001".to_owned()])?;
    drop(conn);
    let told = bring_back(&services, &path).await?;
    assert!(told.migrated.len() >= 2, "{:?}", told.migrated);
    assert_eq!((told.runs, told.lost_runs), (0, 1));
    send(&services, numbered(2)).await?;
    assert_eq!(starts(&services).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_damaged_or_gone_is_replaced_at_rest() -> TestResult {
    let (folder, services) = services()?;
    send(&services, numbered(1)).await?;
    let backup = folder.path().join("backup");
    back_up(&services, &backup, COMPRESSED).await?;
    services.db.close().await;
    let path = services.db.path().to_owned();
    let now = services.clock.now();
    drop(services);

    fs::write(&path, vec![9; 200_000])?;
    let told = restore_at_rest(&path, &backup, RestoreChoice::default(), now)?;
    assert_eq!((told.runs, told.compared), (1, false));
    assert_eq!(fs::read(told.kept.ok_or("not kept")?)?, vec![9; 200_000]);
    Db::open(&path)?.close().await;

    fs::remove_file(&path)?;
    let told = restore_at_rest(&path, &backup, RestoreChoice::default(), now)?;
    assert_eq!((told.runs, told.kept), (1, None));
    let db = Db::open(&path)?;
    assert_eq!(db.read(|conn| Ok(runs::table.count().get_result::<i64>(conn)?)).await?, 1);
    Ok(())
}
