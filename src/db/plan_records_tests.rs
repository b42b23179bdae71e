//! Plans of statements that clean up runs and servers: they do not scan the history of other jobs either.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;

use super::{TestResult, both_with_and_without_statistics, filled, plans};
use crate::{
    db::{
        Connection, Tx,
        tables::{
            days, merge_servers,
            noticing::incidents,
            operations, retention,
            run_lists::{self, Wanted},
            run_search::{self, Order, RunFilter},
            server_changes, servers,
        },
    },
    dto::{runs::RunsSort, server::RunSort},
    ids::{JobId, JobRef, ServerId},
    outcome::RunOutcome,
    time::{Day, Timestamp},
    zone::Zone,
};

/// Tables that grow with the history.
const GROWING: [&str; 6] =
    ["backups", "job_days", "operations", "raw_reports", "notifications", "machine_ids"];
/// Some runs are older than this.
const SOME: i64 = 1_790_000_000 + 20 * 86_400;

fn job(server: i64, id: i64) -> JobRef {
    JobRef { server: ServerId(server), id: JobId(id) }
}

/// Returns the steps that scan a whole table of those that grow.
fn walks(plans: &[String]) -> Vec<&str> {
    let steps = plans.iter().flat_map(|plan| plan.split("; "));
    steps
        .filter(|step| {
            let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            scanned.is_some_and(|table| GROWING.contains(&table))
        })
        .collect()
}

/// A page of the dashboard asks for so many jobs at once that the list of open incidents looks cheaper to the planner.
#[test]
fn incidents_of_many_jobs_are_found_by_job() -> TestResult {
    both_with_and_without_statistics(|conn| {
        let jobs: Vec<i64> = (1..=250).collect();
        for plan in plans(conn, |conn| incidents::handled(conn, &jobs).map(drop))? {
            assert!(
                plan.starts_with("SEARCH incidents USING INDEX idx_incidents_job_id (job_id=?)"),
                "{plan}"
            );
        }
        Ok(())
    })
}

#[test]
fn old_runs_are_found_by_index() -> TestResult {
    both_with_and_without_statistics(|conn| {
        let before = Timestamp::from_unix(SOME);
        let plans = plans(conn, |conn| {
            retention::extents(conn, before)?;
            retention::extent(conn, job(1, 1), &before.to_string(), &[7].into())?;
            retention::first_of_last(conn, job(1, 1), 4)?;
            operations::count_before(conn, job(1, 1), before)?;
            let read = retention::oldest(conn, None, &before.to_string(), 10)?;
            retention::oldest(conn, read.last(), &before.to_string(), 10)?;
            Ok(())
        })?;
        assert!(
            plans[0].starts_with("SEARCH backups USING COVERING INDEX idx_backups_start_time (start_time<?)"),
            "{}",
            plans[0]
        );
        for plan in &plans[1..3] {
            assert!(plan.starts_with("SEARCH backups USING COVERING INDEX idx_backups_server_id"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
        assert!(plans[3].contains("idx_operations_identity (job_id=?)"), "{}", plans[3]);
        let by_age =
            "SEARCH backups USING COVERING INDEX idx_backups_start_time (start_time>? AND start_time<?)";
        assert_eq!(plans[4..], [by_age, by_age]);
        Ok(())
    })
}

#[test]
fn a_step_of_a_clean_up_or_a_merge_walks_no_growing_table() -> TestResult {
    for with_statistics in [false, true] {
        let (_folder, mut conn) = filled()?;
        conn.batch_execute(
            "INSERT INTO operations (server_id, job_id, operation, status, start_time, created_at)
                 SELECT server_id, job_id, 'Test', 'success', start_time, '2026' FROM backups;
             INSERT INTO raw_reports (run_id, received_at, size, body) SELECT id, '2026', 1, x'00' FROM backups;
             INSERT INTO notifications (server_id, backup_id, type, status)
                 SELECT server_id, id, 'failed', 'sent' FROM backups;
             INSERT INTO machine_ids (machine_id, server_id, first_seen, last_seen)
                 SELECT 'machine ' || id, id, '2026', '2026' FROM servers;",
        )?;
        if with_statistics {
            conn.batch_execute("ANALYZE")?;
        }
        let (zone, until) = (Zone::utc(), Instant::now() + Duration::from_secs(60));
        let before = Timestamp::from_unix(SOME);
        let plans = plans(&mut conn, |conn| {
            let tx = &mut Tx { conn };
            let oldest = retention::oldest(tx.conn, None, &before.to_string(), 10)?;
            assert_eq!(retention::delete_aged(tx, &zone, &oldest, until)?.looked_at, 10);
            assert_eq!(retention::delete_runs(tx, &zone, job(1, 1), &before.to_string(), 10, until)?, 10);
            assert!(operations::delete_before(tx, job(1, 1), before, 10, until)? > 0);
            merge_servers::adopt(tx.conn, ServerId(2), ServerId(3), before)?;
            for job in server_changes::jobs_of(tx.conn, ServerId(2))? {
                let (to, _) = server_changes::counterpart(tx.conn, job, ServerId(3))?;
                let (moved, known) = server_changes::move_runs(tx, &zone, job, to, 5, until)?;
                assert_eq!((moved, known), (5, 5), "all of them were there as well");
                assert!(server_changes::move_operations(tx, job, to, 5, until)? > 0);
                assert!(!server_changes::delete_empty_job(tx.conn, job)?);
            }
            let fourth = servers::find(tx.conn, ServerId(4))?;
            server_changes::detach(tx.conn, &fourth)?;
            Ok(())
        })?;
        assert!(plans.len() > 100);
        assert!(walks(&plans).is_empty(), "{:?}", walks(&plans));
    }
    Ok(())
}

#[test]
fn parts_of_lists_read_what_they_show() -> TestResult {
    both_with_and_without_statistics(|conn| {
        let plans = plans(conn, |conn| {
            run_lists::list(conn, Wanted::all(ServerId(1), None), RunSort::Started, false, 1, 0)?;
            run_lists::list(conn, Wanted::all(ServerId(1), Some(JobId(1))), RunSort::Started, false, 1, 0)?;
            Ok(())
        })?;
        assert_eq!(plans.len(), 2);
        for plan in &plans {
            // At most, runs with the same start are sorted.
            assert!(!plan.contains("TEMP B-TREE FOR ORDER BY"), "{plan}");
        }
        Ok(())
    })
}

#[test]
fn a_day_of_a_history_reads_that_day() -> TestResult {
    let at = Timestamp::from_unix(1_795_435_200);
    both_with_and_without_statistics(|conn| {
        let plans = plans(conn, |conn| {
            for job in [None, Some(JobId(1))] {
                let wanted = Wanted { between: Some((at, at.plus(86_400))), ..Wanted::all(ServerId(1), job) };
                run_lists::count(conn, wanted)?;
                run_lists::list(conn, wanted, RunSort::Started, false, 25, 0)?;
                run_lists::list(conn, wanted, RunSort::Stored, true, 25, 0)?;
            }
            Ok(())
        })?;
        assert_eq!(plans.len(), 6);
        for plan in &plans {
            let bounded =
                "COVERING INDEX idx_backups_server_id (server_id=? AND start_time>? AND start_time<?";
            assert!(plan.contains(bounded), "{plan}");
        }
        Ok(())
    })
}

#[test]
fn sizes_of_the_last_days_are_read_without_older_ones() -> TestResult {
    both_with_and_without_statistics(|conn| {
        let plans = plans(conn, |conn| days::each_level_since(conn, Day::from_number(20_000), drop))?;
        assert_eq!(plans.len(), 1);
        assert!(plans[0].starts_with("SEARCH job_days") && plans[0].contains("day>?"), "{}", plans[0]);
        assert!(!plans[0].contains("TEMP B-TREE"), "{}", plans[0]);
        Ok(())
    })
}

#[test]
fn the_list_of_all_runs_reads_no_more_than_it_shows_or_filters_by() -> TestResult {
    let at = Timestamp::from_unix(SOME);
    let failures = RunFilter { outcomes: RunOutcome::FAILURES.to_vec(), ..RunFilter::default() };
    both_with_and_without_statistics(|conn| {
        let plans_of = |conn: &mut Connection, filter: &RunFilter, sort: RunsSort| {
            plans(conn, |conn| {
                run_search::totals(conn, filter)?;
                run_search::list(conn, filter, Order { sort, ascending: false }, 50, 100).map(drop)
            })
        };
        // The newest: by time, and no run is counted.
        let found = plans_of(conn, &RunFilter::default(), RunsSort::Started)?;
        assert!(!found[0].contains("backups"), "{}", found[0]);
        let newest = "SEARCH backups USING COVERING INDEX idx_backups_start_time (start_time>?)";
        assert!(found[1].contains(newest) && !found[1].contains("TEMP B-TREE"), "{}", found[1]);
        // Failures: no success is looked at, with days and without.
        for filter in [
            failures.clone(),
            RunFilter { from: Some(at), until: Some(at.plus(86_400)), ..failures.clone() },
            RunFilter { text: Some("disk".into()), ..RunFilter::default() },
            RunFilter { server: Some("server 1".into()), ..failures.clone() },
        ] {
            let found = plans_of(conn, &filter, RunsSort::Started)?;
            for plan in &found {
                assert!(
                    plan.contains("SEARCH backups USING COVERING INDEX idx_backups_problems (start_time>?"),
                    "{filter:?}: {plan}"
                );
            }
            assert!(!found[1].contains("TEMP B-TREE"), "{filter:?}: {}", found[1]);
        }
        // Everything else: the covering index of each server, and no page with a log but for the runs that are shown.
        for (filter, sort) in [
            (RunFilter::default(), RunsSort::Stored),
            (RunFilter { outcomes: vec![RunOutcome::Good], ..RunFilter::default() }, RunsSort::Started),
            (
                RunFilter { from: Some(at), server: Some("2".into()), ..RunFilter::default() },
                RunsSort::Duration,
            ),
        ] {
            let found = plans_of(conn, &filter, sort)?;
            let covering =
                "SEARCH backups USING COVERING INDEX idx_backups_server_id (server_id=? AND start_time>?";
            assert!(found[1].contains(covering), "{filter:?}: {}", found[1]);
            assert!(found.iter().all(|plan| walks(std::slice::from_ref(plan)).is_empty()), "{found:?}");
        }
        Ok(())
    })
}
