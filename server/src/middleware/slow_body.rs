//! Aborts bodies that arrive too slowly; hyper waits for a body as long as its connection lives.

use std::{
    error::Error,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use app::features::{database_backups::api::RESTORE_PATH, import::api::IMPORT_PATH};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use crate::{http::answer::problem, limits::Limits, state::AppState};

/// Sets a time limit on the body; once it is exceeded the response is 408, whatever the handler returned.
pub async fn watch(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let late = Arc::new(AtomicBool::new(false));
    let mut limits = state.limits;
    if is_large_file(&request) {
        limits.body_total = limits.file_total;
    }
    let response = next.run(request.map(|body| Body::new(TimedBody::new(body, limits, late.clone())))).await;
    if !late.load(Ordering::Acquire) {
        return response;
    }
    let hint = "Send it again over a faster or more stable connection.";
    let mut response = problem(StatusCode::REQUEST_TIMEOUT, "the body arrived too slowly", None, hint);
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Returns whether the route accepts files of any size, which is for administrators only.
fn is_large_file(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    let takes_files = |route: &str| [RESTORE_PATH, IMPORT_PATH].iter().any(|path| route.ends_with(path));
    route.is_some_and(|route| takes_files(route.as_str()))
}

struct TimedBody {
    body: Body,
    limits: Limits,
    late: Arc<AtomicBool>,
    /// Bytes since the window started.
    received: usize,
    /// The ends of this window and of the body; they start when the body is first read.
    clocks: Option<[Pin<Box<Sleep>>; 2]>,
}

impl TimedBody {
    fn new(body: Body, limits: Limits, late: Arc<AtomicBool>) -> Self {
        Self { body, limits, late, received: 0, clocks: None }
    }

    fn count(&mut self, length: usize) {
        self.received += length;
        if self.received >= self.limits.body_bytes {
            self.received = 0;
            if let Some([window, _]) = &mut self.clocks {
                window.as_mut().reset(Instant::now() + self.limits.body_window);
            }
        }
    }

    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let limits = self.limits;
        let start = || [limits.body_window, limits.body_total].map(|limit| Box::pin(sleep(limit)));
        let [window, total] = self.clocks.get_or_insert_with(start);
        // Both are polled, so that both wake this task.
        window.as_mut().poll(cx).is_ready() | total.as_mut().poll(cx).is_ready()
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.body).poll_frame(cx).map_err(Into::into);
        if let Poll::Ready(Some(Ok(frame))) = &result {
            this.count(frame.data_ref().map_or(0, Bytes::len));
        }
        // Only while no data is available: data that waits in a buffer is late because of us. A client that sends one
        // byte at a time is checked after each of them.
        if result.is_pending() && this.is_late(cx) {
            this.late.store(true, Ordering::Release);
            return Poll::Ready(Some(Err("the body arrived too slowly".into())));
        }
        result
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
