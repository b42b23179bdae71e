//! The page of the database as HTML, from made-up data.

use duplistatus::dto::{
    database::{
        CleanedJob, CleanupReport, CleanupRequest, DatabaseOverview, DatabaseStatus, Discrepancy, IndexSize,
        Integrity, Maintenance, PoolState, Retention, RetentionRule, SlowQuery, Statements, TableSize,
        TaskState,
    },
    work::{CurrentWork, Outcome, WorkEnded, WorkKind, WorkState},
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use super::{
    DatabaseView,
    api::{DatabasePage, RuleChange},
    asked,
};
use crate::{
    error::ApiError,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
};

fn status() -> DatabaseStatus {
    DatabaseStatus {
        path: "/var/lib/duplistatus/duplistatus.db".into(),
        file_size: 214_000_000,
        wal_size: 4_100_000,
        disk_free: Some(80_000_000_000),
        page_size: 4096,
        pages: 52_246,
        free_pages: 1200,
        schema_version: "0005_deleted_jobs".into(),
        sqlite_version: "3.50.4".into(),
        compile_options: vec!["ENABLE_DBSTAT_VTAB".into(), "THREADSAFE=2".into()],
        pool: PoolState { readers: 4, in_use: 1, idle: 3, waiting: 0, writes_waiting: 2 },
        statements: Statements { run: 123_456, prepared: 88, slow_from: 100 },
        slow_queries: vec![SlowQuery {
            sql: "SELECT * FROM backups ORDER BY size".into(),
            plan: Some("SCAN backups\nUSE TEMP B-TREE FOR ORDER BY".into()),
            times: 3,
            longest: 412,
            last_at: ago(600).at,
        }],
        ..DatabaseStatus::default()
    }
}

fn page() -> DatabasePage {
    let retention = Retention { days: Some(30), keep_last: 4 };
    DatabasePage {
        overview: DatabaseOverview {
            now: ago(0),
            status: status(),
            runs: 43_210,
            oldest_run: Some(ago(400 * 86_400)),
            newest_run: Some(ago(600)),
            last_cleanup: None,
            last_backup: Some(ago(3600)),
            site: Retention { days: None, keep_last: 4 },
            rules: vec![
                RetentionRule { server: "nas".into(), job: None, retention },
                RetentionRule { server: "nas".into(), job: Some("Photos".into()), retention },
            ],
            task: TaskState {
                name: "retention".into(),
                deletes: false,
                enabled: true,
                schedule: "daily 03:20".into(),
                usual_schedule: "daily 03:20".into(),
                next_run: Some(ago(-50_000)),
                last_run: None,
                last_duration: None,
                last_result: None,
                last_message: None,
                running_since: None,
                overdue: false,
            },
            work: WorkState::default(),
        },
        tables: None,
        preview: None,
        question: None,
    }
}

fn show(change: impl FnOnce(&mut DatabasePage)) -> String {
    let mut page = page();
    change(&mut page);
    html(move || view! { <DatabaseView page=page on_end=Callback::new(|()| ()) /> })
}

fn ended(kind: WorkKind, outcome: Outcome) -> String {
    show(|page| page.overview.work.last = Some(WorkEnded { kind, at: ago(5), outcome }))
}

fn found() -> CleanupReport {
    let job = CleanedJob {
        server: "nas".into(),
        job: "Photos".into(),
        retention: Retention { days: Some(90), keep_last: 4 },
        runs: 1234,
        oldest: ago(400 * 86_400).at,
        newest: ago(91 * 86_400).at,
        kept: 2,
    };
    CleanupReport { dry_run: true, jobs: vec![job], runs: 1234, operations: 5, ..CleanupReport::default() }
}

fn tables() -> Vec<TableSize> {
    let indexes = vec![IndexSize { name: "backups_by_job".into(), bytes: 9_000_000 }];
    vec![TableSize { name: "backups".into(), rows: 43_210, bytes: 150_000_000, indexes }]
}

#[test]
fn the_state_is_seen_at_a_glance() {
    let html = show(|_| {});
    for text in ["204", "3.91 MiB write-ahead log", "74.5", "43,210", "1 h ago", "never", "Measure tables"] {
        assert!(html.contains(text), "{text}: {html}");
    }
    for text in ["412 ms at most, 3 times", "SCAN backups", "THREADSAFE=2", "3 idle", "0005_deleted_jobs"] {
        assert!(html.contains(text), "{text}: {html}");
    }
    assert!(html.contains("30 days, and the last 4 runs of each job") && html.contains("forever"), "{html}");
}

#[test]
fn what_a_form_asks_for_is_in_the_address() {
    let query = |words: &[(&str, &str)]| {
        let mut query = ParamsMap::new();
        words.iter().for_each(|(name, value)| query.insert((*name).to_owned(), (*value).to_owned()));
        asked(&query)
    };
    assert_eq!(query(&[]), (false, None, None));
    assert_eq!(query(&[("tables", "1")]), (true, None, None));
    let wanted = CleanupRequest { days: Some(30), server: Some("a b".into()), ..CleanupRequest::default() };
    let words = [("preview", "1"), ("days", " 30 "), ("keep_last", ""), ("server", "a b"), ("job", "")];
    assert_eq!(query(&words), (false, Some(wanted), None));
    let (_, wrong, _) = query(&[("preview", "1"), ("days", "ninety")]);
    assert_eq!(wrong.and_then(|request| request.days), Some(-1), "the range is told");
    let (server, job) = (Some("nas".to_owned()), Some("Photos".to_owned()));
    let rule = Some(Retention { days: Some(30), keep_last: 2 });
    let set = [("rule", "set"), ("days", "30"), ("keep_last", "2"), ("server", "nas"), ("job", "Photos")];
    let change = RuleChange { server: server.clone(), job: job.clone(), rule };
    assert_eq!(query(&set), (false, None, Some(change)));
    let clear = [("rule", "clear"), ("server", "nas"), ("job", "Photos")];
    assert_eq!(query(&clear), (false, None, Some(RuleChange { server, job, rule: None })));
}

#[test]
fn what_would_go_is_shown_before_the_button() {
    let request = CleanupRequest { days: Some(90), server: Some("nas".into()), ..CleanupRequest::default() };
    let html = show(|page| page.preview = Some((request.clone(), Ok(found()))));
    assert!(
        html.contains("1,234 runs and 5 other operations would be deleted. Nothing has been deleted."),
        "{html}"
    );
    assert!(html.contains("Delete 1,234 runs") && html.contains("name=\"days\" value=\"90\""), "{html}");
    assert!(html.contains("name=\"at_most\" value=\"1239\""), "{html}");
    let nothing = show(|page| page.preview = Some((request.clone(), Ok(CleanupReport::default()))));
    assert!(
        nothing.contains("Nothing would be deleted") && !nothing.contains("/clean_up_database"),
        "{nothing}"
    );
    let hint = "use 1 to 36500".to_owned();
    let error = ApiError::Invalid { field: "days".into(), hint };
    let refused = show(|page| page.preview = Some((request, Err(error))));
    assert!(refused.contains("use 1 to 36500") && !refused.contains("/clean_up_database"), "{refused}");
}

#[test]
fn tables_are_listed_when_they_were_measured() {
    let html = show(|page| page.tables = Some(tables()));
    assert!(html.contains("backups_by_job") && html.contains("8.58 MiB"), "{html}");
    assert!(!html.contains("Measure tables"), "{html}");
}

#[test]
fn work_under_way_is_told_and_nothing_else_can_be_begun() {
    let now = CurrentWork { kind: WorkKind::Vacuum, since: ago(90), progress: None };
    let html = show(|page| page.overview.work.now = Some(now));
    assert!(html.contains("The file is being rewritten") && html.contains("Running for 1 min."), "{html}");
    assert_eq!(html.matches(" disabled").count(), 4, "{html}");
}

#[test]
fn what_came_of_work_is_told() {
    let upkeep = Maintenance { before: 2_097_152, after: 1_048_576, took: 1500, is_complete: true };
    let vacuum = ended(WorkKind::Vacuum, Outcome::Maintenance(upkeep.clone()));
    assert!(vacuum.contains("2.00 MiB before, 1.00 MiB now (with the log); it took 1.5 s,"), "{vacuum}");
    let part =
        ended(WorkKind::Checkpoint, Outcome::Maintenance(Maintenance { is_complete: false, ..upkeep }));
    assert!(part.contains("Partly done"), "{part}");
    let order =
        ended(WorkKind::Integrity, Outcome::Integrity(Integrity { jobs: 40, ..Integrity::default() }));
    assert!(order.contains("No problems found") && order.contains("40 jobs"), "{order}");
    let cleaned = ended(WorkKind::Cleanup, Outcome::Cleanup(found()));
    assert!(cleaned.contains("1,234 runs and 5 other operations were deleted"), "{cleaned}");
}

#[test]
fn what_a_check_found_is_told_with_what_to_do() {
    let differs = Discrepancy {
        table: "job_days".into(),
        row: "job 3".into(),
        column: Some("runs".into()),
        stored: Some(HOSTILE.into()),
        expected: None,
    };
    let found = Integrity { discrepancies: vec![differs], discrepancy_count: 9, ..Integrity::default() };
    let html = ended(WorkKind::Integrity, Outcome::Integrity(found));
    assert!(html.contains("duplistatus db repair") && html.contains("should be nothing"), "{html}");
    assert!(html.contains("… and 8 more"), "{html}");
    assert_harmless(&html);
    let damaged = Integrity {
        file: vec!["Tree 7 page 12: btreeInitPage() returns error code 11".into()],
        ..Integrity::default()
    };
    let html = ended(WorkKind::Integrity, Outcome::Integrity(damaged));
    assert!(html.contains("duplistatus db salvage") && html.contains("page 12"), "{html}");
}

#[test]
fn hostile_names_are_texts() {
    assert_harmless(&ended(WorkKind::Vacuum, Outcome::Failed(HOSTILE.into())));
    let html = show(|page| {
        for rule in &mut page.overview.rules {
            rule.server = HOSTILE.into();
            rule.job = Some(HOSTILE.into());
        }
        page.overview.status.path = HOSTILE.into();
        let mut report = found();
        report.jobs.iter_mut().for_each(|job| job.job = HOSTILE.into());
        let request = CleanupRequest { server: Some(HOSTILE.into()), ..CleanupRequest::default() };
        page.preview = Some((request, Ok(report)));
    });
    assert_harmless(&html);
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_database() -> std::io::Result<()> {
    preview("database", || {
        let mut page = page();
        page.tables = Some(tables());
        page.preview = Some((CleanupRequest::default(), Ok(found())));
        let upkeep = Maintenance { before: 2_097_152, after: 1_048_576, took: 1500, is_complete: true };
        page.overview.work.last =
            Some(WorkEnded { kind: WorkKind::Vacuum, at: ago(5), outcome: Outcome::Maintenance(upkeep) });
        view! { <DatabaseView page=page on_end=Callback::new(|()| ()) /> }
    })
}
