//! The link in a message, by which its incident is acknowledged or snoozed without signing in.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::snooze_link::LinkPage;
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// What the link would do. Changes nothing.
///
/// # Errors
/// [`ApiError::NotFound`] when the link is not one of ours; [`ApiError::TooMany`] after many wrong ones.
#[server(prefix = "/api/fn", endpoint = "snooze_link", input = Wire, output = Wire)]
pub async fn show_link(token: String) -> Result<LinkPage, ApiError> {
    let (services, caller) = crate::api::stranger()?;
    Ok(duplistatus::service::notifications::link::show(&services, &caller, &token).await?)
}

/// Does what was chosen: `act` is `acknowledge`, `day` or `week`.
///
/// # Errors
/// As [`show_link`]; [`ApiError::Invalid`] when the link has expired.
#[server(prefix = "/api/fn", endpoint = "use_snooze_link")]
pub async fn use_link(token: String, act: String) -> Result<(), ApiError> {
    use duplistatus::service::notifications::link::{self, LinkAct};
    let (services, caller) = crate::api::stranger()?;
    link::act(&services, &caller, &token, LinkAct::from_word(&act)?).await?;
    // Only what is a token of ours comes here: it has nothing that means something in a path.
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&format!("/snooze/{token}")));
    Ok(())
}
