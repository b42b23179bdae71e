//! A panel opened by a button: it explains an action and has its form, so that permanent actions need more than one click.

use leptos::prelude::*;

/// A button and its panel. Works without JavaScript.
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
    let content = view! {
        <summary class="btn">{label} {about}</summary>
        <div class=format!("disclosure-panel card {class}")>{children()}</div>
    };
    // Without the attribute where it is closed at first: with one, a list that changes would close what somebody opened.
    if open {
        view! {
            <details class="disclosure" open=true>
                {content}
            </details>
        }
        .into_any()
    } else {
        view! { <details class="disclosure">{content}</details> }.into_any()
    }
}
