//! Page.

use leptos::prelude::*;

/// The page.
#[component]
pub fn KeysPage() -> impl IntoView {
    view! { <h1>"KeysPage"</h1> }
}
