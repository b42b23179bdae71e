//! Choices as links: the URL has the selection.

use leptos::prelude::*;

use super::{
    icon::{Icon, Shape},
    link::Link,
};

/// One of several choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its text.
    pub label: String,
    /// Path inside the application that selects it.
    pub to: String,
    /// Whether it is selected.
    pub current: bool,
}

/// Several choices side by side, one of which is selected.
#[component]
pub fn Segmented(
    /// The name of the group.
    #[prop(into)]
    label: String,
    /// The choices.
    choices: Vec<Segment>,
) -> impl IntoView {
    let items = choices
        .into_iter()
        .map(|Segment { label, to, current }| {
            // Reserves the width of the bold text.
            let width = label.clone();
            view! {
                <li>
                    <Link to=to current=current stay=true>
                        <span class="segment" data-label=width>
                            {label}
                        </span>
                    </Link>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <ul class="segmented" role="list" aria-label=label>
            {items}
        </ul>
    }
}

/// A filter link.
#[component]
pub fn Chip(
    /// Path inside the application that sets the filter.
    #[prop(into)]
    to: String,
    /// Whether it is set.
    #[prop(optional)]
    current: bool,
    /// A shape before the text.
    #[prop(optional)]
    shape: Option<Shape>,
    /// `data-tone` of the shape.
    #[prop(optional)]
    tone: Option<&'static str>,
    /// The text.
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="chip"
            href=crate::context::url::href(&to)
            aria-current=current.then_some("true")
            data-tone=tone
            data-noscroll="true"
        >
            {shape.map(|shape| view! { <Icon shape=shape /> }.into_any())}
            <span class="chip-text">{children()}</span>
        </a>
    }
}
