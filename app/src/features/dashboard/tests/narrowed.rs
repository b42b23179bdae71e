//! What stands above the list, and that it gives way to what was looked for.

use duplistatus::dto::dashboard::{DashboardQuery, Filter};
use leptos::prelude::*;

use super::{super::view::DashboardView, html, sample};

#[test]
fn while_something_is_looked_for_nothing_stands_above_what_was_found() {
    let shown = |query: DashboardQuery| {
        html(move || view! { <DashboardView data=sample::dashboard() query=query /> })
    };
    let above = ["class=\"problems\"", "class=\"card tiles\""];
    let all = shown(DashboardQuery::default());
    assert!(above.iter().all(|part| all.contains(part)), "{all}");
    for query in [
        DashboardQuery { search: "nas".into(), ..DashboardQuery::default() },
        DashboardQuery { filter: Filter::Attention, ..DashboardQuery::default() },
    ] {
        let found = shown(query);
        assert!(!above.iter().any(|part| found.contains(part)) && found.contains("<h1"), "{found}");
    }
    let found = shown(DashboardQuery { search: "nas".into(), ..DashboardQuery::default() });
    assert!(found.contains("servers found</p>") && found.contains("value=\"nas\""), "{found}");
}

#[test]
fn every_size_has_its_line() {
    let html = html(|| view! { <DashboardView data=sample::dashboard() query=DashboardQuery::default() /> });
    // Runs, source, stored, uploaded.
    assert_eq!(html.matches("class=\"sparkline\"").count(), 4);
}
