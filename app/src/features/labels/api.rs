//! Groups and tags.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::servers::LabelsPage,
    ids::{JobId, ServerId},
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// What is needed to change the group and the tags of a server and of its jobs.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such server.
#[server(prefix = "/api/fn", endpoint = "labels", input = Wire, output = Wire)]
pub async fn show_labels(server: ServerId) -> Result<LabelsPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::labels::page(&services, &actor, server).await?)
}

/// Puts a server into a group, and gives it tags that commas separate. Empty texts take them away.
///
/// # Errors
/// [`ApiError::Invalid`] when a name cannot be used.
#[server(prefix = "/api/fn", endpoint = "label_server", output = Wire)]
pub async fn label_server(server: ServerId, group: String, tags: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::labels::set_of_server(&services, &actor, server, &group, &tags).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&format!("/servers/{server}")));
    Ok(())
}

/// Gives a job tags that commas separate, besides those of its server.
///
/// # Errors
/// [`ApiError::Invalid`] when a name cannot be used.
#[server(prefix = "/api/fn", endpoint = "label_job", output = Wire)]
pub async fn label_job(server: ServerId, job: JobId, tags: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::labels::set_of_job(&services, &actor, job, &tags).await?;
    let path = format!("/servers/{server}/labels");
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&path));
    Ok(())
}
