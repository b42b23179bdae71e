//! The plans that SQLite chooses: the cost of lists and reports must not grow with the history.

use diesel::{
    connection::{Connection as _, InstrumentationEvent, SimpleConnection as _},
    prelude::*,
    sql_types::Text,
};
use std::{cell::RefCell, collections::BTreeSet};

use super::{
    Connection, StoreError,
    care::sizes,
    engine::{connection::open_writer, migrate::migrate},
    tables::{
        backup_ids, days, ingest_keys, jobs, machine_ids, machine_names,
        operations::{self, OperationRecord},
        outcomes::{self, Counted, SummaryRun},
        rejected_reports,
        run_lists::{self, Wanted},
        runs::RunRecord,
    },
};
use crate::{
    dto::server::RunSort,
    ids::{JobId, JobRef, RunId, ServerId},
    outcome::RunOutcome,
    time::{Day, Timestamp},
};

#[path = "plan_users_tests.rs"]
mod people;
#[path = "plan_records_tests.rs"]
mod records;

type TestResult = Result<(), Box<dyn std::error::Error>>;

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Returns a database with enough rows and statistics to give the planner a choice.
fn filled() -> Result<(tempfile::TempDir, Connection), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut conn = open_writer(&folder.path().join("duplistatus.db"))?;
    migrate(&mut conn, crate::db::care::derived::after_migration)?;
    conn.batch_execute(
        "INSERT INTO servers (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
             SELECT 'server ' || i FROM n;
         INSERT INTO jobs (server_id, name, created_at) SELECT servers.id, job.column1, '2026'
             FROM servers, (VALUES ('a'), ('b'), ('c')) AS job;
         INSERT INTO backups (server_id, job_id, backup_name, status, outcome, start_time, created_at, messages)
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
             SELECT server_id, jobs.id, name, iif(i % 7, 'success', 'fatal'), iif(i % 7, 'good', 'failed'),
                    strftime('%Y-%m-%dT%H:%M:%SZ', 1790000000 + i * 86400, 'unixepoch'), '2026', printf('%500c', 'x')
             FROM jobs, n;
         INSERT INTO users (name, role, created_at, updated_at)
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19)
             SELECT 'person ' || i, 'viewer', '2026', '2026' FROM n;
         INSERT INTO sessions (hash, user_id, stage, created_at, last_seen_at, expires_at, address, device)
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
             SELECT 'hash ' || i, 1 + i % 20, 'complete', '2026', '2026', '2027', '', '' FROM n;
         INSERT INTO api_keys (hash, user_id, name, prefix, scope, created_at)
             SELECT hash, user_id, hash, '', 'read', '2026' FROM sessions;
         INSERT INTO login_failures (account, failures, last_at) SELECT hash, 1, '2026' FROM sessions;
         INSERT INTO audit_log (at, actor_kind, actor_name, action, success)
             SELECT start_time, 'user', 'person ' || id % 20, 'action ' || id % 30, 1 FROM backups;",
    )?;
    Ok((folder, conn))
}

/// Returns the plan of every statement that `work` runs.
fn plans(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<(), StoreError>,
) -> Result<Vec<String>, StoreError> {
    SEEN.with_borrow_mut(Vec::clear);
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            SEEN.with_borrow_mut(|seen| seen.push(query.to_string()));
        }
    });
    work(conn)?;
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let mut plans = Vec::new();
    for query in SEEN.take() {
        // The rest is the list of bound values.
        let sql = query.split(" -- binds:").next().unwrap_or_default();
        plans.push(explain(conn, sql)?);
    }
    Ok(plans)
}

/// Returns the steps of a plan, joined by "; ".
fn explain(conn: &mut Connection, sql: &str) -> Result<String, StoreError> {
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn)?;
    Ok(steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("; "))
}

fn both_with_and_without_statistics(check: impl Fn(&mut Connection) -> TestResult) -> TestResult {
    let (_folder, mut conn) = filled()?;
    check(&mut conn)?;
    conn.batch_execute("ANALYZE")?;
    check(&mut conn)
}

#[test]
fn lists_of_runs_never_touch_the_pages_with_the_logs() -> TestResult {
    both_with_and_without_statistics(|conn| {
        let sorts = [
            RunSort::Started,
            RunSort::Job,
            RunSort::Status,
            RunSort::Duration,
            RunSort::Files,
            RunSort::Source,
            RunSort::Stored,
            RunSort::Uploaded,
            RunSort::Versions,
            RunSort::Warnings,
        ];
        for sort in sorts {
            for (job, ascending) in
                [(None, false), (None, true), (Some(JobId(1)), false), (Some(JobId(1)), true)]
            {
                let plans = plans(conn, |conn| {
                    run_lists::list(conn, Wanted::all(ServerId(1), job), sort, ascending, 25, 50).map(drop)
                })?;
                assert_eq!(plans.len(), 1);
                assert!(
                    plans[0].starts_with("SEARCH backups USING COVERING INDEX idx_backups_server_id"),
                    "{sort:?} {job:?}: {}",
                    plans[0]
                );
            }
        }
        Ok(())
    })
}

#[test]
fn the_runs_of_a_job_are_found_without_those_of_other_servers() -> TestResult {
    let at = Timestamp::from_unix(1_795_435_200);
    both_with_and_without_statistics(|conn| {
        let run = RunRecord::find(conn, RunId(1))?;
        let plans = plans(conn, |conn| {
            let job = JobRef { server: ServerId(1), id: JobId(1) };
            SummaryRun::latest(conn, job, 31)?;
            Counted::between(conn, job, at, at.plus(86_400))?;
            Counted::between(conn, job, Timestamp::MIN, Timestamp::MAX)?;
            SummaryRun::last_before(conn, job, at, &RunOutcome::COMPLETE)?;
            outcomes::failing_streak(conn, job, at)?;
            run_lists::first_start(conn, job.server, Some(job.id))?;
            run_lists::neighbours(conn, job, &at.to_string())?;
            run.find_delivery(conn, (at, at.plus(1)))?;
            Ok(())
        })?;
        let by_id = |plan: &&String| plan.starts_with("SEARCH backups USING INTEGER PRIMARY KEY (rowid=?)");
        assert_eq!((plans.len(), plans.iter().filter(by_id).count()), (12, 2));
        for plan in plans.iter().filter(|plan| !by_id(plan)) {
            assert!(plan.contains("INDEX idx_backups_server_id (server_id=?"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
        Ok(())
    })
}

/// Each run's row is on its own page, with its log: for a job with hourly runs, each report would read 24 pages.
#[test]
fn the_totals_of_a_day_do_not_touch_the_pages_with_the_logs() -> TestResult {
    let at = Timestamp::from_unix(1_795_435_200);
    both_with_and_without_statistics(|conn| {
        let job = JobRef { server: ServerId(1), id: JobId(1) };
        let plans = plans(conn, |conn| Counted::between(conn, job, at, at.plus(86_400)).map(drop))?;
        assert_eq!(plans.len(), 1);
        let wanted = "SEARCH backups USING COVERING INDEX idx_backups_server_id (server_id=? AND start_time>? AND start_time<?)";
        assert_eq!(plans[0], wanted);
        Ok(())
    })
}

#[test]
fn a_run_that_is_known_is_found_by_its_identity() -> TestResult {
    let at = Timestamp::from_unix(1_795_435_200);
    both_with_and_without_statistics(|conn| {
        let run = RunRecord { delivery: Some(7), ..RunRecord::find(conn, RunId(1))? };
        let plans = plans(conn, |conn| {
            RunRecord::find_by_start(conn, JobId(1), &at.to_string())?;
            run.find_claim(conn, at, (Timestamp::MIN, Timestamp::MAX))?;
            run.find_claim(conn, Timestamp::MIN, (at, at.plus(600)))?;
            run.find_delivery(conn, (at, at.plus(600)))?;
            Ok(())
        })?;
        let by_start = "SEARCH backups USING INDEX idx_backups_start_time (start_time=? AND job_id=?)";
        let within = "start_time>? AND start_time<?)";
        let by_claim = format!(
            "SEARCH backups USING INDEX idx_backups_claimed (job_id=? AND claimed_start=? AND {within}"
        );
        let by_bytes =
            format!("SEARCH backups USING INDEX idx_backups_delivery (job_id=? AND delivery=? AND {within}");
        assert_eq!(plans[..4], [by_start, by_claim.as_str(), by_claim.as_str(), by_bytes.as_str()]);
        assert!(plans[4].contains("INDEX idx_backups_server_id (server_id=?"), "{plans:?}");
        Ok(())
    })
}

/// SQLite's own queries when a row that others refer to is deleted: deleting one job does not scan the runs of others.
#[test]
fn foreign_keys_are_followed_by_index() -> TestResult {
    #[derive(QueryableByName)]
    struct Question {
        #[diesel(sql_type = Text)]
        sql: String,
    }
    both_with_and_without_statistics(|conn| {
        let questions: Vec<Question> = diesel::sql_query(
            "SELECT format('DELETE FROM %s WHERE %s', child.name, group_concat(\"from\" || ' = ?', ' AND ')) AS sql
             FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS link
             WHERE child.type = 'table' GROUP BY child.name, link.id",
        )
        .load(conn)?;
        assert!(questions.len() > 10);
        for Question { sql } in questions {
            let plan = explain(conn, &sql)?;
            assert!(!plan.contains("SCAN"), "{sql}: {plan}");
            if sql.starts_with("DELETE FROM backups") {
                assert!(plan.contains("INDEX idx_backups_server_id (server_id=?"), "{sql}: {plan}");
            }
        }
        Ok(())
    })
}

#[test]
fn nothing_that_pages_or_reports_ask_walks_a_growing_table() -> TestResult {
    let growing: BTreeSet<&str> =
        ["backups", "job_days", "operations", "raw_reports", "machine_ids", "machine_names", "backup_ids"]
            .into_iter()
            .collect();
    let operation = OperationRecord {
        server_id: 1,
        job_id: 1,
        operation: "Test".into(),
        status: "success".into(),
        start_time: "2026-11-23T12:00:00Z".into(),
        duration: None,
        created_at: "2026-11-23T12:00:00Z".into(),
        details: None,
        messages: None,
        begin_text: None,
        start_assumed: false,
        interrupted: false,
        warnings_count: None,
        errors_count: None,
        headline: None,
    };
    both_with_and_without_statistics(|conn| {
        let plans = plans(conn, |conn| {
            days::server_days_since(conn, ServerId(1), None, Some(Day::from_number(20_000)))?;
            days::server_days_since(conn, ServerId(1), Some(JobId(1)), None)?;
            days::site_days_since(conn, Day::from_number(20_000))?;
            days::settle_site_days(conn)?;
            days::job_totals(conn, JobId(1))?;
            jobs::all(conn, Some(ServerId(1)))?;
            operations::latest(conn, ServerId(1), 20)?;
            operation.clone().save_near(conn, (Timestamp::default(), Timestamp::default()))?;
            backup_ids::find(conn, ServerId(1), "DB-1")?;
            backup_ids::of_job(conn, JobId(1))?;
            backup_ids::find_by_name(conn, ServerId(1), "a")?;
            machine_names::find(conn, 1, "x")?;
            machine_names::find_any(conn, "x")?;
            machine_names::find_free(conn, "x", Timestamp::default())?;
            machine_names::is_taken(conn, ServerId(1), "x", 1, Timestamp::default())?;
            machine_ids::of_server(conn, ServerId(1))?;
            machine_ids::find(conn, "x")?;
            ingest_keys::find_valid(conn, "x", Timestamp::MIN)?;
            rejected_reports::count(conn, Some(Timestamp::default()))?;
            super::tables::raw_reports::has(conn, RunId(1))?;
            super::tables::raw_reports::of_run(conn, RunId(1)).map(drop).or_else(|error| {
                match error.kind {
                    super::StoreErrorKind::NotFound => Ok(()),
                    _ => Err(error),
                }
            })?;
            super::tables::raw_reports::expire(conn, Timestamp::default(), 200)?;
            sizes::status(conn, std::path::Path::new("duplistatus.db"))?;
            // The statement of the trigger when a job is deleted.
            diesel::sql_query(
                "UPDATE site_days SET stale = TRUE WHERE NOT stale AND EXISTS
                     (SELECT 1 FROM job_days WHERE job_days.day = site_days.day AND job_days.job_id = 1)",
            )
            .execute(conn)?;
            Ok(())
        })?;
        assert!(plans.len() > 14, "{plans:?}");
        for plan in &plans {
            for step in plan.split("; ") {
                let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
                assert!(scanned.is_none_or(|table| !growing.contains(table)), "{plan}");
            }
        }
        Ok(())
    })
}
