//! Server functions, one per use case. Each finds the services and the actor in the context and calls one service.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

pub mod dashboard;
pub mod key;
pub mod rejected;
pub mod run;
pub mod server;
pub mod wire;

/// The services and the actor of this request.
#[cfg(feature = "ssr")]
fn context() -> Result<(duplistatus::service::Services, duplistatus::service::Actor), crate::error::ApiError>
{
    use leptos::prelude::use_context;
    use_context().zip(use_context()).ok_or(crate::error::ApiError::Forbidden)
}
