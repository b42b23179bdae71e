//! A key that was just made: its address, once, and what Duplicati wants to be told.

use duplistatus::dto::{key::NewKey, public_address::loopback_host};
use leptos::prelude::*;

use super::{
    copy::{CopyBlock, CopyButton},
    icon::{Icon, Shape},
    notice::{Notice, Tone},
};
use crate::{locale::use_locale, tr};

/// Also worth setting: reports then carry the messages that people want to read.
const LOG_OPTIONS: &str = "--send-http-log-level=Information\n--send-http-max-log-lines=0";

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
    view! {
        <section class="card key-panel" aria-labelledby="key-panel-title">
            <h2 id="key-panel-title">
                <Icon shape=Shape::Tick />
                {tr!(locale, dashboard.key.title)}
            </h2>
            <p class="muted">
                {tr!(locale, dashboard.key.once)}
                {server.map(|server| format!(" {}", tr!(locale, dashboard.key.bound, server = server)))}
            </p>
            <CopyButton text=upload_url label=tr!(locale, dashboard.key.url) />
            {only_here.map(|host| view! { <OnlyHere host=host /> })}
            <h3>{tr!(locale, dashboard.key.new_options)}</h3>
            <p class="muted">{tr!(locale, dashboard.key.paste)}</p>
            <CopyBlock text=new_options label=tr!(locale, dashboard.key.new_options) />
            <details>
                <summary>{tr!(locale, dashboard.key.old_options)}</summary>
                <CopyBlock text=old_options label=tr!(locale, dashboard.key.old_options) />
            </details>
        </section>
    }
}

/// Says that an address leads to the machine on which it is used.
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

/// In place of a key whose secret was shown already, or whose time is over.
#[component]
pub fn KeyGone() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Notice tone=Tone::Warn title=tr!(locale, dashboard.key.gone)>
            <p>{tr!(locale, dashboard.key.gone_text)}</p>
        </Notice>
    }
}
