//! All people.

use duplistatus::{
    access::Role,
    dto::{
        Moment,
        user::{ApiKeyRow, UserRow},
    },
    ids::UserId,
};
use leptos::prelude::*;

use super::row::PersonRow;
use crate::{
    locale::use_locale,
    tr,
    ui::{column_head::ColumnHead, keyed::keyed},
};

/// The table, by name.
#[component]
pub fn PeopleTable(
    /// The people.
    users: Vec<UserRow>,
    /// Everybody's API keys: whoever is removed loses theirs.
    api_keys: Vec<ApiKeyRow>,
    /// The one who looks.
    me: Option<UserId>,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let is_acting = |user: &&UserRow| user.role == Role::Administrator && user.disabled.is_none();
    let is_alone = users.iter().filter(is_acting).count() == 1;
    let row = move |user: UserRow| {
        let keys = api_keys.iter().filter(|key| key.owner == user.name && works(key)).count();
        let (is_me, is_last) = (me == Some(user.id), is_alone && is_acting(&&user));
        view! { <PersonRow user=user keys=keys is_me=is_me is_last=is_last now=now /> }
    };
    let rows = keyed(users, |user| user.id, row);
    view! {
        <div class="card">
            <table class="table keys people" role="table">
                <caption class="visually-hidden">{tr!(locale, users.caption)}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <ColumnHead label=tr!(locale, users.columns.name) />
                        <ColumnHead label=tr!(locale, users.columns.role) />
                        <ColumnHead label=tr!(locale, users.columns.state) />
                        <ColumnHead label=tr!(locale, users.columns.second_factor) />
                        <ColumnHead label=tr!(locale, users.columns.last_login) />
                        <ColumnHead label=tr!(locale, users.columns.sessions) class="num" />
                        <th scope="col" role="columnheader">
                            <span class="visually-hidden">{tr!(locale, users.columns.actions)}</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
}

/// Whether a key is good for anything.
pub fn works(key: &ApiKeyRow) -> bool {
    key.revoked.is_none() && !key.expired
}
