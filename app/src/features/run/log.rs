//! What the run said, line by line.

use duplistatus::{
    dto::run::{LogFilter, RunPage as Data, RunQuery},
    units::thousands,
};
use leptos::prelude::*;

use super::{log_line::LogLineItem, query::path};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        filter::Chip,
        icon::Shape,
        notice::{Notice, Tone},
        pager::Pager,
    },
};

/// Shape and tone of a chip.
type Look = Option<(Shape, &'static str)>;

/// Filter, its words, how many lines it finds, its look.
fn filters(
    locale: Locale,
    (errors, warnings, others): (i64, i64, i64),
) -> [(LogFilter, String, i64, Look); 4] {
    let all = errors + warnings + others;
    [
        (LogFilter::All, tr!(locale, run.log.all), all, None),
        (LogFilter::Errors, tr!(locale, run.log.errors), errors, Some((Shape::Cross, "fail"))),
        (LogFilter::Warnings, tr!(locale, run.log.warnings), warnings, Some((Shape::Warning, "warn"))),
        (LogFilter::Messages, tr!(locale, run.log.messages), others, None),
    ]
}

/// What is missing from the log, and why.
fn dropped_text(locale: Locale, (by_sender, by_us): (i64, i64)) -> Option<String> {
    let sender = (by_sender > 0)
        .then(|| tr!(locale, run.log.dropped_sender, count = by_sender, number = thousands(by_sender)));
    let us = (by_us > 0).then(|| tr!(locale, run.log.dropped_us, count = by_us, number = thousands(by_us)));
    match (sender, us) {
        (Some(sender), Some(us)) => Some(format!("{sender} {us}")),
        (sender, us) => sender.or(us),
    }
}

/// Filters, lines, pages.
#[component]
pub fn Log(
    /// What was asked for.
    query: RunQuery,
    /// The page's data.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { started, lines, paging, line_counts, lines_dropped, .. } = page;
    let (errors, warnings, others) = line_counts;
    let chips = (errors + warnings + others > 0).then(|| {
        let chips = filters(locale, line_counts).map(|(filter, name, count, look)| {
            let to = path(&RunQuery { lines: filter, page: 1, ..query.clone() });
            let current = filter == query.lines;
            let text = format!("{name} {}", thousands(count));
            let chip = match look {
                Some((shape, tone)) => {
                    view! { <Chip to=to current=current shape=shape tone=tone>{text}</Chip> }.into_any()
                }
                None => view! { <Chip to=to current=current>{text}</Chip> }.into_any(),
            };
            // A kind without lines cannot be chosen, but a chosen one can be left.
            (count > 0 || filter == LogFilter::All || current).then(|| view! { <li>{chip}</li> })
        });
        view! {
            <ul class="chips" role="list" aria-label=tr!(locale, run.log.filter)>
                {chips.collect_view()}
            </ul>
        }
    });
    let empty = lines.is_empty().then(|| {
        let text = if errors + warnings + others > 0 {
            tr!(locale, run.log.none_of_kind)
        } else {
            tr!(locale, run.log.none)
        };
        view! { <p class="log-empty">{text}</p> }
    });
    let items = lines.into_iter().map(|line| view! { <LogLineItem line=line offset=started.offset /> });
    let to = move |page| path(&RunQuery { page, ..query.clone() });
    view! {
        <section class="section" id="log" aria-labelledby="log-title">
            <div class="section-head">
                <h2 id="log-title">{tr!(locale, run.log.title)}</h2>
                {chips}
            </div>
            {dropped_text(locale, lines_dropped)
                .map(|text| {
                    view! {
                        <Notice tone=Tone::Info title=tr!(locale, run.log.dropped)>
                            <p>{text}</p>
                        </Notice>
                    }
                })}
            <div class="card">
                {empty}
                <ol class="log">{items.collect_view()}</ol>
            </div>
            <Pager paging=paging to=to />
        </section>
    }
}
