//! Keys that older reports contain are masked in the background, once.

use super::*;
use crate::{
    db::engine::dynamic,
    service::testing::{TestResult, report, send, services},
};

const KEY: &str = "k7f2abcdefghijkmnpqrstuvwxyz23456789abcdefghijkmnpqr";

/// Stores runs like a version without this masking.
async fn stored_before(services: &Services, runs: i64) -> TestResult {
    send(services, report("2026-11-23T02:00:00Z", "Warning")).await?;
    services
        .db
        .write(move |tx| {
            let line = format!(r#"[{{"l":"w","m":"Failed to post to http:\/\/nas\/api\/status\/{KEY}: x"}}]"#);
            for number in 0..runs {
                let sql = format!(
                    "INSERT INTO backups (server_id, job_id, backup_name, status, start_time, created_at, messages, headline)
                     SELECT server_id, job_id, backup_name, status, '2025-01-01T' || printf('%02d:%02d', {number} / 60, {number} % 60) || ':00Z',
                     created_at, '{line}', 'see /api/upload/{KEY}' FROM backups ORDER BY id LIMIT 1"
                );
                dynamic::execute(tx.conn, &sql, &[])?;
            }
            dynamic::execute(
                tx.conn,
                &format!(
                    "INSERT INTO audit_log (at, actor_kind, actor_name, action, success, after)
                     VALUES ('2026-11-23T00:00:00Z', 'program', 'x', 'x.y', TRUE, '{{\"url\":\"{KEY}\"}}')"
                ),
                &[],
            )?;
            let body = crate::db::tables::raw_reports::pack(format!("quoted: {KEY}").as_bytes()).unwrap_or_default();
            dynamic::execute(
                tx.conn,
                "INSERT INTO raw_reports (run_id, received_at, size, body) VALUES (2, '2026-11-23T00:00:00Z', 1, ?)",
                &[dynamic::Value::Blob(body)],
            )?;
            Ok(())
        })
        .await?;
    Ok(())
}

async fn number(services: &Services, sql: &'static str) -> Result<i64, Error> {
    Ok(services.db.read(move |conn| Ok(dynamic::number(conn, sql)?.unwrap_or(-1))).await?)
}

#[tokio::test]
async fn what_was_stored_before_is_hidden_once_and_goes_on_where_it_ended() -> TestResult {
    let (folder, services) = services()?;
    stored_before(&services, 120).await?;
    // Processes a part, then the program ends.
    let mut at = place(&services).await?;
    while at.table != "backups" || at.after == 0 {
        at = step(&services, at, false).await?.0;
    }
    let hidden = "SELECT count(*) FROM backups WHERE instr(headline, '***')";
    let some = number(&services, hidden).await?;
    assert!((1..120).contains(&some), "{some}");
    assert_eq!(place(&services).await?, at, "its place is stored with what it did");
    assert_eq!(run(&services).await?, 2 * 120 + 2);
    assert_eq!(number(&services, hidden).await?, 120);
    let entries = "SELECT count(*) FROM audit_log WHERE action = 'database.hide_secrets'";
    assert_eq!(number(&services, entries).await?, 1);
    // It is not done again.
    assert_eq!(run(&services).await?, 2 * 120 + 2);
    assert_eq!(number(&services, entries).await?, 1);
    let valid = "SELECT count(*) FROM backups WHERE json_valid(messages) AND instr(messages, '***')";
    assert_eq!(number(&services, valid).await?, 120, "logs are still logs");
    services.db.close().await;
    // Copies that SQLite left on pages when it moved rows are removed by the next vacuum.
    let mut conn = crate::db::engine::connection::open_writer(services.db.path())?;
    for sql in ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        dynamic::rows(&mut conn, sql)?;
    }
    drop(conn);
    for entry in std::fs::read_dir(folder.path())? {
        let path = entry?.path();
        if path.is_file() {
            let content = std::fs::read(&path)?;
            let found = content.windows(KEY.len()).position(|bytes| bytes == KEY.as_bytes());
            let around = found.map(|at| {
                let from = at.saturating_sub(120);
                (at, String::from_utf8_lossy(content.get(from..at + 60).unwrap_or_default()).into_owned())
            });
            assert_eq!(around, None, "{}", path.display());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_new_database_has_nothing_to_hide() -> TestResult {
    let (_folder, services) = services()?;
    assert_eq!(run(&services).await?, 0);
    assert!(place(&services).await?.done);
    assert_eq!(number(&services, "SELECT count(*) FROM audit_log").await?, 0);
    Ok(())
}
