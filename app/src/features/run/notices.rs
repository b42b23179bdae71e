//! What makes this run unlike others.

use duplistatus::{
    dto::run::{NotSent, RunPage as Data},
    outcome::RunOutcome,
    units::{span, thousands},
};
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::{
        badge::{check_words, outcome_words},
        link::Link,
        notice::{Notice, Tone},
    },
};

/// Damaged, stopped, skipped, a dry run, what contradicts it, reporting, what was not sent, an assumed start, a wrong clock,
/// another run with the same begin.
#[component]
pub fn Notices(
    /// The page's data.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let mut notices = Vec::new();
    if page.damaged {
        notices.push((Tone::Warn, tr!(locale, run.damaged.title), tr!(locale, run.damaged.what)));
    }
    if let Some(title) = outcome_words(locale, page.outcome) {
        let what = match page.outcome {
            RunOutcome::Errors => tr!(locale, run.outcome.errors),
            RunOutcome::Partial => tr!(locale, run.outcome.partial),
            RunOutcome::Stopped => tr!(locale, run.outcome.stopped),
            RunOutcome::Skipped => tr!(locale, run.outcome.skipped),
            _ => tr!(locale, run.outcome.rehearsal),
        };
        notices.push((Tone::Warn, title, what));
    }
    for check in page.checks {
        notices.push((Tone::Warn, check_words(locale, check), tr!(locale, run.check)));
    }
    if let Some(reporting) = page.reporting {
        let what =
            if reporting.ours { tr!(locale, run.reporting.ours) } else { tr!(locale, run.reporting.other) };
        notices.push((Tone::Info, tr!(locale, run.reporting.title, count = reporting.warnings), what));
    }
    let NotSent { errors, warnings } = page.not_sent;
    // What Duplicati cut is said; else it is a count without a line.
    let why = if page.lines_dropped.0 > 0 {
        let (errors, warnings, others) = page.line_counts;
        tr!(locale, run.not_sent.cut, sent = thousands(errors + warnings + others))
    } else {
        tr!(locale, run.not_sent.script)
    };
    if errors > 0 {
        notices.push((Tone::Warn, tr!(locale, run.not_sent.errors, count = errors), why.clone()));
    }
    if warnings > 0 {
        notices.push((Tone::Warn, tr!(locale, run.not_sent.warnings, count = warnings), why));
    }
    if page.start_assumed {
        let what = match page.start_claim {
            Some(text) => tr!(locale, run.assumed.what, text = text),
            None => tr!(locale, run.assumed.none),
        };
        notices.push((Tone::Info, tr!(locale, run.assumed.title), what));
    }
    if let Some(skew) = page.clock_skew {
        let apart = span(skew.saturating_abs());
        let title = if skew > 0 {
            tr!(locale, run.skew.ahead, span = apart)
        } else {
            tr!(locale, run.skew.behind, span = apart)
        };
        notices.push((Tone::Warn, title, tr!(locale, run.skew.what)));
    }
    let contradicts = (!page.contradicts.is_empty()).then(|| {
        let links = page
            .contradicts
            .clone()
            .into_iter()
            .map(|id| {
                view! {
                    " "
                    <Link to=format!("/runs/{id}") class="text-link">
                        {tr!(locale, run.contradicts.link, run = id.to_string())}
                    </Link>
                }
            })
            .collect_view();
        view! {
            <Notice tone=Tone::Warn title=tr!(locale, run.contradicts.title)>
                <p>{tr!(locale, run.contradicts.what)} {links}</p>
            </Notice>
        }
    });
    let notices = notices
        .into_iter()
        .map(|(tone, title, what)| {
            view! {
                <Notice tone=tone title=title>
                    <p>{what}</p>
                </Notice>
            }
        })
        .collect_view();
    view! {
        {contradicts}
        {notices}
    }
}
