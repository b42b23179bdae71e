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
    ui::{
        keyed::keyed,
        table::{Column, Table},
    },
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
    let columns = vec![
        Column::new(tr!(locale, users.columns.name)),
        Column::new(tr!(locale, users.columns.role)),
        Column::new(tr!(locale, users.columns.state)),
        Column::new(tr!(locale, users.columns.second_factor)),
        Column::new(tr!(locale, users.columns.last_login)),
        Column::new(tr!(locale, users.columns.sessions)).class("num"),
        Column::hidden(tr!(locale, users.columns.actions)),
    ];
    view! {
        <div class="card">
            <Table caption=tr!(locale, users.caption) class="users" columns=columns>
                {rows}
            </Table>
        </div>
    }
}

/// Whether a key is good for anything.
pub fn works(key: &ApiKeyRow) -> bool {
    key.revoked.is_none() && !key.expired
}
