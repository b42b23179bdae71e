//! Page.

use leptos::prelude::*;

/// The page.
#[component]
pub fn RejectedReportsPage() -> impl IntoView {
    view! { <h1>"RejectedReportsPage"</h1> }
}
