//! What is edited of a server and its jobs. All forms are sent by the browser itself and answered with a redirect; the address of the page
//! then says what was done.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::edit::ServerEditPage,
    ids::{JobId, ServerId},
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// Everything that can be edited of a server; and what would come of merging it into the server called `merge`.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such server.
#[server(prefix = "/api/fn", endpoint = "edit_server", input = Wire, output = Wire)]
pub async fn show_edit(server: ServerId, merge: Option<String>) -> Result<ServerEditPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::servers::edit::show(&services, &actor, server, merge).await?)
}

/// Changes what is said of a server.
///
/// # Errors
/// [`ApiError::Invalid`] when the name is taken, or something cannot be used.
#[server(prefix = "/api/fn", endpoint = "save_server")]
pub async fn save_server(
    server: ServerId,
    name: String,
    #[server(default)] alias: String,
    #[server(default)] notes: String,
    #[server(default)] duplicati_url: String,
) -> Result<(), ApiError> {
    use duplistatus::dto::servers::ServerChange;
    let (services, actor) = crate::api::context()?;
    let change = ServerChange {
        name: Some(name),
        alias: Some(alias),
        notes: Some(unix_lines(&notes)),
        duplicati_url: Some(duplicati_url),
        archived: None,
    };
    duplistatus::service::servers::change(&services, &actor, server, change).await?;
    back(server, "saved", "details");
    Ok(())
}

/// Archives a server, or takes it back.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such server.
#[server(prefix = "/api/fn", endpoint = "archive_server")]
pub async fn archive_server(server: ServerId, archived: bool) -> Result<(), ApiError> {
    use duplistatus::dto::servers::ServerChange;
    let (services, actor) = crate::api::context()?;
    let change = ServerChange { archived: Some(archived), ..ServerChange::default() };
    duplistatus::service::servers::change(&services, &actor, server, change).await?;
    back(server, if archived { "archived" } else { "restored" }, "archive");
    Ok(())
}

/// Deletes a server with its history. `name` and `at_most` are what the question named.
///
/// # Errors
/// [`ApiError::Invalid`] when it is not that any more.
#[server(prefix = "/api/fn", endpoint = "delete_server")]
pub async fn delete_server(server: ServerId, name: String, at_most: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let at_most = crate::api::agreed_to(&at_most)?;
    // It takes its time, and goes on when the browser does not wait.
    let work = async move {
        duplistatus::service::servers::delete_named(&services, &actor, server, (&name, at_most)).await
    };
    duplistatus::service::servers::uninterrupted(work).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/"));
    Ok(())
}

/// Merges a server into another one. The names are what the preview named.
///
/// # Errors
/// [`ApiError::Invalid`] when one of them is another one by now.
#[server(prefix = "/api/fn", endpoint = "merge_servers")]
pub async fn merge_servers(
    from: ServerId,
    from_name: String,
    into: ServerId,
    into_name: String,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let work = async move {
        let (from, into) = ((from, from_name.as_str()), (into, into_name.as_str()));
        duplistatus::service::servers::merge_named(&services, &actor, from, into).await
    };
    duplistatus::service::servers::uninterrupted(work).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&format!("/servers/{into}")));
    Ok(())
}

/// Changes what is said of a job.
///
/// # Errors
/// [`ApiError::Invalid`] when the name is taken, or something cannot be used.
#[server(prefix = "/api/fn", endpoint = "save_job")]
pub async fn save_job(
    job: JobId,
    name: String,
    #[server(default)] alias: String,
    #[server(default)] notes: String,
) -> Result<(), ApiError> {
    use duplistatus::{dto::edit::JobChange, service::servers::jobs};
    let (services, actor) = crate::api::context()?;
    let notes = Some(unix_lines(&notes));
    let change = JobChange { name: Some(name), alias: Some(alias), notes, archived: None };
    let server = jobs::change(&services, &actor, job, change).await?;
    back(server, "job-saved", "jobs");
    Ok(())
}

/// Archives a job, or takes it back.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such job.
#[server(prefix = "/api/fn", endpoint = "archive_job")]
pub async fn archive_job(job: JobId, archived: bool) -> Result<(), ApiError> {
    use duplistatus::{dto::edit::JobChange, service::servers::jobs};
    let (services, actor) = crate::api::context()?;
    let change = JobChange { archived: Some(archived), ..JobChange::default() };
    let server = jobs::change(&services, &actor, job, change).await?;
    back(server, if archived { "job-archived" } else { "job-restored" }, "jobs");
    Ok(())
}

/// Deletes a job with its history. `name` and `at_most` are what the question named.
///
/// # Errors
/// [`ApiError::Invalid`] when it is not that any more.
#[server(prefix = "/api/fn", endpoint = "delete_job")]
pub async fn delete_job(job: JobId, name: String, at_most: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let at_most = crate::api::agreed_to(&at_most)?;
    let work = async move {
        duplistatus::service::servers::jobs::delete(&services, &actor, job, (&name, at_most)).await
    };
    let (server, _) = duplistatus::service::servers::uninterrupted(work).await?;
    back(server, "job-deleted", "jobs");
    Ok(())
}

/// A text as a browser sends it, with the ends of lines as they are stored.
#[cfg(feature = "ssr")]
fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Back to the page, at the section where it happened, with the word for what was done.
#[cfg(feature = "ssr")]
fn back(server: ServerId, done: &str, section: &str) {
    let page = format!("/servers/{server}/edit?done={done}#{section}");
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&page));
}
