//! The entries that are shown, on all pages, as a file.

use duplistatus::{
    dto::audit::{AuditQuery, EXPORT_ROWS},
    units::thousands,
};
use leptos::prelude::*;

use crate::{
    context::url::{href, with_query},
    locale::use_locale,
    tr,
};

/// Path of the file with what a filter lets pass.
pub(super) fn file(query: &AuditQuery, format: &str) -> String {
    let query = AuditQuery { page: 1, ..query.clone() };
    with_query("/api/v1/audit/export", [("format", format.to_owned())].into_iter().chain(query.words()))
}

/// How many entries there are, and the links to their files.
#[component]
pub fn Export(
    /// What was asked for.
    query: AuditQuery,
    /// How many entries pass.
    total: i64,
) -> impl IntoView {
    let locale = use_locale();
    // A file is no page: the browser fetches it itself.
    let link = |format: &str, label: String, what: String| {
        view! {
            <a class="btn" href=href(&file(&query, format)) rel="external" title=what.clone() aria-label=what>
                {label}
            </a>
        }
    };
    let cut = (total > EXPORT_ROWS).then(|| {
        view! { <span class="muted small">{tr!(locale, audit.export.cut, count = thousands(EXPORT_ROWS))}</span> }
    });
    view! {
        <p class="audit-export">
            <span class="muted">{tr!(locale, audit.count, count = total, number = thousands(total))}</span>
            {cut} {link("csv", tr!(locale, audit.export.csv), tr!(locale, audit.export.csv_what))}
            {link("json", tr!(locale, audit.export.json), tr!(locale, audit.export.json_what))}
        </p>
    }
}
