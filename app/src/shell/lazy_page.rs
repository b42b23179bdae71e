//! Pages whose code is loaded when one of them is first shown.
//!
//! The first visit is nearly always to the dashboard, so that page is in the main wasm file and all others share a second one. A file per
//! page would not help: the pages share most of their code, and the builder creates a file for every combination of pages that shares
//! something.

use std::{future::Future, pin::Pin};

use duplistatus::{
    access::Permission,
    dto::{
        Moment,
        dashboard::{EncodedJson, Waiting},
    },
};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::ChooseView;

use super::{not_found::NotFoundPage, settings_nav::SettingsNav};
use crate::{
    context::viewer::use_viewer,
    features::onboarding::{KeptKey, Start, state::StartState},
    pages::{PageRow, page_at},
};

/// The view of a route.
#[derive(Debug, Clone, Copy)]
pub struct PageView(pub &'static PageRow);

impl ChooseView for PageView {
    async fn choose(self) -> AnyView {
        match self.0.page.first_view() {
            Some(view) => view,
            None => show_lazy(Lazy::Page(self.0)).await,
        }
    }

    async fn preload(&self) {
        if self.0.is_lazy && load().await.is_err() {
            without_code().await
        }
    }
}

/// Returns whether the page at this path (without the base path) needs the second file. The server then makes the browser load it at once.
pub fn is_lazy(path: &str) -> bool {
    page_at(path).is_some_and(|row| row.is_lazy)
}

/// Shows the dashboard without servers, which few visits see.
pub fn show_onboarding(
    state: StartState,
    now: Moment,
    waiting: Option<EncodedJson<Waiting>>,
) -> Pin<Box<dyn Future<Output = AnyView> + Send>> {
    Box::pin(show_lazy(Lazy::Onboarding(state, now, waiting)))
}

async fn show_lazy(what: Lazy) -> AnyView {
    match show(what).await.ok() {
        Some(view) => view,
        None => without_code().await,
    }
}

/// The views in the second file.
enum Lazy {
    Page(&'static PageRow),
    Onboarding(StartState, Moment, Option<EncodedJson<Waiting>>),
}

/// The entry point of the second file: `load` fetches it, `show` runs in it. There is only one, because each would have to be loaded
/// separately before hydration.
#[leptos::wasm_split::wasm_split(
    lazy_pages,
    wasm_split_path = ::leptos::wasm_split,
    preload(load),
    fallible
)]
fn show(what: Lazy) -> Result<AnyView, SplitLoaderError> {
    Ok(match what {
        Lazy::Page(row) if !row.is_for(&use_viewer()) => view! { <NotFoundPage /> }.into_any(),
        Lazy::Page(row) if row.is_setting() => view! {
            <SettingsNav />
            {row.page.lazy_view()}
        }
        .into_any(),
        Lazy::Page(row) => row.page.lazy_view().into_any(),
        // There are servers: only an address that was just created is shown.
        Lazy::Onboarding(state, _, None) if use_viewer().may(Permission::ManageIngestKeys) => {
            view! { <KeptKey state=state /> }.into_any()
        }
        Lazy::Onboarding(state, now, waiting) => {
            let waiting = waiting.and_then(|waiting| waiting.open()).unwrap_or_default();
            view! { <Start state=state now=now waiting=waiting /> }.into_any()
        }
    })
}

/// Loads the second file if the page rendered by the server needs it. If that fails, the page stays as it is: complete, and usable as
/// without JavaScript.
#[cfg(feature = "hydrate")]
pub async fn is_ready_for(base: &str) -> bool {
    let path = location().pathname().unwrap_or_default();
    let has_start = document().query_selector(".start").is_ok_and(|found| found.is_some());
    let needs_it = has_start || path.strip_prefix(base).is_some_and(is_lazy);
    !needs_it || load().await.is_ok()
}

/// Requests the page from the server if the second file cannot be loaded, such as after an update of the program. Never returns, because
/// there is nothing to show.
async fn without_code<T>() -> T {
    #[cfg(feature = "hydrate")]
    ask_server(&leptos_router::hooks::use_url().get_untracked());
    std::future::pending().await
}

/// Navigates to this page with a request, like a link without JavaScript.
#[cfg(feature = "hydrate")]
fn ask_server(url: &leptos_router::location::Url) {
    let query = if url.search().is_empty() { String::new() } else { format!("?{}", url.search()) };
    let here = location();
    // Back and forward change the address first, and navigating to the current address would load nothing.
    let _left = if here.pathname().as_deref() == Ok(url.path()) {
        here.reload()
    } else {
        here.set_href(&format!("{}{query}{}", url.path(), url.hash()))
    };
}
