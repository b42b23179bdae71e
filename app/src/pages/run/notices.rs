//! What makes this run unlike others.

use duplistatus::{
    dto::run::{NotSent, RunPage as Data},
    units::{span, thousands},
};
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::notice::{Notice, Tone},
};

/// Damaged, interrupted, partial, dry run, reporting, what was not sent, an assumed start, a wrong clock.
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
    if page.interrupted {
        notices.push((Tone::Warn, tr!(locale, run.interrupted.title), tr!(locale, run.interrupted.what)));
    }
    if page.partial {
        notices.push((Tone::Warn, tr!(locale, run.partial.title), tr!(locale, run.partial.what)));
    }
    if page.dry_run {
        notices.push((Tone::Warn, tr!(locale, run.dry.title), tr!(locale, run.dry.what)));
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
    notices
        .into_iter()
        .map(|(tone, title, what)| {
            view! {
                <Notice tone=tone title=title>
                    <p>{what}</p>
                </Notice>
            }
        })
        .collect_view()
}
