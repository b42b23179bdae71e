//! `/api/upload` and `/api/upload/{key}`: where Duplicati sends its reports.
//!
//! Every report that is understood gets 200, including duplicates: any other response makes Duplicati retry and warn its
//! user.
//!
//! The key is in the path. Senders that were set up for the Node application have it in the query, in a header or in the body.

use std::{net::IpAddr, time::Duration};

use axum::{
    Extension, Json,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use duplistatus::{
    report::{ReportError, hide_key, key_in},
    service::{
        Actor, ingest,
        ingest::{IngestError, TooMany, Upload, rejected, rejected::Rejection},
    },
};
use serde_json::json;
use tokio::sync::Semaphore;

use super::answer::{problem, store_problem};
use crate::{access::sent_key, client::Client, state::AppState};

/// Maximum bytes read of a report without a valid key.
const LOOKED_AT: usize = 64 * 1024;
/// Time limit for reading it.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum bytes of a report that contains its own key: the limit of the Node application.
const WITH_ITS_KEY: usize = 5 * 1024 * 1024;
/// Time limit for reading it.
const LONG_TIMEOUT: Duration = Duration::from_secs(30);
/// How many such reports are read at once. Anyone can send them: they leave most turns to reports whose key is known before.
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

fn is_too_large(error: &axum::Error) -> bool {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(cause) = source {
        if cause.to_string().contains("length limit exceeded") {
            return true;
        }
        source = cause.source();
    }
    false
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

/// The sender of a request.
struct Sender<'s> {
    state: &'s AppState,
    address: IpAddr,
    key: Option<String>,
    declared: Option<u64>,
    /// The address it requested, as users enter it in Duplicati, with a placeholder for the key.
    exact: String,
}

/// Returns the address for reports that this request used, or should have used.
fn exact_address(state: &AppState, client: &Client, path: &str) -> String {
    let inside = path.strip_prefix(state.base.as_str()).unwrap_or(path);
    let door = if inside.starts_with("/api/status") { "status" } else { "upload" };
    let origin = state.public_url.as_ref().map(ToString::to_string).or_else(|| client.origin());
    format!("{}{}/api/{door}/<key>", origin.unwrap_or_default(), state.base.as_str())
}

impl Sender<'_> {
    fn source(&self) -> String {
        self.address.to_string()
    }

    /// Reads the body, up to the limit of a report.
    async fn read(&self, body: Body, has_key: bool) -> Result<Bytes, Box<Response>> {
        let most = self.state.max_upload;
        if self.declared.is_some_and(|length| length > most as u64) {
            return Err(Box::new(self.too_large(has_key)));
        }
        axum::body::to_bytes(body, most).await.map_err(|error| {
            Box::new(match is_too_large(&error) {
                true => self.too_large(has_key),
                // The sender has gone, so nobody reads this response.
                false => problem(StatusCode::BAD_REQUEST, "the body ended too early", None, "Send it again."),
            })
        })
    }

    /// Reads a body whose sender is not known yet; `None` if it is too large or too slow. Less is read of an address that fails constantly.
    async fn read_briefly(&self, body: Body) -> Option<Bytes> {
        let is_over = self.state.throttle.is_over(self.address, self.state.services.clock().now());
        let most = if is_over { LOOKED_AT } else { WITH_ITS_KEY.min(self.state.max_upload) };
        if self.declared.is_some_and(|length| length > most as u64) {
            return None;
        }
        tokio::time::timeout(LONG_TIMEOUT, axum::body::to_bytes(body, most)).await.ok()?.ok()
    }

    fn too_large(&self, has_key: bool) -> Response {
        let error = "the report is too large";
        let limit = self.state.max_upload;
        let hint = format!(
            "At most {limit} bytes are accepted. Lower send-http-max-log-lines, or raise --max-upload."
        );
        if !has_key && self.is_too_many() {
            return too_many();
        }
        self.note(error, None, &hint, StatusCode::PAYLOAD_TOO_LARGE, b"");
        problem(StatusCode::PAYLOAD_TOO_LARGE, error, None, hint)
    }

    /// Returns the response for a failure, counts it for the address, and records the rejection.
    fn reject(&self, error: &IngestError, body: &[u8], has_key: bool) -> Response {
        let is_ours = matches!(error, IngestError::Store(_));
        if !is_ours && !has_key && self.is_too_many() { too_many() } else { self.say(error, body) }
    }

    /// Same for senders without a valid key. Their body is read all the same, so that the list of rejected reports names
    /// the machine: at most [`LOOKED_AT`] bytes, and only if the address does not fail constantly.
    async fn reject_unknown_key(
        &self,
        error: &IngestError,
        method: &Method,
        headers: &HeaderMap,
        body: Body,
    ) -> Response {
        if matches!(error, IngestError::Store(_)) {
            return self.say(error, b"");
        }
        if self.is_too_many() {
            return too_many();
        }
        let sends = *method != Method::GET || has_body(headers);
        let is_small = self.declared.is_none_or(|length| length <= LOOKED_AT as u64);
        if !(sends && is_small) {
            return self.say(error, b"");
        }
        match tokio::time::timeout(TIMEOUT, axum::body::to_bytes(body, LOOKED_AT)).await {
            Ok(Ok(body)) => self.say(error, &body),
            _ => self.say(error, b""),
        }
    }

    /// Returns the response for a failure, and records the rejection.
    fn say(&self, error: &IngestError, body: &[u8]) -> Response {
        let (status, field, hint) = match error {
            IngestError::Store(error) => return store_problem(error),
            IngestError::KeyRequired => (
                StatusCode::UNAUTHORIZED,
                None,
                "Create a key under Settings → Ingest keys and send to /api/upload/<key>, or start with --open-ingest.".to_owned(),
            ),
            IngestError::WrongKey => (
                StatusCode::UNAUTHORIZED,
                None,
                self.wrong_key().to_owned(),
            ),
            IngestError::TooMany(too_many) => (StatusCode::TOO_MANY_REQUESTS, None, made_too_many(*too_many)),
            IngestError::NotAReport(ReportError { field, hint, .. }) => {
                (StatusCode::BAD_REQUEST, field.clone(), hint.clone())
            }
        };
        self.note(&error.to_string(), field.clone(), &hint, status, body);
        let mut response = problem(status, error.to_string(), field, hint);
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("3600"));
        }
        response
    }

    /// Returns what to do about an invalid key.
    fn wrong_key(&self) -> &'static str {
        match self.key.as_deref() {
            Some(key) if key.starts_with("dsk_") => {
                "This is an API key, which cannot send reports. Create an ingest key under Settings → Ingest keys."
            }
            _ => {
                "The key does not exist, was revoked or has expired. Create a new one under Settings → Ingest keys."
            }
        }
    }

    fn is_too_many(&self) -> bool {
        self.state.throttle.fail(self.address, self.state.services.clock().now()).is_some()
    }

    fn note(&self, reason: &str, field: Option<String>, hint: &str, status: StatusCode, body: &[u8]) {
        let source = self.source();
        let body = &*hide_key(body, self.key.as_deref().unwrap_or_default());
        let rejection = Rejection {
            reason: reason.to_owned(),
            field,
            hint: hint.to_owned(),
            http_status: status.as_u16(),
            source: &source,
            body,
            size: self.declared.unwrap_or(body.len() as u64),
        };
        rejected::note(&self.state.services, rejection);
    }
}

/// Returns what to do when a key creates too many servers or jobs.
fn made_too_many(too_many: TooMany) -> String {
    let (what, number, option, named) = match too_many {
        TooMany::Servers(number) => ("servers", number, "--max-new-servers", "machine-id or machine-name"),
        TooMany::Jobs(number) => ("jobs", number, "--max-new-jobs", "backup-id or backup-name"),
    };
    format!(
        "The reports of one key (or of one IP address without a key) may create {number} new {what} per day (UTC). Reports of known \
         {what} are accepted. If the {named} changes with every run, set it with the option of that name in Duplicati. If you \
         are adding many, start with a larger {option}. If you do not recognise the sender, revoke the key."
    )
}

fn busy() -> Response {
    let hint =
        "Too many reports without a key in their URL at once. Send it again, or put the key into the URL.";
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once", None, hint);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

fn too_many() -> Response {
    let hint = "Too many requests from this address failed. Wait, then check the key.";
    let mut response = problem(StatusCode::TOO_MANY_REQUESTS, "too many failed requests", None, hint);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    response
}
