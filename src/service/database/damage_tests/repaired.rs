//! What a repair fixes.

use super::{
    Fixture,
    file::{JOBS, RUNS, connect},
};
use crate::{
    db::{
        care::orphans,
        engine::{dynamic, integrity},
    },
    dto::database::salvage::RepairReport,
    error::Error,
    service::{Actor, database, testing::NOON},
    time::Timestamp,
    zone::Zone,
};

pub(super) fn repair(file: &Fixture, dry_run: bool) -> Result<RepairReport, Error> {
    let before = std::fs::read(file.path()).unwrap();
    let result = database::repair(
        &Actor::CommandLine,
        &file.path(),
        dry_run,
        &Zone::utc(),
        Timestamp::from_unix(NOON),
    );
    match &result {
        Ok(report) if !dry_run => {
            let mut conn = connect(&file.path());
            assert_eq!(integrity::check(&mut conn).unwrap(), Vec::<String>::new());
            assert_eq!(orphans::orphans(&mut conn).unwrap(), []);
            assert_eq!(orphans::damaged_values(&mut conn).unwrap().1, 0);
            match &report.copy {
                Some(copy) => assert!(std::fs::read(copy).unwrap() == before, "the copy is as it was"),
                None => assert!(report.nothing_to_do(), "{report:#?}"),
            }
        }
        _ => {
            let mut conn = connect(&file.path());
            let _ = dynamic::rows(&mut conn, "PRAGMA wal_checkpoint(TRUNCATE)");
            assert!(std::fs::read(file.path()).unwrap()[100..] == before[100..], "the file was changed");
        }
    }
    result
}

fn count(file: &Fixture, sql: &str) -> i64 {
    dynamic::number(&mut connect(&file.path()), sql).unwrap().unwrap()
}

#[test]
fn a_sound_file_stays_as_it_is() {
    let file = Fixture::new();
    let report = repair(&file, false).unwrap();
    assert!(report.nothing_to_do(), "{report:#?}");
    assert_eq!(count(&file, "SELECT count(*) FROM audit_log WHERE action = 'database.repair'"), 1);
}

#[test]
fn what_is_missing_of_the_schema_is_made() {
    let file = Fixture::new();
    file.sql("DROP TABLE notifications; DROP INDEX idx_backups_status; DROP TRIGGER jobs_delete_days; DROP TABLE jobs");
    let told = repair(&file, true).unwrap();
    let done = repair(&file, false).unwrap();
    assert_eq!(
        (&told.created, &told.changed),
        (&done.created, &done.changed),
        "a dry run tells what is done"
    );
    for what in ["table notifications", "table jobs", "index idx_backups_status", "trigger jobs_delete_days"]
    {
        assert!(done.created.contains(&what.to_owned()), "{what}: {done:#?}");
    }
    assert_eq!(done.changed.get("jobs recreated"), Some(&JOBS), "{done:#?}");
    assert_eq!(count(&file, "SELECT count(*) FROM jobs WHERE name LIKE 'job _'"), JOBS);
    assert_eq!(count(&file, "SELECT sum(run_count) FROM jobs"), RUNS);
    assert!(repair(&file, false).unwrap().nothing_to_do());
}

#[test]
fn rows_find_their_parents_again() {
    let file = Fixture::new();
    file.sql(
        "DELETE FROM servers WHERE id = 2; DELETE FROM jobs WHERE id = 1; DELETE FROM backups WHERE id = 77;
         INSERT INTO ingest_keys (hash, prefix, server_id, created_at) VALUES ('x', 'x', 99, '2026-11-23T12:00:00Z');
         UPDATE job_days SET runs = runs + 5; UPDATE jobs SET run_count = 1;",
    );
    let report = repair(&file, false).unwrap();
    assert_eq!(report.changed.get("servers recreated"), Some(&2), "{report:#?}");
    // A trigger deletes the two jobs of a server with it.
    assert_eq!(report.changed.get("jobs recreated"), Some(&3), "{report:#?}");
    assert_eq!(report.changed.get("runs recreated from their raw reports"), Some(&1), "{report:#?}");
    assert!(report.totals_changed);
    assert_eq!(count(&file, "SELECT count(*) FROM backups"), RUNS);
    assert_eq!(count(&file, "SELECT count(*) FROM servers WHERE id = 2 AND name LIKE 'machine _'"), 1);
    assert_eq!(count(&file, "SELECT sum(run_count) FROM jobs"), RUNS);
}

#[test]
fn damaged_content_is_mended_and_nothing_else() {
    let file = Fixture::new();
    file.sql(
        "PRAGMA ignore_check_constraints = ON;
         UPDATE backups SET headline = CAST(x'61ff62' AS TEXT), messages = '[{' WHERE id = 5;
         UPDATE backups SET status = 'sucXess', files_count = -7, duration = 'soon' WHERE id = 6;
         UPDATE backups SET start_time = 'never' WHERE id IN (7, 8, 9);
         UPDATE backups SET partial = 9, created_at = x'00' WHERE id = 10;
         UPDATE raw_reports SET body = x'0102' WHERE run_id = 11;
         UPDATE servers SET name = CAST(x'6eff' AS TEXT) WHERE id = 1;",
    );
    let (rows, total) = orphans::damaged_values(&mut connect(&file.path())).unwrap();
    // The name of the server is also in what servers are found by.
    assert_eq!((rows.len(), total), (9, 9), "{rows:#?}");
    let report = repair(&file, false).unwrap();
    assert_eq!(report.changed.values().sum::<i64>(), 14, "{report:#?}");
    assert_eq!(count(&file, "SELECT count(*) FROM backups"), RUNS);
    assert_eq!(
        count(&file, "SELECT count(*) FROM backups WHERE headline = 'a\u{fffd}b' AND messages IS NULL"),
        1
    );
    assert_eq!(
        count(
            &file,
            "SELECT id FROM backups WHERE status = 'unknown' AND files_count IS NULL AND duration IS NULL"
        ),
        6
    );
    assert!(repair(&file, false).unwrap().nothing_to_do());
}
