//! The page of incidents as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::{
        Paging,
        incidents::{IncidentFilter, IncidentPage, IncidentQuery, IncidentRow, TimelineEntry},
    },
    ids::{JobId, RunId, ServerId},
    verdict::Verdict,
};
use leptos::prelude::*;

use super::IncidentsView;
use crate::{
    context::viewer::Viewer,
    testing::{HOSTILE, ago, assert_harmless, html},
};

fn entry(event: &str, problem: Option<Verdict>) -> TimelineEntry {
    TimelineEntry {
        at: ago(3600),
        event: event.into(),
        problem,
        setting: None,
        check: None,
        actor: None,
        note: None,
        until: None,
        run: None,
    }
}

fn row(id: i64) -> IncidentRow {
    IncidentRow {
        id,
        job_id: Some(JobId(7)),
        server_id: Some(ServerId(3)),
        server_name: "nas".into(),
        job_name: "Photos".into(),
        problem: Verdict::Late,
        worst: Verdict::Failed,
        since: ago(7200),
        opened: ago(3600),
        acknowledged_by: None,
        snoozed_until: None,
        failures: 0,
        checks: Vec::new(),
        message: None,
        closed: None,
        closed_why: None,
        timeline: vec![
            TimelineEntry { run: Some(RunId(12)), ..entry("opened", Some(Verdict::Failed)) },
            entry("changed", Some(Verdict::Late)),
        ],
    }
}

fn page(rows: Vec<IncidentRow>) -> IncidentPage {
    let total = i64::try_from(rows.len()).unwrap_or(0);
    let counts = vec![(IncidentFilter::Open, total), (IncidentFilter::Closed, 1200)];
    IncidentPage { now: ago(0), counts, rows, paging: Paging::new(1, 25, total) }
}

fn shown(role: Role, filter: IncidentFilter, rows: Vec<IncidentRow>) -> String {
    html(move || {
        provide_context(Viewer { role: Some(role), ..Viewer::default() });
        let query = IncidentQuery { filter, page: 1, ..IncidentQuery::default() };
        view! { <IncidentsView page=page(rows) query=query /> }
    })
}

#[test]
fn an_incident_says_what_it_is_about_and_leads_to_its_job_and_run() {
    let html = shown(Role::Viewer, IncidentFilter::Open, vec![row(1)]);
    for part in ["nas / Photos", "/jobs/7", "/runs/12", "Overdue", "at worst: Failed", "1,200"] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn an_incident_says_why() {
    let mut failed = row(1);
    (failed.problem, failed.failures) = (Verdict::Failed, 3);
    failed.message = Some("Found 3 remote files that are not recorded".into());
    failed.checks = vec!["shrank".into()];
    for _ in 0..2 {
        failed.timeline.push(TimelineEntry { actor: Some("phone".into()), ..entry("told", None) });
    }
    let html = shown(Role::Viewer, IncidentFilter::Open, vec![failed]);
    for part in
        ["3 failed runs in a row", "the source shrank", "<q>Found 3 remote files", "Notified: phone</p>"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn the_jobs_of_a_silent_server_are_one_incident() {
    let of = |id: i64, server: i64, hours: i64| IncidentRow {
        server_id: Some(ServerId(server)),
        job_id: Some(JobId(id)),
        job_name: format!("job {id}"),
        worst: Verdict::Late,
        since: ago(hours * 3600),
        ..row(id)
    };
    // The third one belongs to another server, the fourth one became overdue much earlier.
    let html = shown(
        Role::Operator,
        IncidentFilter::Open,
        vec![of(1, 3, 2), of(2, 3, 3), of(3, 4, 2), of(4, 3, 30)],
    );
    assert_eq!(html.matches("class=\"card incident\"").count(), 3, "{html}");
    for part in
        ["2 jobs of nas", "/servers/3", "value=\"1 2\"", "/jobs/1", "/jobs/2", "nas / job 3", "nas / job 4"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn only_who_may_handle_incidents_chooses_them_and_only_open_ones() {
    let offers = |html: &str| html.contains("checkbox") && html.contains("handle_incidents");
    assert!(!offers(&shown(Role::Viewer, IncidentFilter::Open, vec![row(1)])));
    assert!(offers(&shown(Role::Operator, IncidentFilter::Open, vec![row(1)])));
    assert!(!offers(&shown(Role::Operator, IncidentFilter::Closed, vec![row(1)])));
    assert!(!offers(&shown(Role::Operator, IncidentFilter::Open, Vec::new())));
}

#[test]
fn nothing_open_is_said() {
    assert!(shown(Role::Viewer, IncidentFilter::Open, Vec::new()).contains("No open incidents"));
}

#[test]
fn names_and_notes_are_text() {
    let mut bad = row(1);
    (bad.server_name, bad.job_name) = (HOSTILE.into(), HOSTILE.into());
    bad.acknowledged_by = Some(HOSTILE.into());
    bad.timeline.push(TimelineEntry {
        actor: Some(HOSTILE.into()),
        note: Some(HOSTILE.into()),
        ..entry("acknowledged", None)
    });
    bad.message = Some(HOSTILE.into());
    bad.checks = vec![HOSTILE.into()];
    assert_harmless(&shown(Role::Operator, IncidentFilter::Open, vec![bad]));
}
