//! API keys of everybody.

use duplistatus::{
    access::Scope,
    dto::{Moment, user::ApiKeyRow},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{api::RevokeUserKey, table::works};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::badge::Badge,
    ui::disclosure::Disclosure,
    ui::{
        form::plain_form::PlainForm,
        icon::Shape,
        keyed::keyed,
        notice::EmptyState,
        relative_time::{LocalTime, RelativeTime},
        table::{Column, Table},
    },
};

/// The table, newest first.
#[component]
pub fn ApiKeyTable(
    /// The keys.
    keys: Vec<ApiKeyRow>,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let content = if keys.is_empty() {
        view! {
            <EmptyState title=tr!(locale, users.keys.empty)>
                <p>{tr!(locale, users.keys.empty_what)}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = keyed(keys, |key| key.id, move |key| view! { <KeyRow key_row=key now=now /> });
        let columns = vec![
            Column::new(tr!(locale, users.keys.columns.name)),
            Column::new(tr!(locale, users.keys.columns.owner)),
            Column::new(tr!(locale, users.keys.columns.state)),
            Column::new(tr!(locale, users.keys.columns.scope)),
            Column::new(tr!(locale, users.keys.columns.last_used)),
            Column::hidden(tr!(locale, users.columns.actions)),
        ];
        view! {
            <Table caption=tr!(locale, users.keys.title) class="user-keys" columns=columns>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="api-keys-title">
            <h2 id="api-keys-title">{tr!(locale, users.keys.title)}</h2>
            <div class="card">{content}</div>
        </section>
    }
}

/// One key.
#[component]
fn KeyRow(
    /// The key.
    key_row: ApiKeyRow,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let works = works(&key_row);
    let ApiKeyRow {
        id, owner, name, prefix, scope, expires, expired, last_used, last_address, revoked, ..
    } = key_row;
    let (word, shape, tone) = match (revoked, expires) {
        (Some(_), _) => (tr!(locale, users.keys.state.revoked), Shape::Pause, "idle"),
        (_, Some(_)) if expired => (tr!(locale, users.keys.state.expired), Shape::Pause, "idle"),
        (_, Some(_)) => (tr!(locale, users.keys.state.until), Shape::Tick, "ok"),
        _ => (tr!(locale, users.keys.state.endless), Shape::Warning, "warn"),
    };
    let until = revoked.or(expires);
    let last_used = match last_used {
        Some(at) => view! { <RelativeTime at=at now=now /> }.into_any(),
        None => tr!(locale, common.never).into_any(),
    };
    let what = tr!(locale, users.keys.revoke.what, name = name.clone(), owner = owner.clone());
    let begins = prefix.clone();
    let revoke = works.then(|| {
        view! {
            <Disclosure label=tr!(locale, users.keys.revoke.ask) about=name.clone()>
                <PlainForm path=RevokeUserKey::PATH quiet=true>
                    <p>{what}</p>
                    <input type="hidden" name="key" value=id.to_string() />
                    <input type="hidden" name="prefix" value=prefix.clone() />
                    <button type="submit" class="btn" data-variant="danger">
                        {tr!(locale, users.keys.revoke.submit)}
                    </button>
                </PlainForm>
            </Disclosure>
        }
    });
    view! {
        <tr role="row" data-over=(!works).then_some("true")>
            <th scope="row" role="rowheader">
                {name}
                <span class="sub">
                    <code>{begins}"…"</code>
                </span>
            </th>
            <td role="cell">{owner}</td>
            <td role="cell" class="row-state">
                <Badge word=word shape=shape tone=tone />
                {until.map(|at| view! { <span class="sub"><LocalTime at=at now=now /></span> })}
            </td>
            <td role="cell" data-label=tr!(locale, users.keys.columns.scope)>
                {scope_word(locale, scope)}
            </td>
            <td role="cell" data-label=tr!(locale, users.keys.columns.last_used)>
                {last_used} {last_address.map(|address| view! { <span class="sub">{address}</span> })}
            </td>
            <td role="cell" class="row-actions">
                {revoke}
            </td>
        </tr>
    }
}

/// What a scope is called.
fn scope_word(locale: Locale, scope: Scope) -> String {
    match scope {
        Scope::Read => tr!(locale, users.keys.scope.read),
        Scope::Write => tr!(locale, users.keys.scope.write),
        Scope::Admin => tr!(locale, users.keys.scope.admin),
    }
}
