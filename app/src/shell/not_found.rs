//! The page for addresses that no page answers.

use leptos::prelude::*;

use crate::{error::ApiError, ui::error_notice::ErrorNotice};

/// Says that no page has this address; the server answers 404.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <ErrorNotice error=ApiError::NotFound />
    }
}
