//! Forms that a browser posts by itself.

/// Whether a browser sent a form by itself: it is led back to its page, and the error with it. Another status would
/// leave it with the bare error.
pub(crate) fn is_from_page() -> bool {
    use axum::http::{Method, header::ACCEPT, request::Parts};
    leptos::prelude::use_context::<Parts>().is_some_and(|parts| {
        let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        parts.method == Method::POST && accepts.is_some_and(|accepts| accepts.contains("text/html"))
    })
}
