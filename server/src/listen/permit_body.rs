//! A response body that holds a value until it has been sent.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

/// The body with the value.
struct PermitBody<T> {
    body: Body,
    _kept: T,
}

/// Holds a value until the body has been sent or dropped.
pub fn with_permit<T: Send + Unpin + 'static>(body: Body, kept: T) -> Body {
    Body::new(PermitBody { body, _kept: kept })
}

impl<T: Unpin> HttpBody for PermitBody<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
