//! Data that a page waits for.

use leptos::prelude::*;

use super::error_notice::ErrorNotice;
use crate::{error::ApiError, locale::use_locale, tr};

/// Shows data once it has been loaded. Until then shows that it is loading, and in case of failure the error.
#[component]
pub fn Loaded<T, V>(
    /// The data.
    data: Resource<Result<T, ApiError>>,
    /// The text while loading; "Loading…" by default.
    #[prop(optional, into)]
    waiting: Option<String>,
    /// Renders the data.
    show: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let waiting = waiting.unwrap_or_else(|| tr!(use_locale(), common.loading));
    let content = move || {
        data.get().map(|answer| match answer {
            Ok(data) => show(data).into_any(),
            Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
        })
    };
    view! { <Transition fallback=move || view! { <p class="muted loading">{waiting.clone()}</p> }>{content}</Transition> }
}
