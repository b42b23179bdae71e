//! The outbox, and the history of what was told: a row for each event of an incident and each channel.
//!
//! [`queue::event`] writes rows in the transaction of the event. A dispatcher takes rows with [`claim::next`], which binds them to one
//! message and to the dispatcher for a time, and says with [`outcome`] what became of them.

pub mod claim;
mod combined;
pub mod follow_ups;
pub mod history;
pub mod links;
pub mod outcome;
pub mod own;
pub mod queue;
pub mod reach;

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, engine::lossy_text::LossyText, schema::channels},
    ids::ChannelId,
};

/// The words of `notifications.status`.
pub(super) mod status {
    pub const QUEUED: &str = "queued";
    pub const SENT: &str = "sent";
    pub const FAILED: &str = "failed";
    pub const DROPPED: &str = "dropped";
}

/// The words of `notifications.purpose`.
pub(super) mod purpose {
    /// Something happened.
    pub const EVENT: &str = "event";
    /// It is still so.
    pub const REMINDER: &str = "reminder";
    /// Nobody acknowledged it.
    pub const ESCALATION: &str = "escalation";
}

/// What a channel is called now: its history keeps the name.
fn channel_name(conn: &mut Connection, id: ChannelId) -> Result<Option<String>, StoreError> {
    let name: Option<LossyText> = channels::table.find(id.0).select(channels::name).first(conn).optional()?;
    Ok(name.map(Into::into))
}
