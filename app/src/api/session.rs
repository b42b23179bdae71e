//! Signing in and out, and the first administrator.
//!
//! Their forms are sent by the browser itself, also where JavaScript is on: the whole page changes with the person.

use leptos::prelude::*;

use crate::error::ApiError;
#[cfg(feature = "ssr")]
use crate::{base_path::own_page, ui::link::with_query};

/// Signs in by name and password, and goes on to `next` or to the question for the code.
///
/// # Errors
/// [`ApiError::Credentials`] when they are wrong, [`ApiError::TooMany`].
#[server(prefix = "/api/fn", endpoint = "sign_in")]
pub async fn sign_in(
    name: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    use duplistatus::service::session::{self, SignIn};
    let (services, caller) = super::stranger()?;
    let next = own_page(&next);
    match session::begin(&services, &caller, &name, password.into()).await? {
        SignIn::Complete(token) => super::enter(&services, &token, next),
        SignIn::NeedsCode(token) => {
            super::enter(&services, &token, &with_query("/login/code", [("next", next.to_owned())]))
        }
    }
}

/// Brings the code of the second factor, or a recovery code, after the password.
///
/// # Errors
/// [`ApiError::Credentials`] when it is wrong, [`ApiError::Unauthenticated`] when it took too long.
#[server(prefix = "/api/fn", endpoint = "sign_in_code")]
pub async fn sign_in_code(code: String, #[server(default)] next: String) -> Result<(), ApiError> {
    let (services, caller) = super::stranger()?;
    let pending = super::session_token().ok_or(ApiError::Unauthenticated)?;
    let token = duplistatus::service::session::confirm(&services, &caller, &pending, &code).await?;
    super::enter(&services, &token, own_page(&next))
}

/// Ends the session of this browser.
///
/// # Errors
/// When the database does not do it.
#[server(prefix = "/api/fn", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    let (services, actor) = super::context()?;
    duplistatus::service::session::end(&services, &actor).await?;
    super::leave()
}

/// Makes the first administrator, by the link that the program printed, and signs the person in.
///
/// # Errors
/// [`ApiError::Credentials`] when the link is wrong or too old; [`ApiError::Invalid`] for name and password.
#[server(prefix = "/api/fn", endpoint = "set_up")]
pub async fn set_up(token: String, name: String, password: String) -> Result<(), ApiError> {
    let (services, caller) = super::stranger()?;
    let session =
        duplistatus::service::setup::complete(&services, &caller, &token, &name, password.into()).await?;
    super::enter(&services, &session, "/")
}

/// What the set-up page has to say.
///
/// # Errors
/// [`ApiError::NotFound`] when there are people already, [`ApiError::TooMany`].
#[server(prefix = "/api/fn", endpoint = "set_up_state", input = super::wire::Wire, output = super::wire::Wire)]
pub async fn set_up_state(token: String) -> Result<bool, ApiError> {
    let (services, caller) = super::stranger()?;
    if !duplistatus::service::setup::is_needed(&services).await? {
        return Err(duplistatus::error::Error::NotFound.into());
    }
    Ok(!token.is_empty() && duplistatus::service::setup::is_link(&services, &caller, &token)?)
}
