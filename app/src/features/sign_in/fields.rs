//! What the forms of signing in share.

use leptos::prelude::*;

use crate::{context::page_query::use_page_query, locale::use_locale, tr, ui::form::field::TextField};

/// A code of the second factor, or a recovery code.
#[component]
pub(super) fn CodeField() -> impl IntoView {
    let locale = use_locale();
    view! {
        <TextField
            name="code"
            label=tr!(locale, sign_in.code.code)
            autocomplete="one-time-code"
            hint=tr!(locale, sign_in.code.hint)
        />
    }
}

/// The name that was typed into the form that did not work; only the server knows it, and it renders the page anew.
pub(super) fn typed_name() -> String {
    #[cfg(feature = "ssr")]
    if crate::ui::form::plain_form::has_form_error() {
        return use_context::<crate::context::session_cookie::TypedName>().unwrap_or_default().0;
    }
    String::new()
}

/// Where to go on afterwards.
pub(super) fn next_page() -> String {
    use_page_query().read_untracked().get("next").unwrap_or_default()
}
