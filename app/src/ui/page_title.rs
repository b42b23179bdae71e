//! The document title.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{locale::use_locale, tr};

/// Sets the document title; the product's name follows that of the page.
///
/// `leptos_meta` writes the text unescaped into the server's HTML, and it contains names from outside, so it is escaped
/// there. The browser sets it as text, which must not be escaped.
#[component]
pub fn PageTitle(
    /// The title, which may be hostile.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let product = tr!(use_locale(), app_name);
    let title = if text.ends_with(&product) { text } else { format!("{text} · {product}") };
    view! { <Title text=for_document(title) /> }
}

#[cfg(feature = "ssr")]
fn for_document(text: String) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(not(feature = "ssr"))]
fn for_document(text: String) -> String {
    text
}
