//! All keys.

use duplistatus::dto::{Moment, key::KeyRow};
use leptos::prelude::*;

use super::{api::RevokeKey, row::KeyTableRow};
use crate::{
    locale::use_locale,
    tr,
    ui::{column_head::ColumnHead, keyed::keyed, notice::EmptyState},
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
    view! {
        <div class="card">
            <table class="table keys" role="table">
                <caption class="visually-hidden">{tr!(locale, keys.caption)}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <ColumnHead label=tr!(locale, keys.columns.server) />
                        <ColumnHead label=tr!(locale, keys.columns.key) />
                        <ColumnHead label=tr!(locale, keys.columns.state) />
                        <ColumnHead label=tr!(locale, keys.columns.created) />
                        <ColumnHead label=tr!(locale, keys.columns.last_used) />
                        <ColumnHead label=tr!(locale, keys.columns.uses) class="num" />
                        <th scope="col" role="columnheader">
                            <span class="visually-hidden">{tr!(locale, keys.columns.revoke)}</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
