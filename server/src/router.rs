//! Maps paths to handlers.

use std::sync::{Arc, LazyLock};

use app::{App, context::base_path::BasePath};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{MethodFilter, MethodRouter, any, get, on, post},
};
use leptos::prelude::provide_context;
use leptos_axum::generate_route_list_with_exclusions_and_ssg_and_context;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
};

use crate::{
    access::authorize,
    client,
    http::{
        badge, calendar, compatible, feed, health, live, metrics, page, query, shared, theme, upload,
        v1::{
            self, etag,
            idempotency::{self, Answers},
            problem,
        },
    },
    metrics::uploads,
    middleware::{
        access_log, concurrency, concurrency::ConcurrencyLimits, exact_path, headers, known_host, same_site,
        slow_body,
    },
    state::AppState,
};

/// Routes, and a list of their paths for the access test.
#[derive(Default)]
struct Routes {
    router: Router<AppState>,
    paths: Vec<String>,
}

impl Routes {
    fn add(mut self, path: &str, methods: MethodRouter<AppState>) -> Self {
        self.router = self.router.route(path, methods);
        self.paths.push(path.to_owned());
        self
    }

    /// Adds routes of the API.
    fn api(mut self, routes: v1::Routes) -> Self {
        let (router, document) = routes.split_for_parts();
        self.router = self.router.merge(router);
        self.paths.extend(document.paths.paths.into_keys());
        self
    }

    fn layered(self, layer: impl FnOnce(Router<AppState>) -> Router<AppState>) -> Self {
        Self { router: layer(self.router), paths: self.paths }
    }
}

/// Returns everything but the pages, without the base path.
fn routes(state: &AppState, turns: &ConcurrencyLimits) -> Routes {
    let share = |share: &Arc<concurrency::ConcurrencyLimit>| {
        middleware::from_fn_with_state(Arc::clone(share), concurrency::take)
    };
    let observe = middleware::from_fn_with_state(state.clone(), uploads::observe);
    // A receiver that stays makes the database look for writes of commands.
    let etags = middleware::from_fn_with_state(state.services.db().revision(), etag::by_revision);
    let mut routes = Routes::default().add("/api/theme", post(theme::choose));
    // Their paths are fixed at compile time: the base path is stripped before. The one that the translation library
    // adds is not routed, because pages embed their texts.
    for (path, method) in
        leptos::server_fn::axum::server_fn_paths().filter(|(path, _)| path.starts_with("/api/fn/"))
    {
        let methods = MethodFilter::try_from(method).unwrap_or(MethodFilter::POST);
        routes = routes.add(path, on(methods, page::server_function));
    }
    routes
        .api(v1::stored().layer(etags))
        .api(v1::computed().layer(middleware::from_fn(etag::by_content)))
        .layered(|router| router.layer(middleware::from_fn_with_state(Answers::default(), idempotency::once)))
        .api(v1::files())
        .add("/badge/{token}", get(badge::show))
        .add("/feed/{token}", get(feed::show))
        .add("/calendar/{token}", get(calendar::show))
        .add("/kiosk/{token}", get(shared::kiosk))
        .add("/status/{address}", get(shared::status))
        .add("/metrics", get(metrics::show))
        .add("/api/summary", get(compatible::summary))
        .add("/api/lastbackup/{server}", get(compatible::last_backup))
        .add("/api/lastbackups/{server}", get(compatible::last_backups))
        .layered(|router| router.layer(share(&turns.pages)))
        .api(v1::exports().layer(share(&turns.exports)))
        // Files of any size have their own limits, so that nothing waits behind them.
        .api(v1::uploads().layer(DefaultBodyLimit::disable()).layer(share(&turns.files)))
        .layered(|router| router.layer(middleware::from_fn_with_state(state.clone(), query::only_known)))
        .layered(|router| router.layer(same_site::require(state.public_url.as_ref())))
        .layered(|router| router.layer(middleware::from_fn_with_state(state.clone(), same_site::explain)))
        .add("/api/health", get(health::health))
        .add("/api/health/live", get(health::live))
        .add("/api/live", get(live::live).layer(share(&turns.streams)))
        .add("/api/upload", any(upload::without_key).layer(share(&turns.uploads)).layer(observe.clone()))
        .add("/api/upload/{key}", any(upload::with_key).layer(share(&turns.uploads)).layer(observe.clone()))
        .add("/api/status", any(upload::without_key).layer(share(&turns.uploads)).layer(observe.clone()))
        .add("/api/status/{key}", any(upload::with_key).layer(share(&turns.uploads)).layer(observe.clone()))
}

/// Returns the paths of all routes, without the base path.
pub fn paths(state: &AppState) -> Vec<String> {
    let mut paths = routes(state, &ConcurrencyLimits::new(&state.limits)).paths;
    paths.extend(page_paths(&BasePath::default()));
    paths
}

/// Builds the whole router under the base path.
pub fn router(state: AppState) -> Router {
    let base = state.base.clone();
    let turns = ConcurrencyLimits::new(&state.limits);
    let inside = routes(&state, &turns).router;
    let pages = middleware::from_fn_with_state(turns.pages, concurrency::take);
    let mut all = if base.as_str().is_empty() { inside } else { Router::new().nest(base.as_str(), inside) };
    for path in page_paths(&base) {
        all = all.route(&path, get(page::page).layer(pages.clone()));
    }
    let rest = any(page::file_or_missing).layer(pages).with_state(state.clone());
    all.fallback_service(rest)
        .with_state(state.clone())
        .layer(middleware::from_fn_with_state(state.clone(), slow_body::watch))
        .layer(middleware::from_fn_with_state(state.clone(), authorize::authorize))
        .layer(middleware::from_fn_with_state(state.clone(), known_host::require))
        .layer(middleware::from_fn_with_state(state.clone(), exact_path::redirect))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), problem::describe))
        .layer(compression())
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn(access_log::log))
        .layer(middleware::from_fn_with_state(state, client::identify))
}

/// The paths of all pages, without the base path. Determined once: while Leptos enumerates the routes, no resource
/// loads in the whole process, and a page rendered meanwhile would wait forever.
static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let without_base = || provide_context(BasePath::default());
    let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(App, None, without_base);
    routes.iter().map(|route| route.path().to_owned()).collect()
});

/// Returns the paths of all pages, including the base path.
pub fn page_paths(base: &BasePath) -> Vec<String> {
    let mut paths: Vec<String> = PAGES.iter().map(|path| base.url(path)).collect();
    if !base.as_str().is_empty() {
        // Users type the prefix with and without a trailing slash.
        paths.extend([base.as_str().to_owned(), base.url("/")]);
    }
    paths.sort();
    paths.dedup();
    paths
}

fn compression() -> CompressionLayer<impl tower_http::compression::Predicate> {
    // Pages are rendered for each request, so a fast level is best. Files are compressed at build time.
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(
        SizeAbove::new(512)
            .and(NotForContentType::SSE)
            .and(NotForContentType::IMAGES)
            // Backups are sent unchanged: they are large, or already compressed.
            .and(NotForContentType::new("application/zstd"))
            .and(NotForContentType::new("application/vnd.sqlite3")),
    )
}
