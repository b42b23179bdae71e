//! People and their API keys, as administrators see and change them.
//!
//! All forms are sent by the browser itself. Each answers with the page, and says in its query what was done. `name` is what
//! the question called the person: where the id is somebody else's by now, nothing is done.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    access::Role,
    dto::user::{OneTimeSecret, UsersPage},
    ids::{ApiKeyId, UserId},
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// Everybody, and everybody's API keys.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "users", input = Wire, output = Wire)]
pub async fn list_users() -> Result<UsersPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::users::list(&services, &actor).await?)
}

/// Adds a person with a temporary password, which the page shows once.
///
/// # Errors
/// [`ApiError::Invalid`] when the name is taken or cannot be used.
#[server(prefix = "/api/fn", endpoint = "create_user")]
pub async fn create_user(name: String, role: Role) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let token = duplistatus::service::users::one_time::create_to_show(&services, &actor, &name, role).await?;
    show("shown", &token);
    Ok(())
}

/// Gives a person another role, and ends the person's sessions.
///
/// # Errors
/// [`ApiError::Invalid`] when the last administrator would be lost.
#[server(prefix = "/api/fn", endpoint = "set_user_role")]
pub async fn set_user_role(
    user: UserId,
    role: Role,
    #[server(default)] name: String,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::users::check_named(&services, &actor, user, &name).await?;
    duplistatus::service::users::set_role(&services, &actor, user, role).await?;
    show("done", "role");
    Ok(())
}

/// Forbids a person to sign in, and ends the person's sessions.
///
/// # Errors
/// [`ApiError::Invalid`] when the last administrator would be lost.
#[server(prefix = "/api/fn", endpoint = "disable_user")]
pub async fn disable_user(user: UserId, #[server(default)] name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::users::check_named(&services, &actor, user, &name).await?;
    duplistatus::service::users::set_disabled(&services, &actor, user, true).await?;
    show("done", "disabled");
    Ok(())
}

/// Allows a person to sign in again.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such person.
#[server(prefix = "/api/fn", endpoint = "enable_user")]
pub async fn enable_user(user: UserId, #[server(default)] name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::users::check_named(&services, &actor, user, &name).await?;
    duplistatus::service::users::set_disabled(&services, &actor, user, false).await?;
    show("done", "enabled");
    Ok(())
}

/// Removes a person, with sessions and API keys.
///
/// # Errors
/// [`ApiError::Invalid`] when the last administrator would be lost.
#[server(prefix = "/api/fn", endpoint = "delete_user")]
pub async fn delete_user(user: UserId, #[server(default)] name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::users::check_named(&services, &actor, user, &name).await?;
    duplistatus::service::users::delete(&services, &actor, user).await?;
    show("done", "deleted");
    Ok(())
}

/// Gives a person a temporary password, which the page shows once, and ends the person's sessions. `second_factor`
/// removes the second factor as well.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such person.
#[server(prefix = "/api/fn", endpoint = "reset_user_password")]
pub async fn reset_user_password(
    user: UserId,
    #[server(default)] name: String,
    #[server(default)] second_factor: bool,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::users::check_named(&services, &actor, user, &name).await?;
    let token =
        duplistatus::service::users::one_time::reset_to_show(&services, &actor, user, second_factor).await?;
    show("shown", &token);
    Ok(())
}

/// Lets a person try again at once who failed to sign in too often.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such person.
#[server(prefix = "/api/fn", endpoint = "unlock_user")]
pub async fn unlock_user(user: UserId, #[server(default)] name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::users::check_named(&services, &actor, user, &name).await?;
    duplistatus::service::users::unlock(&services, &actor, user).await?;
    show("done", "unlocked");
    Ok(())
}

/// Ends the sessions of a person.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such person.
#[server(prefix = "/api/fn", endpoint = "end_user_sessions")]
pub async fn end_user_sessions(user: UserId, #[server(default)] name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::users::check_named(&services, &actor, user, &name).await?;
    duplistatus::service::users::end_sessions(&services, &actor, user).await?;
    show("done", "sessions");
    Ok(())
}

/// Revokes anybody's API key.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such key.
#[server(prefix = "/api/fn", endpoint = "revoke_user_key")]
pub async fn revoke_user_key(key: ApiKeyId, #[server(default)] prefix: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::account::api_keys::revoke_named(&services, &actor, key, &prefix).await?;
    show("done", "key");
    Ok(())
}

/// A temporary password that was just made, once; `None` when it was shown already or has expired.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "temporary_password", input = Wire, output = Wire)]
pub async fn reveal_password(token: String) -> Result<Option<OneTimeSecret>, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::users::one_time::take_to_show(&services, &actor, &token)?)
}

/// Goes on to the page, which is told one thing in its query.
#[cfg(feature = "ssr")]
fn show(name: &str, value: &str) {
    let page = format!("/settings/users?{name}={value}");
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&page));
}
