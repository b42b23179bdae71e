//! A TCP connection with time limits: a request's head must be complete in time, and the response must be read.
//!
//! hyper has a single limit for the head and for the time between requests. Proxies keep idle connections much longer
//! than a head may take, so the head has its own limit here.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use super::progress::Progress;
use crate::limits::Limits;

/// The connection with its timers.
pub(super) struct TimedStream {
    stream: TcpStream,
    progress: Arc<Progress>,
    limits: Limits,
    /// Runs while a head is awaited, with the number of requests before it.
    head: Option<(u32, Pin<Box<Sleep>>)>,
    /// Runs while nothing can be sent.
    send: Option<Pin<Box<Sleep>>>,
    /// How much of [`TOO_LARGE`] was sent in place of hyper's own response.
    explained: Option<usize>,
}

/// The start of hyper's response to a head that is too large, which has no content.
const WITHOUT_WORDS: &[u8] = b"HTTP/1.1 431 ";

/// Sent instead.
const TOO_LARGE: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Length: 248\r\nConnection: close\r\n\r\n\
    The headers of this request are too large: more than 32 KiB, or more than 100 lines. The usual cause is cookies \
    of other programs on the same host name. Delete the cookies of this site in your browser, or use a separate \
    host name for each program.\n";

impl TimedStream {
    /// Starts waiting for the first head.
    pub(super) fn new(stream: TcpStream, progress: Arc<Progress>, limits: Limits) -> Self {
        let head = Some((progress.started(), clock(limits.head)));
        Self { stream, progress, limits, head, send: None, explained: None }
    }

    /// Sends [`TOO_LARGE`] in place of hyper's response without content; `None` for anything else.
    fn poll_explain(
        &mut self,
        cx: &mut Context<'_>,
        first: &[u8],
        all: usize,
    ) -> Option<Poll<io::Result<usize>>> {
        // Our own responses are sent while their request is in progress.
        if self.explained.is_none() && !(self.progress.is_idle() && first.starts_with(WITHOUT_WORDS)) {
            return None;
        }
        let mut sent = self.explained.unwrap_or_default();
        while let Some(rest) = TOO_LARGE.get(sent..).filter(|rest| !rest.is_empty()) {
            let result = Pin::new(&mut self.stream).poll_write(cx, rest);
            match self.sent(cx, result) {
                Poll::Ready(Ok(0)) => return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into()))),
                Poll::Ready(Ok(count)) => sent += count,
                other => {
                    self.explained = Some(sent);
                    return Some(other);
                }
            }
            self.explained = Some(sent);
        }
        self.explained = None;
        Some(Poll::Ready(Ok(all)))
    }

    fn sent<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.send = None;
            return result;
        }
        let limit = self.limits.send;
        let late = self.send.get_or_insert_with(|| clock(limit)).as_mut().poll(cx);
        late.map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

fn clock(limit: Duration) -> Pin<Box<Sleep>> {
    Box::pin(sleep(limit))
}

impl AsyncRead for TimedStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let (number, is_idle) = (this.progress.started(), this.progress.is_idle());
        if !is_idle || this.head.as_ref().is_some_and(|(awaited, _)| *awaited != number) {
            this.head = None;
        }
        let before = buf.filled().len();
        let result = Pin::new(&mut this.stream).poll_read(cx, buf);
        match (&result, &mut this.head) {
            (Poll::Pending, Some((_, clock))) => {
                return clock.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()));
            }
            (Poll::Ready(Ok(())), None) if is_idle && buf.filled().len() > before => {
                this.head = Some((number, clock(this.limits.head)));
            }
            _ => {}
        }
        result
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(explained) = this.poll_explain(cx, buf, buf.len()) {
            return explained;
        }
        let result = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.sent(cx, result)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let first = bufs.first().map_or(&[][..], |first| &**first);
        if let Some(explained) = this.poll_explain(cx, first, bufs.iter().map(|buf| buf.len()).sum()) {
            return explained;
        }
        let result = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.sent(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
