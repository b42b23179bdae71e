//! The title of the document.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{locale::use_locale, tr};

/// Sets the document's title; the product's name follows the page's.
///
/// `leptos_meta` writes the text into the server's HTML as it is, and names of machines and jobs come from outside: here
/// it is escaped there. The browser sets it as text and must not see entities.
#[component]
pub fn PageTitle(
    /// The title; hostile text.
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
