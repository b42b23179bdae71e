//! Backups of the database, as administrators see and make them.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::database::{BackupsPage, RestorePreview};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// Path to which the form sends a backup that takes the place of the database. No server function: those take their
/// input into memory as a whole.
pub const RESTORE_PATH: &str = "/api/v1/database/restore";

/// The backups that are kept, and how the next one comes about.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "backups", input = Wire, output = Wire)]
pub async fn show_backups() -> Result<BackupsPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::database::backups(&services, &actor).await?)
}

/// Begins a backup. Answers with the page, which says what comes of it.
///
/// # Errors
/// [`ApiError::Invalid`] when one is being made.
#[server(prefix = "/api/fn", endpoint = "begin_backup")]
pub async fn begin_backup() -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::database::begin_backup(&services, &actor).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/settings/backups"));
    Ok(())
}

/// What restoring one of the kept backups would come to at this moment.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none of this name; [`ApiError::Invalid`] when it cannot be restored.
#[server(prefix = "/api/fn", endpoint = "preview_restore", input = Wire, output = Wire)]
pub async fn preview_restore(name: String) -> Result<RestorePreview, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::database::preview_kept(&services, &actor, &name).await?)
}

/// What restoring the backup that this session sent would come to at this moment. It waits on.
///
/// # Errors
/// [`ApiError::Invalid`] when it does not wait any more, or cannot be restored.
#[server(prefix = "/api/fn", endpoint = "preview_upload", input = Wire, output = Wire)]
pub async fn preview_upload(reference: String) -> Result<RestorePreview, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::database::preview_upload(&services, &actor, &reference).await?)
}

/// Puts the backup that this session sent in the place of the database. Answers with the page, where one signs in first.
///
/// # Errors
/// [`ApiError::Invalid`] when it was not confirmed, does not wait any more, or cannot be restored.
#[server(prefix = "/api/fn", endpoint = "restore_upload")]
pub async fn restore_upload(
    reference: String,
    #[server(default)] sure: String,
    #[server(default)] revive: String,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let choice = confirmed(&sure, &revive)?;
    duplistatus::service::database::restore_upload(&services, &actor, &reference, choice).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/settings/backups"));
    Ok(())
}

/// What the form of a restore says, where its box is ticked.
#[cfg(feature = "ssr")]
fn confirmed(sure: &str, revive: &str) -> Result<duplistatus::dto::database::RestoreChoice, ApiError> {
    if sure.is_empty() {
        let hint = "confirm that the whole database is replaced".to_owned();
        return Err(duplistatus::error::Error::Invalid { field: "sure", hint }.into());
    }
    Ok(duplistatus::dto::database::RestoreChoice { revive: !revive.is_empty() })
}

/// Puts one of the kept backups in the place of the database. Answers with the page, where one signs in first.
///
/// # Errors
/// [`ApiError::Invalid`] when it was not confirmed, or cannot be restored.
#[server(prefix = "/api/fn", endpoint = "restore_backup")]
pub async fn restore_backup(
    name: String,
    #[server(default)] sure: String,
    #[server(default)] revive: String,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let choice = confirmed(&sure, &revive)?;
    duplistatus::service::database::restore_kept(&services, &actor, &name, choice).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/settings/backups"));
    Ok(())
}

/// Deletes a backup. Answers with the page.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none of this name.
#[server(prefix = "/api/fn", endpoint = "delete_backup")]
pub async fn delete_backup(name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::database::delete_backup(&services, &actor, &name).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/settings/backups?done=deleted"));
    Ok(())
}
