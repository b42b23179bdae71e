//! Signing in and out, and the first administrator.
//!
//! Their forms are sent by the browser itself, also where JavaScript is on: the whole page changes with the person.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::context::url::{own_page, with_query};
use crate::error::ApiError;

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
    let (services, caller) = crate::api::stranger()?;
    let next = own_page(&next);
    let begun = session::begin(&services, &caller, &name, password.into()).await;
    match begun.inspect_err(|_| crate::api::typed_name(&name))? {
        SignIn::Complete(token) => crate::api::enter(&services, &caller, token, next).await,
        SignIn::NeedsCode(token) => {
            let next = with_query("/login/code", [("next", next.to_owned())]);
            crate::api::enter(&services, &caller, token, &next).await
        }
    }
}

/// Brings the code of the second factor, or a recovery code, after the password.
///
/// # Errors
/// [`ApiError::Credentials`] when it is wrong, [`ApiError::Unauthenticated`] when it took too long.
#[server(prefix = "/api/fn", endpoint = "sign_in_code")]
pub async fn sign_in_code(code: String, #[server(default)] next: String) -> Result<(), ApiError> {
    let (services, caller) = crate::api::stranger()?;
    let pending = crate::api::session_token().ok_or(ApiError::Unauthenticated)?;
    let token = duplistatus::service::session::confirm(&services, &caller, &pending, &code).await?;
    crate::api::enter(&services, &caller, token, own_page(&next)).await
}

/// Takes the password of a person who is signed in, once more, and goes on to `next`.
///
/// # Errors
/// [`ApiError::Credentials`] when it is wrong, [`ApiError::TooMany`].
#[server(prefix = "/api/fn", endpoint = "prove")]
pub async fn prove(password: String, #[server(default)] next: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::account::prove_password(&services, &actor, password.into()).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(own_page(&next)));
    Ok(())
}

/// Takes a code of the second factor in its place, or a recovery code, and goes on to `next`.
///
/// # Errors
/// [`ApiError::Credentials`] when it is wrong or there is no second factor, [`ApiError::TooMany`].
#[server(prefix = "/api/fn", endpoint = "prove_by_code")]
pub async fn prove_by_code(code: String, #[server(default)] next: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::account::prove_by_code(&services, &actor, &code).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(own_page(&next)));
    Ok(())
}

/// Ends the session of this browser.
///
/// # Errors
/// When the database does not do it.
#[server(prefix = "/api/fn", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::session::end(&services, &actor).await?;
    crate::api::leave()
}

/// Makes the first administrator, by the link that the program printed, and signs the person in.
///
/// # Errors
/// [`ApiError::Credentials`] when the link is wrong or too old; [`ApiError::Invalid`] for name and password.
#[server(prefix = "/api/fn", endpoint = "set_up")]
pub async fn set_up(
    token: String,
    name: String,
    password: String,
    #[server(default)] repeated: Option<String>,
) -> Result<(), ApiError> {
    let (services, caller) = crate::api::stranger()?;
    crate::api::same_twice(&password, repeated.as_deref()).inspect_err(|_| crate::api::typed_name(&name))?;
    let session =
        duplistatus::service::users::setup::complete(&services, &caller, &token, &name, password.into())
            .await;
    let session = session.inspect_err(|_| crate::api::typed_name(&name))?;
    crate::api::enter(&services, &caller, session, "/").await
}

/// What a set-up link is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SetUpLink {
    /// It makes the first administrator.
    Right,
    /// It is not the one that works now, or there is none in the address.
    Wrong,
    /// There is somebody already.
    Done,
}

/// What the set-up page has to say.
///
/// # Errors
/// [`ApiError::TooMany`].
#[server(prefix = "/api/fn", endpoint = "set_up_state", input = crate::api::wire::Wire, output = crate::api::wire::Wire)]
pub async fn set_up_state(token: String) -> Result<SetUpLink, ApiError> {
    let (services, caller) = crate::api::stranger()?;
    if !duplistatus::service::users::setup::is_needed(&services).await? {
        if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
            response.set_status(axum::http::StatusCode::GONE);
        }
        return Ok(SetUpLink::Done);
    }
    let is_right =
        !token.is_empty() && duplistatus::service::users::setup::is_link(&services, &caller, &token)?;
    Ok(if is_right { SetUpLink::Right } else { SetUpLink::Wrong })
}
