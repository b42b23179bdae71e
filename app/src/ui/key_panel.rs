//! A new key: its upload address, shown once, and the options for Duplicati.

use duplistatus::{
    dto::{key::NewKey, public_address::loopback_host},
    duplicati_options,
};
use leptos::prelude::*;

use super::{
    copy::{CopyBlock, CopyButton},
    notice::{Notice, Tone},
    one_time_secret::{OneTime, OneTimeSecret},
};
use crate::{locale::use_locale, tr};

/// The key of a page that can have just created one.
#[component]
pub fn ShownKey(
    /// The key.
    shown: OneTime<NewKey>,
) -> impl IntoView {
    let locale = use_locale();
    shown.show(tr!(locale, dashboard.key.gone), tr!(locale, dashboard.key.gone_text), |key| {
        view! { <KeyPanel key=key /> }
    })
}

/// The upload address with the options for Duplicati, as one block to paste.
#[component]
pub fn KeyPanel(
    /// The key.
    key: NewKey,
) -> impl IntoView {
    let upload_url = key.upload_url.clone();
    address(key, move || view! { <KeyOptions upload_url=upload_url /> }.into_any())
}

/// The upload address alone.
#[component]
pub fn KeyAddress(
    /// The key.
    key: NewKey,
) -> impl IntoView {
    address(key, || ().into_any())
}

fn address(key: NewKey, more: impl FnOnce() -> AnyView + Send + 'static) -> impl IntoView {
    let locale = use_locale();
    let NewKey { server, upload_url, .. } = key;
    let only_here = loopback_host(&upload_url).map(ToOwned::to_owned);
    let bound = server.map(|server| format!(" {}", tr!(locale, dashboard.key.bound, server = server)));
    let once = tr!(locale, dashboard.key.once) + bound.as_deref().unwrap_or_default();
    view! {
        <OneTimeSecret id="key-panel-title" title=tr!(locale, dashboard.key.title) what=once>
            <CopyButton text=upload_url label=tr!(locale, dashboard.key.url) />
            {only_here.map(|host| view! { <OnlyHere host=host /> })}
            {more()}
        </OneTimeSecret>
    }
}

/// The options for Duplicati, and what can be wrong.
#[component]
pub fn KeyOptions(
    /// The upload address.
    upload_url: String,
) -> impl IntoView {
    let locale = use_locale();
    let object = duplicati_options::object(&upload_url, true);
    let command = format!(
        "curl -X PATCH http://localhost:8200/api/v1/serversettings \\\n  -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' \\\n  --data '{object}'"
    );
    let live = duplicati_options::lines(&upload_url, true);
    let json = duplicati_options::lines(&upload_url, false);
    let text = duplicati_options::old_lines(&upload_url);
    let preload = duplicati_options::preload(&upload_url, true);
    view! {
        <h3>{tr!(locale, dashboard.key.new_options)}</h3>
        <p class="muted">{tr!(locale, dashboard.key.paste)}</p>
        <CopyBlock text=live label=tr!(locale, dashboard.key.new_options) />
        <Other title=tr!(locale, dashboard.key.json_options)>
            <CopyBlock text=json label=tr!(locale, dashboard.key.json_options) />
        </Other>
        <Other title=tr!(locale, dashboard.key.old_options)>
            <CopyBlock text=text label=tr!(locale, dashboard.key.old_options) />
        </Other>
        <Other title=tr!(locale, dashboard.key.fleet)>
            <p class="muted">{tr!(locale, dashboard.key.command_what)}</p>
            <CopyBlock text=command label=tr!(locale, dashboard.key.command) />
            <p class="muted">{tr!(locale, dashboard.key.preload_what)}</p>
            <CopyBlock text=preload label=tr!(locale, dashboard.key.preload) />
        </Other>
        <Other title=tr!(locale, dashboard.key.wrong)>
            <ul class="muted key-wrong">
                <li>{tr!(locale, dashboard.key.wrong_job)}</li>
                <li>{tr!(locale, dashboard.key.wrong_text)}</li>
                <li>{tr!(locale, dashboard.key.wrong_redirect)}</li>
                <li>{tr!(locale, dashboard.key.wrong_level)}</li>
                <li>{tr!(locale, dashboard.key.wrong_several)}</li>
            </ul>
        </Other>
    }
}

/// Another way to set the options, closed at first.
#[component]
fn Other(
    /// Its name.
    title: String,
    /// Its content.
    children: Children,
) -> impl IntoView {
    view! {
        <details>
            <summary>{title}</summary>
            {children()}
        </details>
    }
}

/// Says that an address only works on the machine itself.
#[component]
pub fn OnlyHere(
    /// Its host.
    host: String,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Notice tone=Tone::Warn title=tr!(locale, security.reach.here)>
            <p>{tr!(locale, security.reach.here_what, address = host)}</p>
        </Notice>
    }
}
