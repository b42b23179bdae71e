//! Which door answers which path.

use app::{App, base_path::BasePath};
use axum::{
    Router, middleware,
    routing::{any, get, post},
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
    client,
    http::{health, live, page, theme, upload},
    middleware::{access_log, headers, same_site, slow_body, turn},
    state::AppState,
};

/// Puts everything together, under the base path.
pub fn router(state: AppState) -> Router {
    let base = state.base.clone();
    let pages = middleware::from_fn_with_state(turn::Share::of_pages(&state.limits), turn::take);
    let uploads = middleware::from_fn_with_state(turn::Share::of_uploads(&state.limits), turn::take);
    let streams = middleware::from_fn_with_state(turn::Share::of_streams(&state.limits), turn::take);
    let mut inside = Router::new().route("/api/theme", post(theme::choose));
    // Their paths are fixed when they are compiled: the base path is stripped before they see it.
    for (path, _method) in leptos::server_fn::axum::server_fn_paths() {
        inside = inside.route(path, any(page::server_function));
    }
    let inside = inside
        .layer(same_site::require(state.public_url.as_ref()))
        .layer(pages.clone())
        .route("/api/health", get(health::health))
        .route("/api/live", get(live::live).layer(streams))
        .route("/api/upload", any(upload::without_key).layer(uploads.clone()))
        .route("/api/upload/{key}", any(upload::with_key).layer(uploads));
    let mut all = if base.as_str().is_empty() { inside } else { Router::new().nest(base.as_str(), inside) };
    for path in page_paths(&base) {
        all = all.route(&path, get(page::page).layer(pages.clone()));
    }
    let rest = any(page::file_or_missing).layer(pages).with_state(state.clone());
    all.fallback_service(rest)
        .with_state(state.clone())
        .layer(middleware::from_fn_with_state(state.clone(), slow_body::watch))
        .layer(compression())
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn(access_log::log))
        .layer(middleware::from_fn_with_state(state, client::identify))
}

/// The paths of all pages, base path included.
pub fn page_paths(base: &BasePath) -> Vec<String> {
    let context = base.clone();
    let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(App, None, move || {
        provide_context(context.clone())
    });
    let mut paths: Vec<String> = routes.iter().map(|route| route.path().to_owned()).collect();
    if !base.as_str().is_empty() {
        // People type the prefix with and without its slash.
        paths.extend([base.as_str().to_owned(), base.url("/")]);
    }
    paths.sort();
    paths.dedup();
    paths
}

fn compression() -> CompressionLayer<impl tower_http::compression::Predicate> {
    // Pages are made for each request: the fast levels are the right ones. Files are compressed when they are built.
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(512).and(NotForContentType::SSE).and(NotForContentType::IMAGES))
}
