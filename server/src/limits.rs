//! Limits of connections and requests: time, size and number. No client can occupy for long what others need.

use std::time::Duration;

/// The limits of the HTTP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of connections.
    pub connections: usize,
    /// Maximum number of connections of one address (IPv6: one /64); does not apply to trusted proxies.
    pub connections_per_address: usize,
    /// From the first byte of a request's head (or the start of the connection) to its last byte.
    pub head: Duration,
    /// Between a response and the next request on the same connection: longer than the usual proxies keep
    /// connections.
    pub idle: Duration,
    /// How long nothing can be sent because the peer does not read.
    pub send: Duration,
    /// Maximum bytes of a request's head. What arrives with the same read is still accepted: at most twice as
    /// much.
    pub head_bytes: usize,
    /// Maximum number of header lines of a request.
    pub headers: usize,
    /// Period in which at least [`body_bytes`](Self::body_bytes) of a body must arrive.
    pub body_window: Duration,
    /// See [`body_window`](Self::body_window).
    pub body_bytes: usize,
    /// From the first to the last byte of a body.
    pub body_total: Duration,
    /// Same for a file of any size uploaded by an administrator.
    pub file_total: Duration,
    /// From the head (uploads: from the end of the longest body) to the start of the response.
    pub answer: Duration,
    /// How long a request may wait for a free slot.
    pub wait: Duration,
    /// Maximum number of simultaneous requests for pages, server functions and files.
    pub pages: usize,
    /// Maximum number of simultaneous uploads: each can hold the largest report in memory.
    pub uploads: usize,
}

/// Open files other than connections: database, standard streams, connections that are being closed.
const OTHER_FILES: usize = 128;

/// Default number of connections; more are not useful for a program of this size.
const MANY_CONNECTIONS: usize = 16_384;

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: MANY_CONNECTIONS,
            connections_per_address: 256,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            send: Duration::from_secs(60),
            head_bytes: 32 * 1024,
            headers: 100,
            body_window: Duration::from_secs(20),
            body_bytes: 20 * 1024,
            body_total: Duration::from_secs(300),
            file_total: Duration::from_secs(4 * 3600),
            answer: Duration::from_secs(60),
            wait: Duration::from_secs(10),
            pages: 128,
            uploads: 128,
        }
    }
}

impl Limits {
    /// Returns the default limits, with as many connections as requested and permitted by the system.
    pub fn for_this_process(wanted: Option<usize>) -> Self {
        let wanted = wanted.unwrap_or(MANY_CONNECTIONS);
        let possible = open_files(wanted.saturating_add(OTHER_FILES)).saturating_sub(OTHER_FILES).max(16);
        if possible < wanted {
            tracing::info!("at most {possible} simultaneous connections, because of the limit of open files");
        }
        Self { connections: wanted.min(possible), ..Self::default() }
    }
}

/// Returns how many files may be open, after requesting this many.
#[cfg(unix)]
fn open_files(wanted: usize) -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
    if limit.current.is_some_and(|current| current < wanted) {
        let mut more = limit;
        more.current = Some(limit.maximum.map_or(wanted, |maximum| maximum.min(wanted)));
        // If it is not permitted, the current limit applies.
        if setrlimit(Resource::Nofile, more).is_ok() {
            limit = more;
        }
    }
    limit.current.map_or(usize::MAX, |current| usize::try_from(current).unwrap_or(usize::MAX))
}

/// Other systems have no such limit.
#[cfg(not(unix))]
fn open_files(wanted: usize) -> usize {
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_connections_than_wanted_or_possible() {
        assert_eq!(Limits::for_this_process(Some(20)).connections, 20);
        let most = Limits::for_this_process(Some(usize::MAX)).connections;
        assert!((16..=usize::MAX - OTHER_FILES).contains(&most), "{most}");
    }
}
