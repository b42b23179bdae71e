//! Groups of servers, and tags of servers and jobs: what people call what belongs together.

mod groups;
mod many;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

pub use groups::{delete_group, rename_group};
pub use many::set_of_servers;

use super::{Actor, Services, audit, audit::Entry, monitoring::regrouped, rows::missing_is_not_found};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, Tx,
        tables::{
            jobs,
            labels::{self, Kind, Tagged},
            server_changes::{self, GOING},
        },
    },
    dto::servers::{LabelChoices, LabelsPage, ServerLabels},
    error::Error,
    ids::{JobId, ServerId},
    time::Timestamp,
    zone::Zone,
};

/// Characters of a tag.
const TAG: usize = 40;
/// Characters of the name of a group.
const GROUP: usize = 80;
/// Tags of a server or of a job.
const TAGS_OF_ONE: usize = 10;
/// Names that are offered.
const OFFERED: i64 = 300;
/// Groups in all.
const MOST_GROUPS: i64 = 2000;
/// Tags in all.
const MOST_TAGS: i64 = 500;

/// Puts a server into a group (an empty name: into none), and gives it these tags, separated by commas.
///
/// # Errors
/// [`Error::NotFound`] when there is no such server; [`Error::Invalid`] when a name cannot be used, or there are too many.
pub async fn set_of_server(
    services: &Services,
    actor: &Actor,
    server: ServerId,
    group: &str,
    tags: &str,
) -> Result<(), Error> {
    actor.may(Permission::ManageMonitoring)?;
    let (group, tags) = (name("group", group, GROUP)?, tag_names(tags)?);
    let (by, now, zone) = (actor.clone(), services.clock.now(), services.zone.clone());
    services
        .db
        .write(move |tx| label_server(tx, (&by, &zone, now), server, (group.as_deref(), &tags)))
        .await
        .map_err(missing_is_not_found)?
}

/// Does the same in a transaction, with names that were checked.
fn label_server(
    tx: &mut Tx<'_>,
    (by, zone, now): (&Actor, &Zone, Timestamp),
    server: ServerId,
    (group, tags): (Option<&str>, &[String]),
) -> Result<Result<(), Error>, StoreError> {
    let known = server_changes::find_lasting(tx.conn, server)?;
    let before = of_server(tx.conn, server)?;
    let new_group = group.filter(|name| !same(before.group.as_deref(), name));
    if let Err(error) = check_room(tx.conn, new_group, tags)? {
        return Ok(Err(error));
    }
    let concerned = labels::set_group(tx.conn, &[server], group, now)?;
    regrouped(tx.conn, zone, &concerned, (by, group.unwrap_or_default()), now)?;
    labels::set_tags(tx.conn, Tagged::Server(server), tags, now)?;
    let after = of_server(tx.conn, server)?;
    if before != after {
        let entry = Entry::new("server.label").on("server", server.0, known.name);
        let told = |labels: &ServerLabels| json!({ "group": labels.group, "tags": labels.tags });
        audit::record(tx, by, now, entry.before(told(&before)).after(told(&after)))?;
    }
    Ok(Ok(()))
}

/// Sets group and tags of a server in a transaction.
pub(in crate::service) fn set_of_server_in(
    tx: &mut Tx<'_>,
    by: (&Actor, &Zone, Timestamp),
    server: ServerId,
    (group, tags): (&str, &[String]),
) -> Result<Result<(), Error>, StoreError> {
    match (name("group", group, GROUP), tag_list(tags)) {
        (Ok(group), Ok(tags)) => label_server(tx, by, server, (group.as_deref(), &tags)),
        (Err(error), _) | (_, Err(error)) => Ok(Err(error)),
    }
}

/// Sets the tags of a job in a transaction.
pub(in crate::service) fn set_of_job_in(
    tx: &mut Tx<'_>,
    (by, now): (&Actor, Timestamp),
    job: JobId,
    tags: &[String],
) -> Result<Result<(), Error>, StoreError> {
    match tag_list(tags) {
        Ok(tags) => label_job(tx, (by, now), job, &tags),
        Err(error) => Ok(Err(error)),
    }
}

/// Tags of a list; a comma separates tags in forms.
fn tag_list(tags: &[String]) -> Result<Vec<String>, Error> {
    if let Some(tag) = tags.iter().find(|tag| tag.contains(',') || tag.trim().is_empty()) {
        let hint = format!("“{tag}” is not a tag: use letters, and no comma");
        return Err(Error::Invalid { field: "tags", hint });
    }
    tag_names(&tags.join(","))
}

/// Gives a job these tags, separated by commas; those of its server are its own besides.
///
/// # Errors
/// As [`set_of_server`].
pub async fn set_of_job(services: &Services, actor: &Actor, job: JobId, tags: &str) -> Result<(), Error> {
    actor.may(Permission::ManageMonitoring)?;
    let tags = tag_names(tags)?;
    let (by, now) = (actor.clone(), services.clock.now());
    services.db.write(move |tx| label_job(tx, (&by, now), job, &tags)).await.map_err(missing_is_not_found)?
}

fn label_job(
    tx: &mut Tx<'_>,
    (by, now): (&Actor, Timestamp),
    job: JobId,
    tags: &[String],
) -> Result<Result<(), Error>, StoreError> {
    let known = jobs::find(tx.conn, job)?;
    let server = server_changes::find_lasting(tx.conn, ServerId(known.server_id))?;
    let told = |conn: &mut Connection| -> Result<Value, StoreError> {
        Ok(json!({ "server": &server.name, "tags": names(labels::of_job(conn, job)?) }))
    };
    let before = told(tx.conn)?;
    if let Err(error) = check_room(tx.conn, None, tags)? {
        return Ok(Err(error));
    }
    labels::set_tags(tx.conn, Tagged::Job(job), tags, now)?;
    let after = told(tx.conn)?;
    if before != after {
        let entry = Entry::new("job.label").on("job", job.0, known.name);
        audit::record(tx, by, now, entry.before(before).after(after))?;
    }
    Ok(Ok(()))
}

/// The group and the tags of a server.
///
/// # Errors
/// Database errors.
pub(super) fn of_server(conn: &mut Connection, server: ServerId) -> Result<ServerLabels, StoreError> {
    let group = labels::group_of(conn, server)?.map(|(_, name)| name);
    Ok(ServerLabels { group, tags: names(labels::of_server(conn, server)?) })
}

/// The tags of single jobs of a server: of those that have any.
fn of_jobs(conn: &mut Connection, server: ServerId) -> Result<Vec<(JobId, Vec<String>)>, StoreError> {
    let mut all: Vec<(JobId, Vec<String>)> = Vec::new();
    for (job, tag) in labels::of_jobs(conn, server)? {
        match all.last_mut() {
            Some((last, tags)) if *last == job => tags.push(tag),
            _ => all.push((job, vec![tag])),
        }
    }
    Ok(all)
}

/// What is needed to change the group and the tags of a server and of its jobs.
///
/// # Errors
/// [`Error::NotFound`] when there is no such server.
pub async fn page(services: &Services, actor: &Actor, server: ServerId) -> Result<LabelsPage, Error> {
    actor.may(Permission::ManageMonitoring)?;
    let load = move |conn: &mut Connection| {
        let known = server_changes::find_lasting(conn, server)?;
        let tags = of_jobs(conn, server)?;
        let own = |job: JobId| tags.iter().find(|(id, _)| *id == job).map(|(_, tags)| tags.clone());
        let jobs = jobs::listed(conn, &[server])?.into_iter().map(|job| {
            let id = JobId(job.id);
            (id, job.name, own(id).unwrap_or_default())
        });
        Ok(LabelsPage {
            server: known.display_name().to_owned(),
            jobs: jobs.collect(),
            labels: of_server(conn, server)?,
            choices: choices(conn)?,
        })
    };
    services.db.read(load).await.map_err(missing_is_not_found)
}

/// Names of groups and of tags that exist: the first of them by name.
pub(super) fn choices(conn: &mut Connection) -> Result<LabelChoices, StoreError> {
    let (groups, tags) = (Kind::Groups, Kind::Tags);
    Ok(LabelChoices {
        groups: labels::names(conn, groups, OFFERED)?,
        tags: labels::names(conn, tags, OFFERED)?,
    })
}

fn names<T>(of: Vec<(T, String)>) -> Vec<String> {
    of.into_iter().map(|(_, name)| name).collect()
}

fn same(one: Option<&str>, other: &str) -> bool {
    one.is_some_and(|one| labels::key(one) == labels::key(other))
}

/// Whether names that are new find room.
fn check_room(
    conn: &mut Connection,
    group: Option<&str>,
    tags: &[String],
) -> Result<Result<(), Error>, StoreError> {
    let (groups, all_tags) = labels::counts(conn)?;
    let full = |field, what: &str, most: i64| {
        let hint =
            format!("there are {most} {what} already: use one of them, or remove one from all servers first");
        Ok(Err(Error::Invalid { field, hint }))
    };
    if let Some(group) = group
        && groups >= MOST_GROUPS
        && labels::find_group(conn, group)?.is_none()
    {
        return full("group", "groups", MOST_GROUPS);
    }
    let mut new = 0;
    for tag in tags {
        new += i64::from(labels::find_tag(conn, tag)?.is_none());
    }
    if new > 0 && all_tags + new > MOST_TAGS {
        return full("tags", "tags", MOST_TAGS);
    }
    Ok(Ok(()))
}

/// Tags that are separated by commas, each once.
fn tag_names(text: &str) -> Result<Vec<String>, Error> {
    let mut all: Vec<String> = Vec::new();
    for part in text.split(',') {
        if let Some(tag) = name("tags", part, TAG)?
            && !all.iter().any(|known| same(Some(known), &tag))
        {
            all.push(tag);
        }
    }
    if all.len() > TAGS_OF_ONE {
        return Err(Error::Invalid { field: "tags", hint: format!("use at most {TAGS_OF_ONE} tags") });
    }
    Ok(all)
}

/// A name as it is stored; none for an empty one. What cannot be seen would make two names that look the same.
fn name(field: &'static str, text: &str, most: usize) -> Result<Option<String>, Error> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_hidden = |letter: char| {
        letter.is_control()
            || letter == GOING
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if name.chars().count() > most || name.chars().any(is_hidden) {
        let hint = format!("use at most {most} visible characters for each name");
        return Err(Error::Invalid { field, hint });
    }
    Ok((!name.is_empty()).then_some(name))
}
