//! The person's API keys.

use duplistatus::{
    access::Scope,
    dto::{
        Moment,
        user::{ApiKeyRow, OneTimeSecret},
    },
    ids::ApiKeyId,
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    api::RevokeApiKey,
    completed::{Completed, Part},
    create_key::CreateKey,
    new_key::NewKey,
    section::Section,
};
use crate::{
    context::base_path::use_base_path,
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::disclosure::Disclosure,
    ui::{
        form::plain_form::{Failed, form_error},
        keyed::keyed,
        one_time_secret::OneTime,
        relative_time::RelativeTime,
    },
};

/// The section.
#[component]
pub fn ApiKeysSection(
    /// The keys, newest first.
    keys: Vec<ApiKeyRow>,
    /// Scopes that the person's keys can have.
    scopes: Vec<Scope>,
    /// A key that was just made.
    new_key: OneTime<OneTimeSecret>,
    /// When the data was asked for.
    now: Moment,
    /// What was done on the page.
    done: Option<Completed>,
) -> impl IntoView {
    let locale = use_locale();
    let list = if keys.is_empty() {
        view! { <p class="muted">{tr!(locale, account.keys.empty)}</p> }.into_any()
    } else {
        let rows = keyed(keys, |key| key.id, move |key| view! { <Key key_row=key now=now /> });
        view! {
            <ul class="account-rows" role="list">
                {rows}
            </ul>
        }
        .into_any()
    };
    view! {
        <Section part=Part::ApiKeys done=done>
            <NewKey shown=new_key />
            <p class="muted">{tr!(locale, account.keys.what)}</p>
            {form_error(RevokeApiKey::PATH).map(|error| view! { <Failed error=error /> })}
            {list}
            <CreateKey scopes=scopes />
        </Section>
    }
}

/// One key.
#[component]
fn Key(
    /// The key.
    key_row: ApiKeyRow,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let until = end_words(locale, &key_row, now);
    let ApiKeyRow { id, name, prefix, scope, expired, last_used, last_address, revoked, .. } = key_row;
    let works = revoked.is_none() && !expired;
    let used = match last_used {
        Some(at) => view! {
            {tr!(locale, account.keys.used)}
            " "
            <RelativeTime at=at now=now />
            {last_address.map(|address| format!(" {}", tr!(locale, account.keys.from, address = address)))}
        }
        .into_any(),
        None => tr!(locale, account.keys.unused).into_any(),
    };
    view! {
        <li data-over=(!works).then_some("true")>
            <div class="account-row">
                <p class="account-row-name">
                    {name.clone()} <code class="muted small">{prefix.clone()} "…"</code>
                    <span class="tag">{scope_word(locale, scope)}</span>
                </p>
                <p class="muted small">{until} " · " {used}</p>
            </div>
            {works.then(|| view! { <Revoke key_id=id prefix=prefix.clone() name=name /> })}
        </li>
    }
}

/// Until when a key works, or worked.
fn end_words(locale: Locale, key: &ApiKeyRow, now: Moment) -> String {
    let when = |at: Moment| calendar_time(locale, at, now);
    match (key.revoked, key.expires) {
        (Some(at), _) => tr!(locale, account.keys.revoked, when = when(at)),
        (None, Some(at)) if key.expired => tr!(locale, account.keys.expired, when = when(at)),
        (None, Some(at)) => tr!(locale, account.keys.expires, when = when(at)),
        (None, None) => tr!(locale, account.keys.no_end),
    }
}

fn scope_word(locale: Locale, scope: Scope) -> String {
    match scope {
        Scope::Read => tr!(locale, account.keys.scope_words.read),
        Scope::Write => tr!(locale, account.keys.scope_words.write),
        Scope::Admin => tr!(locale, account.keys.scope_words.admin),
    }
}

/// A question that names what will stop, and only then the button.
#[component]
fn Revoke(
    /// Which key.
    key_id: ApiKeyId,
    /// How it begins.
    prefix: String,
    /// What it is called.
    name: String,
) -> impl IntoView {
    let locale = use_locale();
    let action = format!("{}#{}", RevokeApiKey::PATH, Part::ApiKeys.id());
    view! {
        <Disclosure label=tr!(locale, account.keys.revoke)>
            <p>{tr!(locale, account.keys.revoke_what, name = name)}</p>
            <form method="post" action=use_base_path().url(&action)>
                <input type="hidden" name="key" value=key_id.to_string() />
                <input type="hidden" name="prefix" value=prefix />
                <button type="submit" class="btn" data-variant="danger">
                    {tr!(locale, account.keys.revoke_submit)}
                </button>
            </form>
        </Disclosure>
    }
}
