//! Selects the runs of an export: looks up names, converts days to times, and reports unknown names.

use serde_json::{Value, json};

use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        care::export::Selection,
        tables::{
            jobs::{self, JobRecord},
            servers::{self, ServerRecord},
        },
    },
    dto::export::ExportQuery,
    error::Error,
    ids::{JobId, ServerId},
    service::{Actor, Services},
};

/// Maximum number of names listed in the error for an unknown one.
const LISTED: usize = 10;

/// A valid export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    query: ExportQuery,
    pub(super) selection: Selection,
}

impl Export {
    /// Returns the query for the audit log.
    pub(super) fn facts(&self) -> Value {
        let ExportQuery { format, from, to, server, job, statuses, without_log } = &self.query;
        let day = |day: &Option<crate::time::Day>| day.map(|day| day.to_string());
        let statuses: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
        json!({
            "format": format.as_str(), "from": day(from), "to": day(to), "server": server, "job": job,
            "status": statuses.join(","), "log": !without_log,
        })
    }
}

/// Resolves a query.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::Invalid`] if there is no such server or job, or the first day
/// is after the last.
pub async fn select(services: &Services, actor: &Actor, query: ExportQuery) -> Result<Export, Error> {
    actor.may(Permission::ViewBackups)?;
    if let (Some(from), Some(to)) = (query.from, query.to)
        && to < from
    {
        return invalid("to", format!("{to} is before {from}: `from` is the first day and `to` is the last"));
    }
    let (server, job) = (query.server.clone(), query.job.clone());
    let jobs = services.db.read(move |conn| find(conn, server.as_deref(), job.as_deref())).await?;
    let jobs = jobs.or_else(|(field, hint)| invalid(field, hint))?;
    let selection = Selection {
        from: query.from.map(|day| services.zone.start(day)),
        until: query.to.map(|day| services.zone.start(day.plus(1))),
        jobs,
        statuses: query.statuses.clone(),
        log: !query.without_log,
        format: query.format,
    };
    Ok(Export { query, selection })
}

fn invalid<T>(field: &'static str, hint: String) -> Result<T, Error> {
    Err(Error::Invalid { field, hint })
}

/// The jobs found, or the unknown field and the names that exist.
type Found = Result<Option<Vec<JobId>>, (&'static str, String)>;

fn find(conn: &mut Connection, server: Option<&str>, job: Option<&str>) -> Result<Found, StoreError> {
    let place = match server {
        Some(name) => {
            let all = servers::all(conn)?;
            match all.iter().find(|server| is_called(server, name)) {
                Some(server) => Some(ServerId(server.id)),
                None => {
                    return Ok(Err(("server", unknown("server", name, all.into_iter().map(|one| one.name)))));
                }
            }
        }
        None => None,
    };
    if place.is_none() && job.is_none() {
        return Ok(Ok(None));
    }
    let all = jobs::all(conn, place)?;
    let is_meant = |one: &&JobRecord| job.is_none_or(|name| one.name == name);
    let meant: Vec<JobId> = all.iter().filter(is_meant).map(|job| JobId(job.id)).collect();
    match job {
        Some(name) if meant.is_empty() => {
            Ok(Err(("job", unknown("job", name, all.into_iter().map(|one| one.name)))))
        }
        _ => Ok(Ok(Some(meant))),
    }
}

fn is_called(server: &ServerRecord, name: &str) -> bool {
    server.name == name || server.alias.as_deref() == Some(name)
}

fn unknown(kind: &str, name: &str, known: impl Iterator<Item = String>) -> String {
    let mut known: Vec<String> = known.collect();
    known.sort();
    known.dedup();
    let more = known.len().saturating_sub(LISTED);
    known.truncate(LISTED);
    let name: String = name.chars().take(80).collect();
    let list = match (known.is_empty(), more) {
        (true, _) => "there are none yet".to_owned(),
        (false, 0) => format!("use one of {}", known.join(", ")),
        (false, more) => format!("use one of {} and {more} more", known.join(", ")),
    };
    format!("the {kind} “{name}” does not exist: {list}")
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
