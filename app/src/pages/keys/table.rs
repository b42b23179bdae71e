//! All keys.

use duplistatus::dto::{Moment, key::KeyRow};
use leptos::prelude::*;

use super::row::KeyTableRow;
use crate::{api::key::RevokeKey, locale::use_locale, tr, ui::notice::EmptyState};

/// The table, newest first.
#[component]
pub fn KeyTable(
    /// The keys.
    keys: Vec<KeyRow>,
    /// When the data was asked for.
    now: Moment,
    /// Revokes one.
    revoke: ServerAction<RevokeKey>,
) -> impl IntoView {
    let locale = use_locale();
    if keys.is_empty() {
        return view! {
            <div class="card">
                <EmptyState title=tr!(locale, keys.empty)>
                    <p>{tr!(locale, keys.empty_what)}</p>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let rows = keys.into_iter().map(|key| view! { <KeyTableRow key_row=key now=now revoke=revoke /> });
    let column = |label: String, class: Option<&'static str>| {
        view! {
            <th scope="col" role="columnheader" class=class>
                {label}
            </th>
        }
    };
    view! {
        <div class="card">
            <table class="table keys" role="table">
                <caption class="visually-hidden">{tr!(locale, keys.caption)}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {column(tr!(locale, keys.columns.server), None)}
                        {column(tr!(locale, keys.columns.key), None)}
                        {column(tr!(locale, keys.columns.state), None)}
                        {column(tr!(locale, keys.columns.created), None)}
                        {column(tr!(locale, keys.columns.last_used), None)}
                        {column(tr!(locale, keys.columns.uses), Some("num"))}
                        <th scope="col" role="columnheader">
                            <span class="visually-hidden">{tr!(locale, keys.columns.revoke)}</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
