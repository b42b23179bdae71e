//! Filters, search and order: links and a GET form, so that they work without a script and can be shared.

use duplistatus::{
    dto::dashboard::{Dashboard, DashboardQuery, Filter, Sort},
    units::thousands,
    verdict::Verdict,
};
use leptos::prelude::*;

use super::{query::to_path, search::Search};
use crate::{
    context::url::with_query,
    locale::use_locale,
    tr,
    ui::{
        badge::verdict_word,
        filter::{Chip, Segment, Segmented},
        icon::{Shape, verdict_tone},
        link::Link,
    },
};

/// The row above the list.
#[component]
pub fn Tools<'a>(
    /// The dashboard's data.
    data: &'a Dashboard,
    /// What was asked for.
    query: &'a DashboardQuery,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let filter_path = |filter| to_path(&DashboardQuery { filter, page: 1, ..query.clone() });
    let chip = |filter: Filter, label: String, count: i64| {
        let verdict = match filter {
            Filter::Only(verdict) => Some(verdict),
            Filter::All | Filter::Attention | Filter::Never => None,
        };
        let words = format!("{label} {}", thousands(count));
        let (to, current) = (filter_path(filter), query.filter == filter);
        match verdict {
            Some(verdict) => view! {
                <li>
                    <Chip to=to current=current shape=Shape::of_verdict(verdict) tone=verdict_tone(verdict)>
                        {words}
                    </Chip>
                </li>
            }
            .into_any(),
            None => view! { <li><Chip to=to current=current>{words}</Chip></li> }.into_any(),
        }
    };
    // What is chosen from: the group and the tag come first.
    let (verdicts, never) = match &data.narrowed {
        Some(narrowed) => (&narrowed.verdicts, narrowed.never_reported),
        None => (&data.verdicts, data.never_reported),
    };
    let sum = |wanted: fn(Verdict) -> bool| -> i64 {
        verdicts.iter().filter(|(verdict, _)| wanted(*verdict)).map(|(_, jobs)| jobs).sum()
    };
    let attention = sum(Verdict::needs_attention);
    let mut chips = vec![chip(Filter::All, tr!(locale, dashboard.tools.all), sum(|_| true))];
    if attention > 0 || query.filter == Filter::Attention {
        chips.push(chip(Filter::Attention, tr!(locale, dashboard.tools.attention), attention));
    }
    for (verdict, count) in verdicts.iter().copied() {
        let filter = Filter::Only(verdict);
        if count > 0 || query.filter == filter {
            chips.push(chip(filter, verdict_word(locale, verdict), count));
        }
    }
    if never > 0 || query.filter == Filter::Never {
        chips.push(chip(Filter::Never, tr!(locale, dashboard.tools.never), never));
    }
    let orders = [
        (Sort::Worst, tr!(locale, dashboard.tools.worst)),
        (Sort::Name, tr!(locale, dashboard.tools.name)),
        (Sort::Latest, tr!(locale, dashboard.tools.latest)),
    ]
    .map(|(sort, label)| Segment {
        label,
        to: to_path(&DashboardQuery { sort, page: 1, ..query.clone() }),
        current: query.sort == sort,
    });
    let week = [("outcome", "errors,failed".to_owned()), ("from", data.now.day().plus(-6).to_string())];
    let failures = with_query("/runs", week);
    view! {
        <div class="tools">
            <ul class="chips" role="list" aria-label=tr!(locale, dashboard.tools.filters)>
                {chips}
            </ul>
            <div class="tools-end">
                <Link to=failures class="text-link small">
                    {tr!(locale, dashboard.tools.failures)}
                </Link>
                <Search query=query />
                <Segmented label=tr!(locale, dashboard.tools.sort) choices=orders.into() />
            </div>
        </div>
    }
}
