//! The dashboard as HTML, from made-up data.

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use duplistatus::{
    access::Role,
    checks::Check,
    dto::{
        channel::Reach,
        dashboard::{Dashboard, DashboardQuery, Waiting},
        key::KeyRow,
    },
    ids::KeyId,
    outcome::RunOutcome,
    verdict::Verdict,
};
use leptos::prelude::*;
use leptos_router::{components::Router, location::RequestUrl};

use super::{
    hero::{Headline, fine_words},
    view::DashboardView,
};
use crate::{locale::Locale, shell::frame::Frame};

mod narrowed;
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
        words(|d| {
            d.verdicts = vec![(Verdict::Ok, 41)];
            d.never_reported = 1;
        }),
        words(|d| {
            d.verdicts = vec![(Verdict::New, 1)];
            d.totals.runs = 1;
        }),
        words(|d| {
            d.verdicts = vec![(Verdict::New, 1)];
            d.totals.runs = 3;
        }),
        words(|d| d.verdicts = vec![(Verdict::New, 2)]),
        words(|d| d.verdicts = vec![(Verdict::Failed, 13), (Verdict::Ok, 1)]),
    ], @r#"
    [
        "Three backups need attention",
        "One backup needs attention",
        "Two backups need a check",
        "One backup is running now",
        "One backup is new and learning its schedule",
        "Waiting for the first backup",
        "Everything’s backed up",
        "One backup never reported",
        "First report received. Learning its schedule (1 of 4 runs)",
        "Learning its schedule (3 of 4 runs)",
        "Two backups are new and learning their schedules",
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
        "38 of 41 jobs are OK.",
        "64 of 70 jobs are new, 6 need attention.",
        "64 of 65 jobs are new, 1 needs attention.",
        "64 new jobs, learning their schedules.",
        "1 new job, learning its schedule.",
        "0 of 2 jobs are OK.",
    ]
    "#);
    let mut data = sample::dashboard();
    data.verdicts = vec![(Verdict::Ok, 2)];
    data.never_reported = 1;
    assert_eq!(fine_words(Locale::en, &data), "All 2 jobs are OK. 1 never reported.");
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
        (RunOutcome::Stopped, "Check: stopped manually, 2 warnings", "was stopped manually<"),
        (RunOutcome::Skipped, "Check: skipped by a script, 2 warnings", "was skipped by a script<"),
        (
            RunOutcome::Partial,
            "Check: stopped manually, incomplete, 2 warnings",
            "was stopped manually and is incomplete<",
        ),
    ] {
        let html = shown(outcome, Vec::new());
        assert!(html.contains(row) && html.contains(card), "{outcome}: {html}");
    }
    let html = shown(RunOutcome::Good, vec![Check::NothingUploaded { files: 34 }, Check::NothingStored]);
    let sentence = "34 files were added or changed, but nothing was uploaded";
    assert!(html.contains(&format!("{sentence} · Nothing is stored at the destination")), "the row: {html}");
    assert!(html.contains(&format!("{sentence}. Nothing is stored at the destination.")), "the card: {html}");
}

#[test]
fn a_silent_server_is_one_card() {
    let mut data = sample::dashboard();
    data.problems.retain(|problem| problem.verdict == Verdict::Late);
    data.problems.truncate(1);
    let card = &mut data.problems[0];
    (card.server_name, card.job_name) = ("Basement NAS".into(), "photos".into());
    card.other_jobs = vec!["music".into(), "documents".into()];
    card.other_count = 2;
    let to = format!("href=\"/servers/{}\"", card.server_id);
    let html = page(data);
    assert!(html.contains("3 backups on Basement NAS are overdue"), "{html}");
    assert!(html.contains("photos, music, documents. Expected") && html.contains(&to), "{html}");
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
        provide_context(crate::context::base_path::BasePath::new("/duplistatus"));
        provide_context(crate::context::viewer::Viewer { demo: true, ..Default::default() });
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
            provide_context(crate::context::viewer::Viewer { role: Some(role), ..Default::default() });
            let state = crate::features::onboarding::state::StartState::new(Signal::stored(String::new()));
            view! { <crate::features::onboarding::Start state=state now=sample::ago(0) waiting=Waiting::default() /> }
        })
    };
    assert!(start(Role::Operator).contains("Welcome"));
    let viewer = start(Role::Viewer);
    assert!(!viewer.contains("<form") && viewer.contains("No reports yet"), "{viewer}");
}

#[test]
fn an_address_that_exists_is_said_and_not_made_again_by_mistake() {
    let key = KeyRow {
        id: KeyId(7),
        server: None,
        prefix: "k7f3q9".into(),
        created: sample::ago(3600),
        last_used: None,
        uses: 0,
        revoked: None,
        expires: None,
        expired: false,
        redirected: None,
    };
    let make = |keys: Vec<KeyRow>| {
        html(move || {
            let create = ServerAction::new();
            view! { <crate::features::onboarding::Make create=create keys=keys now=sample::ago(0) /> }
        })
    };
    let first = make(Vec::new());
    assert!(
        first.contains("Create upload address") && first.contains(r#"name="another" value="false""#),
        "{first}"
    );
    let again = make(vec![key]);
    assert!(
        !again.contains("Create upload address") && again.contains("An upload address exists"),
        "{again}"
    );
    assert!(again.contains("k7f3q9") && again.contains(r#"name="another" value="true""#), "{again}");
    assert!(again.contains("action=\"/api/fn/rotate_key\""), "{again}");
}

#[test]
fn an_address_for_this_machine_only_warns_and_all_options_are_one_block() {
    let panel = |url: &str| {
        let key = duplistatus::dto::key::NewKey { upload_url: url.to_owned(), ..sample::new_key() };
        html(move || view! { <crate::ui::key_panel::KeyPanel key=key /> })
    };
    let here = panel("http://localhost:9666/api/upload/x");
    assert!(here.contains("This address leads to this machine only"), "{here}");
    let there = panel("https://backup.example/api/upload/x");
    assert!(!there.contains("this machine only"), "{there}");
    let block = "--send-http-json-urls=https://backup.example/api/upload/x\n--send-http-any-operation=true\n\
                 --send-http-log-level=Information\n--send-http-max-log-lines=0";
    assert!(there.contains(&format!("{block}</textarea>")), "{there}");
    let live = format!("{block}\n--http-report-status-url=https://backup.example/api/status/x</textarea>");
    assert!(there.contains(&live), "{there}");
}

#[test]
fn what_was_refused_is_told_to_who_waits() {
    let row = duplistatus::dto::rejected::RejectedRow {
        id: 1,
        first: sample::ago(60),
        last: sample::ago(60),
        count: 1,
        http_status: 401,
        reason: "this ingest key is not valid".into(),
        field: None,
        hint: "<img src=x onerror=alert(1)>".into(),
        machine: Some("<b>nas</b>".into()),
        job: None,
        source: "192.0.2.7".into(),
        size: 2,
        sample: String::new(),
    };
    let html = html(move || {
        view! { <crate::features::onboarding::Steps address=().into_any() options=().into_any() refused=vec![row] reach=Reach::Nobody now=sample::ago(0) /> }
    });
    assert!(html.contains("1 report was rejected") && html.contains("192.0.2.7"), "{html}");
    assert!(!html.contains("<img") && html.contains("This ingest key is not valid"), "{html}");
    assert!(html.contains("Report from &lt;b&gt;nas&lt;/b&gt;"), "whose it was: {html}");
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
            html(|| {
                view! { <Frame><crate::features::onboarding::Steps address=sample::key_panel() options=().into_any() refused=Vec::new() reach=Reach::Nobody now=sample::ago(0) /></Frame> }
            }),
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
