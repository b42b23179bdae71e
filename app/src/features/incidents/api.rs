//! Incidents.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::incidents::{IncidentPage, IncidentQuery},
    ids::JobId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One page of incidents, the newest first.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "incidents", input = Wire, output = Wire)]
pub async fn list_incidents(query: IncidentQuery) -> Result<IncidentPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::noticing::incidents::list(&services, &actor, query).await?)
}

/// Acknowledges, notes, snoozes or closes incidents: `act` is `acknowledge`, `note`, `snooze` or `close`; each of `ids` is the id of an incident, or those
/// of several, separated by spaces; `note` is a note or the reason, `hours` for how long they are snoozed. Answers with a redirect to the list, or to the page of a job.
///
/// # Errors
/// [`ApiError::Invalid`] when nothing is chosen, or a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "handle_incidents", output = Wire)]
pub async fn handle_incidents(
    act: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] note: String,
    #[server(default)] hours: i64,
    #[server(default)] job: Option<JobId>,
) -> Result<(), ApiError> {
    use duplistatus::service::noticing::incidents::{self, Act};
    let (services, actor) = crate::api::context()?;
    let mut done = vec![("done", act.clone())];
    let act = match act.as_str() {
        "acknowledge" => Act::Acknowledge { note },
        "note" => Act::Note { note },
        "snooze" => {
            let seconds = hours.saturating_mul(3600);
            let until = services.clock().now().unix().saturating_add(seconds);
            done.push(("until", until.to_string()));
            Act::Snooze { seconds }
        }
        "close" => Act::Close { reason: note },
        _ => {
            let hint = "use acknowledge, note, snooze or close".into();
            return Err(ApiError::Invalid { field: "act".into(), hint });
        }
    };
    let ids: Result<Vec<i64>, _> =
        ids.iter().flat_map(|ids| ids.split_whitespace()).map(str::parse).collect();
    let ids = ids.map_err(|_| ApiError::Invalid {
        field: "incidents".into(),
        hint: "an id of an incident is a number".into(),
    })?;
    if ids.is_empty() {
        let hint = "tick at least one incident".into();
        return Err(ApiError::Invalid { field: "incidents".into(), hint });
    }
    let handled = incidents::handle(&services, &actor, ids, act).await;
    handled.map_err(crate::api::renamed("reason", "note")).map_err(crate::api::renamed("until", "hours"))?;
    let page = job.map_or_else(|| "/incidents".to_owned(), |job| format!("/jobs/{job}"));
    let page = crate::context::url::with_query(&page, done);
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&page));
    Ok(())
}
