//! The page for addresses that no page answers.

use crate::ui::page_title::PageTitle;
use leptos::prelude::*;

use crate::{error::ApiError, locale::use_locale, tr, ui::error_notice::ErrorNotice};

/// Says that there is nothing here; the server answers 404.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let locale = use_locale();
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <PageTitle text=format!("{} · {}", tr!(locale, errors.not_found.title), tr!(locale, app_name)) />
        <ErrorNotice error=ApiError::NotFound />
    }
}
