//! `Idempotency-Key`: a POST that is sent again with the same key is answered again, and not done again.
//!
//! Keys and answers are kept in memory for an hour, and not on the disk: a program that gets no answer sends again at once. After a restart
//! a key is a new one.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{
    access::authorize::actor,
    http::answer::{problem, rejection},
};

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(3600);
/// Number of answers that are kept.
const MOST: usize = 1000;
/// Bytes of a request or an answer with a key.
const SIZE: usize = 1 << 20;
/// Characters of a key.
const KEY: usize = 200;

/// The name of the header.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The answers that are kept.
#[derive(Debug, Clone, Default)]
pub struct Answers(Arc<Mutex<HashMap<u64, Known>>>);

#[derive(Debug, Clone)]
struct Known {
    request: u64,
    since: Instant,
    /// `None` while the request is being answered.
    answer: Option<(StatusCode, Option<HeaderValue>, Bytes)>,
}

/// Whether to answer a request.
enum Begun {
    New(Running),
    Known(Response),
}

/// A request that is being answered. If that is cancelled, its key is free again.
struct Running {
    answers: Answers,
    key: u64,
    is_done: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_done {
            self.answers.lock().remove(&self.key);
        }
    }
}

impl Answers {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, key: u64, request: u64, now: Instant) -> Begun {
        let mut all = self.lock();
        all.retain(|_, known| now.duration_since(known.since) < KEPT);
        match all.get(&key) {
            Some(known) if known.request != request => Begun::Known(rejection(
                StatusCode::UNPROCESSABLE_ENTITY,
                "reused_key",
                "this idempotency key was used for another request",
                "Use another key for another request.",
            )),
            Some(Known { answer: None, .. }) => Begun::Known(rejection(
                StatusCode::CONFLICT,
                "in_progress",
                "a request with this idempotency key is being answered",
                "Wait, and send the request again.",
            )),
            Some(Known { answer: Some((status, kind, body)), .. }) => {
                let mut response = (*status, body.clone()).into_response();
                response.headers_mut().remove(header::CONTENT_TYPE);
                response.headers_mut().extend(kind.clone().map(|kind| (header::CONTENT_TYPE, kind)));
                response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
                Begun::Known(response)
            }
            None => {
                if all.len() >= MOST {
                    let oldest = all.iter().min_by_key(|(_, known)| known.since).map(|(key, _)| *key);
                    oldest.map(|oldest| all.remove(&oldest));
                }
                all.insert(key, Known { request, since: now, answer: None });
                Begun::New(Running { answers: self.clone(), key, is_done: false })
            }
        }
    }
}

impl Running {
    fn end(mut self, answer: (StatusCode, Option<HeaderValue>, Bytes)) {
        if let Some(known) = self.answers.lock().get_mut(&self.key) {
            known.answer = Some(answer);
        }
        self.is_done = true;
    }
}

fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// Answers a POST with a known key as before.
pub async fn once(State(answers): State<Answers>, request: Request, next: Next) -> Response {
    let given = request.headers().get(&HEADER).cloned();
    let Some(given) = given.filter(|_| *request.method() == Method::POST) else {
        return next.run(request).await;
    };
    if given.is_empty() || given.len() > KEY {
        let hint = format!("use 1 to {KEY} characters");
        return problem(StatusCode::BAD_REQUEST, "invalid key", Some("Idempotency-Key".into()), hint);
    }
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, SIZE).await else {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "too large", None, "Send less.");
    };
    let whose = actor(&head.extensions).owner();
    let path = head.uri.path_and_query().map(|path| path.as_str()).unwrap_or_default();
    let key = hash(&[whose.as_bytes(), given.as_bytes()]);
    let running = match answers.begin(key, hash(&[path.as_bytes(), &body]), Instant::now()) {
        Begun::New(running) => running,
        Begun::Known(response) => return response,
    };
    let response = next.run(Request::from_parts(head, Body::from(body))).await;
    // What failed here may succeed later.
    if response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS {
        return response;
    }
    let (head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, SIZE).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if head.status.is_success() {
        running.end((head.status, head.headers.get(header::CONTENT_TYPE).cloned(), body.clone()));
    }
    Response::from_parts(head, Body::from(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_new(begun: &Begun) -> bool {
        matches!(begun, Begun::New(_))
    }

    fn status(begun: &Begun) -> Option<StatusCode> {
        match begun {
            Begun::New(_) => None,
            Begun::Known(response) => Some(response.status()),
        }
    }

    #[test]
    fn a_key_stands_for_one_request_while_it_is_kept() {
        let (answers, now) = (Answers::default(), Instant::now());
        let Begun::New(running) = answers.begin(1, 1, now) else { panic!("it is new") };
        assert_eq!(status(&answers.begin(1, 1, now)), Some(StatusCode::CONFLICT), "it is being answered");
        running.end((StatusCode::CREATED, None, Bytes::from_static(b"{}")));
        assert_eq!(status(&answers.begin(1, 1, now)), Some(StatusCode::CREATED));
        assert_eq!(status(&answers.begin(1, 2, now)), Some(StatusCode::UNPROCESSABLE_ENTITY));
        assert!(is_new(&answers.begin(1, 2, now + KEPT)), "it is forgotten");
    }

    #[test]
    fn a_request_that_is_given_up_frees_its_key() {
        let (answers, now) = (Answers::default(), Instant::now());
        drop(answers.begin(1, 1, now));
        assert!(is_new(&answers.begin(1, 1, now)));
    }

    #[test]
    fn the_number_of_answers_is_bounded() {
        let (answers, now) = (Answers::default(), Instant::now());
        for key in 0..2 * MOST as u64 {
            if let Begun::New(running) = answers.begin(key, 1, now) {
                running.end((StatusCode::OK, None, Bytes::new()));
            }
        }
        assert_eq!(answers.lock().len(), MOST);
    }
}
