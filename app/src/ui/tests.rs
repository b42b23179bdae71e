//! Markup of the components as rendered on the server.

use duplistatus::{
    access::Role,
    dto::{
        Paging,
        health::{ReadOnly, SystemProblem},
    },
    status::Status,
    verdict::Verdict,
};
use leptos::prelude::*;

use super::{
    badge::{StatusBadge, VerdictBadge},
    pager::Pager,
    table::{Direction, SortHeader},
};
use crate::{context::viewer::Viewer, shell::database_banner::DatabaseBanner};

fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| view().to_html())
}

#[test]
fn a_verdict_is_shape_word_and_colour() {
    insta::assert_snapshot!(html(|| view! { <VerdictBadge verdict=Verdict::Late text="Overdue 5 h".to_owned() /> }), @r#"<span data-tone="late" class="badge"><svg viewBox="0 0 16 16" aria-hidden="true" class="icon"><path d="M8 2.4a5.6 5.6 0 1 0 0 11.2a5.6 5.6 0 1 0 0-11.2M8 5v3.2l2 1.3"></path></svg>Overdue 5 h</span>"#);
    let shapes: std::collections::HashSet<String> = Verdict::ALL
        .map(|verdict| html(move || view! { <VerdictBadge verdict=verdict text="x".to_owned() /> }))
        .into_iter()
        .filter_map(|html| html.split(" d=\"").nth(1).and_then(|d| d.split('"').next()).map(str::to_owned))
        .collect();
    assert_eq!(shapes.len(), Verdict::ALL.len());
    assert!(html(|| view! { <StatusBadge status=Status::Fatal /> }).contains("Fatal"));
}

#[test]
fn a_pager_links_only_to_pages_that_exist() {
    let pager = |page| {
        let paging = Paging::new(page, 50, 120);
        html(move || view! { <Pager paging=paging to=|page| format!("/?page={page}") /> })
    };
    insta::assert_snapshot!(pager(1), @r#"<nav aria-label="Pages" class="pager"><!><span>1–50 of 120</span><a rel="next" href="/?page=2" class="btn">Next</a></nav>"#);
    assert!(pager(2).contains("/?page=1") && pager(2).contains("/?page=3"));
    assert!(!pager(3).contains("/?page=4"));
    let single = Paging::new(1, 50, 50);
    assert!(!html(move || view! { <Pager paging=single to=|_| String::new() /> }).contains("<nav"));
}

#[test]
fn a_sorted_column_says_so() {
    let html = html(|| {
        view! {
            <SortHeader to="/?sort=size" direction=Some(Direction::Descending) class=Some("num")>
                "Size"
            </SortHeader>
        }
    });
    assert!(html.contains(r#"aria-sort="descending""#), "{html}");
}

#[test]
fn trouble_is_told_to_everybody_and_its_remedy_to_who_can_help() {
    let banner = |role, system_problem| {
        html(move || {
            provide_context(Viewer { role, system_problem, ..Viewer::default() });
            view! { <DatabaseBanner /> }
        })
    };
    let damaged = Some(SystemProblem::ReadOnly(ReadOnly::Damaged));
    let viewer = banner(Some(Role::Viewer), damaged);
    assert!(viewer.contains("read-only") && !viewer.contains("db repair"), "{viewer}");
    assert!(!viewer.contains("/settings/health"), "{viewer}");
    let root = banner(Some(Role::Administrator), damaged);
    for needed in ["duplistatus db repair", "db salvage", "db restore", "href=\"/settings/health\""] {
        assert!(root.contains(needed), "{needed}: {root}");
    }
    let unwritable = banner(Some(Role::Administrator), Some(SystemProblem::ReadOnly(ReadOnly::Unwritable)));
    assert!(unwritable.contains("permissions") && !unwritable.contains("db repair"), "{unwritable}");
    let space = banner(Some(Role::Administrator), Some(SystemProblem::LowSpace));
    assert!(space.contains("data-tone=\"warn\"") && space.contains("nearly full"), "{space}");
    assert!(!banner(Some(Role::Administrator), None).contains("notice"));
}
