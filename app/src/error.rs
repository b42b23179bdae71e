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
    /// The visitor may not do this.
    #[error("not allowed")]
    Forbidden,
    /// The database is busy; the same request will work later.
    #[error("busy")]
    Busy,
    /// The disk is full.
    #[error("disk full")]
    Full,
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
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            ServerFnErrorErr::Args(hint) | ServerFnErrorErr::MissingArg(hint) => {
                Self::Invalid { field: "request".into(), hint }
            }
            _ => Self::Internal { id: String::new() },
        }
    }
}

#[cfg(feature = "ssr")]
impl From<duplistatus::error::Error> for ApiError {
    fn from(error: duplistatus::error::Error) -> Self {
        use duplistatus::error::Error;
        let public = match error {
            Error::NotFound => Self::NotFound,
            Error::Invalid { field, hint } => Self::Invalid { field: field.to_owned(), hint },
            Error::Forbidden => Self::Forbidden,
            Error::Store(store) if store.is_busy() => Self::Busy,
            Error::Store(store) if store.is_full() => Self::Full,
            Error::Store(store) => Self::Internal { id: duplistatus::error::log_internal(&store) },
        };
        if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
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
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Busy | Self::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
