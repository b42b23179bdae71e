//! Servers, for those who look after them: made, found, changed, deleted with their history, merged. What one server's page
//! shows is in [`super::overview::server`].

mod delete;
pub mod edit;
pub mod jobs;
mod merge;
mod retention;

use serde_json::json;

pub use delete::{delete, delete_named};
pub use merge::{merge, merge_named};

use super::{
    Actor, Services, audit,
    audit::Entry,
    rows::{count, missing_is_not_found, moment},
};
use crate::{
    access::Permission,
    db::{
        StoreError, Tx,
        tables::{
            jobs::{JobRecord, all as all_jobs, time},
            noticing::Judge,
            server_changes::{self, GOING, ServerUpdate},
            servers::{self, ServerRecord},
        },
    },
    dto::servers::{LatestRun, NewServer, ServerChange, ServerDetails},
    error::Error,
    ids::{JobId, RunId, ServerId},
    status::Status,
    time::Timestamp,
    zone::Zone,
};

/// Characters of a name or an alias.
const NAME: usize = 200;
/// Characters of notes.
const NOTES: usize = 4000;

/// All servers, ordered by name, each with its latest run: two queries, however many there are.
///
/// # Errors
/// When the actor may not.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<ServerDetails>, Error> {
    actor.may(Permission::ViewBackups)?;
    let zone = actor.zone(services);
    Ok(services
        .db
        .read(move |conn| {
            let jobs = all_jobs(conn, None)?;
            Ok(servers::all(conn)?
                .into_iter()
                .map(|server| {
                    // Sorted by server.
                    let first = jobs.partition_point(|job| job.server_id < server.id);
                    let rest = jobs.get(first..).unwrap_or_default();
                    let length = rest.partition_point(|job| job.server_id == server.id);
                    details(&zone, server, rest.get(..length).unwrap_or_default())
                })
                .collect())
        })
        .await?)
}

/// A server by its id, with its latest run.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn find(services: &Services, actor: &Actor, id: ServerId) -> Result<ServerDetails, Error> {
    actor.may(Permission::ViewBackups)?;
    let zone = actor.zone(services);
    services
        .db
        .read(move |conn| Ok(details(&zone, servers::find(conn, id)?, &all_jobs(conn, Some(id))?)))
        .await
        .map_err(missing_is_not_found)
}

/// The id of the server with this name, as it is seen: one that is being deleted has a mark at its end that nobody sees.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn find_by_name(services: &Services, actor: &Actor, name: &str) -> Result<ServerId, Error> {
    actor.may(Permission::ViewBackups)?;
    let names = [name.to_owned(), format!("{name}{GOING}")];
    let found = services
        .db
        .read(move |conn| {
            let [name, going] = names;
            let known = servers::find_by_name(conn, &name)?;
            if known.is_some() { Ok(known) } else { servers::find_by_name(conn, &going) }
        })
        .await?;
    found.ok_or(Error::NotFound)
}

fn details(zone: &Zone, server: ServerRecord, jobs: &[JobRecord]) -> ServerDetails {
    let latest = jobs.iter().max_by_key(|job| job.summary.last_start.as_deref());
    ServerDetails {
        id: ServerId(server.id),
        last_seen: moment(zone, server.last_seen.as_deref()),
        created: moment(zone, Some(&server.created_at)),
        updated: moment(zone, Some(&server.updated_at)),
        name: server.name,
        alias: server.alias,
        notes: server.notes,
        jobs: count(jobs.len()),
        runs: jobs.iter().map(|job| job.summary.run_count).sum(),
        latest: latest.and_then(|job| {
            let summary = &job.summary;
            Some(LatestRun {
                id: RunId(summary.last_run_id?),
                job_id: JobId(job.id),
                job: job.name.clone(),
                status: summary.last_status().unwrap_or(Status::Unknown),
                started: zone.moment(time(summary.last_start.as_deref())?),
                duration: summary.last_duration,
            })
        }),
    }
}

/// Makes a server.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken or cannot be used.
pub async fn create(services: &Services, actor: &Actor, new: NewServer) -> Result<ServerDetails, Error> {
    actor.may(Permission::ManageDatabase)?;
    let name = server_name(&new.name)?;
    let alias = text("alias", new.alias.as_deref().unwrap_or_default(), NAME)?;
    let notes = text("notes", new.notes.as_deref().unwrap_or_default(), NOTES)?;
    let (by, now) = (actor.clone(), services.clock.now());
    let made = services.db.write(move |tx| create_in(tx, (&by, now), &name, (alias, notes))).await??;
    find(services, actor, made).await
}

/// Creates a server in a transaction, with what was checked.
fn create_in(
    tx: &mut Tx<'_>,
    (by, now): (&Actor, Timestamp),
    name: &str,
    (alias, notes): (Option<String>, Option<String>),
) -> Result<Result<ServerId, Error>, StoreError> {
    if servers::find_by_name(tx.conn, name)?.is_some() {
        return Ok(Err(taken(name)));
    }
    let id = servers::create(tx.conn, name, now)?;
    let told = json!({ "alias": &alias, "notes": &notes });
    let update = ServerUpdate {
        name: None,
        alias: Some(alias),
        notes: Some(notes),
        updated_at: now.to_string(),
        ..ServerUpdate::default()
    };
    server_changes::update(tx.conn, id, &update)?;
    audit::record(tx, by, now, Entry::new("server.create").on("server", id.0, name).after(told))?;
    Ok(Ok(id))
}

/// Creates a server of this name in a transaction.
pub(in crate::service) fn create_named_in(
    tx: &mut Tx<'_>,
    by: (&Actor, Timestamp),
    name: &str,
) -> Result<Result<ServerId, Error>, StoreError> {
    match server_name(name) {
        Ok(name) => create_in(tx, by, &name, (None, None)),
        Err(error) => Ok(Err(error)),
    }
}

/// Changes what is said of a server; what is left out stays as it is. Its jobs are judged again when it is archived, or not any more.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Invalid`] when the name is taken or something cannot be used.
pub async fn change(
    services: &Services,
    actor: &Actor,
    id: ServerId,
    change: ServerChange,
) -> Result<ServerDetails, Error> {
    actor.may(Permission::ManageServers)?;
    let name = change.name.as_deref().map(server_name).transpose()?;
    let alias = change.alias.as_deref().map(|alias| text("alias", alias, NAME)).transpose()?;
    let notes = change.notes.as_deref().map(|notes| text("notes", notes, NOTES)).transpose()?;
    let duplicati_url = change.duplicati_url.as_deref().map(page_url).transpose()?;
    let (by, now, site) = (actor.clone(), services.clock.now(), services.zone.clone());
    services
        .db
        .write(move |tx| {
            // Under its old name reports would find again what is being deleted.
            let old = server_changes::find_lasting(tx.conn, id)?;
            if let Some(name) = &name
                && servers::find_by_name(tx.conn, name)?.is_some_and(|other| other != id)
            {
                return Ok(Err(taken(name)));
            }
            let archived_at = change
                .archived
                .filter(|archived| *archived != old.archived_at.is_some())
                .map(|archived| archived.then(|| now.to_string()));
            let is_judged = archived_at.is_some();
            let updated_at = now.to_string();
            let update = ServerUpdate { name, alias, notes, duplicati_url, archived_at, updated_at };
            server_changes::update(tx.conn, id, &update)?;
            let new = servers::find(tx.conn, id)?;
            if is_judged {
                let judge = Judge::at(tx.conn, &site, now)?;
                for job in server_changes::jobs_of(tx.conn, id)? {
                    judge.reset(tx.conn, job)?;
                }
            }
            let told = |server: &ServerRecord| {
                json!({
                    "name": &server.name, "alias": &server.alias, "notes": &server.notes,
                    "duplicati_url": &server.duplicati_url, "archived": server.archived_at.is_some(),
                })
            };
            let entry = Entry::new("server.change").on("server", id.0, old.name.clone());
            audit::record(tx, &by, now, entry.before(told(&old)).after(told(&new)))?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)??;
    find(services, actor, id).await
}

/// What comes of work that goes on when nobody waits for it any more: a browser that was closed does not leave half of it.
///
/// # Errors
/// What the work failed with.
pub async fn uninterrupted<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    tokio::spawn(work).await.map_err(Error::internal)?
}

fn taken(name: &str) -> Error {
    Error::Invalid {
        field: "name",
        hint: format!("a server named “{name}” already exists: choose another name"),
    }
}

fn server_name(name: &str) -> Result<String, Error> {
    text("name", name, NAME)?
        .ok_or_else(|| Error::Invalid { field: "name", hint: "a server needs a name".into() })
}

/// Characters of the address of a page.
const URL: usize = 500;

/// The address of a page that a browser opens; none for an empty one. A name or a password in it would be shown to everybody.
pub(in crate::service) fn page_url(address: &str) -> Result<Option<String>, Error> {
    let invalid = |hint: &str| Error::Invalid { field: "duplicati_url", hint: hint.to_owned() };
    let Some(address) = text("duplicati_url", address, URL)? else { return Ok(None) };
    let example = "use an address such as http://nas.local:8200/";
    let url = reqwest::Url::parse(&address).map_err(|_| invalid(example))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(invalid(example));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid(
            "leave out the user name and the password: everybody who sees the server sees the address",
        ));
    }
    Ok(Some(url.to_string()))
}

/// A text as it is stored; none for an empty one.
fn text(field: &'static str, text: &str, length: usize) -> Result<Option<String>, Error> {
    let text = text.trim();
    let is_plain =
        |c: char| !(c.is_control() || c == GOING) || (field == "notes" && matches!(c, '\n' | '\t'));
    if text.chars().count() > length || !text.chars().all(is_plain) {
        return Err(Error::Invalid { field, hint: format!("use at most {length} visible characters") });
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

#[cfg(test)]
mod delete_tests;
#[cfg(test)]
mod merge_tests;
#[cfg(test)]
#[path = "tests.rs"]
mod tests;
