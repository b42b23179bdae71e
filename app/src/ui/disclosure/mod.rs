//! Panels that open and close. An action that cannot be undone is in one, so that it needs more than one click.
//!
//! A panel is open at first if a form in it failed: what has to be corrected is visible. What a user opened stays open when the page
//! gets new data.

use leptos::prelude::*;

use super::form::failure::watched;

/// A heading that opens what is below it. Works without JavaScript.
#[component]
pub fn Details(
    /// What is always visible.
    summary: AnyView,
    /// Its class.
    #[prop(optional)]
    summary_class: &'static str,
    /// Whether it asks about something that is lost.
    #[prop(optional)]
    danger: bool,
    /// Class of the whole.
    #[prop(optional)]
    class: &'static str,
    /// Id of the whole.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Whether it is open at first.
    #[prop(optional)]
    open: bool,
    /// What is opened.
    children: Children,
) -> impl IntoView {
    let (content, has_failed) = watched(children);
    let summary_class = (!summary_class.is_empty()).then_some(summary_class);
    let class = (!class.is_empty()).then_some(class);
    let inside = view! {
        <summary class=summary_class data-variant=danger.then_some("danger")>{summary}</summary>
        {content}
    };
    // Without the attribute where it is closed at first: with one, a list that changes would close what somebody opened.
    if open || has_failed {
        view! {
            <details class=class id=id open=true>
                {inside}
            </details>
        }
        .into_any()
    } else {
        view! {
            <details class=class id=id>
                {inside}
            </details>
        }
        .into_any()
    }
}

/// A button and its panel.
#[component]
pub fn Disclosure(
    /// The text of the button.
    #[prop(into)]
    label: String,
    /// What the button refers to, for screen readers: the text is the same in every row.
    #[prop(optional, into)]
    about: String,
    /// Additional class of the panel.
    #[prop(optional)]
    class: &'static str,
    /// Whether it is open at first.
    #[prop(optional)]
    open: bool,
    /// The content of the panel.
    children: Children,
) -> impl IntoView {
    let about = (!about.is_empty()).then(|| view! { <span class="visually-hidden">" "{about}</span> });
    let summary = view! { {label} {about} }.into_any();
    view! {
        <Details summary=summary summary_class="btn" class="disclosure" open=open>
            <div class=format!("disclosure-panel card {class}")>{children()}</div>
        </Details>
    }
}
