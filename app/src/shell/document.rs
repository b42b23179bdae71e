//! The HTML document around the application, rendered only on the server.
//!
//! Leptos' own `HydrationScripts` looks for `hash.txt` next to the executable. This program embeds its files, so
//! [`shell`] receives their paths from the server instead.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use leptos_router::location::RequestUrl;

use super::{app::App, lazy_page::is_lazy};
use crate::{
    context::{base_path::use_base_path, theme::use_theme, viewer::use_viewer},
    live::Revision,
    locale::{embedded, use_locale},
};

/// Paths of the site's files, without the base path.
#[derive(Debug, Clone, Copy)]
pub struct SiteFiles {
    /// The script that loads the main wasm file.
    pub js: &'static str,
    /// The main wasm file.
    pub wasm: &'static str,
    /// The style sheet.
    pub css: &'static str,
    /// The script that loads the second wasm file.
    pub lazy_js: &'static str,
    /// The second wasm file, with the pages of [`lazy_page`](super::lazy_page).
    pub lazy_wasm: &'static str,
}

/// Returns the whole document of a page.
pub fn shell(files: SiteFiles) -> impl IntoView {
    let base = use_base_path();
    let locale = use_locale();
    let nonce = use_nonce();
    let revision = use_context::<Revision>().unwrap_or_default().0.to_string();
    let [js, wasm, css] = [files.js, files.wasm, files.css].map(|path| base.url(path));
    let [lazy_js, lazy_wasm] = [files.lazy_js, files.lazy_wasm].map(|path| base.url(path));
    // The context has a whole URL with a placeholder host.
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    let needs_lazy = url.is_some_and(|url| url.path().strip_prefix(base.as_str()).is_some_and(is_lazy));
    // Both paths are our own file names, so nothing needs escaping in the script.
    let start =
        format!("import('{js}').then(m=>m.default({{module_or_path:'{wasm}'}}).then(()=>m.hydrate()))");
    let viewer = use_viewer();
    view! {
        <!DOCTYPE html>
        <html
            lang=locale.to_string()
            data-base=base.as_str().to_owned()
            data-revision=revision
            data-theme=use_theme().as_str()
            data-viewer=viewer.name
            data-user=viewer.user
            data-proven=viewer.proven.then_some("true")
            data-second-factor=viewer.second_factor.then_some("true")
            data-way-in=viewer.sign_in_url
            data-role=viewer.role.map(duplistatus::access::Role::as_str)
            data-demo=viewer.demo.then_some("true")
            data-dates=viewer.dates.as_str()
            data-zone=viewer.zone.as_ref().map(|(name, _)| name.clone())
            data-offset=viewer.zone.as_ref().map(|(_, offset)| offset.to_string())
            data-system-problem=viewer.system_problem.map(duplistatus::dto::health::SystemProblem::as_str)
            data-failing=viewer.failing
        >
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=css />
                <link rel="icon" href=base.url("/favicon.svg") type="image/svg+xml" id="favicon" />
                <link rel="manifest" href=base.url("/manifest.webmanifest") />
                <link rel="modulepreload" href=js.clone() />
                <link rel="modulepreload" href=lazy_js />
                <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="" />
                {needs_lazy.then(|| view! {
                    <link rel="preload" href=lazy_wasm r#as="fetch" r#type="application/wasm" crossorigin="" />
                })}
                <script nonce=nonce.clone() inner_html=embedded(locale)></script>
                <script type="module" nonce=nonce inner_html=start></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
