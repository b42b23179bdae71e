//! Limits how many requests of a kind are processed at once, and for how long. A request that waits too long for a slot
//! fails with a retry hint. Uploads have their own slots, which pages cannot use.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use tokio::{sync::Semaphore, time::timeout};

use crate::{http::answer::problem, limits::Limits, listen::with_permit};

/// Number of simultaneous exports.
const EXPORTS: usize = 2;

/// The limit of one kind of requests.
#[derive(Debug)]
pub struct ConcurrencyLimit {
    permits: Arc<Semaphore>,
    wait: Duration,
    answer: Option<Duration>,
}

/// The limits of all kinds.
#[derive(Debug)]
pub struct ConcurrencyLimits {
    /// Pages, server functions, files, and the API for programs.
    pub pages: Arc<ConcurrencyLimit>,
    /// Uploads, whose bodies have their own time limit.
    pub uploads: Arc<ConcurrencyLimit>,
    /// Large files uploaded by administrators: one at a time, without a time limit.
    pub files: Arc<ConcurrencyLimit>,
    /// Exports of runs, each of which uses a database connection until it has been sent.
    pub exports: Arc<ConcurrencyLimit>,
    /// Live streams, which are long-lived: half of all connections.
    pub streams: Arc<ConcurrencyLimit>,
}

impl ConcurrencyLimits {
    /// Creates the limits, with all slots free.
    pub fn new(limits: &Limits) -> Self {
        Self {
            pages: ConcurrencyLimit::new(limits.pages, limits.wait, Some(limits.answer)),
            uploads: ConcurrencyLimit::new(
                limits.uploads,
                limits.wait,
                Some(limits.body_total + limits.answer),
            ),
            files: ConcurrencyLimit::new(1, limits.wait, None),
            exports: ConcurrencyLimit::new(EXPORTS, limits.wait, None),
            streams: ConcurrencyLimit::new(limits.connections / 2, Duration::ZERO, None),
        }
    }
}

impl ConcurrencyLimit {
    fn new(permits: usize, wait: Duration, answer: Option<Duration>) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
        Arc::new(Self { permits, wait, answer })
    }
}

/// Waits for a slot, then for the response.
pub async fn take(State(share): State<Arc<ConcurrencyLimit>>, request: Request, next: Next) -> Response {
    let Ok(Ok(permit)) = timeout(share.wait, share.permits.clone().acquire_owned()).await else {
        return retry_later("too many requests at once");
    };
    match share.answer {
        Some(limit) => match timeout(limit, next.run(request)).await {
            Ok(response) => response,
            Err(_) => retry_later("the response took too long"),
        },
        None => next.run(request).await.map(|body| with_permit(body, permit)),
    }
}

fn retry_later(error: &str) -> Response {
    let hint = "The server is overloaded. Send the same request again in a moment.";
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, error, None, hint);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn an_answer_that_does_not_come_is_not_waited_for_and_its_turn_is_free_again() {
        let share = ConcurrencyLimit::new(1, Duration::from_secs(10), Some(Duration::from_millis(20)));
        let app: Router = Router::new()
            .route("/never", get(std::future::pending::<()>))
            .route("/now", get(async || "now"))
            .layer(from_fn_with_state(share, take));
        let status = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            app.clone().oneshot(request).await.unwrap().status()
        };
        assert_eq!(status("/never").await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status("/now").await, StatusCode::OK);
    }
}
