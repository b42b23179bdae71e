//! A made-up site: some jobs of every kind.

use duplistatus::{
    dto::{
        Moment, Paging,
        channel::Reach,
        dashboard::{Dashboard, JobRow, Labels, Live, Problem, ServerGroup, SiteDay, Totals},
        key::NewKey,
    },
    ids::{JobId, KeyId, RunId, ServerId},
    outcome::RunOutcome,
    status::Status,
    time::Timestamp,
    verdict::Verdict,
};
use leptos::prelude::*;

use crate::ui::key_panel::KeyPanel;

const MIN: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
const GIB: i64 = 1 << 30;

/// Seconds before (or, negative, after) the moment of the sample.
pub fn ago(seconds: i64) -> Moment {
    Moment { at: Timestamp::from_unix(1_795_471_597 - seconds), offset: 3600 }
}

fn job(id: i64, name: &str, verdict: Verdict, letters: &str) -> JobRow {
    JobRow {
        id: JobId(id),
        name: name.into(),
        verdict,
        failures: 0,
        last_status: Some(Status::Success),
        last_outcome: Some(RunOutcome::Good),
        checks: Vec::new(),
        verification: None,
        last_run: Some(RunId(id * 100)),
        last_report: Some(ago(38 * MIN)),
        last_success: Some(ago(40 * MIN)),
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

fn server(id: i64, name: &str, alias: Option<&str>, worst: Verdict, jobs: Vec<JobRow>) -> ServerGroup {
    ServerGroup {
        id: ServerId(id),
        name: name.into(),
        alias: alias.map(Into::into),
        tags: Vec::new(),
        worst: Some(worst),
        worst_count: 1,
        jobs_total: jobs.len() as i64,
        last_seen: Some(ago(38 * MIN)),
        jobs,
    }
}

fn problem(verdict: Verdict, job: &str, server: &str) -> Problem {
    Problem {
        other_jobs: Vec::new(),
        other_count: 0,
        server_id: ServerId(1),
        server_name: server.into(),
        job_id: JobId(1),
        job_name: job.into(),
        verdict,
        run_id: Some(RunId(100)),
        since: Some(ago(5 * HOUR)),
        failures: 0,
        message: None,
        outcome: Some(RunOutcome::Good),
        checks: Vec::new(),
        last_success: Some(ago(2 * DAY + 9 * HOUR)),
        interval: Some(DAY),
        handling: None,
    }
}

/// The dashboard.
pub fn dashboard() -> Dashboard {
    let photos = JobRow {
        failures: 2,
        last_success: Some(ago(3 * DAY + 4 * HOUR)),
        duration: Some(842),
        source_size: Some(2_001_111_162_519),
        storage_size: Some(1_803_199_069_552),
        versions: Some(41),
        ..job(1, "photos", Verdict::Failed, "ssssssssssssssswsswsssssssssee")
    };
    let databases = JobRow {
        last_status: Some(Status::Warning),
        warnings: Some(2),
        last_success: Some(ago(80 * MIN)),
        last_report: Some(ago(HOUR)),
        next_expected: Some(ago(-40 * MIN)),
        duration: Some(48),
        ..job(3, "databases", Verdict::Check, "sssssswmssssssssssssssssmssssw")
    };
    let profile = JobRow {
        last_success: Some(ago(2 * DAY + 9 * HOUR)),
        last_report: Some(ago(2 * DAY + 9 * HOUR)),
        next_expected: Some(ago(5 * HOUR)),
        ..job(4, "C: profile", Verdict::Late, "ssssssssssssssssssswsssssssmmm")
    };
    let running = JobRow {
        live: Some(Live { started: ago(HOUR), reported: ago(5), phase: None, permille: Some(423) }),
        ..job(5, "maildir", Verdict::Ok, "ssswssssssssssssssssssssssssss")
    };
    let new = JobRow { runs: 3, next_expected: None, interval: None, ..job(7, "home", Verdict::New, "sss") };
    let unknown = job(6, "config", Verdict::Ok, "sssssssssswsssssssussssfssssss");
    let mut failed = problem(Verdict::Failed, "photos", "Basement NAS");
    failed.failures = 2;
    failed.message = Some("Found 3 remote files that are not recorded in local storage".into());
    let mut check = problem(Verdict::Check, "databases", "Basement NAS");
    check.message = Some("The file is locked by another process".into());
    Dashboard {
        now: ago(0),
        servers_total: 12,
        verdicts: vec![
            (Verdict::Failed, 1),
            (Verdict::Late, 1),
            (Verdict::Check, 1),
            (Verdict::Stale, 0),
            (Verdict::New, 1),
            (Verdict::Ok, 37),
        ],
        running: 1,
        last_report: Some(ago(38 * MIN)),
        next_expected: Some(ago(-40 * MIN)),
        problems: vec![failed, problem(Verdict::Late, "C: profile", "Reception"), check],
        totals: Totals {
            runs: 20_000,
            source_size: 7_036_874_417_766,
            storage_size: 5_607_508_999_000,
            uploaded_size: 9_000 * GIB,
            versions: 2811,
            days: (0..30)
                .map(|i| SiteDay {
                    runs: 36 + i * 7 % 5,
                    uploaded_size: (i * 37 % 11 + 8) * GIB,
                    source_size: Some((2000 + i) * GIB),
                    storage_size: Some((1500 + i) * GIB),
                })
                .collect(),
            runs_30_days: 1184,
            kept_30_days: 1168,
            uploaded_30_days: 412 * GIB,
            uploaded_previous_30_days: 448 * GIB,
        },
        labels: Labels::default(),
        narrowed: None,
        servers: vec![
            server(
                1,
                "nas",
                Some("Basement NAS"),
                Verdict::Failed,
                vec![photos, databases, job(2, "documents", Verdict::Ok, "ssssssssssssssssmsssssssssssss")],
            ),
            server(2, "office-pc", Some("Reception"), Verdict::Late, vec![profile]),
            server(3, "vm-mail", None, Verdict::Ok, vec![running, unknown]),
            server(4, "laptop-jo", Some("Jo"), Verdict::New, vec![new]),
        ],
        paging: Paging::new(1, 50, 120),
        rejected_recently: 3,
        reach: Reach::Nobody,
        failing_channels: vec!["family".into()],
        never_reported: 0,
        waiting: None,
        changes_at: None,
    }
}

/// A key that was just made.
pub fn key_panel() -> AnyView {
    view! { <KeyPanel key=new_key() /> }.into_any()
}

/// The key of [`key_panel`].
pub fn new_key() -> NewKey {
    NewKey {
        id: KeyId(1),
        secret: "x".into(),
        server: None,
        upload_url: "https://backup.example.org/duplistatus/api/upload/dsk_3fQ9aJxw71KvB0mZtY5hRk2n".into(),
    }
}
