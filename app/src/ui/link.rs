//! Links inside the application, right at `/` and under a base path, with JavaScript off and on.
//!
//! The router's own `<A>` leaves a path that begins with `/` as it is, so under a base path it would leave the
//! application. Here every path gets the prefix; the router listens to clicks on any `<a>` and takes over the plain ones.

use leptos::prelude::*;

use crate::context::url::href;

/// An internal link.
#[component]
pub fn Link(
    /// Path inside the application, with its query.
    #[prop(into)]
    to: String,
    /// Class of the element.
    #[prop(optional, into)]
    class: Option<String>,
    /// Whether this is the choice that is in force (`aria-current="true"`).
    #[prop(optional)]
    current: bool,
    /// Whether the page stays where it is scrolled to: for filters and sorting.
    #[prop(optional)]
    stay: bool,
    /// What the link shows.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href(&to) class=class aria-current=current.then_some("true") data-noscroll=stay>
            {children()}
        </a>
    }
}
