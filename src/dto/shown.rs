//! What an open page needs to know of its data to stay right: when they were asked for, and until when they hold.

use super::Moment;
use crate::time::Timestamp;

/// Data that a page shows and fetches again.
pub trait Shown {
    /// When the data were asked for, by the server's clock.
    fn now(&self) -> Moment;

    /// The earliest moment at which they change although nothing arrives: a job becomes late, a running one is no longer
    /// heard of, a day ends. `None` when they stay as they are.
    fn changes_at(&self) -> Option<Timestamp> {
        None
    }
}

/// Data that travel with the question they answer.
impl<Q, T: Shown> Shown for (Q, T) {
    fn now(&self) -> Moment {
        self.1.now()
    }

    fn changes_at(&self) -> Option<Timestamp> {
        self.1.changes_at()
    }
}
