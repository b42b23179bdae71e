//! A new key: its upload address, shown once, and the options for Duplicati.

use duplistatus::dto::{key::NewKey, public_address::loopback_host};
use leptos::prelude::*;

use super::{
    copy::{CopyBlock, CopyButton},
    notice::{Notice, Tone},
    one_time_secret::{OneTime, OneTimeSecret},
};
use crate::{locale::use_locale, tr};

/// Recommended options, with which reports include all log messages.
const LOG_OPTIONS: &str = "--send-http-log-level=Information\n--send-http-max-log-lines=0";

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
    let locale = use_locale();
    let NewKey { server, upload_url, .. } = key;
    let new_options = format!("--send-http-json-urls={upload_url}\n{LOG_OPTIONS}");
    let old_options =
        format!("--send-http-url={upload_url}\n--send-http-result-output-format=Json\n{LOG_OPTIONS}");
    let only_here = loopback_host(&upload_url).map(ToOwned::to_owned);
    let bound = server.map(|server| format!(" {}", tr!(locale, dashboard.key.bound, server = server)));
    let once = tr!(locale, dashboard.key.once) + bound.as_deref().unwrap_or_default();
    view! {
        <OneTimeSecret id="key-panel-title" title=tr!(locale, dashboard.key.title) what=once>
            <CopyButton text=upload_url label=tr!(locale, dashboard.key.url) />
            {only_here.map(|host| view! { <OnlyHere host=host /> })}
            <h3>{tr!(locale, dashboard.key.new_options)}</h3>
            <p class="muted">{tr!(locale, dashboard.key.paste)}</p>
            <CopyBlock text=new_options label=tr!(locale, dashboard.key.new_options) />
            <details>
                <summary>{tr!(locale, dashboard.key.old_options)}</summary>
                <CopyBlock text=old_options label=tr!(locale, dashboard.key.old_options) />
            </details>
        </OneTimeSecret>
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
