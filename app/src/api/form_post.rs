//! Forms that the browser submits itself, without JavaScript.

/// Returns whether the browser submitted a form itself. It is then redirected to its page together with the error;
/// any other status would show it the bare error.
pub(crate) fn is_from_page() -> bool {
    use axum::http::{Method, header::ACCEPT, request::Parts};
    leptos::prelude::use_context::<Parts>().is_some_and(|parts| {
        let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        parts.method == Method::POST && accepts.is_some_and(|accepts| accepts.contains("text/html"))
    })
}
