//! The entry point in the browser: loads the translations, then hydrates the page that the server rendered.

#![recursion_limit = "512"]

use app::{
    context::{base_path::BasePath, viewer::Viewer},
    live::Revision,
    locale::language_of,
    shell::lazy_page,
};
use leptos::prelude::*;

/// Called by the page's script after the wasm file is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    app::locale::init();
    let attribute = |name: &str| document().document_element().and_then(|html| html.get_attribute(name));
    let base = attribute("data-base").unwrap_or_default();
    let language = language_of(&attribute("lang").unwrap_or_default());
    let viewer = Viewer::from_attributes(attribute);
    let revision = attribute("data-revision").and_then(|text| text.parse().ok()).unwrap_or_default();
    // Before hydration, not during it: what the server rendered must not change meanwhile.
    if !lazy_page::is_ready_for(&base).await {
        return;
    }
    // The paths of server functions are fixed at compile time; only a prefix can be added. Leaked once, for
    // the lifetime of the page.
    server_fn::client::set_server_url(Box::leak(base.clone().into_boxed_str()));
    hydrate_body(move || {
        provide_context(BasePath::new(&base));
        provide_context(Revision(revision));
        provide_context(language);
        provide_context(viewer);
        app::App()
    });
}
