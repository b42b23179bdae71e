//! The HTML document around the application: only the server renders it.
//!
//! Leptos' own `HydrationScripts` looks for `hash.txt` beside the executable; this program carries its files inside
//! itself, so [`shell`] gets their paths from the server instead.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use leptos_router::location::RequestUrl;

use crate::{
    base_path::use_base_path,
    live::Revision,
    locale::{embedded, use_locale},
    pages::late::LatePage,
    routes::App,
    ui::theme::use_theme,
    visitor::use_visitor,
};

/// Paths of the site's files, without the base path.
#[derive(Debug, Clone, Copy)]
pub struct SiteFiles {
    /// The script that loads the wasm file.
    pub js: &'static str,
    /// The application in wasm.
    pub wasm: &'static str,
    /// The style sheet.
    pub css: &'static str,
    /// The script that loads the second wasm file.
    pub late_js: &'static str,
    /// The second wasm file, with the pages of [`LatePage`].
    pub late_wasm: &'static str,
}

/// Scheme and host under which this request reached the program, as `https://example.org`.
#[derive(Debug, Clone)]
pub struct Origin(pub String);

/// The URL to which a key's reports are sent.
pub fn upload_url(secret: &str) -> String {
    let origin = use_context::<Origin>().map(|origin| origin.0).unwrap_or_default();
    format!("{origin}{}", use_base_path().url(&format!("/api/upload/{secret}")))
}

/// The whole document of one page.
pub fn shell(files: SiteFiles) -> impl IntoView {
    let base = use_base_path();
    let locale = use_locale();
    let nonce = use_nonce();
    let revision = use_context::<Revision>().unwrap_or_default().0.to_string();
    let [js, wasm, css] = [files.js, files.wasm, files.css].map(|path| base.url(path));
    let [late_js, late_wasm] = [files.late_js, files.late_wasm].map(|path| base.url(path));
    // The context holds a whole URL, with a made-up host.
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    let is_late =
        url.is_some_and(|url| url.path().strip_prefix(base.as_str()).is_some_and(LatePage::answers));
    // Both paths are our own file names: nothing in them needs escaping in a script.
    let start =
        format!("import('{js}').then(m=>m.default({{module_or_path:'{wasm}'}}).then(()=>m.hydrate()))");
    let visitor = use_visitor();
    view! {
        <!DOCTYPE html>
        <html
            lang=locale.to_string()
            data-base=base.as_str().to_owned()
            data-revision=revision
            data-theme=use_theme().as_str()
            data-visitor=visitor.name
            data-user=visitor.user
            data-proven=visitor.proven.then_some("true")
            data-second-factor=visitor.second_factor.then_some("true")
            data-way-in=visitor.way_in
            data-role=visitor.role.map(duplistatus::access::Role::as_str)
            data-demo=visitor.demo.then_some("true")
            data-dates=visitor.dates.as_str()
            data-zone=visitor.zone.as_ref().map(|(name, _)| name.clone())
            data-offset=visitor.zone.as_ref().map(|(_, offset)| offset.to_string())
            data-trouble=visitor.trouble.map(duplistatus::dto::health::Trouble::as_str)
        >
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=css />
                <link rel="icon" href=base.url("/favicon.svg") type="image/svg+xml" id="favicon" />
                <link rel="manifest" href=base.url("/manifest.webmanifest") />
                <link rel="modulepreload" href=js.clone() />
                <link rel="modulepreload" href=late_js />
                <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="" />
                {is_late.then(|| view! {
                    <link rel="preload" href=late_wasm r#as="fetch" r#type="application/wasm" crossorigin="" />
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
