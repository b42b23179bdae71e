//! The list of schedules, many jobs at once, what is set for a group, a server or everything, and groups themselves.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::schedules::{ChosenPage, ChosenQuery, DefaultsPage, DefaultsQuery, SchedulesPage, SchedulesQuery},
    ids::GroupId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One page of the schedules that pass a filter.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "schedules", input = Wire, output = Wire)]
pub async fn list_schedules(query: SchedulesQuery) -> Result<SchedulesPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::schedules::list(&services, &actor, query).await?)
}

/// Many jobs that are changed at once.
///
/// # Errors
/// [`ApiError::Invalid`] when they are too many.
#[server(prefix = "/api/fn", endpoint = "chosen_jobs", input = Wire, output = Wire)]
pub async fn show_chosen(query: ChosenQuery) -> Result<ChosenPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::chosen::show(&services, &actor, query).await?)
}

/// What is set for a group, a server or everything.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such server or group.
#[server(prefix = "/api/fn", endpoint = "defaults", input = Wire, output = Wire)]
pub async fn show_defaults(query: DefaultsQuery) -> Result<DefaultsPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::defaults::show(&services, &actor, query).await?)
}

/// Group and tags of many servers, whose ids commas separate. `act` is empty (the group stays), `set` (they go into the group of this name) or
/// `none`. Answers with a redirect to the list of schedules.
///
/// # Errors
/// [`ApiError::Invalid`] when a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "label_servers", output = Wire)]
pub async fn label_servers(
    servers: String,
    act: String,
    group: String,
    add: String,
    remove: String,
    #[server(default)] filter: Option<SchedulesQuery>,
) -> Result<(), ApiError> {
    use duplistatus::{dto::servers::LabelChange, ids::ServerId};
    let (services, actor) = crate::api::context()?;
    let invalid = |field: &str, hint: &str| ApiError::Invalid { field: field.into(), hint: hint.into() };
    let ids = servers.split(',').map(|id| id.trim().parse::<ServerId>());
    let servers = ids.collect::<Result<Vec<_>, _>>();
    let servers = servers.map_err(|_| invalid("servers", "choose servers from the list of schedules"))?;
    let group = match act.as_str() {
        "" => None,
        "none" => Some(String::new()),
        "set" if group.trim().is_empty() => return Err(invalid("group", "write the name of a group")),
        "set" => Some(group),
        _ => return Err(invalid("act", "leave the group, choose one, or none")),
    };
    let change = LabelChange { servers, group, add: vec![add], remove: vec![remove] };
    let changed = duplistatus::service::labels::set_of_servers(&services, &actor, &change).await?;
    let words = filter.unwrap_or_default().words().into_iter().chain([("labelled", changed.to_string())]);
    lead_to(&crate::context::url::with_query("/settings/schedules", words));
    Ok(())
}

/// Gives a group another name. If there is a group of that name already, both become one.
///
/// # Errors
/// [`ApiError::Invalid`] when the name cannot be used.
#[server(prefix = "/api/fn", endpoint = "rename_group", output = Wire)]
pub async fn rename_group(group: GroupId, name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let group = duplistatus::service::labels::rename_group(&services, &actor, group, &name).await?;
    lead_to(&duplistatus::dto::schedules::Defaults::Group(group).path());
    Ok(())
}

/// Deletes a group with what is set for it, if it still has this name.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none.
#[server(prefix = "/api/fn", endpoint = "delete_group", output = Wire)]
pub async fn delete_group(group: GroupId, name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::labels::delete_group(&services, &actor, group, &name).await?;
    lead_to("/settings/schedules");
    Ok(())
}

#[cfg(feature = "ssr")]
fn lead_to(path: &str) {
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(path));
}
