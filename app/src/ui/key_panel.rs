//! A key that was just made: its address, once, and what Duplicati wants to be told.

use duplistatus::dto::key::NewKey;
use leptos::prelude::*;

use super::{
    copy::CopyButton,
    icon::{Icon, Shape},
    notice::{Notice, Tone},
};
use crate::{locale::use_locale, tr};

/// The upload address with the options for Duplicati.
#[component]
pub fn KeyPanel(
    /// The key.
    key: NewKey,
) -> impl IntoView {
    let locale = use_locale();
    let NewKey { server, upload_url, .. } = key;
    let new_options = format!("--send-http-json-urls={upload_url}");
    let old_options = format!("--send-http-url={upload_url}");
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
            <h3>{tr!(locale, dashboard.key.new_options)}</h3>
            <CopyButton text=new_options label=tr!(locale, dashboard.key.new_options) />
            <h3>{tr!(locale, dashboard.key.old_options)}</h3>
            <CopyButton text=old_options label=tr!(locale, dashboard.key.old_options) />
            <CopyButton
                text="--send-http-result-output-format=Json"
                label=tr!(locale, dashboard.key.old_options)
            />
            <h3>{tr!(locale, dashboard.key.log_options)}</h3>
            <p class="muted">{tr!(locale, dashboard.key.log_hint)}</p>
            <CopyButton text="--send-http-log-level=Information" label=tr!(locale, dashboard.key.log_options) />
            <CopyButton text="--send-http-max-log-lines=0" label=tr!(locale, dashboard.key.log_options) />
        </section>
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
