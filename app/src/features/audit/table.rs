//! The entries.

use duplistatus::dto::audit::AuditRow;
use leptos::prelude::*;

use super::row::AuditTableRow;
use crate::{
    locale::use_locale,
    tr,
    ui::{
        keyed::keyed,
        notice::EmptyState,
        table::{Column, Table},
    },
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
    let columns = vec![
        Column::new(tr!(locale, audit.columns.time)),
        Column::new(tr!(locale, audit.columns.who)),
        Column::new(tr!(locale, audit.columns.what)),
        Column::new(tr!(locale, audit.columns.target)),
        Column::new(tr!(locale, audit.columns.address)),
        Column::new(tr!(locale, audit.columns.result)),
    ];
    view! {
        <div class="card">
            <Table caption=tr!(locale, audit.caption) class="audit" columns=columns>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}
