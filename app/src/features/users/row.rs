//! One person.

use duplistatus::{
    access::Role,
    dto::{Moment, user::UserRow},
    units::thousands,
};
use leptos::prelude::*;

use super::{actions::Actions, add::role_word};
use crate::{
    locale::use_locale,
    tr,
    ui::badge::Badge,
    ui::{
        icon::Shape,
        link::Link,
        relative_time::{LocalTime, RelativeTime},
    },
};

/// A row of the table.
#[component]
pub fn PersonRow(
    /// The person.
    user: UserRow,
    /// API keys of the person that work.
    keys: usize,
    /// Whether it is the one who looks.
    is_me: bool,
    /// Whether nobody else is an administrator who can sign in.
    is_last: bool,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let full_name = user.display_name.clone().filter(|name| !name.is_empty());
    let sign_in_name = full_name.is_some().then(|| user.name.clone());
    let last_login = match user.last_login {
        Some(at) => view! { <RelativeTime at=at now=now /> }.into_any(),
        None => tr!(locale, common.never).into_any(),
    };
    let (factor, factor_shape, factor_tone) = match (user.second_factor, user.role) {
        (true, _) => (tr!(locale, users.second_factor.on), Shape::Tick, "ok"),
        (false, Role::Administrator) => (tr!(locale, users.second_factor.off), Shape::Warning, "warn"),
        (false, _) => (tr!(locale, users.second_factor.off), Shape::Circle, "idle"),
    };
    let action = if is_me {
        view! {
            <Link to="/account" class="btn">
                {tr!(locale, frame.account)}
            </Link>
        }
        .into_any()
    } else {
        view! { <Actions user=user.clone() keys=keys is_last=is_last /> }.into_any()
    };
    view! {
        <tr role="row" data-over=user.disabled.map(|_| "true")>
            <th scope="row" role="rowheader">
                {full_name.unwrap_or_else(|| user.name.clone())}
                {is_me.then(|| view! { " " <span class="tag">{tr!(locale, users.you)}</span> })}
                {sign_in_name.map(|name| view! { <span class="sub">{name}</span> })}
                {is_last.then(|| view! { <span class="sub">{tr!(locale, users.last)}</span> })}
            </th>
            <td role="cell">{role_word(locale, user.role)}</td>
            <td role="cell" class="row-state">
                <PersonState user=user.clone() now=now />
            </td>
            <td role="cell" data-label=tr!(locale, users.columns.second_factor)>
                <Badge word=factor shape=factor_shape tone=factor_tone />
            </td>
            <td role="cell" data-label=tr!(locale, users.columns.last_login)>
                {last_login}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, users.columns.sessions)>
                {thousands(user.sessions)}
            </td>
            <td role="cell" class="row-actions">
                {action}
            </td>
        </tr>
    }
}

/// Everything that keeps a person from signing in, or the word that nothing does.
#[component]
fn PersonState(
    /// The person.
    user: UserRow,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let disabled = user.disabled.map(|since| {
        view! {
            <Badge word=tr!(locale, users.state.disabled) shape=Shape::Pause tone="idle" />
            <span class="sub">
                <LocalTime at=since now=now />
            </span>
        }
    });
    let blocked = user
        .blocked
        .then(|| view! { <Badge word=tr!(locale, users.state.blocked) shape=Shape::Cross tone="fail" /> });
    let temporary = user
        .password_temporary
        .then(|| view! { <Badge word=tr!(locale, users.state.temporary) shape=Shape::Clock tone="late" /> });
    let is_fine = disabled.is_none() && blocked.is_none() && temporary.is_none();
    view! {
        <span class="badges">
            {disabled}
            {blocked}
            {temporary}
            {is_fine.then(|| view! { <Badge word=tr!(locale, users.state.active) shape=Shape::Tick tone="ok" /> })}
        </span>
    }
}
