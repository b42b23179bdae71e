//! What happened, and what to do.

use leptos::prelude::*;

use super::{
    icon::{Icon, Shape},
    link::{Link, href},
    time::span_words,
};
use crate::{
    error::ApiError,
    locale::{Locale, use_locale},
    tr,
};

/// Headline and explanation of an error.
pub fn error_words(locale: Locale, error: &ApiError) -> (String, String) {
    match error {
        ApiError::NotFound => (tr!(locale, errors.not_found.title), tr!(locale, errors.not_found.what)),
        ApiError::Invalid { field, hint } => (
            tr!(locale, errors.invalid.title),
            tr!(locale, errors.invalid.what, field = field.clone(), hint = hint.clone()),
        ),
        ApiError::Unauthenticated => {
            (tr!(locale, errors.unauthenticated.title), tr!(locale, errors.unauthenticated.what))
        }
        ApiError::Credentials => {
            (tr!(locale, errors.credentials.title), tr!(locale, errors.credentials.what))
        }
        ApiError::TooMany { seconds } => (
            tr!(locale, errors.too_many.title),
            tr!(locale, errors.too_many.what, span = span_words(locale, *seconds)),
        ),
        ApiError::Busy => (tr!(locale, errors.busy.title), tr!(locale, errors.busy.what)),
        ApiError::Full => (tr!(locale, errors.full.title), tr!(locale, errors.full.what)),
        ApiError::ReadOnly => (tr!(locale, errors.read_only.title), tr!(locale, errors.read_only.what)),
        ApiError::Unreachable => {
            (tr!(locale, errors.unreachable.title), tr!(locale, errors.unreachable.what))
        }
        ApiError::Internal { id } if id.is_empty() => {
            (tr!(locale, errors.internal.title), tr!(locale, errors.internal.what_plain))
        }
        ApiError::Internal { id } => {
            (tr!(locale, errors.internal.title), tr!(locale, errors.internal.what, id = id.clone()))
        }
    }
}

/// An error in the place of a page's content.
#[component]
pub fn ErrorNotice(
    /// What went wrong.
    error: ApiError,
) -> impl IntoView {
    let locale = use_locale();
    let (title, what) = error_words(locale, &error);
    let sign_in = (error == ApiError::Unauthenticated)
        .then(|| view! { <a class="btn" data-variant="primary" href=href("/login") rel="external">{tr!(locale, errors.sign_in)}</a> });
    let again = matches!(error, ApiError::Busy | ApiError::Unreachable | ApiError::Internal { .. });
    view! {
        <div class="notice" data-tone="fail" data-variant="page" role="alert">
            <Icon shape=Shape::Cross />
            <div class="notice-text">
                <h1>{title}</h1>
                <p>{what}</p>
                <p class="notice-actions">
                    // The empty address is the page itself; `rel` keeps the router from thinking that nothing changed.
                    {again.then(|| view! { <a class="btn" href="" rel="external">{tr!(locale, errors.retry)}</a> })}
                    {sign_in}
                    <Link to="/" class="btn">
                        {tr!(locale, errors.home)}
                    </Link>
                </p>
            </div>
        </div>
    }
}
