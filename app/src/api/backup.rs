//! Backups of the database, as administrators see and make them.

use duplistatus::dto::database::BackupsPage;
use leptos::prelude::*;

use super::wire::Wire;
use crate::error::ApiError;

/// Path to which the form sends a backup that takes the place of the database. No server function: those take their
/// input into memory as a whole.
pub const RESTORE_PATH: &str = "/api/v1/database/restore";

/// The backups that are kept, and how the next one comes about.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "backups", input = Wire, output = Wire)]
pub async fn show_backups() -> Result<BackupsPage, ApiError> {
    let (services, actor) = super::context()?;
    Ok(duplistatus::service::database::backups(&services, &actor).await?)
}

/// Begins a backup. Answers with the page, which says what comes of it.
///
/// # Errors
/// [`ApiError::Invalid`] when one is being made.
#[server(prefix = "/api/fn", endpoint = "begin_backup")]
pub async fn begin_backup() -> Result<(), ApiError> {
    let (services, actor) = super::context()?;
    duplistatus::service::database::begin_backup(&services, &actor).await?;
    leptos_axum::redirect(&crate::base_path::use_base_path().url("/settings/backups"));
    Ok(())
}

/// Deletes a backup. Answers with the page.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none of this name.
#[server(prefix = "/api/fn", endpoint = "delete_backup")]
pub async fn delete_backup(name: String) -> Result<(), ApiError> {
    let (services, actor) = super::context()?;
    duplistatus::service::database::delete_backup(&services, &actor, &name).await?;
    leptos_axum::redirect(&crate::base_path::use_base_path().url("/settings/backups?done=deleted"));
    Ok(())
}
