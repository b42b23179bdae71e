//! `/api/upload` and `/api/upload/{key}`: where Duplicati sends its reports.
//!
//! Every report that is understood gets 200, including duplicates: any other response makes Duplicati retry and warn its
//! user.
//!
//! The key is in the path. Senders that were set up for the Node application have it in the query, in a header or in the body.

mod sender;

use axum::{
    Extension, Json,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use duplistatus::{
    report::key_in,
    service::{
        Actor, ingest,
        ingest::{IngestError, Upload},
    },
};
use serde_json::json;
use tokio::sync::Semaphore;

use self::sender::{Sender, busy, exact_address, too_many};
use super::answer::{problem, store_problem};
use crate::{access::sent_key, client::Client, state::AppState};

/// How many reports are searched for their key at once. Anyone can send them: they leave most turns to reports whose key is known before.
static UNKNOWN_SENDERS: Semaphore = Semaphore::const_new(16);
/// Bodies larger than this (in bytes) are searched for their key on a thread for blocking tasks.
const SMALL: usize = 64 * 1024;

/// Handles an upload without a key in its path, which requires a key elsewhere or open ingest.
pub async fn without_key(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    request: Request,
) -> Response {
    let key = sent_key::of_upload(&request);
    receive(&state, client, key, request).await
}

/// Handles an upload with a key in its path.
pub async fn with_key(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    receive(&state, client, Some(key), request).await
}

async fn receive(state: &AppState, client: Client, key: Option<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let sender = Sender {
        state,
        address: client.address,
        key,
        declared: declared(&parts.headers),
        exact: exact_address(state, &client, parts.uri.path()),
    };
    // Duplicati can be configured to use any verb, even GET with a body.
    let sends = match parts.method {
        Method::POST | Method::PUT | Method::PATCH => true,
        Method::GET => has_body(&parts.headers),
        _ => false,
    };
    if sends && sender.key.is_none() {
        return receive_with_its_key(sender, &parts.headers, body).await;
    }
    let actor = match ingest::authenticate(&state.services, sender.key.as_deref()).await {
        Ok(actor) => actor,
        Err(error) => return sender.reject_unknown_key(&error, &parts.method, &parts.headers, body).await,
    };
    let has_key = matches!(actor, Actor::Sender { key: Some(_), .. });
    match parts.method {
        _ if sends => match sender.read(body, has_key).await {
            Ok(body) => store(&sender, &actor, has_key, &parts.headers, body).await,
            Err(rejection) => *rejection,
        },
        Method::GET | Method::HEAD => self_test(&sender, &actor, has_key, &parts.headers).await,
        _ => {
            let mut response = problem(
                StatusCode::METHOD_NOT_ALLOWED,
                "this method is not for reports",
                None,
                "Send reports with POST; GET tests the key.",
            );
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH"));
            response
        }
    }
}

/// Returns the declared length of a body in bytes.
fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn has_body(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.is_some_and(|length| length != "0") || headers.contains_key(header::TRANSFER_ENCODING)
}

/// Handles a report that contains its own key, or none.
async fn receive_with_its_key(mut sender: Sender<'_>, headers: &HeaderMap, body: Body) -> Response {
    let services = &sender.state.services;
    let body = if services.options().open_ingest {
        match sender.read(body, false).await {
            Ok(body) => body,
            Err(rejection) => return *rejection,
        }
    } else {
        let Ok(_turn) = UNKNOWN_SENDERS.try_acquire() else { return busy() };
        match sender.read_briefly(body).await {
            Some(body) => body,
            None if sender.is_too_many() => return too_many(),
            None => return sender.say(&IngestError::KeyRequired, b""),
        }
    };
    sender.key = find_key(headers, &body).await;
    let actor = match ingest::authenticate(services, sender.key.as_deref()).await {
        Ok(actor) => actor,
        Err(error) => return sender.reject(&error, &body, false),
    };
    let has_key = sender.key.is_some();
    store(&sender, &actor, has_key, headers, body).await
}

async fn find_key(headers: &HeaderMap, body: &Bytes) -> Option<String> {
    let (kind, body) = (content_type(headers), body.clone());
    if body.len() <= SMALL {
        return key_in(kind.as_deref(), &body);
    }
    tokio::task::spawn_blocking(move || key_in(kind.as_deref(), &body)).await.ok().flatten()
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn store(
    sender: &Sender<'_>,
    actor: &Actor,
    has_key: bool,
    headers: &HeaderMap,
    body: Bytes,
) -> Response {
    let key = sender.key.clone();
    let upload =
        Upload { content_type: content_type(headers), body: body.clone(), key, source: sender.source() };
    match ingest::accept(&sender.state.services, actor, upload).await {
        // The extension is for the figures of uploads.
        Ok(stored) => {
            (Extension(stored), Json(json!({ "success": true, "result": stored.as_str() }))).into_response()
        }
        Err(error) => sender.reject(&error, &body, has_key),
    }
}

/// `GET`: reports that the key is valid and when the last report arrived.
async fn self_test(sender: &Sender<'_>, actor: &Actor, has_key: bool, headers: &HeaderMap) -> Response {
    // .NET's client sends neither header: this is a report that a redirect (301, 302 or 303) turned into a GET without a
    // body.
    if !headers.contains_key(header::USER_AGENT) && !headers.contains_key(header::ACCEPT) {
        if let Err(error) = ingest::note_redirect(&sender.state.services, actor).await {
            tracing::warn!(%error, "that a redirect lost a report could not be noted");
        }
        let error = "a redirect turned the upload into a GET";
        let exact = &sender.exact;
        let hint = format!(
            "Its report is lost: Duplicati follows 301, 302 and 303 with a GET without a body. Give it the exact address: {exact}. Or \
             let the proxy answer with 308."
        );
        sender.note(error, None, &hint, StatusCode::BAD_REQUEST, b"");
        return problem(StatusCode::BAD_REQUEST, error, None, hint);
    }
    match ingest::last_report(&sender.state.services, actor).await {
        Ok(last) => Json(json!({
            "success": true,
            "key": if has_key { "valid" } else { "not needed" },
            "last_report": last.map(|at| at.to_string()),
            "hint": "Send reports to this URL with POST.",
        }))
        .into_response(),
        Err(error) => store_problem(&error),
    }
}
