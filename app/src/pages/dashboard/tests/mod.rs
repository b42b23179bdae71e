//! The dashboard as HTML, from made-up data.

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use duplistatus::{
    access::Role,
    checks::Check,
    dto::dashboard::{Dashboard, DashboardQuery},
    outcome::RunOutcome,
    verdict::Verdict,
};
use leptos::prelude::*;
use leptos_router::{components::Router, location::RequestUrl};

use super::{
    hero::{Headline, fine_words},
    view::DashboardView,
};
use crate::{locale::Locale, ui::frame::Frame};

mod sample;

/// Runs nothing: what resources would load later is not what these tests look at.
struct Nobody;

impl CustomExecutor for Nobody {
    fn spawn(&self, _: PinnedFuture<()>) {}
    fn spawn_local(&self, _: PinnedLocalFuture<()>) {}
    fn poll_local(&self) {}
}

/// HTML of a view, as the server would send it.
fn html<V: IntoView + 'static>(view: impl FnOnce() -> V + Send + 'static) -> String {
    // Another test may have said so before.
    let _ = Executor::init_custom_executor(Nobody);
    let owner = Owner::new();
    owner.with(|| {
        provide_context(RequestUrl::new("/"));
        view! { <Router>{view()}</Router> }.to_html()
    })
}

fn page(data: Dashboard) -> String {
    html(move || view! { <Frame><DashboardView data=data query=DashboardQuery::default() /></Frame> })
}

#[test]
fn the_headline_is_the_worst_that_applies() {
    let words = |change: fn(&mut Dashboard)| {
        let mut data = Dashboard { running: 0, ..sample::dashboard() };
        change(&mut data);
        Headline::of(&data).words(Locale::en)
    };
    insta::assert_debug_snapshot!([
        words(|_| {}),
        words(|d| d.verdicts = vec![(Verdict::Late, 1), (Verdict::Ok, 40)]),
        words(|d| d.verdicts = vec![(Verdict::Check, 2), (Verdict::New, 1), (Verdict::Ok, 38)]),
        words(|d| {
            d.verdicts = vec![(Verdict::Ok, 41)];
            d.running = 1;
        }),
        words(|d| d.verdicts = vec![(Verdict::New, 1), (Verdict::Ok, 40)]),
        words(|d| {
            d.verdicts = vec![(Verdict::New, 2)];
            d.totals.runs = 0;
        }),
        words(|d| d.verdicts = vec![(Verdict::Ok, 41)]),
        words(|d| d.verdicts = vec![(Verdict::Failed, 13), (Verdict::Ok, 1)]),
    ], @r#"
    [
        "Three backups need attention",
        "One backup needs attention",
        "Two backups need a look",
        "One backup is running now",
        "One backup is too new to judge",
        "Waiting for the first backup",
        "Everything’s backed up",
        "13 backups need attention",
    ]
    "#);
}

#[test]
fn new_jobs_are_not_called_unwell() {
    let words = |verdicts: &[(Verdict, i64)]| {
        fine_words(Locale::en, &Dashboard { verdicts: verdicts.to_vec(), ..sample::dashboard() })
    };
    insta::assert_debug_snapshot!([
        words(&[(Verdict::Failed, 1), (Verdict::New, 2), (Verdict::Ok, 38)]),
        words(&[(Verdict::Failed, 6), (Verdict::New, 64)]),
        words(&[(Verdict::Late, 1), (Verdict::New, 64)]),
        words(&[(Verdict::New, 64)]),
        words(&[(Verdict::New, 1)]),
        words(&[(Verdict::Failed, 2)]),
    ], @r#"
    [
        "38 of 41 jobs are fine.",
        "64 of 70 jobs are new, 6 need attention.",
        "64 of 65 jobs are new, 1 needs attention.",
        "All 64 jobs are new.",
        "The only job is new.",
        "0 of 2 jobs are fine.",
    ]
    "#);
}

#[test]
fn row_and_card_say_what_was_stopped_and_what_contradicts_itself() {
    let shown = |outcome, checks: Vec<Check>| {
        let mut data = sample::dashboard();
        let job = &mut data.servers[0].jobs[1];
        (job.last_outcome, job.checks) = (Some(outcome), checks.clone());
        let card = &mut data.problems[2];
        (card.outcome, card.checks) = (Some(outcome), checks);
        page(data)
    };
    for (outcome, row, card) in [
        (RunOutcome::Stopped, "Stopped by hand, 2 warnings", "was stopped by hand<"),
        (RunOutcome::Skipped, "Skipped by a script, 2 warnings", "was skipped by a script<"),
        (
            RunOutcome::Partial,
            "Stopped by hand, incomplete, 2 warnings",
            "was stopped by hand and is incomplete<",
        ),
    ] {
        let html = shown(outcome, Vec::new());
        assert!(html.contains(row) && html.contains(card), "{outcome}: {html}");
    }
    let html = shown(RunOutcome::Good, vec![Check::NothingUploaded { files: 34 }, Check::NothingStored]);
    let sentence = "34 files were added or changed, and nothing was uploaded";
    assert!(html.contains(&format!("{sentence}; Nothing is stored at the destination")), "the row: {html}");
    assert!(html.contains(&format!("{sentence}. Nothing is stored at the destination.")), "the card: {html}");
}

#[test]
fn a_report_is_named_where_it_was_no_success() {
    let html = page(sample::dashboard());
    // Of the photos, which failed: the other jobs' last report was their last success.
    assert_eq!(html.matches(">report<!> <time").count(), 1);
}

#[test]
fn hostile_text_stays_text() {
    const BAD: &str = "<img src=x onerror=alert(1)>";
    let mut data = sample::dashboard();
    for problem in &mut data.problems {
        problem.job_name = BAD.into();
        problem.server_name = BAD.into();
        problem.message = Some(BAD.into());
    }
    for server in &mut data.servers {
        server.name = BAD.into();
        server.alias = Some(format!("\"{BAD}"));
        for job in &mut server.jobs {
            job.name = BAD.into();
        }
    }
    let query = DashboardQuery { search: format!("\"'>{BAD}"), ..DashboardQuery::default() };
    let html = html(move || view! { <DashboardView data=data query=query /> });
    assert!(!html.contains("<img"), "{html}");
    assert!(html.contains("&lt;img src=x onerror=alert(1)"));
}

#[test]
fn links_keep_the_base_path() {
    let owner = Owner::new();
    let html = owner.with(|| {
        provide_context(RequestUrl::new("/duplistatus/"));
        provide_context(crate::base_path::BasePath::new("/duplistatus"));
        provide_context(crate::visitor::Visitor { demo: true, ..Default::default() });
        let data = sample::dashboard();
        view! {
            <Router base="/duplistatus">
                <Frame>
                    <DashboardView data=data query=DashboardQuery::default() />
                </Frame>
            </Router>
        }
        .to_html()
    });
    let outside: Vec<&str> = html
        .split(" href=\"")
        .chain(html.split(" action=\""))
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .filter(|url| url.starts_with('/') && !url.starts_with("/duplistatus/"))
        .collect();
    assert!(outside.is_empty(), "{outside:?}");
    assert!(html.contains(r#"<a href="/duplistatus/" aria-current="page">"#), "{html}");
}

#[test]
fn who_may_make_no_keys_is_not_asked_to() {
    let start = |role| {
        html(move || {
            provide_context(crate::visitor::Visitor { role: Some(role), ..Default::default() });
            view! { <super::start::Start state=super::start::StartState::new(Signal::stored(String::new())) /> }
        })
    };
    assert!(start(Role::Operator).contains("Make the address"));
    let viewer = start(Role::Viewer);
    assert!(!viewer.contains("<form") && viewer.contains("Nothing has reported yet"), "{viewer}");
}

#[test]
fn nothing_is_styled_in_line() {
    let html = page(sample::dashboard());
    assert!(!html.contains(" style="), "{html}");
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/preview");
    std::fs::create_dir_all(folder).unwrap();
    let pages = [
        ("dashboard", page(sample::dashboard())),
        ("empty", {
            let mut data = sample::dashboard();
            data.servers.clear();
            data.problems.clear();
            data.verdicts = vec![(Verdict::Ok, 41)];
            page(data)
        }),
        (
            "start",
            html(
                || view! { <Frame><super::start::Steps create=ServerAction::new() panel=sample::key_panel()/></Frame> },
            ),
        ),
    ];
    for (name, body) in pages {
        for theme in ["light", "dark"] {
            let css = "../../style/main.css";
            let text = format!(
                "<!DOCTYPE html><html lang=en data-theme={theme}><meta charset=utf-8><meta name=viewport \
                 content='width=device-width'><link rel=stylesheet href={css}><body>{body}"
            );
            std::fs::write(format!("{folder}/{name}-{theme}.html"), text).unwrap();
        }
    }
}
