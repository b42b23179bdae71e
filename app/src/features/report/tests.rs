//! The report of a period as HTML, from made-up data.

use duplistatus::{
    dto::report::{Change, Report, ReportJob, ReportQuery, ReportedIncident},
    ids::JobId,
    topic::Topic,
    verdict::Verdict,
};
use leptos::prelude::*;

use super::{ReportView, query::from_params};
use crate::testing::{HOSTILE, ago, assert_harmless, html};

fn incident(topic: Topic, is_over: bool) -> ReportedIncident {
    ReportedIncident {
        server: "nas".into(),
        job: "photos".into(),
        id: Some(JobId(3)),
        topic,
        since: ago(7200),
        until: is_over.then(|| ago(3600)),
        has_recovered: is_over,
        why: (!is_over).then(|| "The disk is full.".into()),
        acknowledged: None,
    }
}

fn report() -> Report {
    let job = ReportJob {
        id: 3,
        server: "nas".into(),
        name: "photos".into(),
        verdict: Some(Verdict::Ok),
        good: 29,
        failed: 1,
        kept: 29,
        lost: 1,
        missed: 2,
        source: Change { before: Some(1 << 30), now: Some(3 << 30) },
        stored: Change { before: Some(4 << 30), now: Some(3 << 30) },
        uploaded: 5 << 30,
        quota: Some((12, 100)),
        last_success: Some(ago(600)),
        ..ReportJob::default()
    };
    Report {
        now: ago(0),
        from: ago(30 * 86_400),
        until: ago(0),
        zone: "Europe/Berlin".into(),
        group: None,
        groups: vec!["Müller".into()],
        verdicts: vec![(Verdict::Ok, 1)],
        never_reported: 0,
        is_current: true,
        open: Vec::new(),
        open_count: 0,
        closed: vec![incident(Topic::Failed, true)],
        closed_count: 1,
        jobs: vec![job],
        is_too_wide: false,
    }
}

fn shown(report: Report) -> String {
    html(move || view! { <ReportView report=report query=ReportQuery::default() /> })
}

#[test]
fn a_report_says_that_all_is_well_and_has_the_figures() {
    let html = shown(report());
    for part in [
        "All is well: 1 job is OK",
        "29 good, 1 failed, 0 incomplete",
        "29 kept, 1 failed, 2 missed",
        "+2.00 GiB",
        "−1.00 GiB",
        "12 B (12%)",
        "recovered after 1 h",
        "No incident is open.",
        "/api/v1/report/download?from=",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn what_is_not_known_is_not_said_to_be_well() {
    let unsure = shown(Report { verdicts: vec![(Verdict::Ok, 1), (Verdict::New, 1)], ..report() });
    assert!(unsure.contains("not everything is known") && !unsure.contains("All is well"), "{unsure}");
    let open = shown(Report { open: vec![incident(Topic::Stuck, false)], open_count: 201, ..report() });
    assert!(open.contains("201 jobs need attention") && open.contains("and 200 more"), "{open}");
    assert!(open.contains("The disk is full."), "{open}");
    let wide = shown(Report { jobs: Vec::new(), is_too_wide: true, ..report() });
    assert!(wide.contains("Choose a group.") && !wide.contains("report/download"), "{wide}");
}

#[test]
fn the_group_that_was_asked_for_is_chosen() {
    let html = shown(Report { group: Some("müller".into()), ..report() });
    assert!(html.contains("Backup report of müller"), "{html}");
    assert!(html.contains("group=m%C3%BCller"), "{html}");
    let gone = shown(Report { group: Some("Nobody".into()), ..report() });
    assert!(gone.contains("value=\"Nobody\""), "{gone}");
}

#[test]
fn the_address_says_period_and_group() {
    let mut params = leptos_router::params::ParamsMap::new();
    params.insert("from", "2026-11-01".to_owned());
    params.insert("to", "yesterday".to_owned());
    params.insert("group", "Müller".to_owned());
    let query = from_params(&params);
    assert_eq!(query.from.map(|day| day.to_string()).as_deref(), Some("2026-11-01"));
    assert_eq!((query.to, query.group.as_str()), (None, "Müller"));
}

#[test]
fn hostile_names_are_text() {
    let hostile = || HOSTILE.to_owned();
    let mut all = report();
    all.group = Some(hostile());
    all.groups = vec![hostile()];
    all.jobs[0].server = hostile();
    all.jobs[0].name = hostile();
    all.open = vec![ReportedIncident {
        server: hostile(),
        job: hostile(),
        why: Some(hostile()),
        acknowledged: Some(hostile()),
        ..incident(Topic::Late, false)
    }];
    assert_harmless(&shown(all));
}
