//! `ETag` and `If-None-Match`.
//!
//! What only depends on the database has the tag of its revision, the number that changes whenever something is stored. It is known before
//! anything is read, so that a program that asks again for what has not changed costs nothing. What also depends on other things (the disk,
//! when a key was last used) has the tag of its content.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use duplistatus::service::{Actor, Proof};
use tokio::sync::watch;

use crate::{
    access::authorize::actor,
    http::{answer::service_problem, conditional::names},
};

/// A client may keep an answer, and must ask whether it has changed.
const ASK: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Bytes of an answer whose content is its tag, at most.
const CONTENT: usize = 16 << 20;

/// The revision of the database. It is followed while the program runs, so that writes of commands are noticed within a second.
pub type Revision = watch::Receiver<u64>;

/// Answers 304 if nothing was stored since the tag that the request names.
pub async fn by_revision(State(revision): State<Revision>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    // Before anything is read: what is stored meanwhile belongs to the next tag.
    let stored = *revision.borrow();
    let asked = request.uri().path_and_query().map(|uri| uri.as_str()).unwrap_or_default();
    let whose = whose(&actor(request.extensions()));
    let tag = format!("W/\"{stored:x}-{:x}\"", hash(&(asked, whose)));
    if names(request.headers(), &tag) {
        return unchanged(&tag);
    }
    let response = next.run(request).await;
    if response.status() == StatusCode::OK { tagged(response, &tag) } else { response }
}

/// Answers 304 if the answer is the one whose tag the request names.
pub async fn by_content(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (parts, body) = response.into_parts();
    let content = match to_bytes(body, CONTENT).await {
        Ok(content) => content,
        Err(error) => return service_problem(&duplistatus::error::Error::internal(error)),
    };
    let tag = format!("W/\"{:x}\"", hash(&content));
    if names(&headers, &tag) {
        return unchanged(&tag);
    }
    tagged(Response::from_parts(parts, Body::from(content)), &tag)
}

/// What an answer depends on beside its URL: rights, which keys of one user can have different ones of.
fn whose(actor: &Actor) -> (i64, i64, i64, &'static str) {
    match actor {
        Actor::User(identity) => {
            let (session, key) = match identity.proof {
                Proof::Session(id) => (id.0, 0),
                Proof::ApiKey { id, .. } => (0, id.0),
            };
            (identity.user.0, session, key, identity.role.as_str())
        }
        _ => (0, 0, 0, ""),
    }
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn unchanged(tag: &str) -> Response {
    tagged(StatusCode::NOT_MODIFIED.into_response(), tag)
}

fn tagged(mut response: Response, tag: &str) -> Response {
    response.headers_mut().extend(HeaderValue::from_str(tag).ok().map(|tag| (header::ETAG, tag)));
    response.headers_mut().insert(header::CACHE_CONTROL, ASK);
    response
}
