//! Accepts connections and speaks HTTP/1.1 on them, within [`Limits`], which `axum::serve` does not
//! have.

mod connection_limit;
mod permit_body;
mod progress;
mod stream;

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use duplistatus::throttle::network;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub use permit_body::with_permit;

use crate::{client::Proxies, limits::Limits};
use connection_limit::{ConnectionLimit, ConnectionPermit};
use stream::TimedStream;

/// Sent to a connection for which there is no slot.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Pause when the system is out of files or memory.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stopping`, then lets every accepted request finish.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    proxies: Arc<Proxies>,
    stopping: CancellationToken,
) {
    let limit = ConnectionLimit::new(&limits);
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // hyper's timeout also applies between requests; that of the head is implemented in the
        // stream.
        .header_read_timeout(limits.idle.max(limits.head))
        .max_headers(limits.headers)
        .max_buf_size(limits.head_bytes);
    loop {
        let accepted = tokio::select! {
            biased;
            () = stopping.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                limit.evict_idle();
                tokio::select! { () = sleep(PAUSE) => {}, () = stopping.cancelled() => {} }
                continue;
            }
        };
        let address = peer.ip().to_canonical();
        let Some(slot) = limit.take((!proxies.trusts(address)).then(|| network(address))) else {
            tracing::debug!("no place for a connection");
            // The response fits into the system's buffer.
            let _ = stream.try_write(FULL);
            continue;
        };
        let stream = Accepted { stream, peer, slot };
        tokio::spawn(stream.speak(builder.clone(), app.clone(), limits, graceful.watcher()));
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Returns whether an error concerns only one connection, which was closed before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

struct Accepted {
    stream: TcpStream,
    peer: SocketAddr,
    slot: ConnectionPermit,
}

impl Accepted {
    /// Responds to requests until one side closes the connection.
    async fn speak(self, builder: http1::Builder, app: Router, limits: Limits, watcher: Watcher) {
        let Self { stream, peer, slot } = self;
        // Responses are written at once, so waiting for more data would only delay them.
        let _ = stream.set_nodelay(true);
        let progress = slot.progress.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (app, busy) = (app.clone(), progress.begin());
            async move {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                let response = app.oneshot(request).await?;
                Ok::<_, Infallible>(response.map(|body| with_permit(body, busy)))
            }
        });
        let stream = TokioIo::new(TimedStream::new(stream, slot.progress.clone(), limits));
        let talk = watcher.watch(builder.serve_connection(stream, service));
        tokio::pin!(talk);
        tokio::select! {
            result = &mut talk => return ended(result),
            () = slot.evicted.cancelled() => {}
        }
        // A request may have arrived at the last moment.
        if !slot.progress.is_idle() {
            ended(talk.await);
        }
    }
}

fn ended(result: hyper::Result<()>) {
    if let Err(error) = result {
        tracing::trace!(%error, "a connection ended early");
    }
}
