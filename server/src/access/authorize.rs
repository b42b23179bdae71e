//! The access check in front of every route: identifies the actor, and enforces the rule of the route.
//!
//! Anonymous requests get 401, or are redirected to the sign-in page if a page was requested. Actors without the
//! permission get 404, as if there were nothing, as in the services.

use std::net::IpAddr;

use app::{context::session_cookie::SessionCookie, error::ApiError};
use axum::{
    Extension,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use duplistatus::{
    access::Permission,
    error::Error,
    service::{
        Actor, session,
        session::{Caller, Resolved},
        users::setup,
    },
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Requirement, Rule, rule, sent_key};
use crate::{
    client::Client,
    http::answer::{problem, service_problem},
    site::SiteFile,
    state::AppState,
};

/// The origin of a request, as identified by the access check.
#[derive(Debug, Clone)]
struct Requester {
    actor: Actor,
    /// The password was accepted, but the code is still missing.
    needs_code: bool,
}

/// Lets a request through if the rule of its route allows it. Adds the [`Actor`] and the [`Caller`] to its extensions.
pub async fn authorize(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    request: Request,
    next: Next,
) -> Response {
    // Only the head, because a future that holds the body would not be `Sync`.
    let (mut head, body) = request.into_parts();
    let caller = caller(&state, &client, &head.headers);
    let path = path_inside(&state, &head);
    let rule = path.as_deref().map(rule);
    if matches!(rule, Some(None)) {
        tracing::error!(route = path, "a route without a rule is closed");
        return StatusCode::NOT_FOUND.into_response();
    }
    // The site's files are public, and so is the error for a wrong upload address. Any other path without a route does
    // not exist for known users.
    let rule = rule.flatten();
    if rule.is_none() && is_public(&state, head.uri.path()) {
        return next.run(Request::from_parts(head, body)).await;
    }
    // An upload is authorized by its own key, so it must not wait for a session look-up.
    if rule.is_some_and(|rule| is_ingest_path(rule.path)) {
        return next.run(Request::from_parts(head, body)).await;
    }
    let requester = match identify(&state, &client, &caller, &head, rule).await {
        Ok(requester) => requester,
        Err(rejection) => return *rejection,
    };
    let requirement = rule.map_or(Requirement::May(Permission::ViewBackups), |rule| rule.requirement);
    let answer =
        requirement.permission(&head.method).map_or(Ok(()), |permission| requester.actor.may(permission));
    if let Err(error) = answer
        && !page_shows_rejection(&head, &requester.actor, &error)
    {
        return reject(&state, &requester, &head, &error).await;
    }
    head.extensions.insert(requester.actor);
    head.extensions.insert(caller);
    next.run(Request::from_parts(head, body)).await
}

/// Returns whether to render a page that a known user may not see: its service rejects the user, and the page says
/// that it does not exist.
fn page_shows_rejection(head: &Parts, actor: &Actor, error: &Error) -> bool {
    let is_known = matches!(actor, Actor::User(identity) if !identity.must_change_password);
    let is_known = is_known || matches!(actor, Actor::Guest { .. });
    matches!(error, Error::Forbidden) && is_known && wants_page(head)
}

/// Returns the origin of a request for the services.
fn caller(state: &AppState, client: &Client, headers: &HeaderMap) -> Caller {
    let device = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mark = cookie_value(headers, &cookies(state, client).mark_name());
    Caller { address: Some(client.address), device: device.to_owned(), mark }
}

/// Returns the path of the matched route without the base path; `None` if no route matches.
pub fn path_inside(state: &AppState, head: &Parts) -> Option<String> {
    route(state, &head.extensions)
}

/// Returns the path of the matched route without the base path, of the extensions of a request.
pub fn route(state: &AppState, extensions: &axum::http::Extensions) -> Option<String> {
    let matched = extensions.get::<MatchedPath>()?;
    let inside = matched.as_str().strip_prefix(state.base.as_str())?;
    Some(if inside.is_empty() { "/".to_owned() } else { inside.to_owned() })
}

/// Returns whether a path is a file of the site, outside of the base path, or a wrong upload address.
fn is_public(state: &AppState, path: &str) -> bool {
    path.strip_prefix(state.base.as_str())
        .is_none_or(|inside| SiteFile::find(inside).is_some() || is_ingest_path(inside))
}

/// Returns whether a path is for reports or for live status.
pub fn is_ingest_path(path: &str) -> bool {
    ["/api/upload", "/api/status"]
        .iter()
        .any(|start| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

async fn identify(
    state: &AppState,
    client: &Client,
    caller: &Caller,
    head: &Parts,
    rule: Option<&Rule>,
) -> Result<Requester, Box<Response>> {
    let services = &state.services;
    let known = |actor| Requester { actor, needs_code: false };
    if let Some(secret) = sent_key::of(&head.headers, &head.uri, rule) {
        let identity = session::resolve_key(services, caller, &secret)
            .await
            .map_err(|error| Box::new(service_problem(&error)))?;
        return identity.map(|identity| known(Actor::User(identity))).ok_or_else(|| Box::new(wrong_key()));
    }
    if services.options().demo {
        return Ok(known(Actor::Guest { address: caller.address() }));
    }
    let resolved = match session_token(&head.headers, &cookies(state, client)) {
        Some(token) => session::resolve(services, caller, &token)
            .await
            .map_err(|error| Box::new(service_problem(&error)))?,
        None => None,
    };
    match resolved {
        Some(Resolved::User(identity)) => return Ok(known(Actor::User(identity))),
        Some(Resolved::NeedsCode) => return Ok(Requester { actor: caller.anonymous(), needs_code: true }),
        None => {}
    }
    let is_read = rule.is_some_and(|rule| rule.local_read) && head.method == Method::GET;
    if is_read && services.settings().local_read_api && is_local(state, client, &head.headers) {
        return Ok(known(Actor::Guest { address: caller.address() }));
    }
    Ok(known(caller.anonymous()))
}

/// Returns the names of the cookies for a request.
pub fn cookies(state: &AppState, client: &Client) -> SessionCookie {
    SessionCookie::new(&state.base, client.secure, client.host.as_deref())
}

/// Returns the session token, also from the cookie of an earlier version.
pub fn session_token(headers: &HeaderMap, cookies: &SessionCookie) -> Option<String> {
    cookie_value(headers, &cookies.name()).or_else(|| cookie_value(headers, &cookies.old_name()))
}

/// Returns the value of a cookie.
pub fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
        .filter(|value| !value.is_empty())
}

/// Returns whether a request comes from this machine or the local network, and not through an unknown proxy: behind a
/// proxy that is not trusted, or does not send the client's address, all requests seem to come from the local network.
fn is_local(state: &AppState, client: &Client, headers: &HeaderMap) -> bool {
    let handed_on = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"];
    let is_known = if client.via_proxy {
        !state.proxies.trusts(client.address)
    } else {
        !handed_on.iter().any(|name| headers.contains_key(*name))
    };
    is_known && is_near(client.address)
}

/// Returns whether an address is of this machine or of a private network.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

async fn reject(state: &AppState, requester: &Requester, head: &Parts, error: &Error) -> Response {
    let must_change = matches!(&requester.actor, Actor::User(identity) if identity.must_change_password);
    if is_for_users(&head.headers) {
        let here = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let here = &sent_key::without_key(here.strip_prefix(state.base.as_str()).unwrap_or(here));
        let next = if head.method == Method::GET { here } else { "/" };
        let to = match error {
            Error::Unauthenticated if requester.needs_code => format!("/login/code{}", next_query(next)),
            Error::Unauthenticated => match setup::is_needed(&state.services).await {
                Ok(true) => "/setup".to_owned(),
                Ok(false) => format!("/login{}", next_query(next)),
                Err(error) => return service_problem(&error),
            },
            Error::NeedsProof => format!("/prove{}", next_query(&page_inside(state, head, here))),
            Error::NeedsSession => return service_problem(error),
            _ if must_change => "/account".to_owned(),
            _ => return not_found(head),
        };
        return (StatusCode::SEE_OTHER, [(header::LOCATION, state.base.url(&to))]).into_response();
    }
    match error {
        Error::Unauthenticated => unauthenticated(head),
        Error::NeedsSession if is_server_function(head) => {
            public_error(StatusCode::FORBIDDEN, &ApiError::NeedsSession)
        }
        Error::NeedsProof if is_server_function(head) => {
            public_error(StatusCode::FORBIDDEN, &ApiError::NeedsProof)
        }
        Error::NeedsSession | Error::NeedsProof => service_problem(error),
        _ => not_found(head),
    }
}

/// Returns the page that the user was on: the requested page, or the one with the form or link.
fn page_inside(state: &AppState, head: &Parts, here: &str) -> String {
    if wants_page(head) {
        return here.to_owned();
    }
    let from = head.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let from = from.and_then(|url| url.parse::<axum::http::Uri>().ok());
    let from = from.as_ref().and_then(|url| url.path_and_query()).map(|path| path.as_str());
    let inside = from.and_then(|path| path.strip_prefix(state.base.as_str()));
    sent_key::without_key(&without_error(inside.unwrap_or("/")))
}

/// Removes the error of an earlier form from the address of a page.
pub fn without_error(page: &str) -> String {
    let Some((path, query)) = page.split_once('?') else { return page.to_owned() };
    let is_kept = |pair: &&str| !["__path=", "__err="].iter().any(|start| pair.starts_with(start));
    let kept: Vec<&str> = query.split('&').filter(is_kept).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// Returns the query that leads back after signing in; empty for the dashboard.
fn next_query(next: &str) -> String {
    match next {
        "" | "/" => String::new(),
        next => format!("?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC)),
    }
}

fn unauthenticated(head: &Parts) -> Response {
    let mut response = if is_server_function(head) {
        public_error(StatusCode::UNAUTHORIZED, &ApiError::Unauthenticated)
    } else {
        let hint = "Sign in, or send an API key as `Authorization: Bearer KEY` or `X-API-Key: KEY`.";
        problem(StatusCode::UNAUTHORIZED, "not signed in", None, hint)
    };
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

fn wrong_key() -> Response {
    let hint =
        "The API key does not exist, was revoked or has expired. Create one under Your account → API keys.";
    let mut response = problem(StatusCode::UNAUTHORIZED, "this API key is not valid", None, hint);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

fn not_found(head: &Parts) -> Response {
    if is_server_function(head) {
        return public_error(StatusCode::NOT_FOUND, &ApiError::NotFound);
    }
    problem(StatusCode::NOT_FOUND, "not found", None, "It does not exist, or you do not have access to it.")
}

/// Returns an error as server functions send it.
fn public_error(status: StatusCode, error: &ApiError) -> Response {
    (status, axum::Json(error)).into_response()
}

fn is_server_function(head: &Parts) -> bool {
    head.uri.path().contains("/api/fn/")
}

/// Returns whether a browser will display the response: a page, or the result of a form without JavaScript.
pub fn is_for_users(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
}

fn wants_page(head: &Parts) -> bool {
    head.method == Method::GET && is_for_users(&head.headers) && !head.uri.path().contains("/api/")
}

/// Returns the actor of a request that passed the access check.
pub fn actor(extensions: &axum::http::Extensions) -> Actor {
    extensions.get::<Actor>().cloned().unwrap_or_else(|| Actor::Anonymous { address: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_network_has_private_addresses_of_both_kinds() {
        let is_near = |address: &str| is_near(address.parse().unwrap());
        for near in ["127.0.0.1", "10.1.2.3", "192.168.1.20", "169.254.3.4", "::1", "fd12:3456::1", "fe80::1"]
        {
            assert!(is_near(near), "{near}");
        }
        for far in ["203.0.113.9", "172.32.0.1", "2001:db8::1", "::2", "ff02::1"] {
            assert!(!is_near(far), "{far}");
        }
    }
}
