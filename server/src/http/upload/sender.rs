//! Who sends a report: reads its body, answers failures, and records them as rejected reports.

use std::{net::IpAddr, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use duplistatus::{
    report::{ReportError, hide_key},
    service::ingest::{IngestError, TooMany, rejected, rejected::Rejection},
};

use super::{
    super::answer::{problem, store_problem},
    has_body,
};
use crate::{client::Client, state::AppState};

/// Maximum bytes read of a report without a valid key.
const LOOKED_AT: usize = 64 * 1024;
/// Time limit for reading it.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum bytes of a report that contains its own key: the limit of the Node application.
const WITH_ITS_KEY: usize = 5 * 1024 * 1024;
/// Time limit for reading it.
const LONG_TIMEOUT: Duration = Duration::from_secs(30);

/// The sender of a request.
pub(super) struct Sender<'s> {
    pub state: &'s AppState,
    pub address: IpAddr,
    pub key: Option<String>,
    pub declared: Option<u64>,
    /// The address it requested, as users enter it in Duplicati, with a placeholder for the key.
    pub exact: String,
}

/// Returns the address for reports that this request used, or should have used.
pub(super) fn exact_address(state: &AppState, client: &Client, path: &str) -> String {
    let inside = path.strip_prefix(state.base.as_str()).unwrap_or(path);
    let door = if inside.starts_with("/api/status") { "status" } else { "upload" };
    let origin = state.public_url.as_ref().map(ToString::to_string).or_else(|| client.origin());
    format!("{}{}/api/{door}/<key>", origin.unwrap_or_default(), state.base.as_str())
}

impl Sender<'_> {
    pub fn source(&self) -> String {
        self.address.to_string()
    }

    /// Reads the body, up to the limit of a report.
    pub async fn read(&self, body: Body, has_key: bool) -> Result<Bytes, Box<Response>> {
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
    pub async fn read_briefly(&self, body: Body) -> Option<Bytes> {
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
    pub fn reject(&self, error: &IngestError, body: &[u8], has_key: bool) -> Response {
        let is_ours = matches!(error, IngestError::Store(_));
        if !is_ours && !has_key && self.is_too_many() { too_many() } else { self.say(error, body) }
    }

    /// Same for senders without a valid key. Their body is read all the same, so that the list of rejected reports names
    /// the machine: at most [`LOOKED_AT`] bytes, and only if the address does not fail constantly.
    pub async fn reject_unknown_key(
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
    pub fn say(&self, error: &IngestError, body: &[u8]) -> Response {
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

    pub fn is_too_many(&self) -> bool {
        self.state.throttle.fail(self.address, self.state.services.clock().now()).is_some()
    }

    pub fn note(&self, reason: &str, field: Option<String>, hint: &str, status: StatusCode, body: &[u8]) {
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

pub(super) fn busy() -> Response {
    let hint =
        "Too many reports without a key in their URL at once. Send it again, or put the key into the URL.";
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once", None, hint);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

pub(super) fn too_many() -> Response {
    let hint = "Too many requests from this address failed. Wait, then check the key.";
    let mut response = problem(StatusCode::TOO_MANY_REQUESTS, "too many failed requests", None, hint);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    response
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
