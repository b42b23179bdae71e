//! Page.

use leptos::prelude::*;

/// The page.
#[component]
pub fn RunPage() -> impl IntoView {
    view! { <h1>"RunPage"</h1> }
}

/// The raw page.
#[component]
pub fn RawReportPage() -> impl IntoView {
    view! { <h1>"raw"</h1> }
}
