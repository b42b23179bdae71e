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
    let since = request.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|value| httpdate::parse_http_date(value).ok());
    let is_known = match request.contains_key(header::IF_NONE_MATCH) {
        true => given(request).any(|one| one == "*") || names(request, &tag),
        false => since.zip(modified).is_some_and(|(since, modified)| modified <= since),
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

/// Returns the tags of `If-None-Match`.
fn given(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let all = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).map(str::trim)
}

/// Whether `If-None-Match` names a tag, weak or strong. `*` names none: whether there is something is not known before it is read.
pub fn names(headers: &HeaderMap, tag: &str) -> bool {
    let strong = |tag: &str| tag.trim_start_matches("W/").to_owned();
    given(headers).any(|one| strong(one) == strong(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_among_others_and_weak_ones_are_equal() {
        let given = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, value.parse().unwrap());
            headers
        };
        for value in ["W/\"a-1\"", "\"a-1\"", "W/\"b\", W/\"a-1\""] {
            assert!(names(&given(value), "W/\"a-1\""), "{value}");
        }
        for value in ["W/\"a-2\"", "a-1", "", "*"] {
            assert!(!names(&given(value), "W/\"a-1\""), "{value}");
        }
        assert!(!names(&HeaderMap::new(), "W/\"a-1\""));
    }
}
