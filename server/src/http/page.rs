//! The pages: Leptos renders them with the services, the actor and the look of this request in its context.

use app::{
    base_path::BasePath,
    live::Revision,
    shell::{Origin, shell},
    ui::theme::{THEME_COOKIE, Theme},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use duplistatus::service::Actor;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;

use crate::{
    client::Client,
    http::files,
    middleware::headers::page_policy,
    site::{SiteFile, site_files},
    state::AppState,
};

/// Renders the page of a route.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let site = site_files();
    let handler = leptos_axum::render_app_async_with_context(move || provide(&state), move || shell(site));
    handler(request).await.into_response()
}

/// Runs a server function.
pub async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    leptos_axum::handle_server_fns_with_context(move || provide(&state), request).await.into_response()
}

/// A file of the site, or the page that says that there is no such page.
pub async fn file_or_missing(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    let Some(inside) = path.strip_prefix(state.base.as_str()) else {
        return (StatusCode::NOT_FOUND, format!("duplistatus lives under {}\n", state.base.url("/")))
            .into_response();
    };
    if let Some(file) = SiteFile::find(inside) {
        return files::serve(file, request.headers());
    }
    let wants_page = request.method() == axum::http::Method::GET && accepts_html(request.headers());
    if wants_page && !inside.starts_with("/api/") && !inside.starts_with("/pkg/") {
        return page(State(state), request).await;
    }
    (StatusCode::NOT_FOUND, "not found\n").into_response()
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"))
}

/// What the components and the server functions find in their context.
fn provide(state: &AppState) {
    provide_context(state.services.clone());
    provide_context(Actor::Visitor);
    provide_context(BasePath::clone(&state.base));
    provide_context(Revision(*state.services.db.revision().borrow()));
    let parts = use_context::<Parts>();
    let headers = parts.as_ref().map(|parts| &parts.headers);
    provide_context(Theme::from_word(headers.and_then(theme_cookie).unwrap_or_default()));
    provide_context(Origin(origin(state, parts.as_ref().and_then(|parts| parts.extensions.get()))));
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce.to_string()))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn theme_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == THEME_COOKIE).map(|(_, value)| value)
}

/// Scheme and host under which this request reached us, for URLs that people copy.
fn origin(state: &AppState, client: Option<&Client>) -> String {
    let said = state.public_url.as_ref().map(ToString::to_string);
    said.or_else(|| client.and_then(Client::origin)).unwrap_or_else(|| "http://localhost:9666".to_owned())
}
