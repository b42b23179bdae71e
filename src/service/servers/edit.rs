//! What the page for editing a server shows, and what a merge comes to before it is done.

use std::collections::{BTreeSet, HashMap};

use super::super::{
    Actor, Services,
    database::retention::Policy,
    rows::{count, missing_is_not_found, moment},
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            counts,
            job_changes::{self, EditedJob as JobRow},
            server_changes,
            servers::{self, ServerRecord},
        },
    },
    dto::edit::{Contents, EditedJob, MergePreview, MergeQuestion, ServerEditPage},
    error::Error,
    ids::{JobId, ServerId},
    zone::Zone,
};

/// Names of other servers that are offered.
const OFFERED: usize = 500;

/// Everything that can be edited of a server; and what would come of merging it into the server called `merge`.
///
/// # Errors
/// [`Error::NotFound`] when there is no such server.
pub async fn show(
    services: &Services,
    actor: &Actor,
    id: ServerId,
    merge: Option<String>,
) -> Result<ServerEditPage, Error> {
    actor.may(Permission::ManageServers)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let merge = merge.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    services
        .db
        .read(move |conn| {
            let server = server_changes::find_lasting(conn, id)?;
            let jobs = job_changes::of_server(conn, id)?;
            let operations: HashMap<i64, i64> = counts::operations_of_jobs(conn, id)?.into_iter().collect();
            let policy = Policy::load(conn)?;
            let (kept, has_rule) = policy.of_server(server.id);
            let contents = contents(conn, id, &jobs, &operations)?;
            let others: Vec<ServerRecord> = servers::all(conn)?
                .into_iter()
                .filter(|other| other.id != id.0 && !server_changes::is_being_deleted(&other.name))
                .collect();
            let merge = match merge {
                Some(name) => Some(question(conn, (&server, &jobs, contents), &others, name)?),
                None => None,
            };
            Ok(ServerEditPage {
                now: zone.moment(now),
                id,
                archived: moment(&zone, server.archived_at.as_deref()),
                name: server.name,
                alias: server.alias,
                notes: server.notes,
                duplicati_url: server.duplicati_url,
                retention: has_rule.then_some(kept),
                site_retention: policy.of_site(),
                jobs: jobs.into_iter().map(|job| edited(&zone, job, &operations)).collect(),
                contents,
                others: others.into_iter().take(OFFERED).map(|other| other.name).collect(),
                merge,
            })
        })
        .await
        .map_err(missing_is_not_found)
}

fn edited(zone: &Zone, job: JobRow, operations: &HashMap<i64, i64>) -> EditedJob {
    let JobRow { id, server_id: _, name, alias, notes, archived_at, run_count } = job;
    EditedJob {
        id: JobId(id),
        name,
        alias,
        notes,
        archived: moment(zone, archived_at.as_deref()),
        runs: run_count,
        operations: operations.get(&id).copied().unwrap_or(0),
    }
}

fn contents(
    conn: &mut Connection,
    id: ServerId,
    jobs: &[JobRow],
    operations: &HashMap<i64, i64>,
) -> Result<Contents, StoreError> {
    let (keys, machines) = counts::keys_and_machines(conn, id)?;
    Ok(Contents {
        jobs: count(jobs.len()),
        runs: jobs.iter().map(|job| job.run_count).sum(),
        operations: operations.values().sum(),
        keys,
        machines,
    })
}

fn question(
    conn: &mut Connection,
    (server, jobs, moves): (&ServerRecord, &[JobRow], Contents),
    others: &[ServerRecord],
    name: String,
) -> Result<MergeQuestion, StoreError> {
    if server.name == name {
        return Ok(MergeQuestion::Itself);
    }
    // By its name before an alias, which others may share.
    let into = others.iter().find(|other| other.name == name);
    let into = into.or_else(|| others.iter().find(|other| other.alias.as_deref() == Some(name.as_str())));
    let Some(into) = into else { return Ok(MergeQuestion::Missing(name)) };
    let known: BTreeSet<String> =
        job_changes::of_server(conn, ServerId(into.id))?.into_iter().map(|job| job.name).collect();
    let (joined, added) =
        jobs.iter().map(|job| job.name.clone()).partition(|name: &String| known.contains(name));
    Ok(MergeQuestion::Preview(MergePreview {
        into: ServerId(into.id),
        into_name: into.name.clone(),
        into_shown: into.display_name().to_owned(),
        moves,
        joined,
        added,
    }))
}
