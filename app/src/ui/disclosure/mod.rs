//! A panel that a button opens: what would happen, and the form that does it. Nothing that cannot be undone is one click away.

use leptos::prelude::*;

/// A button and its panel. Works without JavaScript.
#[component]
pub fn Disclosure(
    /// What the button says.
    #[prop(into)]
    label: String,
    /// What it is about, for those who hear the page: the button says the same in every row.
    #[prop(optional, into)]
    about: String,
    /// Further class of the panel.
    #[prop(optional)]
    class: &'static str,
    /// What is in the panel.
    children: Children,
) -> impl IntoView {
    let about = (!about.is_empty()).then(|| view! { <span class="visually-hidden">" "{about}</span> });
    view! {
        <details class="disclosure">
            <summary class="btn">{label} {about}</summary>
            <div class=format!("disclosure-panel card {class}")>{children()}</div>
        </details>
    }
}
