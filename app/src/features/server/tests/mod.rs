//! The server page as HTML, from made-up data.

use duplistatus::{
    dto::server::{OperationFigure, OperationValue, ServerQuery},
    ids::ServerId,
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use super::{ServerView, heading::sentence, query};
use crate::{
    locale::Locale,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
};

mod days;
pub(crate) mod sample;

#[test]
fn what_was_verified_when_and_how_it_ended_is_a_line() {
    use duplistatus::{checks::Check, dto::dashboard::Verification};
    let verified = |failed, damaged| {
        page(move |page| {
            page.jobs[1].verification = Some(Verification { at: ago(4 * 86_400), failed, damaged });
            if failed {
                page.jobs[1].checks = vec![Check::VerificationFailed { files: damaged }];
            }
        })
    };
    let text = |html: &str| html.replace("<!>", "");
    assert!(text(&verified(true, Some(3))).contains("3 files damaged"), "{}", verified(true, Some(3)));
    assert!(text(&verified(true, None)).contains("failed"));
    assert!(text(&verified(false, None)).contains("no problems"));
    assert!(!page(|_| {}).contains("class=\"verified"), "nothing was verified");
}

fn server_query() -> ServerQuery {
    query::read(&[("server", "3".to_owned())].into_iter().collect(), &ParamsMap::new())
}

fn page(change: impl FnOnce(&mut duplistatus::dto::server::ServerPage)) -> String {
    let mut page = sample::server();
    change(&mut page);
    html(move || view! { <ServerView query=server_query() page=page cursor=RwSignal::new(None) /> })
}

#[test]
fn the_state_is_one_sentence_and_green_only_when_all_is_well() {
    use duplistatus::verdict::Verdict as V;
    let say = |verdicts: &[V]| {
        let jobs: Vec<_> =
            verdicts.iter().zip(1..).map(|(v, i)| sample::job(i, &format!("job {i}"), *v, "ss")).collect();
        sentence(Locale::en, &jobs)
    };
    insta::assert_debug_snapshot!(
        [
            say(&[]),
            say(&[V::Ok]),
            say(&[V::Ok, V::Ok, V::Ok]),
            say(&[V::Failed, V::Ok, V::Ok]),
            say(&[V::Late, V::Ok]),
            say(&[V::Failed, V::Failed, V::Late]),
            say(&[V::New]),
        ],
        @r#"
    [
        "No backup reported yet",
        "The only job is OK",
        "All 3 jobs are OK",
        "job 1 has failed twice; the other 2 are OK",
        "job 1 is overdue; the other job is OK",
        "2 of 3 jobs have failed",
        "job 1 is new",
    ]
    "#
    );
}

#[test]
fn one_picture_per_trend_and_few_elements() {
    let html = page(|_| {});
    assert_eq!(html.matches("<figure").count(), 6);
    assert_eq!(html.matches("<h1").count(), 1);
    // Bars and steps: one path per series, whatever the number of buckets.
    assert_eq!(html.matches("class=\"chart-line\"").count(), 6);
    assert_eq!(html.matches("class=\"chart-limit\"").count(), 1);
    // Without a script there is nothing to point with.
    assert!(!html.contains("role=\"slider\""));
}

#[test]
fn links_keep_the_other_choices() {
    let query = ServerQuery { sort: duplistatus::dto::server::RunSort::Stored, page: 4, ..server_query() };
    let html = html(move || {
        view! { <ServerView query=query page=sample::server() cursor=RwSignal::new(None) /> }
    });
    assert!(html.contains("/servers/3?range=week&amp;sort=stored\""), "the range begins at page one");
    assert!(html.contains("/servers/3?sort=stored&amp;dir=asc\""), "the same column turns its direction");
    assert!(html.contains("aria-sort=\"descending\""));
    assert!(
        html.contains("?sort=stored&amp;page=2#history\"") && html.contains("id=\"history\""),
        "no jump to the top"
    );
}

#[test]
fn the_last_success_is_of_the_job_that_waits_longest() {
    let html = page(|_| {});
    assert!(html.contains("<dd>3 d 4 h ago") && html.contains("photos, "), "{html}");
    let never = page(|page| page.statistics.last_success = None);
    assert!(never.contains("<dd>never") && never.contains("<dd class=\"tile-sub\">photos</dd>"), "{never}");
}

#[test]
fn an_empty_range_says_when_the_last_run_was() {
    let html = page(|page| page.trends = sample::empty_trends());
    assert!(html.contains("The last run was on 23 Nov 2026."), "{html}");
    assert!(html.contains("href=\"/servers/3?range=all#trends\""), "{html}");
    let none = page(|page| {
        page.trends = sample::empty_trends();
        page.statistics.last_run = None;
    });
    assert!(none.contains("No run yet") && !none.contains("#trends"), "{none}");
}

#[test]
fn a_server_without_anything_is_a_page_too() {
    let html = page(|page| {
        page.jobs.clear();
        page.runs.clear();
        page.operations.clear();
        page.machine_ids.clear();
        page.trends = sample::empty_trends();
    });
    assert!(html.contains("No backup reported yet"));
    assert!(html.contains("No runs"));
}

#[test]
fn a_job_without_a_name_comes_with_the_option_that_gives_one() {
    assert!(!page(|_| {}).contains("--backup-name"));
    assert!(page(|page| page.has_unnamed_jobs = true).contains("--backup-name=NAME"));
}

#[test]
fn a_start_that_is_ours_is_marked_in_the_history() {
    assert!(!page(|page| page.operations.clear()).contains("by arrival time"));
    let html = page(|page| {
        page.operations.clear();
        page.runs[0].start_assumed = true;
    });
    assert_eq!(html.matches("by arrival time").count(), 1);
}

#[test]
fn operations_are_told_in_words_with_what_went_wrong() {
    let html = page(|_| {});
    assert!(html.contains("Restored files") && html.contains("Size of restored files"), "{html}");
    assert!(html.contains("47.1 KiB") && !html.contains("48211"), "sizes are sizes");
    assert!(html.contains("Compacting") && html.contains("stopped, 2 warnings"));
    assert!(html.contains("The volume is too small") && html.contains("by arrival time"));
}

#[test]
fn hostile_text_stays_text() {
    let html = page(|page| {
        page.name = HOSTILE.into();
        page.alias = Some(HOSTILE.into());
        page.notes = Some(HOSTILE.into());
        page.operating_system = Some(HOSTILE.into());
        page.duplicati_version = Some(HOSTILE.into());
        page.same_name_as = Some((ServerId(9), HOSTILE.into()));
        page.key_mismatch = page.key_mismatch.take().map(|mut mismatch| {
            mismatch.machine = HOSTILE.into();
            mismatch
        });
        for machine in &mut page.machine_ids {
            machine.machine_id = HOSTILE.into();
        }
        for job in &mut page.jobs {
            job.name = HOSTILE.into();
        }
        for run in &mut page.runs {
            run.job_name = HOSTILE.into();
        }
        for operation in &mut page.operations {
            operation.operation = HOSTILE.into();
            operation.message = Some(HOSTILE.into());
            let value = OperationValue::Text(HOSTILE.into());
            operation.details = vec![OperationFigure { name: HOSTILE.into(), value }];
        }
    });
    assert_harmless(&html);
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_server() {
    let view =
        || view! { <ServerView query=server_query() page=sample::server() cursor=RwSignal::new(None) /> };
    preview("server", view).unwrap();
    preview("server-empty", || {
        let mut page = sample::server();
        page.jobs.clear();
        page.runs.clear();
        page.operations.clear();
        page.trends = sample::empty_trends();
        view! { <ServerView query=server_query() page=page cursor=RwSignal::new(None) /> }
    })
    .unwrap();
}
