//! A made-up server.

use duplistatus::{
    dto::{
        Paging,
        dashboard::JobRow,
        server::{
            CalendarDay, KeyMismatch, MachineId, OperationFigure, OperationRow, OperationValue, RunRow,
            ServerPage, Statistics, Trends,
        },
        servers::ServerLabels,
    },
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    status::Status,
    verdict::Verdict,
};

use crate::testing::ago;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
const GIB: i64 = 1 << 30;

/// A job with a strip of these letters; `m` is a missed run.
pub(crate) fn job(id: i64, name: &str, verdict: Verdict, letters: &str) -> JobRow {
    JobRow {
        id: JobId(id),
        name: name.into(),
        verdict,
        failures: if verdict == Verdict::Failed { 2 } else { 0 },
        last_status: Some(if verdict == Verdict::Failed { Status::Error } else { Status::Success }),
        last_outcome: Some(if verdict == Verdict::Failed { RunOutcome::Failed } else { RunOutcome::Good }),
        checks: Vec::new(),
        verification: None,
        last_run: Some(RunId(id * 100)),
        last_report: Some(ago(38 * 60)),
        last_success: Some(ago(if verdict == Verdict::Failed { 3 * DAY + 4 * HOUR } else { 38 * 60 })),
        duration: Some(131),
        source_size: Some(84 * GIB + GIB / 10),
        storage_size: Some(61 * GIB),
        uploaded_size: Some(GIB / 5),
        versions: Some(93),
        warnings: Some(0),
        runs: 400,
        next_expected: Some(ago(-7 * HOUR)),
        due: Some(ago(-13 * HOUR)),
        interval: Some(DAY),
        strip: letters.into(),
        live: None,
        handling: None,
    }
}

/// Numbers that look made by life, always the same.
fn noise(i: i64) -> i64 {
    (i * 7919 + i * i * 104_729) % 97
}

fn trends() -> Trends {
    let today = ago(0).day();
    let days = 30;
    let some = |f: fn(i64) -> i64| (0..days).map(|i| (i != 12 && i != 13).then(|| f(i))).collect();
    Trends {
        buckets: (0..days).map(|i| today.plus(i - days + 1)).collect(),
        bucket_days: 1,
        source_size: some(|i| (1450 + 16 * i) * GIB + noise(i) * GIB / 8),
        storage_size: some(|i| (1310 + 15 * i - if i > 17 { 90 } else { 0 }) * GIB),
        uploaded_size: some(|i| if i == 20 { 0 } else { noise(i) * GIB / 4 }),
        uploaded_by_job: Vec::new(),
        duration: some(|i| 600 + noise(i) * 9),
        files: some(|i| 798_000 + i * 140 + noise(i) * 9),
        versions: some(|i| 224 + i),
        calendar: (0..371)
            .map(|i| CalendarDay {
                day: today.plus(i - 370),
                worst: match (i, noise(i)) {
                    (..20, _) | (200..203, _) => None,
                    (_, 0..3) => Some(Status::Error),
                    (_, 3..8) => Some(Status::Warning),
                    _ => Some(Status::Success),
                },
                runs: 3,
                missed: i64::from((201..203).contains(&i)),
                ..CalendarDay::default()
            })
            .collect(),
        first_run: Some(today.plus(-350)),
    }
}

/// Nothing known.
pub(crate) fn empty_trends() -> Trends {
    let none = vec![None; 30];
    let mut trends = trends();
    trends.source_size = none.clone();
    trends.storage_size = none.clone();
    trends.uploaded_size = none.clone();
    trends.duration = none.clone();
    trends.files = none.clone();
    trends.versions = none;
    trends.calendar.clear();
    trends
}

fn figure(name: &str, value: OperationValue) -> OperationFigure {
    OperationFigure { name: name.into(), value }
}

fn run(id: i64, job: &str, status: Status, hours: i64) -> RunRow {
    let known = !status.is_failed();
    RunRow {
        id: RunId(id),
        job_id: JobId(1),
        job_name: job.into(),
        status,
        outcome: if known { RunOutcome::Good } else { RunOutcome::Failed },
        started: ago(hours * HOUR),
        start_assumed: false,
        duration: Some(31 + noise(id) * 12),
        files: known.then_some(184_220),
        source_size: known.then_some(84 * GIB + noise(id) * GIB / 100),
        storage_size: known.then_some(61 * GIB),
        uploaded_size: known.then(|| noise(id) * (1 << 24)),
        versions: known.then_some(93),
        warnings: Some(if status == Status::Warning { 2 } else { 0 }),
        errors: Some(0),
    }
}

/// The page.
pub(crate) fn server() -> ServerPage {
    let runs = [
        (501, "documents", Status::Success, 21),
        (500, "photos", Status::Error, 20),
        (499, "databases", Status::Warning, 9),
        (498, "photos", Status::Fatal, 44),
        (497, "documents", Status::Success, 45),
        (496, "databases", Status::Unknown, 200),
    ];
    ServerPage {
        now: ago(0),
        id: ServerId(3),
        name: "nas".into(),
        alias: Some("Basement NAS".into()),
        archived: None,
        duplicati_url: None,
        notes: None,
        last_seen: Some(ago(38 * 60)),
        duplicati_version: Some("2.1.0.5".into()),
        operating_system: Some("Synology".into()),
        machine_ids: vec![MachineId {
            machine_id: "0f9c2c7e5d1b4f6f8a3e".into(),
            machine_name: Some("nas.local".into()),
            last_seen: ago(38 * 60),
        }],
        same_name_as: Some((ServerId(9), "nas".into())),
        key_mismatch: Some(KeyMismatch {
            machine: "laptop-jo".into(),
            other: Some((ServerId(4), "Jo".into())),
            at: ago(5 * DAY),
        }),
        labels: ServerLabels { group: Some("Home".into()), tags: vec!["off-site".into()] },
        has_unnamed_jobs: false,
        jobs: vec![
            job(1, "photos", Verdict::Failed, "sssssssssssssswsswsssssssssee"),
            job(2, "documents", Verdict::Ok, "sssssssssssssssmssssssssssssss"),
            job(3, "databases", Verdict::Ok, "sssswsssssssssssssssssssssssss"),
        ],
        statistics: Statistics {
            runs: 87,
            successful: 78,
            warnings: 3,
            failed: 6,
            incomplete: 0,
            average_duration: Some(842),
            uploaded_size: 386 * GIB,
            source_size: Some(1966 * GIB),
            storage_size: Some(1772 * GIB),
            versions: Some(254),
            quota: Some((1772 * GIB, 2048 * GIB)),
            last_success: Some(ago(3 * DAY + 4 * HOUR)),
            last_success_job: Some("photos".into()),
            last_run: Some(ago(38 * 60)),
        },
        trends: trends(),
        runs: runs.map(|(id, job, status, hours)| run(id, job, status, hours)).into(),
        paging: Paging::new(1, 6, 87),
        changes_at: None,
        operations: vec![
            OperationRow {
                operation: "Restore".into(),
                job_name: "documents".into(),
                status: Status::Success,
                started: ago(3 * DAY),
                start_assumed: false,
                duration: Some(73),
                stopped: false,
                warnings: Some(0),
                errors: Some(0),
                message: None,
                details: vec![
                    figure("RestoredFiles", OperationValue::Count(12)),
                    figure("SizeOfRestoredFiles", OperationValue::Bytes(48_211)),
                ],
            },
            OperationRow {
                operation: "Compact".into(),
                job_name: "photos".into(),
                status: Status::Warning,
                started: ago(11 * DAY),
                start_assumed: true,
                duration: None,
                stopped: true,
                warnings: Some(2),
                errors: None,
                message: Some("The volume is too small".into()),
                details: Vec::new(),
            },
        ],
    }
}
