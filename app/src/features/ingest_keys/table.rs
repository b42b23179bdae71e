//! All keys.

use duplistatus::dto::{Moment, key::KeyRow};
use leptos::prelude::*;

use super::{api::RevokeKey, row::KeyTableRow};
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
pub fn KeyTable(
    /// The keys.
    keys: Vec<KeyRow>,
    /// Whether there are any, found or not.
    has_keys: bool,
    /// When the data was asked for.
    now: Moment,
    /// Revokes one.
    revoke: ServerAction<RevokeKey>,
) -> impl IntoView {
    let locale = use_locale();
    if keys.is_empty() {
        let (title, what) = if has_keys {
            (tr!(locale, keys.search.nothing), tr!(locale, keys.search.nothing_what))
        } else {
            (tr!(locale, keys.empty), tr!(locale, keys.empty_what))
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
    let rows =
        keyed(keys, |key| key.id, move |key| view! { <KeyTableRow key_row=key now=now revoke=revoke /> });
    let columns = vec![
        Column::new(tr!(locale, keys.columns.server)),
        Column::new(tr!(locale, keys.columns.key)),
        Column::new(tr!(locale, keys.columns.state)),
        Column::new(tr!(locale, keys.columns.created)),
        Column::new(tr!(locale, keys.columns.last_used)),
        Column::new(tr!(locale, keys.columns.uses)).class("num"),
        Column::hidden(tr!(locale, keys.columns.revoke)),
    ];
    view! {
        <div class="card">
            <Table caption=tr!(locale, keys.caption) class="keys" columns=columns>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}
