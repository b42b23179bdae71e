//! Which time and which job the trends and the history show.

use duplistatus::dto::{
    dashboard::JobRow,
    server::{Range, ServerQuery},
};
use leptos::prelude::*;

use super::query::{self, PathOf};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::filter::{Chip, Segment, Segmented},
};

/// A range in words: `"30 days"`.
pub fn range_words(locale: Locale, range: Range) -> String {
    match range {
        Range::Week => tr!(locale, server.range.week),
        Range::Month => tr!(locale, server.range.month),
        Range::Quarter => tr!(locale, server.range.quarter),
        Range::Year => tr!(locale, server.range.year),
        Range::All => tr!(locale, server.range.all),
    }
}

fn range_short(locale: Locale, range: Range) -> String {
    match range {
        Range::Week => tr!(locale, server.range.week_short),
        Range::Month => tr!(locale, server.range.month_short),
        Range::Quarter => tr!(locale, server.range.quarter_short),
        Range::Year => tr!(locale, server.range.year_short),
        Range::All => tr!(locale, server.range.all_short),
    }
}

/// Range and job.
#[component]
pub fn Tools(
    /// What was asked for.
    query: ServerQuery,
    /// The server's jobs.
    #[prop(optional)]
    jobs: Vec<JobRow>,
    /// How the paths of the page are made.
    #[prop(default = query::path)]
    path: PathOf,
) -> impl IntoView {
    let locale = use_locale();
    let ranges = Range::ALL
        .into_iter()
        .map(|range| Segment {
            label: range_short(locale, range),
            to: path(&ServerQuery { range, page: 1, ..query.clone() }),
            current: query.range == range,
        })
        .collect();
    let chips = (jobs.len() > 1).then(|| {
        let all = path(&ServerQuery { job: None, page: 1, ..query.clone() });
        let chips = jobs.iter().map(|job| {
            let to = path(&ServerQuery { job: Some(job.id), page: 1, ..query.clone() });
            let (current, name) = (query.job == Some(job.id), job.name.clone());
            view! {
                <li>
                    <Chip to=to current=current>
                        {name}
                    </Chip>
                </li>
            }
        });
        view! {
            <ul class="chips" role="list" aria-label=tr!(locale, server.choose_job)>
                <li>
                    <Chip to=all current=query.job.is_none()>
                        {tr!(locale, server.all_jobs)}
                    </Chip>
                </li>
                {chips.collect_view()}
            </ul>
        }
    });
    view! {
        <div class="server-tools" id="trends">
            <Segmented label=tr!(locale, server.range.label) choices=ranges />
            {chips}
        </div>
    }
}
