//! What a service can answer instead of a result. Every door (page, HTTP, command line) turns these into its own form;
//! what is inside a [`StoreError`] is logged once and never shown.

use crate::db::StoreError;

/// A use case that did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing (any more).
    #[error("not found")]
    NotFound,
    /// A value that was given cannot be used.
    #[error("{field}: {hint}")]
    Invalid {
        /// Which value.
        field: &'static str,
        /// What to do.
        hint: String,
    },
    /// The actor may not do this.
    #[error("not allowed")]
    Forbidden,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Logs the cause of something that is our fault, and returns the id under which the log has it.
pub fn log_internal(cause: &dyn std::error::Error) -> String {
    let mut bytes = [0_u8; 4];
    // Without entropy the id is zeros: still a line in the log.
    let _ = getrandom::fill(&mut bytes);
    let id = u32::from_be_bytes(bytes);
    let mut text = cause.to_string();
    let mut source = cause.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    tracing::error!(id = format!("{id:08x}"), cause = text, "internal error");
    format!("{id:08x}")
}
