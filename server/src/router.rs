//! Maps paths to handlers.

use std::sync::{Arc, LazyLock};

use app::{
    App,
    context::base_path::BasePath,
    features::{
        database_backups::api::RESTORE_PATH,
        import::api::{EXPORT_PATH, IMPORT_PATH},
    },
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{MethodFilter, MethodRouter, any, delete, get, on, post},
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
        backups, badge, calendar, compatible, download, exports, feed, health, imports, live, metrics, page,
        query, shared, theme, upload, v1,
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
        .add("/api/v1/summary", get(v1::summary))
        .add("/api/v1/servers/{server}", get(v1::server))
        .add("/api/v1/runs", get(v1::runs))
        .add("/api/v1/runs/{run}", get(v1::run))
        .add("/api/v1/runs/{run}/raw", get(download::raw_report))
        .add("/api/v1/schedules", get(v1::schedules))
        .add("/api/v1/labels", post(v1::labels))
        .add("/api/v1/rejected", get(v1::rejected))
        .add("/api/v1/ingest-keys", get(v1::list_keys).post(v1::create_key))
        .add("/api/v1/ingest-keys/{key}", delete(v1::revoke_key))
        .add("/api/v1/users", get(v1::users))
        .add("/api/v1/health", get(v1::health))
        .add("/api/v1/database", get(v1::database))
        .add("/api/v1/database/tables", get(v1::database_tables))
        .add("/api/v1/database/stats", get(v1::database_stats))
        .add("/api/v1/database/backups", get(backups::list).post(backups::begin))
        .add("/api/v1/database/backups/{name}", get(backups::download).delete(backups::delete))
        .add("/api/v1/database/backups/{name}/preview", get(backups::preview))
        .add("/api/v1/database/backups/{name}/restore", post(backups::restore_kept))
        .add("/api/v1/audit", get(v1::audit))
        .add("/api/v1/audit/export", get(download::audit))
        .add("/api/v1/logs", get(download::log))
        .add("/api/v1/badge", get(badge::address))
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
        .add(EXPORT_PATH, get(exports::runs).layer(share(&turns.exports)))
        .add("/api/v1/report/download", get(download::report).layer(share(&turns.exports)))
        .add("/api/v1/runs/download", get(exports::list).layer(share(&turns.exports)))
        .add("/api/v1/schedules/download", get(exports::schedules).layer(share(&turns.exports)))
        // Files of any size have their own limits, so that nothing waits behind them.
        .add(
            RESTORE_PATH,
            post(backups::restore).layer(DefaultBodyLimit::disable()).layer(share(&turns.files)),
        )
        .add(
            IMPORT_PATH,
            post(imports::begin)
                .layer(DefaultBodyLimit::disable())
                .layer(share(&turns.files))
                // Progress requests do not wait for a file that is still being uploaded.
                .merge(get(imports::state).layer(share(&turns.pages))),
        )
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
        .layer(compression())
        .layer(CatchPanicLayer::new())
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
