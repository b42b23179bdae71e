//! Status, counts and maintenance.

use std::time::Duration;

use diesel::{connection::SimpleConnection as _, prelude::*};
use serde_json::json;

use super::*;
use crate::{
    access::Role,
    db::{Connection, StoreError, engine::connection::open_writer, tables::settings},
    error::Error,
    service::{
        Actor, Services,
        testing::{TestResult, accounts, report, send, services},
    },
    status::Status,
};

const ME: Actor = Actor::CommandLine;

/// Creates three jobs with runs of today, last week and last year.
async fn filled() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    for (begin, status) in [
        ("2026-11-23T02:00:00Z", "Success"),
        ("2026-11-20T02:00:00Z", "Warning"),
        ("2025-01-20T02:00:00Z", "Fatal"),
    ] {
        for job in ["a", "b", "c"] {
            let mut sent = report(begin, status);
            sent["Extra"]["backup-name"] = json!(job);
            send(&services, sent).await?;
        }
    }
    Ok((folder, services))
}

#[tokio::test]
async fn the_status_tells_what_the_file_is_made_of() -> TestResult {
    let (_folder, services) = filled().await?;
    services
        .db
        .write(|tx| {
            let now = "2026-11-22T01:00:00Z".parse().unwrap_or_default();
            settings::set(tx.conn, settings::LAST_BACKUP, "2026-11-22T01:00:00Z", now)?;
            settings::set(tx.conn, settings::LAST_CLEANUP, "nonsense", now)
        })
        .await?;
    let status = status(&services, &ME).await?;
    assert_eq!(status.path, services.db.path().display().to_string());
    assert_eq!(status.page_size, 16_384);
    assert!(status.wal_size > 0 && status.file_size.is_multiple_of(16_384), "{status:?}");
    assert!(status.pages > 40 && status.disk_free.is_some_and(|free| free > 0), "{status:?}");
    assert!(status.schema_version.as_str() >= "0005" && status.sqlite_version.starts_with("3."));
    assert!(status.compile_options.iter().any(|option| option == "ENABLE_DBSTAT_VTAB"));
    let times = [status.oldest_run, status.newest_run, status.last_backup, status.last_cleanup];
    let times = times.map(|at| at.map(|at| at.to_string()));
    let expected = ["2025-01-20T02:00:00Z", "2026-11-23T02:00:00Z", "2026-11-22T01:00:00Z"];
    assert_eq!(times, [Some(expected[0].into()), Some(expected[1].into()), Some(expected[2].into()), None]);
    assert!(status.statements.run > 100 && status.statements.prepared > 10, "{:?}", status.statements);
    assert_eq!((status.pool.readers, status.pool.waiting, status.pool.writes_waiting), (4, 0, 0));
    assert_eq!(status.statements.slow_from, 250);
    Ok(())
}

#[tokio::test]
async fn rows_and_bytes_of_tables_and_indexes_add_up_to_the_file() -> TestResult {
    let (_folder, services) = filled().await?;
    // A slow disk may have made a write of the preparation slow.
    let before = services.db.queries().slowest();
    services.db.queries().set_threshold(Duration::ZERO);
    let tables = tables(&services, &ME).await?;
    integrity(&services, &ME).await?;
    let slow = services.db.queries().slowest();
    assert_eq!(slow, before, "what is asked to read all of the file is not a query that became slow");
    let backups = tables.iter().find(|table| table.name == "backups").ok_or("no backups")?;
    assert_eq!(backups.rows, 9, "rows, not the number of tables of that name");
    let names: Vec<&str> = backups.indexes.iter().map(|index| index.name.as_str()).collect();
    assert!(names.contains(&"idx_backups_server_id") && names.len() == 6, "{names:?}");
    let days = tables.iter().find(|table| table.name == "job_days").ok_or("no days")?;
    assert_eq!((days.rows, days.bytes, days.indexes.len()), (9, 16_384, 0), "a table without rowid");
    let found: i64 = tables.iter().map(crate::dto::database::TableSize::total).sum();
    let status = status(&services, &ME).await?;
    // The other pages are free, or the pointer map of incremental vacuum.
    let pages = found / status.page_size;
    assert!(pages <= status.pages && pages + 1 + status.free_pages >= status.pages, "{pages} {status:?}");
    Ok(())
}

#[tokio::test]
async fn readers_at_work_and_those_who_wait_are_counted() -> TestResult {
    let (_folder, services) = services()?;
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    let queries: Vec<_> = (0..6)
        .map(|_| {
            let (db, held) = (services.db.clone(), held.clone());
            tokio::spawn(async move {
                let wait = move |_: &mut Connection| -> Result<(), StoreError> {
                    let _ = held.lock().map(|held| held.recv());
                    Ok(())
                };
                db.read(wait).await
            })
        })
        .collect();
    // All four readers are in use, and two queries are waiting.
    loop {
        let pool = services.db.pool();
        if (pool.in_use, pool.idle, pool.waiting) == (4, 0, 2) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(release);
    for query in queries {
        query.await??;
    }
    assert_eq!((services.db.pool().in_use, services.db.pool().waiting), (0, 0));
    Ok(())
}

#[tokio::test]
async fn what_is_stored_is_counted_by_status_and_by_period() -> TestResult {
    let (_folder, services) = filled().await?;
    let stats = stats(&services, &ME).await?;
    assert_eq!((stats.servers, stats.jobs, stats.runs, stats.raw_reports), (1, 3, 9, 9));
    let of = |wanted: Status| stats.by_status.iter().find(|(status, _)| *status == wanted).map(|(_, n)| *n);
    assert_eq!((of(Status::Success), of(Status::Warning), of(Status::Fatal)), (Some(3), Some(3), Some(3)));
    assert_eq!((of(Status::Error), of(Status::Unknown)), (Some(0), Some(0)));
    assert_eq!((stats.source_size, stats.storage_size, stats.uploaded_size), (3000, 15_000, 450));
    let runs: Vec<(Option<i64>, i64, i64, i64)> =
        stats.periods.iter().map(|p| (p.days, p.runs, p.failures, p.uploaded_size)).collect();
    let expected = [
        (Some(1), 3, 0, 150),
        (Some(7), 6, 0, 300),
        (Some(30), 6, 0, 300),
        (Some(90), 6, 0, 300),
        (Some(365), 6, 0, 300),
        (None, 9, 3, 450),
    ];
    assert_eq!(runs, expected);
    Ok(())
}

/// Inserts and deletes rows of random content, which leaves unused pages.
fn leave_free_pages(conn: &mut Connection) -> Result<(), StoreError> {
    conn.batch_execute(
        "INSERT INTO rejected_reports (reason, source, http_status, hint, first_at, last_at, count, size, sample)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
             SELECT 'r', 's' || i, 400, '', '2026', '2026', 1, 1, hex(randomblob(5000)) FROM n;
         DELETE FROM rejected_reports;",
    )?;
    Ok(())
}

#[tokio::test]
async fn vacuum_gives_space_back_beside_open_connections() -> TestResult {
    let (_folder, services) = filled().await?;
    services.db.write(|tx| leave_free_pages(tx.conn)).await?;
    checkpoint(&services, &ME).await?;
    let before = status(&services, &ME).await?;
    assert!(before.free_pages > 200, "{before:?}");
    let done = vacuum(&services, &ME).await?;
    assert!(done.is_complete && done.after + 200 * 16_384 < done.before, "{done:?}");
    let after = status(&services, &ME).await?;
    assert_eq!((after.free_pages, after.page_size), (0, 16_384));
    assert!(after.file_size < before.file_size);
    // Open connections stay usable, the file is intact, and later deletions can be returned in steps.
    send(&services, report("2026-11-23T09:00:00Z", "Success")).await?;
    assert!(integrity(&services, &ME).await?.is_in_order());
    let auto = services.db.read(|conn| crate::db::engine::connection::pragma(conn, "auto_vacuum")).await?;
    assert_eq!(auto, 2);
    Ok(())
}

#[tokio::test]
async fn a_checkpoint_empties_the_log_unless_somebody_reads_it() -> TestResult {
    let (_folder, services) = filled().await?;
    let path = services.db.path().to_owned();
    let mut reader = open_writer(&path)?;
    reader.batch_execute("BEGIN; SELECT count(*) FROM backups;")?;
    send(&services, report("2026-11-23T09:00:00Z", "Success")).await?;
    let done = tokio::time::timeout(Duration::from_secs(60), checkpoint(&services, &ME)).await??;
    assert!(!done.is_complete, "{done:?}");
    reader.batch_execute("COMMIT")?;
    let done = checkpoint(&services, &ME).await?;
    assert!(done.is_complete && done.after < done.before, "{done:?}");
    Ok(())
}

#[tokio::test]
async fn statistics_have_no_samples_that_would_make_queries_planned_anew() -> TestResult {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        value: i64,
    }
    let count = |services: &Services, table: &'static str| {
        let db = services.db.clone();
        async move {
            db.read(move |conn| {
                let exists: Count = diesel::sql_query(format!(
                    "SELECT count(*) AS value FROM sqlite_schema WHERE name = '{table}'"
                ))
                .get_result(conn)?;
                if exists.value == 0 {
                    return Ok(0);
                }
                let sql = format!("SELECT count(*) AS value FROM {table}");
                Ok(diesel::sql_query(sql).get_result::<Count>(conn)?.value)
            })
            .await
        }
    };
    let (_folder, services) = filled().await?;
    // As a plain `ANALYZE` leaves them.
    services.db.write(|tx| Ok(tx.conn.batch_execute("ANALYZE")?)).await?;
    assert!(count(&services, "sqlite_stat4").await? > 0);
    analyze(&services, &ME).await?;
    assert!(count(&services, "sqlite_stat1").await? > 10);
    assert_eq!(count(&services, "sqlite_stat4").await?, 0);
    optimize(&services, &ME).await?;
    assert_eq!(count(&services, "sqlite_stat4").await?, 0);
    Ok(())
}

#[tokio::test]
async fn all_of_it_is_for_administrators_and_stands_in_the_audit_trail() -> TestResult {
    let (_folder, services) = filled().await?;
    accounts::add(&services, "root", Role::Administrator).await?;
    accounts::add(&services, "ops", Role::Operator).await?;
    let token = accounts::sign_in(&services, "ops").await?;
    let operator = accounts::who(&services, &token).await?.ok_or("not signed in")?;
    assert!(matches!(status(&services, &operator).await, Err(Error::Forbidden)));
    assert!(matches!(tables(&services, &operator).await, Err(Error::Forbidden)));
    assert!(matches!(stats(&services, &operator).await, Err(Error::Forbidden)));
    for done in [
        vacuum(&services, &operator).await,
        analyze(&services, &operator).await,
        optimize(&services, &operator).await,
        checkpoint(&services, &operator).await,
    ] {
        assert!(matches!(done, Err(Error::Forbidden)), "{done:?}");
    }
    let token = accounts::sign_in(&services, "root").await?;
    let root = accounts::who(&services, &token).await?.ok_or("not signed in")?;
    vacuum(&services, &root).await?;
    analyze(&services, &root).await?;
    optimize(&services, &root).await?;
    checkpoint(&services, &root).await?;
    let actions = accounts::actions(&services).await?;
    for action in ["database.vacuum", "database.analyze", "database.optimize", "database.checkpoint"] {
        assert_eq!(actions.iter().filter(|known| *known == action).count(), 1, "{actions:?}");
    }
    Ok(())
}
