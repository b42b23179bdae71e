//! Renders the pages with Leptos, with services, actor, language and theme of the request in the context.

use app::{
    context::{
        base_path::BasePath,
        origin::Origin,
        session_cookie::{SentToken, TypedName, read_typed_name},
        theme::{THEME_COOKIE, Theme},
        viewer::Viewer,
    },
    error::ApiError,
    live::Revision,
    locale::language_of,
    pages::PAGES,
    shell::{database_banner::undelivered_words, document::shell},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use duplistatus::{
    access::Permission,
    dto::account::Profile,
    notify::own::FailingChannel,
    service::{Actor, Services, health, security::RequestEnvironment, session::Caller},
};
use leptos::{nonce::use_nonce, prelude::*, server_fn::error::SERVER_FN_ERROR_HEADER};
use leptos_axum::ResponseOptions;

use crate::{
    access::{
        authorize,
        authorize::{cookie_value, session_token, without_error},
    },
    client::Client,
    http::{entered, fields, files},
    middleware::headers::page_policy,
    site::{SiteFile, site_files},
    state::AppState,
};

/// Maximum bytes of a server function's error. A hint may quote the input.
const LONGEST_ERROR: usize = 4 * 1024 * 1024;

/// Renders the page of a route.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let site = site_files();
    let failing = health::failing_channels(&state.services, &authorize::actor(request.extensions())).await;
    let handler =
        leptos_axum::render_app_async_with_context(move || provide(&state, &failing), move || shell(site));
    handler(request).await.into_response()
}

/// Runs a server function.
pub async fn server_function(State(state): State<AppState>, mut request: Request) -> Response {
    forget_last_error(request.headers_mut());
    let (request, form) = match fields::read(request).await {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    let (services, actor) = (state.services.clone(), authorize::actor(request.extensions()));
    let path = request.uri().path().to_owned();
    let response = match fields::lacking(&request, &form) {
        Some(refused) => refused,
        None => {
            let handle = leptos_axum::handle_server_fns_with_context(move || provide(&state, &[]), request);
            with_status_of_error(handle.await.into_response()).await
        }
    };
    entered::keep(&services, &actor, &path, form, response)
}

/// Sets the status that belongs to an error, because Leptos uses 500 for every error: from a service, from a server function,
/// or from reading the request.
async fn with_status_of_error(response: Response) -> Response {
    let is_error = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_error {
        return response;
    }
    let (mut head, body) = response.into_parts();
    match axum::body::to_bytes(body, LONGEST_ERROR).await {
        Ok(text) => {
            if let Ok(error) = serde_json::from_slice::<ApiError>(&text) {
                head.status = error.http_status();
            }
            Response::from_parts(head, text.into())
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Removes an earlier error from the `Referer`, because a failed form is redirected back to that address with its own error
/// added.
fn forget_last_error(headers: &mut HeaderMap) {
    let page = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).map(without_error);
    if let Some(page) = page.and_then(|page| HeaderValue::from_str(&page).ok()) {
        headers.insert(header::REFERER, page);
    }
}

/// Serves a file of the site, or the page for unknown addresses.
pub async fn file_or_missing(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    let Some(inside) = path.strip_prefix(state.base.as_str()) else {
        return (StatusCode::NOT_FOUND, format!("duplistatus is served under {}\n", state.base.url("/")))
            .into_response();
    };
    if let Some(file) = SiteFile::find(inside) {
        return files::serve(file, request.headers());
    }
    if inside.trim_end_matches('/') == "/settings"
        && let Some(first) = first_setting(&viewer(&state, &authorize::actor(request.extensions())))
    {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, state.base.url(first))]).into_response();
    }
    let wants_page = request.method() == axum::http::Method::GET && accepts_html(request.headers());
    if wants_page && !inside.starts_with("/api/") && !inside.starts_with("/pkg/") {
        return page(State(state), request).await;
    }
    (StatusCode::NOT_FOUND, "not found\n").into_response()
}

/// Returns the first page of the settings that a viewer may see.
fn first_setting(viewer: &Viewer) -> Option<&'static str> {
    PAGES.iter().find(|row| row.is_setting() && row.is_for(viewer)).map(|row| row.path)
}

/// Returns whether a browser requests a page.
pub(super) fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"))
}

/// Provides the context for components and server functions.
fn provide(state: &AppState, failing: &[FailingChannel]) {
    provide_context(Services::clone(&state.services));
    provide_context(BasePath::clone(&state.base));
    provide_context(Revision(*state.services.db().revision().borrow()));
    let parts = use_context::<Parts>();
    let headers = parts.as_ref().map(|parts| &parts.headers);
    let client = parts.as_ref().and_then(|parts| parts.extensions.get::<Client>());
    let actor = parts.as_ref().map_or_else(
        || Actor::Anonymous { address: String::new() },
        |parts| authorize::actor(&parts.extensions),
    );
    let caller =
        parts.as_ref().and_then(|parts| parts.extensions.get::<Caller>()).cloned().unwrap_or_default();
    if let (Some(client), Some(headers)) = (client, headers) {
        let cookies = authorize::cookies(state, client);
        provide_context(SentToken(session_token(headers, &cookies)));
        let typed = cookie_value(headers, &cookies.typed_name_name());
        provide_context(TypedName(typed.and_then(|value| read_typed_name(&value)).unwrap_or_default()));
        provide_context(cookies);
    }
    let mut viewer = viewer(state, &actor);
    viewer.sign_in_url = client.and_then(|client| sign_in_url(state, client));
    // The theme set in this browser, or else that of the user.
    let theme = headers.and_then(|headers| cookie_value(headers, THEME_COOKIE));
    let theme = theme.or_else(|| profile(&actor).map(|profile| profile.theme.clone()));
    provide_context(Theme::from_word(&theme.unwrap_or_default()));
    let language = language_of(profile(&actor).map(|profile| profile.language.as_str()).unwrap_or_default());
    provide_context(language);
    viewer.failing = undelivered_words(language, &actor.zone(&state.services), failing);
    if let Some(entered) = parts.as_ref().and_then(|parts| entered::find(&state.services, &actor, &parts.uri))
    {
        provide_context(entered);
    }
    provide_context(Origin(origin(state, client)));
    provide_context(page_context(state, client));
    provide_context(viewer);
    provide_context(actor);
    provide_context(caller);
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce.to_string()))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn profile(actor: &Actor) -> Option<&Profile> {
    match actor {
        Actor::User(identity) => Some(&identity.profile),
        _ => None,
    }
}

/// Returns the viewer of a page.
fn viewer(state: &AppState, actor: &Actor) -> Viewer {
    let demo = state.services.options().demo;
    // Anonymous viewers see no times.
    let reads = actor.may(Permission::ViewBackups).is_ok();
    let zone = reads.then(|| {
        let zone = actor.zone(&state.services);
        (zone.name().to_owned(), zone.offset(state.services.clock().now()))
    });
    let Actor::User(identity) = actor else { return Viewer { demo, zone, ..Viewer::default() } };
    let profile = &identity.profile;
    let name = if profile.display_name.is_empty() { &identity.name } else { &profile.display_name };
    Viewer {
        name: Some(name.clone()),
        user: Some(identity.name.clone()),
        proven: identity.proven,
        second_factor: identity.second_factor,
        sign_in_url: None,
        role: Some(identity.role),
        demo,
        zone,
        dates: profile.date_format,
        system_problem: health::system_problem(&state.services, actor),
        failing: None,
    }
}

/// Returns the address at which to sign in, if that is not possible here: with a public URL of `https`, the browser would drop
/// the cookie of a page loaded without TLS.
fn sign_in_url(state: &AppState, client: &Client) -> Option<String> {
    let url = state.public_url.as_ref().filter(|url| url.is_secure())?;
    let is_elsewhere = client.host.as_deref().is_some_and(|host| !url.is_host(host));
    let is_plain = client.came_with_tls.map_or(is_elsewhere, |with_tls| !with_tls);
    let is_here = client.host.as_deref().is_some_and(crate::client::is_loopback_name);
    (is_plain && !is_here).then(|| format!("{url}{}/login", state.base.as_str()))
}

/// Returns what a request reveals about the connection to the program.
pub(super) fn page_context(state: &AppState, client: Option<&Client>) -> RequestEnvironment {
    let unknown_proxy = state.proxies.saw_untrusted().map(|address| address.to_string());
    RequestEnvironment {
        secure: client.is_some_and(|client| client.secure),
        // Behind an untrusted proxy on this machine all requests seem to come from here. The same is true for a trusted proxy
        // that does not send the client's address.
        local: unknown_proxy.is_none()
            && client.is_some_and(|client| {
                client.address.is_loopback() && !(client.via_proxy && state.proxies.trusts(client.address))
            }),
        via_proxy: client.is_some_and(|client| client.via_proxy),
        unknown_proxy,
        url: format!("{}{}", origin(state, client), state.base.as_str()),
        url_is_fixed: state.public_url.is_some(),
    }
}

/// Returns scheme and host at which this request reached the program, for URLs that users copy.
fn origin(state: &AppState, client: Option<&Client>) -> String {
    let said = state.public_url.as_ref().map(ToString::to_string);
    said.or_else(|| client.and_then(Client::origin)).unwrap_or_else(|| "http://localhost:9666".to_owned())
}
