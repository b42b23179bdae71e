//! Values of wrong types: readable ones are imported, the others are reported.

use super::*;

/// Removes types and constraints of the columns, so that they can have any value.
fn unbound(fixture: &Fixture) -> Result<(), rusqlite::Error> {
    fixture.connection.execute_batch(
        "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;
         CREATE TABLE loose AS SELECT * FROM backups; DROP TABLE backups; ALTER TABLE loose RENAME TO backups;",
    )
}

#[tokio::test]
async fn nothing_is_lost_silently() -> TestResult {
    let (folder, services) = services()?;
    let (path, mut fixture) = fixture(folder.path(), Version::V1_4)?;
    for minute in 10..24 {
        let begin = format!("2026-11-20T02:{minute}:00.000Z");
        fixture.run(&NodeRun { begin: &begin, ..NodeRun::default() })?;
    }
    unbound(&fixture)?;
    let broken = [
        "messages_array = '[\"cut off'",
        "messages_array = X'5B22FFFE225D', backup_name = X'FF41'",
        "duration_seconds = 'long', examined_files = 'many', size = -5, size_of_examined_files = NULL",
        "begin_time = NULL, date = 'yesterday'",
        "begin_time = '9999-01-01T00:00:00Z', date = NULL",
        "begin_time = NULL, date = NULL, end_time = NULL, created_at = NULL",
        "status = 'Weird', parsed_result = 'Weird'",
        "main_operation = 'Restore'",
        "backup_name = NULL, server_id = NULL",
        "server_id = 'gone'",
        "warnings_array = 17, errors_array = '{\"a\":1}', available_backups = 'no list'",
        "messages_array = json_array(printf('%.*c', 1000000, 'x'))",
        "uploaded_size = 9223372036854775807, known_file_size = 1e300, interrupted = 'true'",
        "backup_name = printf('%.*c', 500, 'n')",
    ];
    for (row, change) in (1..).zip(broken) {
        fixture.connection.execute(&format!("UPDATE backups SET {change} WHERE rowid = ?"), [row])?;
    }
    let report = import_file(&services, &path).await?;
    let Tally { found, added, completed, known, left_out } = report.runs;
    assert_eq!((found, added + completed + known, left_out), (14, 12, 2), "{report:#?}");
    let places: Vec<&str> = report.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(places, ["backups, row 6", "backups, row 8"], "what has no time stands first");
    let runs = stored(&services).await?;
    assert_eq!(runs.len(), 12);
    assert!(runs.iter().all(|run| run.start_time.as_str() <= "2026-11-23T12:00:00Z"), "no run of the future");
    let texts: String = runs.iter().filter_map(|run| run.messages.clone()).collect();
    assert!(texts.contains("cut off") && texts.contains('\u{fffd}'));
    assert!(runs.iter().any(|run| run.interrupted && run.uploaded_size == Some(i64::MAX)));
    assert!(runs.iter().any(|run| run.backup_name == "Backup"), "a run without a job has one");
    let notes: Vec<&str> = report.notes.keys().map(String::as_str).collect();
    for wanted in [
        "unreadable start time",
        "not JSON: kept as text",
        "not UTF-8",
        "“Weird”",
        "shortened",
        "without a job name",
    ] {
        assert!(notes.iter().any(|note| note.contains(wanted)), "{wanted}: {notes:#?}");
    }
    let again = import_file(&services, &path).await?;
    assert_eq!((again.runs.added, again.runs.completed, again.servers.added), (0, 0, 0), "{again:#?}");
    Ok(())
}

#[tokio::test]
async fn many_runs_in_any_order_equal_a_rebuild() -> TestResult {
    let (folder, services) = services()?;
    let (path, mut fixture) = fixture(folder.path(), Version::V1_4)?;
    fixture.connection.execute_batch("BEGIN")?;
    // More than a batch: runs of four jobs in mixed order, with failures, and some already known.
    for number in 0..1300_i64 {
        let at = crate::time::Timestamp::from_unix(1_793_000_000 + (number * 7919 % 1300) * 1800);
        let job = format!("Job {}", number % 4);
        let parsed = ["Success", "Warning", "Error", "Fatal"][usize::try_from(number % 11 % 4)?];
        let (begin, end) = (at.to_string(), at.plus(60).to_string());
        fixture.run(&NodeRun { job: &job, begin: &begin, end: &end, parsed, ..NodeRun::default() })?;
    }
    fixture.connection.execute_batch("COMMIT")?;
    for begin in ["2026-11-01T02:00:00Z", "2026-11-20T02:00:00Z"] {
        send(&services, report(begin, "Error")).await?;
    }
    assert_eq!(import_file(&services, &path).await?.runs, tally(1300, 1300, 0, 0));
    assert_eq!(import_file(&services, &path).await?.runs, tally(1300, 0, 0, 1300));
    Ok(())
}

#[tokio::test]
async fn other_files_are_refused() -> TestResult {
    let (folder, services) = services()?;
    let refused = import_file(&services, services.db.path()).await.err().map(|error| error.to_string());
    assert!(refused.unwrap_or_default().contains("of this program"));
    for (name, content) in [("empty", ""), ("picture.png", "\u{89}PNG\r\n"), ("a.csv", "a,b\n1,2\n")] {
        let path = folder.path().join(name);
        std::fs::write(&path, content)?;
        let refused = import_file(&services, &path).await.err().map(|error| error.to_string());
        assert!(refused.unwrap_or_default().contains("neither a database of the Node application"), "{name}");
    }
    let missing = import_file(&services, &folder.path().join("missing")).await;
    assert!(matches!(missing, Err(ImportError::Source(SourceError::Unreadable { .. }))));
    Ok(())
}
