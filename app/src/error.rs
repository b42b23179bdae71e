//! The errors that pages show. Each variant is something that users can act on. Causes are logged once, with the
//! id, where the service's error is converted to this one, and never shown.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::api::wire::JsonText;

/// The public error of every server function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// The object does not exist, or no longer exists.
    #[error("not found")]
    NotFound,
    /// A value is not valid.
    #[error("invalid {field}: {hint}")]
    Invalid {
        /// The name of the parameter.
        field: String,
        /// How to correct it.
        hint: String,
    },
    /// The request is anonymous; signing in helps.
    #[error("sign in first")]
    Unauthenticated,
    /// API keys may not do this, whatever their scope.
    #[error("not allowed with an API key: sign in with a browser")]
    NeedsSession,
    /// The password was confirmed too long ago for this.
    #[error("confirm your password first")]
    NeedsProof,
    /// Name, password, code or link are wrong; the error does not say which.
    #[error("wrong user name, password or code")]
    Credentials,
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany {
        /// The wait until the next attempt, in seconds.
        seconds: i64,
    },
    /// The database is busy; the same request will work later.
    #[error("busy")]
    Busy,
    /// The disk is full.
    #[error("disk full")]
    Full,
    /// Nothing can be stored, because the file is damaged or not writable.
    #[error("read-only")]
    ReadOnly,
    /// The server is not reachable.
    #[error("unreachable")]
    Unreachable,
    /// An internal error; the log has the cause under this id.
    #[error("internal error {id}")]
    Internal {
        /// The id of the log entry.
        id: String,
    },
}

impl FromServerFnError for ApiError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(hint) | ServerFnErrorErr::MissingArg(hint) => {
                Self::Invalid { field: "request".into(), hint }
            }
            // On the server, these are mistakes of the browser: a request that was cut off or is malformed.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Request(hint)
            | ServerFnErrorErr::Deserialization(hint)
            | ServerFnErrorErr::UnsupportedRequestMethod(hint) => {
                Self::Invalid { field: "request".into(), hint }
            }
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Response(_) => Self::Unreachable,
            _ => Self::Internal { id: String::new() },
        }
    }
}

#[cfg(feature = "ssr")]
impl From<duplistatus::error::Error> for ApiError {
    fn from(error: duplistatus::error::Error) -> Self {
        use duplistatus::error::Error;
        let public = match error {
            // Without the permission to see an object, users do not learn that it exists.
            Error::NotFound | Error::Forbidden => Self::NotFound,
            Error::Invalid { field, hint } => Self::Invalid { field: field.to_owned(), hint },
            Error::Unauthenticated => Self::Unauthenticated,
            Error::NeedsSession => Self::NeedsSession,
            Error::NeedsProof => Self::NeedsProof,
            Error::Credentials => Self::Credentials,
            Error::TooMany { seconds } => Self::TooMany { seconds },
            Error::Store(store) if store.is_busy() => Self::Busy,
            Error::Store(store) if store.is_full() => Self::Full,
            Error::Store(store) if store.is_read_only() => Self::ReadOnly,
            Error::Store(store) => Self::Internal { id: duplistatus::error::log_internal(&store) },
            Error::Internal(cause) => Self::Internal { id: duplistatus::error::log_internal(&*cause) },
        };
        if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>()
            && !crate::api::form_post::is_from_page()
        {
            response.set_status(public.http_status());
        }
        public
    }
}

#[cfg(feature = "ssr")]
impl ApiError {
    /// Returns the status of a page or a server function that failed with this error.
    pub fn http_status(&self) -> axum::http::StatusCode {
        use axum::http::StatusCode;
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::Unauthenticated | Self::Credentials => StatusCode::UNAUTHORIZED,
            Self::NeedsSession | Self::NeedsProof => StatusCode::FORBIDDEN,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::ReadOnly | Self::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
