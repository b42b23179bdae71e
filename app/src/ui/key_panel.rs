//! A new key: its upload address, shown once, and the options for Duplicati.

use duplistatus::dto::{key::NewKey, public_address::loopback_host};
use leptos::prelude::*;

use super::{
    copy::{CopyBlock, CopyButton},
    notice::{Notice, Tone},
    one_time_secret::{OneTime, OneTimeSecret},
};
use crate::{locale::use_locale, tr};

/// Recommended options, with which all operations are reported, with all log messages.
const ALL_OPERATIONS: &str = "--send-http-any-operation=true";
const LOG_OPTIONS: &str = "--send-http-log-level=Information\n--send-http-max-log-lines=0";

/// Ways to set the options, each as a text to copy.
struct Options {
    /// Duplicati 2.3.1 and newer, which also send live status.
    live: String,
    /// Duplicati 2.1 to 2.3.0: later options would add a warning to each run.
    json: String,
    /// Duplicati 2.0.
    text: String,
    /// A command for Duplicati's REST API.
    command: String,
    /// A `preload.json`.
    preload: String,
}

impl Options {
    fn new(upload_url: &str) -> Self {
        let json = format!("--send-http-json-urls={upload_url}\n{ALL_OPERATIONS}\n{LOG_OPTIONS}");
        let status_url = status_url(upload_url);
        let object = format!(
            r#"{{"--send-http-json-urls": "{upload_url}", "--send-http-any-operation": "true", "--http-report-status-url": "{status_url}"}}"#
        );
        Self {
            live: format!("{json}\n--http-report-status-url={status_url}"),
            json,
            text: format!(
                "--send-http-url={upload_url}\n--send-http-result-output-format=Json\n{ALL_OPERATIONS}\n{LOG_OPTIONS}"
            ),
            command: format!(
                "curl -X PATCH http://localhost:8200/api/v1/serversettings \\\n  -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' \\\n  --data '{object}'"
            ),
            preload: format!(r#"{{"db": {{"server": {object}}}}}"#),
        }
    }
}

/// The address for live status that belongs to an upload address.
fn status_url(upload_url: &str) -> String {
    match upload_url.rsplit_once("/upload/") {
        Some((before, key)) => format!("{before}/status/{key}"),
        None => upload_url.to_owned(),
    }
}

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
    let Options { live, json, text, command, preload } = Options::new(&upload_url);
    let only_here = loopback_host(&upload_url).map(ToOwned::to_owned);
    let bound = server.map(|server| format!(" {}", tr!(locale, dashboard.key.bound, server = server)));
    let once = tr!(locale, dashboard.key.once) + bound.as_deref().unwrap_or_default();
    view! {
        <OneTimeSecret id="key-panel-title" title=tr!(locale, dashboard.key.title) what=once>
            <CopyButton text=upload_url label=tr!(locale, dashboard.key.url) />
            {only_here.map(|host| view! { <OnlyHere host=host /> })}
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
        </OneTimeSecret>
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn options_are_the_forms_that_duplicati_reads() {
        let url = "https://backup.example/upload/base/api/upload/k7";
        let Options { live, json, text, command, preload } = Options::new(url);
        assert!(
            live.ends_with("\n--http-report-status-url=https://backup.example/upload/base/api/status/k7")
        );
        assert!(live.starts_with(&json) && !json.contains("status-url") && !text.contains("json-urls"));
        let preload: serde_json::Value = serde_json::from_str(&preload).unwrap();
        let server = &preload["db"]["server"];
        assert_eq!(server["--send-http-json-urls"], url);
        assert_eq!(server["--send-http-any-operation"], "true");
        let (_, data) = command.split_once("--data '").unwrap();
        let data: serde_json::Value = serde_json::from_str(data.trim_end_matches('\'')).unwrap();
        assert_eq!(&data, server);
    }
}
