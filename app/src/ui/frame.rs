//! The frame around every page: top bar, content.

use leptos::prelude::*;

/// Top bar and main content.
#[component]
pub fn Frame(
    /// The page.
    children: Children,
) -> impl IntoView {
    view! { <main class="page">{children()}</main> }
}
