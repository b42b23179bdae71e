//! The error type of services. Each caller (page, HTTP handler, command line) maps it to its own response. The details
//! of a [`StoreError`] are logged once and never shown.

use crate::{
    crypto::{EntropyError, password::PasswordError},
    db::StoreError,
};

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The requested object does not exist.
    #[error("not found")]
    NotFound,
    /// A given value cannot be used.
    #[error("{field}: {hint}")]
    Invalid {
        /// The name of the value.
        field: &'static str,
        /// How to correct it.
        hint: String,
    },
    /// The actor is not authenticated; signing in may help.
    #[error("sign in first")]
    Unauthenticated,
    /// The actor lacks the permission. Pages and the API show it as [`Self::NotFound`], so that nobody learns what
    /// exists.
    #[error("not allowed")]
    Forbidden,
    /// An API key requested something that requires a session.
    #[error("not allowed with an API key")]
    NeedsSession,
    /// The last password confirmation is too old for this action.
    #[error("password confirmation required")]
    NeedsProof,
    /// User name, password or code is wrong; the message does not say which.
    #[error("wrong user name, password or code")]
    Credentials,
    /// Too many attempts.
    #[error("too many attempts: try again in {seconds} seconds")]
    TooMany {
        /// Seconds to wait before the next attempt.
        seconds: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An internal failure that the caller can do nothing about.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps an internal failure, one that the caller can do nothing about.
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

/// Logs the cause of an internal error and returns the id under which it is logged.
pub fn log_internal(cause: &dyn std::error::Error) -> String {
    let mut bytes = [0_u8; 4];
    // Without entropy the id is all zeros; the line is logged anyway.
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
