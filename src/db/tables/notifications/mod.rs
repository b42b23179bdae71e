//! The outbox, and the history of what was told: a row for each event of an incident and each channel.
//!
//! [`queue::event`] writes rows in the transaction of the event. A dispatcher takes rows with [`claim::next`], which binds them to one
//! message and to the dispatcher for a time, and says with [`outcome`] what became of them.

pub mod claim;
pub mod history;
pub mod outcome;
pub mod queue;

/// The words of `notifications.status`.
pub(super) mod status {
    pub const QUEUED: &str = "queued";
    pub const SENT: &str = "sent";
    pub const FAILED: &str = "failed";
    pub const DROPPED: &str = "dropped";
}
