//! The entries.

use duplistatus::dto::audit::AuditRow;
use leptos::prelude::*;

use super::row::AuditTableRow;
use crate::{
    locale::use_locale,
    tr,
    ui::{column_head::ColumnHead, keyed::keyed, notice::EmptyState},
};

/// The table, newest first.
#[component]
pub fn AuditTable(
    /// The entries.
    rows: Vec<AuditRow>,
    /// Whether a filter is in force.
    filtered: bool,
) -> impl IntoView {
    let locale = use_locale();
    if rows.is_empty() {
        let (title, what) = if filtered {
            (tr!(locale, audit.nothing), tr!(locale, audit.nothing_what))
        } else {
            (tr!(locale, audit.empty), tr!(locale, audit.empty_what))
        };
        return view! {
            <div class="card">
                <EmptyState title=title>
                    <p>{what}</p>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let rows = keyed(rows, |row| row.id, |row| view! { <AuditTableRow entry=row /> });
    view! {
        <div class="card">
            <table class="table audit" role="table">
                <caption class="visually-hidden">{tr!(locale, audit.caption)}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <ColumnHead label=tr!(locale, audit.columns.time) />
                        <ColumnHead label=tr!(locale, audit.columns.who) />
                        <ColumnHead label=tr!(locale, audit.columns.what) />
                        <ColumnHead label=tr!(locale, audit.columns.target) />
                        <ColumnHead label=tr!(locale, audit.columns.address) />
                        <ColumnHead label=tr!(locale, audit.columns.result) />
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
