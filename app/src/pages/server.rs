//! Page.

use leptos::prelude::*;

/// The page.
#[component]
pub fn ServerPage() -> impl IntoView {
    view! { <h1>"ServerPage"</h1> }
}
