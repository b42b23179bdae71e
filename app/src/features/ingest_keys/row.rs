//! One key, and how it is revoked.

use duplistatus::{
    dto::{Moment, key::KeyRow},
    ids::{KeyId, ServerId},
    units::thousands,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::api::{RevokeKey, RotateKey};
use crate::{
    locale::use_locale,
    tr,
    ui::badge::Badge,
    ui::disclosure::Disclosure,
    ui::{
        form::{
            plain_form::PlainForm,
            post_form::{Fields, PostForm},
        },
        icon::Shape,
        link::Link,
        relative_time::{LocalTime, RelativeTime},
    },
};

/// A row of the table.
#[component]
pub fn KeyTableRow(
    /// The key.
    key_row: KeyRow,
    /// When the data was asked for.
    now: Moment,
    /// Revokes it.
    revoke: ServerAction<RevokeKey>,
) -> impl IntoView {
    let locale = use_locale();
    let KeyRow { id, server, prefix, created, last_used, uses, revoked, expires, expired, redirected } =
        key_row;
    let server_name = server.as_ref().map(|(_, name)| name.clone());
    let (word, shape, tone) = match (revoked, expires, last_used) {
        (Some(_), ..) => (tr!(locale, keys.state.revoked), Shape::Pause, "idle"),
        (_, Some(_), _) if expired => (tr!(locale, keys.state.over), Shape::Pause, "idle"),
        (_, Some(_), _) => (tr!(locale, keys.state.replaced), Shape::Clock, "late"),
        (_, _, Some(_)) => (tr!(locale, keys.state.used), Shape::Tick, "ok"),
        _ => (tr!(locale, keys.state.waiting), Shape::Circle, "idle"),
    };
    let until = revoked.or(expires);
    let works = revoked.is_none() && !expired;
    let last_used = match last_used {
        Some(at) => view! { <RelativeTime at=at now=now /> }.into_any(),
        None => tr!(locale, common.never).into_any(),
    };
    let action = works.then(|| {
        view! {
            {expires.is_none().then(|| view! { <Rotate key_id=id prefix=prefix.clone() /> })}
            <Revoke key_id=id prefix=prefix.clone() server=server_name revoke=revoke />
        }
    });
    view! {
        <tr role="row" data-over=(!works).then_some("true")>
            <th scope="row" role="rowheader">
                <ServerName server=server />
            </th>
            <td role="cell">
                <code>{prefix.clone()}"…"</code>
            </td>
            <td role="cell" class="row-state">
                <Badge word=word shape=shape tone=tone />
                {until.map(|at| view! { <span class="sub"><LocalTime at=at now=now /></span> })}
                {redirected.map(|at| view! { <Redirected at=at now=now /> })}
            </td>
            <td role="cell" data-label=tr!(locale, keys.columns.created)>
                <LocalTime at=created now=now />
            </td>
            <td role="cell" data-label=tr!(locale, keys.columns.last_used)>
                {last_used}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, keys.columns.uses)>
                {thousands(uses)}
            </td>
            <td role="cell" class="row-actions">
                {action}
            </td>
        </tr>
    }
}

/// That reports with this key are lost on the way.
#[component]
fn Redirected(
    /// When one was.
    at: Moment,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <span class="sub">
            <Badge word=tr!(locale, keys.redirected) shape=Shape::Warning tone="late" />
            " "
            <RelativeTime at=at now=now />
            " "
            <Link to="/rejected" class="text-link">
                {tr!(locale, keys.redirected_why)}
            </Link>
        </span>
    }
}

/// For which server a key is.
#[component]
fn ServerName(
    /// The server; `None` is any.
    server: Option<(ServerId, String)>,
) -> impl IntoView {
    match server {
        Some((id, name)) => view! {
            <Link to=format!("/servers/{id}") class="key-server">
                {name}
            </Link>
        }
        .into_any(),
        None => view! { <span class="muted">{tr!(use_locale(), keys.any)}</span> }.into_any(),
    }
}

/// A new key in place of this one, which works on for a while.
#[component]
fn Rotate(
    /// Which key.
    key_id: KeyId,
    /// How it begins.
    prefix: String,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Disclosure label=tr!(locale, keys.rotate.ask) about=format!("{prefix}…")>
            <p>{tr!(locale, keys.rotate.what, prefix = prefix.clone())}</p>
            <PlainForm path=RotateKey::PATH quiet=true>
                <input type="hidden" name="key" value=key_id.to_string() />
                <input type="hidden" name="prefix" value=prefix />
                <button type="submit" class="btn" data-variant="primary">
                    {tr!(locale, keys.rotate.submit)}
                </button>
            </PlainForm>
        </Disclosure>
    }
}

fn read_revoke(fields: &Fields) -> Option<RevokeKey> {
    Some(RevokeKey { key: fields.text("key").parse().ok()?, prefix: fields.text("prefix") })
}

/// A question that names what will stop, and only then the button.
#[component]
fn Revoke(
    /// Which key.
    key_id: KeyId,
    /// How it begins.
    prefix: String,
    /// Its server.
    server: Option<String>,
    /// Revokes it.
    revoke: ServerAction<RevokeKey>,
) -> impl IntoView {
    let locale = use_locale();
    let consequence = match server {
        Some(name) => tr!(locale, keys.revoke.what, server = name, prefix = prefix.clone()),
        None => tr!(locale, keys.revoke.what_any, prefix = prefix.clone()),
    };
    view! {
        <Disclosure label=tr!(locale, keys.revoke.ask) about=format!("{prefix}…")>
            <p>{consequence}</p>
            <PostForm action=revoke read=read_revoke>
                <input type="hidden" name="key" value=key_id.to_string() />
                <input type="hidden" name="prefix" value=prefix />
                <button type="submit" class="btn" data-variant="danger">
                    {tr!(locale, keys.revoke.submit)}
                </button>
            </PostForm>
        </Disclosure>
    }
}
