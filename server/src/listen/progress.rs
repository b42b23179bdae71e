//! Whether a connection has a request in progress.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// Counts the requests of one connection.
#[derive(Debug, Default)]
pub(super) struct Progress {
    started: AtomicU32,
    finished: AtomicU32,
}

/// A request in progress: from the end of its head to the end of its response.
#[derive(Debug)]
pub(super) struct ActiveRequest(Arc<Progress>);

impl Progress {
    /// Counts a new request.
    pub(super) fn begin(self: &Arc<Self>) -> ActiveRequest {
        self.started.fetch_add(1, Ordering::AcqRel);
        ActiveRequest(self.clone())
    }

    /// Returns the number of requests so far.
    pub(super) fn started(&self) -> u32 {
        self.started.load(Ordering::Acquire)
    }

    /// Returns whether all of them have been responded to.
    pub(super) fn is_idle(&self) -> bool {
        self.finished.load(Ordering::Acquire) == self.started()
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.0.finished.fetch_add(1, Ordering::AcqRel);
    }
}
