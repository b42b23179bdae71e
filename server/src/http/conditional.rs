//! Answers that a program has already: 304 if neither the content nor its time has changed.

use std::time::{Duration, SystemTime};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use duplistatus::{crypto::token::sha256_hex, time::Timestamp};

/// How long feed readers and calendars may keep an answer.
const CACHING: &str = "private, max-age=300";

/// Returns a text, or 304 if the request says that it has it.
pub fn text(request: &HeaderMap, kind: &'static str, body: String, modified: Option<Timestamp>) -> Response {
    let hash = sha256_hex(&body);
    // Weak: the same text may be sent compressed.
    let tag = format!("W/\"{}\"", hash.get(..32).unwrap_or_default());
    let modified = modified.and_then(|at| u64::try_from(at.unix()).ok());
    let modified = modified.map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    let known = request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let since = request.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|value| httpdate::parse_http_date(value).ok());
    let is_known = match known {
        Some(known) => known.split(',').map(str::trim).any(|known| known == "*" || known == tag),
        None => since.zip(modified).is_some_and(|(since, modified)| modified <= since),
    };
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, kind)], body).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHING));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    let modified = modified.map(httpdate::fmt_http_date);
    if let Some(at) = modified.and_then(|at| HeaderValue::from_str(&at).ok()) {
        headers.insert(header::LAST_MODIFIED, at);
    }
    response
}
