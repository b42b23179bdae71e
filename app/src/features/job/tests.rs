//! The page of a job as HTML, from made-up data.

use duplistatus::{
    access::Role,
    checks::Check,
    dto::{
        Paging,
        dashboard::Verification,
        incidents::IncidentRow,
        job::{
            Accepted, Alarms, CheckView, JobPage as Data, JobQuery, JobSlot, JobState, Origin, PauseView,
            Preview, Profile, Reason, Rhythm, Schedule, ScheduleSource, SlotFate, ToleranceView, WarningView,
            WindowTimes, WindowView,
        },
        monitoring::RuleForm,
    },
    ids::{JobId, RunId, ServerId},
    verdict::Verdict,
};
use leptos::prelude::*;

use super::JobView;
use crate::{
    context::viewer::Viewer,
    features::server::tests::sample,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn query() -> JobQuery {
    JobQuery {
        job: JobId(7),
        day: None,
        range: Default::default(),
        sort: Default::default(),
        ascending: false,
        page: 1,
        edit: false,
        form: None,
    }
}

fn slot(days: i64, fate: SlotFate) -> JobSlot {
    JobSlot {
        at: ago(days * DAY),
        day: ago(days * DAY).day(),
        fate,
        runs: i64::from(fate.has_run()),
        run: fate.has_run().then_some(RunId(900 - days)),
        duration: fate.has_run().then_some(731),
        uploaded_size: fate.has_run().then_some(300 << 20),
    }
}

/// Each in turn.
fn fate(days: i64) -> SlotFate {
    let fate = usize::try_from(days % 6).ok().and_then(|place| SlotFate::ALL.get(place));
    fate.copied().unwrap_or(SlotFate::Kept)
}

fn incident() -> IncidentRow {
    IncidentRow {
        id: 41,
        job_id: Some(JobId(7)),
        server_id: Some(ServerId(3)),
        server_name: "nas".into(),
        job_name: "photos".into(),
        problem: Verdict::Late,
        worst: Verdict::Late,
        since: ago(5 * HOUR),
        opened: ago(5 * HOUR),
        acknowledged_by: None,
        snoozed_until: None,
        failures: 0,
        checks: Vec::new(),
        message: None,
        closed: None,
        closed_why: None,
        timeline: Vec::new(),
    }
}

fn data(verdict: Verdict) -> Data {
    let page = sample::server();
    Data {
        now: ago(0),
        changes_at: None,
        job: duplistatus::dto::dashboard::JobRow { id: JobId(7), ..sample::job(7, "photos", verdict, "ssm") },
        server: ServerId(3),
        server_name: "nas".into(),
        group: None,
        state: JobState {
            since: Some(ago(5 * HOUR)),
            reasons: vec![Reason::Late(ago(5 * HOUR))],
            ..JobState::default()
        },
        schedule: Schedule {
            source: ScheduleSource::Learnt(28, 30),
            rhythm: Some(Rhythm::Days(1, 7200, Vec::new())),
            zone: "Europe/Berlin".into(),
            next: vec![ago(-7 * HOUR), ago(-31 * HOUR)],
        },
        tolerance: ToleranceView { seconds: Some(6 * HOUR), profile: Profile::Server, origin: None },
        pauses: Vec::new(),
        windows: Vec::new(),
        incident: None,
        closed: Vec::new(),
        incidents: 0,
        slots: (1..=60).rev().map(|days| slot(days, fate(days))).collect(),
        checks: vec![
            CheckView { kind: "shrank".into(), found: None, off: None },
            CheckView { kind: "quota".into(), found: None, off: Some(Origin::Server) },
            CheckView {
                kind: "nothing_uploaded".into(),
                found: Some((ago(HOUR), Some(Check::NothingUploaded { files: 34 }), None)),
                off: None,
            },
        ],
        warnings: vec![
            WarningView {
                kind: "Locked: locked: <path>".into(),
                count: 41,
                last: Some((ago(DAY), RunId(12))),
                accepted: Some(Accepted {
                    origin: Origin::Job,
                    until: Some(ago(-9 * DAY)),
                    by: "ada".into(),
                }),
            },
            WarningView {
                kind: "Missing: path not found".into(),
                count: 3,
                last: Some((ago(DAY), RunId(12))),
                accepted: None,
            },
        ],
        statistics: page.statistics,
        trends: page.trends,
        runs: page.runs,
        paging: Paging::new(1, 25, 3),
        form: RuleForm {
            schedule: "inherit".into(),
            every: "1".into(),
            unit: "D".into(),
            at: "02:00".into(),
            tolerance: "inherit".into(),
            zone: Some(String::new()),
            ..RuleForm::default()
        },
        preview: None,
    }
}

fn shown(role: Role, change: impl FnOnce(&mut Data)) -> String {
    let mut page = data(Verdict::Late);
    change(&mut page);
    let html = html(move || {
        provide_context(Viewer { role: Some(role), ..Viewer::default() });
        view! { <JobView query=query() page=page cursor=RwSignal::new(None) /> }
    });
    html.replace("<!>", "")
}

#[test]
fn the_state_says_since_when_what_was_expected_and_when_it_was_last_good() {
    let html = shown(Role::Viewer, |page| page.job.next_expected = Some(ago(11 * HOUR)));
    for words in [
        "Overdue since",
        "A run was expected",
        "Last good run",
        "Daily about 02:00",
        "28 of the last 30 runs",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("6 h, a quarter of the interval"), "{html}");
    let html = shown(Role::Viewer, |page| {
        page.job.verdict = Verdict::Check;
        page.state.reasons = vec![Reason::Found(Some(Check::NothingStored), None)];
    });
    assert!(
        html.contains("Needs a check since") && html.contains("Nothing is stored at the destination."),
        "{html}"
    );
}

#[test]
fn who_may_not_manage_sees_no_forms() {
    let viewer = shown(Role::Viewer, |page| page.incident = Some(incident()));
    assert!(!viewer.contains("<form"), "{viewer}");
    assert!(viewer.contains("disabled"), "the checks are shown");
    let operator = shown(Role::Operator, |page| page.incident = Some(incident()));
    for path in [
        "handle_incidents",
        "set_schedule",
        "pause",
        "add_window",
        "accept_warning",
        "withdraw_warning",
        "expect_check",
        "set_checks",
    ] {
        assert!(operator.contains(&format!("action=\"/api/fn/{path}\"")), "{path}: {operator}");
    }
    let paused = shown(Role::Operator, |page| {
        page.job.verdict = Verdict::Paused;
        page.pauses = vec![PauseView {
            origin: Origin::Job,
            from: ago(HOUR),
            until: Some(ago(-9 * DAY)),
            reason: "moving house".into(),
            by: "ada".into(),
        }];
    });
    assert!(paused.contains("action=\"/api/fn/resume\"") && !paused.contains("action=\"/api/fn/pause\""));
    assert!(paused.contains("Paused until") && paused.contains("moving house") && paused.contains("by ada"));
}

#[test]
fn each_slot_is_a_link_with_words_and_a_shape() {
    let html = shown(Role::Viewer, |_| {});
    let slots = html.split("class=\"slots\">").nth(1).and_then(|rest| rest.split("</ol>").next());
    assert_eq!(slots.unwrap_or_default().matches("<li>").count(), 60);
    assert!(html.contains("href=\"/runs/840\"") || html.contains("href=\"/runs/894\""), "{html}");
    assert!(html.contains("href=\"/jobs/7?day="), "a missed one leads to its day");
    for words in ["Missed", "Unknown, duplistatus was not running", "Paused", "12:11", "300 MiB uploaded"] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn a_preview_says_how_many_alarms_there_would_have_been() {
    let html = shown(Role::Operator, |page| {
        page.preview = Some(Preview::Alarms(Alarms {
            next: vec![ago(-DAY)],
            days: 90,
            tried: 2,
            last: vec![(Verdict::Late, ago(9 * DAY), Some(ago(8 * DAY))), (Verdict::Late, ago(DAY), None)],
            set: 5,
            of: None,
        }));
    });
    assert!(html.contains("With these settings: 2 alarms in the last 90 days"), "{html}");
    assert!(html.contains("– now") && html.contains("Current settings: 5."), "{html}");
    assert!(html.contains("formmethod=\"get\""), "{html}");
    let wrong = shown(Role::Operator, |page| {
        page.preview = Some(Preview::Invalid("cron".into(), "a cron expression has five fields".into()));
    });
    assert!(wrong.contains("A cron expression has five fields"), "{wrong}");
}

#[test]
fn what_others_wrote_stays_text() {
    let html = shown(Role::Operator, |page| {
        page.job.name = HOSTILE.into();
        page.server_name = HOSTILE.into();
        page.state.message = Some(HOSTILE.into());
        page.warnings[0].kind = HOSTILE.into();
        page.windows = vec![WindowView {
            id: 1,
            origin: Origin::Job,
            name: HOSTILE.into(),
            times: WindowTimes::Repeated(Rhythm::Days(1, 7200, vec![6]), 4 * HOUR),
        }];
    });
    assert_harmless(&html);
}

#[test]
fn the_last_verification_is_a_line() {
    let html = shown(Role::Viewer, |page| {
        page.job.verification = Some(Verification { at: ago(4 * DAY), failed: true, damaged: Some(3) });
    });
    assert!(html.contains("3 files damaged"), "{html}");
}

#[test]
fn it_can_be_looked_at() -> std::io::Result<()> {
    preview("job", || {
        provide_context(Viewer { role: Some(Role::Operator), ..Viewer::default() });
        let page = Data { incident: Some(incident()), ..data(Verdict::Late) };
        view! { <JobView query=query() page=page cursor=RwSignal::new(None) /> }
    })
}
