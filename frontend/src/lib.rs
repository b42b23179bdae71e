//! The browser's entry point: takes over the translations, then the page that the server rendered.

#![recursion_limit = "512"]

use app::{base_path::BasePath, live::Revision};
use leptos::{mount::hydrate_lazy, prelude::*};

/// Called by the page's script once the wasm file is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    app::locale::init();
    let attribute = |name: &str| document().document_element().and_then(|html| html.get_attribute(name));
    let base = attribute("data-base").unwrap_or_default();
    let revision = attribute("data-revision").and_then(|text| text.parse().ok()).unwrap_or_default();
    // Server functions are called at paths fixed at compile time: the prefix is all that can be put in front.
    // Leaked once, for the life of the page.
    server_fn::client::set_server_url(Box::leak(base.clone().into_boxed_str()));
    // Not `hydrate_body`: the code of this page may have to be loaded first.
    hydrate_lazy(move || {
        provide_context(BasePath::new(&base));
        provide_context(Revision(revision));
        app::App()
    });
}
