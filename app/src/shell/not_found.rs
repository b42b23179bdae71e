//! The page for unknown addresses.

use leptos::prelude::*;

use crate::{error::ApiError, ui::error_notice::ErrorNotice};

/// Says that there is no page at this address; the status is 404.
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
