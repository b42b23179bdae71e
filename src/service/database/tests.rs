//! Problems are found, and a rebuild fixes them.

use diesel::{connection::SimpleConnection as _, prelude::*};

use super::{cleanup, integrity, rebuild};
use crate::{
    access::Role,
    db::{
        Connection, StoreError,
        care::{derived, invariants, invariants::Findings},
        schema::{jobs, servers},
        tables::{days, settings},
    },
    error::Error,
    service::{
        Actor, Services,
        ingest::Stored,
        tasks::housekeeping,
        testing::{
            Ended, NOON, TestResult, accounts, at, end, endings, report, send, services, services_in,
            text_report,
        },
    },
    time::{Day, Timestamp},
    zone::Zone,
};

#[path = "random_tests.rs"]
pub(super) mod random;

use random::{Step, take};

async fn findings(services: &Services) -> Result<Findings, StoreError> {
    let site = services.zone.clone();
    services
        .db
        .read(move |conn| {
            let zone = settings::site_zone(conn, &site)?;
            invariants::verify(conn, &zone)
        })
        .await
}

/// Creates two servers with two jobs each, and runs on three days.
async fn filled() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    for (server, job) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for hour in [1, 30, 55] {
            let scheduled = Some(24);
            let step = Step::Report {
                server,
                job,
                hour,
                status: "Success",
                size: Some(7),
                dry_run: false,
                ended: Ended::ByItself,
                as_text: false,
                scheduled,
            };
            take(&services, step).await?;
        }
    }
    housekeeping::settle_site_days(&services).await?;
    assert_eq!(findings(&services).await?, Findings { jobs: 4, ..Findings::default() });
    Ok((folder, services))
}

/// Damage to any derived row or column is found, located, and fixed by a rebuild.
#[tokio::test]
async fn whatever_is_spoiled_is_found_and_mended() -> TestResult {
    let spoilt = [
        ("UPDATE jobs SET run_count = 99 WHERE id = 2", "jobs", "job 2", Some("run_count")),
        ("UPDATE jobs SET last_run_id = 1 WHERE id = 2", "jobs", "job 2", Some("last_run_id")),
        ("UPDATE jobs SET recent = 'nonsense' WHERE id = 1", "jobs", "job 1", Some("recent")),
        (
            "UPDATE job_states SET due = '2031-01-01T00:00:00Z' WHERE job_id = 1",
            "job_states",
            "job 1",
            Some("due"),
        ),
        ("UPDATE job_states SET verdict = 'paused' WHERE job_id = 1", "job_states", "job 1", Some("verdict")),
        ("DELETE FROM job_states WHERE job_id = 1", "job_states", "job 1", None),
        (
            "UPDATE job_days SET uploaded_size = 8 WHERE job_id = 3",
            "job_days",
            "2026-10-24, job 3",
            Some("uploaded_size"),
        ),
        ("DELETE FROM job_days WHERE job_id = 3", "job_days", "2026-10-24, job 3", None),
        ("UPDATE job_days SET job_id = 77 WHERE job_id = 3", "job_days", "2026-10-24, job 77", None),
        ("UPDATE site_days SET runs = 5 WHERE day = '2026-10-25'", "site_days", "2026-10-25", Some("runs")),
        ("DELETE FROM site_days WHERE day = '2026-10-25'", "site_days", "2026-10-25", None),
        (
            "INSERT INTO site_days (day, runs, successes, warnings, failures, uploaded_size) VALUES ('2026-01-01', 1, 0, 0, 0, 0)",
            "site_days",
            "2026-01-01",
            None,
        ),
        ("UPDATE jobs SET last_outcome = 'failed' WHERE id = 1", "jobs", "job 1", Some("last_outcome")),
        ("UPDATE jobs SET last_checks = '[]' WHERE id = 1", "jobs", "job 1", Some("last_checks")),
        (
            "UPDATE job_days SET incomplete = 3 WHERE job_id = 3",
            "job_days",
            "2026-10-24, job 3",
            Some("incomplete"),
        ),
        (
            "UPDATE site_days SET incomplete = 3 WHERE day = '2026-10-25'",
            "site_days",
            "2026-10-25",
            Some("incomplete"),
        ),
        ("UPDATE jobs SET rank = 6 WHERE id = 1", "jobs", "job 1", None),
        ("UPDATE servers SET worst = 6 WHERE id = 1", "servers", "server 1", None),
        ("UPDATE server_search SET all_names = 'x' WHERE server_id = 1", "server_search", "server 1", None),
        ("UPDATE scope_totals SET source_low = 7", "scope_totals", "Site", None),
        ("UPDATE backups SET outcome = 'stopped' WHERE id = 6", "backups", "run 6", Some("outcome")),
        ("DELETE FROM backups WHERE id = 6", "jobs", "job 2", Some("run_count")),
    ];
    let (_folder, services) = filled().await?;
    for (sql, table, row, column) in spoilt {
        services.db.write(move |tx| Ok(tx.conn.batch_execute(sql)?)).await?;
        let found = integrity(&services, &Actor::CommandLine).await?;
        assert!(
            !found.is_in_order() && found.file.is_empty() && found.orphans.is_empty(),
            "{sql}: {found:?}"
        );
        let is_told = found
            .discrepancies
            .iter()
            .any(|d| (d.table.as_str(), d.row.as_str(), d.column.as_deref()) == (table, row, column));
        assert!(is_told, "{sql}: {found:?}");
        assert_eq!(rebuild(&services, &Actor::CommandLine).await?, 4);
        assert_eq!(findings(&services).await?.discrepancies, [], "{sql}");
    }
    // The rebuild at once, as when nobody else uses the file.
    services
        .db
        .write(|tx| Ok(tx.conn.batch_execute("DELETE FROM job_days; UPDATE jobs SET recent = ''")?))
        .await?;
    services.db.write(|tx| derived::rebuild(tx.conn, &Zone::utc(), Timestamp::from_unix(NOON))).await?;
    assert_eq!(findings(&services).await?.count, 0);
    Ok(())
}

#[tokio::test]
async fn damaged_content_is_told_and_stops_nothing() -> TestResult {
    let (_folder, services) = filled().await?;
    services
        .db
        .write(|tx| {
            Ok(tx.conn.batch_execute(
                "UPDATE backups SET messages = '[not json' WHERE id = 4;
                 UPDATE backups SET start_time = 'yesterday' WHERE id = 7;
                 INSERT INTO operations (server_id, job_id, operation, status, start_time, created_at, details)
                     VALUES (1, 4, 'Test', 'success', '2026', '2026', '{');",
            )?)
        })
        .await?;
    let found = integrity(&services, &Actor::CommandLine).await?;
    let told: Vec<(&str, &str)> =
        found.discrepancies.iter().map(|d| (d.table.as_str(), d.row.as_str())).collect();
    for expected in [("backups", "run 4"), ("backups", "run 7"), ("operations", "operation 1")] {
        assert!(told.contains(&expected), "{told:?}");
    }
    let of_another_server = found.discrepancies.iter().filter(|d| d.stored.as_deref() == Some("server 1"));
    assert_eq!(of_another_server.count(), 1, "{found:?}");
    Ok(())
}

#[tokio::test]
async fn what_the_schema_lacks_is_found() -> TestResult {
    let (_folder, services) = filled().await?;
    let drop = |sql: &'static str| services.db.write(move |tx| Ok(tx.conn.batch_execute(sql)?));
    drop("DROP INDEX idx_backups_start_time").await?;
    let found = integrity(&services, &Actor::CommandLine).await?;
    assert_eq!((found.schema.len(), found.problems(), found.is_in_order()), (1, 1, false), "{found:?}");
    assert!(found.schema[0].contains("idx_backups_start_time is missing") && found.jobs > 0);
    // The remaining checks fail, but what was found is reported.
    drop("DROP TABLE job_days").await?;
    let found = integrity(&services, &Actor::CommandLine).await?;
    assert!(found.schema.iter().any(|what| what.contains("job_days is missing")), "{found:?}");
    Ok(())
}

#[tokio::test]
async fn the_days_of_the_site_forget_a_job_that_is_deleted() -> TestResult {
    let (_folder, services) = filled().await?;
    services.db.write(|tx| Ok(diesel::delete(jobs::table.find(1)).execute(tx.conn)?)).await?;
    let runs = async || {
        let days = services.db.read(|conn| days::site_days_since(conn, Day::from_number(0))).await?;
        Ok::<i64, StoreError>(days.iter().map(|day| day.runs).sum())
    };
    assert_eq!(runs().await?, 9, "at once");
    housekeeping::settle_site_days(&services).await?;
    assert_eq!(runs().await?, 9, "and once they are stored");
    Ok(())
}

#[tokio::test]
async fn the_stored_days_are_checked_by_the_zone_that_made_them() -> TestResult {
    let (_folder, berlin) = services_in(Zone::named("Europe/Berlin")?)?;
    housekeeping::follow_time_zone(&berlin).await?;
    assert_eq!(send(&berlin, report("2026-11-22T23:30:00Z", "Success")).await?, Stored::New);
    // A command that runs in another zone than the server.
    let elsewhere = Services { zone: Zone::named("America/New_York")?, ..berlin.clone() };
    assert!(integrity(&elsewhere, &Actor::CommandLine).await?.is_in_order());
    rebuild(&elsewhere, &Actor::CommandLine).await?;
    assert!(integrity(&berlin, &Actor::CommandLine).await?.is_in_order());
    assert_eq!(NOON % 3600, 0);
    Ok(())
}

#[tokio::test]
async fn only_administrators_check_and_rebuild() -> TestResult {
    let (_folder, services) = services()?;
    accounts::add(&services, "root", Role::Administrator).await?;
    accounts::add(&services, "ops", Role::Operator).await?;
    let token = accounts::sign_in(&services, "ops").await?;
    let operator = accounts::who(&services, &token).await?.ok_or("not signed in")?;
    for actor in [operator, Actor::Guest { address: String::new() }] {
        assert!(matches!(integrity(&services, &actor).await, Err(Error::Forbidden)));
        assert!(matches!(rebuild(&services, &actor).await, Err(Error::Forbidden)));
    }
    Ok(())
}
