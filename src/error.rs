//! What a service can answer instead of a result. Every door (page, HTTP, command line) turns these into its own form;
//! what is inside a [`StoreError`] is logged once and never shown.

use crate::{
    crypto::{EntropyError, password::PasswordError},
    db::StoreError,
};

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
    /// Nobody that we know: signing in may help.
    #[error("sign in first")]
    Unauthenticated,
    /// The actor may not do this. Visitors are told [`Self::NotFound`], so that they cannot learn what exists.
    #[error("not allowed")]
    Forbidden,
    /// An API key asked for what only people may do.
    #[error("not allowed with an API key")]
    NeedsSession,
    /// The password was given too long ago for this.
    #[error("password confirmation required")]
    NeedsProof,
    /// Name, password or code are wrong; which one is not said.
    #[error("wrong user name, password or code")]
    Credentials,
    /// Too many attempts.
    #[error("too many attempts: try again in {seconds} seconds")]
    TooMany {
        /// When another attempt makes sense.
        seconds: i64,
    },
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something else broke that is our fault.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A failure that is our fault, and no fact that anybody could act on.
    pub fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<EntropyError> for Error {
    fn from(error: EntropyError) -> Self {
        Self::internal(error)
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::TooMany { seconds: 5 },
            other => Self::internal(other),
        }
    }
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
