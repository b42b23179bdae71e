//! What a page can be told when something did not work. The variants are facts that a person can act on; causes are
//! logged once, with the id, where the service's error becomes this one, and never shown.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::api::wire::JsonText;

/// Public error of every server function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// There is no such thing (any more).
    #[error("not found")]
    NotFound,
    /// A value that was sent cannot be used.
    #[error("invalid {field}: {hint}")]
    Invalid {
        /// Which value.
        field: String,
        /// What to do.
        hint: String,
    },
    /// Nobody that we know: signing in helps.
    #[error("sign in first")]
    Unauthenticated,
    /// Programs may not do this, whatever their API key may otherwise do.
    #[error("not allowed with an API key: sign in with a browser")]
    NeedsSession,
    /// The password was given too long ago for this.
    #[error("confirm your password first")]
    NeedsProof,
    /// Name, password, code or link are wrong; which is not said.
    #[error("wrong user name, password or code")]
    Credentials,
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany {
        /// When another one makes sense.
        seconds: i64,
    },
    /// The database is busy; the same request will work later.
    #[error("busy")]
    Busy,
    /// The disk is full.
    #[error("disk full")]
    Full,
    /// Nothing can be stored, because the file is damaged or cannot be written.
    #[error("read-only")]
    ReadOnly,
    /// The server could not be reached.
    #[error("unreachable")]
    Unreachable,
    /// Something broke; the id finds it in the log.
    #[error("internal error {id}")]
    Internal {
        /// Id of the log entry.
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
            // Here they are the browser's: a request that was cut off, or is not what was agreed.
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
            // Whoever may not see something is not told that it is there.
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
    /// The status with which a page or a server function that failed like this is answered.
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
