//! Choices as links: what is chosen is in the URL.

use leptos::prelude::*;

use super::{
    icon::{Icon, Shape},
    link::Link,
};

/// One of a few choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What it is called.
    pub label: String,
    /// Path inside the application that makes the choice.
    pub to: String,
    /// Whether it is in force.
    pub current: bool,
}

/// A few choices of which one is in force, side by side.
#[component]
pub fn Segmented(
    /// What is chosen.
    #[prop(into)]
    label: String,
    /// The choices.
    choices: Vec<Segment>,
) -> impl IntoView {
    let items = choices
        .into_iter()
        .map(|Segment { label, to, current }| {
            // Kept as wide as it is when it is bold.
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

/// A filter.
#[component]
pub fn Chip(
    /// Path inside the application that sets the filter.
    #[prop(into)]
    to: String,
    /// Whether it is in force.
    #[prop(optional)]
    current: bool,
    /// A shape before the words.
    #[prop(optional)]
    shape: Option<Shape>,
    /// `data-tone` of the shape.
    #[prop(optional)]
    tone: Option<&'static str>,
    /// The words.
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
