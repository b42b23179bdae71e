//! Page.

use leptos::prelude::*;

/// The page.
#[component]
pub fn DashboardPage() -> impl IntoView {
    view! { <h1>"DashboardPage"</h1> }
}
