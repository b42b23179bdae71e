//! Internal links, which work at `/` and under a base path, with and without JavaScript.
//!
//! The router's own `<A>` does not change a path that begins with `/`, so under a base path it would leave the
//! application. Here every path gets the prefix; the router handles clicks on any `<a>`.

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
    /// Whether this is the selected choice (`aria-current="true"`).
    #[prop(optional)]
    current: bool,
    /// Whether the scroll position stays, as for filters and sorting.
    #[prop(optional)]
    stay: bool,
    /// The content of the link.
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href(&to) class=class aria-current=current.then_some("true") data-noscroll=stay>
            {children()}
        </a>
    }
}
