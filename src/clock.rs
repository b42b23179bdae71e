//! The clock that every service receives, so that tests control the time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::time::Timestamp;

/// The source of the current time: the system clock, or a manual clock for tests.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Returns the system clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Creates a clock that stands still until it is set. Clones share the time.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.unix()))))
    }

    /// Returns the current time.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => {
                let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_unix(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
            }
            Source::Manual(seconds) => Timestamp::from_unix(seconds.load(Ordering::SeqCst)),
        }
    }

    /// Sets a manual clock. Does nothing on the system clock.
    pub fn set(&self, now: Timestamp) {
        if let Source::Manual(seconds) = &self.0 {
            seconds.store(now.unix(), Ordering::SeqCst);
        }
    }
}
