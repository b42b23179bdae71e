//! A raised surface.

use leptos::prelude::*;

/// A section on a raised surface, with a name for users who navigate by sections.
#[component]
pub fn Card(
    /// Its name.
    #[prop(into)]
    label: String,
    /// Additional classes.
    #[prop(optional, into)]
    class: String,
    /// Whether its content has padding.
    #[prop(optional)]
    pad: bool,
    /// Its content.
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("card {class}").trim_end().to_owned() data-pad=pad aria-label=label>
            {children()}
        </section>
    }
}
