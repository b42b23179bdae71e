//! Pages for people and screens that are not signed in: the kiosk page and status pages. The server renders them whole, without the frame and
//! the code of the application, so they work in every browser and lead nowhere.

use leptos::prelude::*;

use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::verdict_word,
        icon::{Icon, Shape, verdict_tone},
    },
};

pub mod kiosk;
pub mod status;
#[cfg(test)]
mod tests;
pub mod words;

use duplistatus::verdict::Verdict;

/// Where the document finds its files.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// The style sheet.
    pub css: String,
    /// The icon.
    pub icon: String,
    /// The script that keeps a kiosk page up to date.
    pub script: String,
}

/// Seconds after which a kiosk page without JavaScript loads itself again.
const REFRESH: &str = "30";

/// Returns a document. `kiosk` follows what is stored.
fn document(files: Files, title: String, is_kiosk: bool, body: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new();
    owner.with(move || {
        let locale = use_locale();
        let Files { css, icon, script } = files;
        let follow = is_kiosk.then(|| {
            view! {
                <noscript>
                    <meta http-equiv="refresh" content=REFRESH />
                </noscript>
                <script src=script defer=true></script>
            }
        });
        let kind = if is_kiosk { "kiosk" } else { "status-page" };
        let page = view! {
            <!DOCTYPE html>
            <html lang=locale.to_string() data-theme="system" data-page=kind>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <meta name="robots" content="noindex, nofollow" />
                    <title>{title}</title>
                    <link rel="stylesheet" href=css />
                    <link rel="icon" href=icon type="image/svg+xml" />
                    {follow}
                </head>
                <body class=kind>{body()}</body>
            </html>
        };
        page.to_html()
    })
}

/// A state as shape, colour and word.
fn state(locale: Locale, verdict: Verdict) -> AnyView {
    view! {
        <span class="public-state" data-tone=verdict_tone(verdict)>
            <Icon shape=Shape::of_verdict(verdict) />
            {verdict_word(locale, verdict)}
        </span>
    }
    .into_any()
}

/// Returns the page for an address that opens nothing, or nothing now.
pub fn nothing_here(files: Files) -> String {
    let title = tr!(use_locale(), public.missing);
    document(files, title.clone(), false, move || {
        view! {
            <main>
                <h1>{title}</h1>
                <p>{tr!(use_locale(), public.missing_what)}</p>
            </main>
        }
        .into_any()
    })
}
