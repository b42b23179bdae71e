//! The read API of the Node application, for programs that were set up for it: `summary`, `lastbackup` and `lastbackups`.

mod answers;
#[cfg(test)]
mod tests;

pub use answers::{LastBackup, LastBackups, NotOne, Summary};

use crate::{
    access::Permission,
    db::{
        Connection, StoreError, StoreErrorKind,
        tables::{
            jobs::{self, JobRecord},
            lists::{self, ListScope},
            machine_ids,
            runs::{self, RunRecord},
            servers,
        },
    },
    error::Error,
    ids::{RunId, ServerId},
    service::{Actor, Services},
    verdict::Verdict,
};

/// Maximum bytes of the stored logs in one answer. Runs beyond it are listed without their logs.
const LOGS: usize = 8 * 1024 * 1024;

/// Returns the totals over all servers.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn summary(services: &Services, actor: &Actor) -> Result<Summary, Error> {
    actor.may(Permission::ViewBackups)?;
    let now = services.clock.now();
    let read = move |conn: &mut Connection| {
        let sums = lists::totals(conn, ListScope::Site)?;
        Ok(Summary {
            total_servers: servers::count(conn)?,
            total_backups_runs: sums.runs,
            total_backups: sums.jobs().saturating_sub(sums.unreported),
            total_uploaded_size: sums.uploaded,
            total_storage_used: sums.stored,
            total_backup_size: sums.source,
            overdue_backups_count: sums.of(Verdict::Late).saturating_add(sums.of(Verdict::Stale)),
            seconds_since_last_backup: runs::newest_start(conn)?.map(|at| now.since(at).max(0)),
        })
    };
    Ok(services.db.read_little(read).await?)
}

/// Returns the latest run of a server.
///
/// # Errors
/// As [`summary`].
pub async fn last_backup(
    services: &Services,
    actor: &Actor,
    wanted: &str,
) -> Result<Result<LastBackup, NotOne>, Error> {
    let found = latest(services, actor, wanted, 1).await?;
    Ok(found.map(LastBackup::from))
}

/// Returns the latest run of each job of a server, newest first.
///
/// # Errors
/// As [`summary`].
pub async fn last_backups(
    services: &Services,
    actor: &Actor,
    wanted: &str,
) -> Result<Result<LastBackups, NotOne>, Error> {
    latest(services, actor, wanted, usize::MAX).await
}

async fn latest(
    services: &Services,
    actor: &Actor,
    wanted: &str,
    most: usize,
) -> Result<Result<LastBackups, NotOne>, Error> {
    actor.may(Permission::ViewBackups)?;
    let wanted = wanted.to_owned();
    let read = move |conn: &mut Connection| match find(conn, &wanted)? {
        Ok(server) => load(conn, server, most).map(Ok),
        Err(not_one) => Ok(Err(not_one)),
    };
    Ok(services.db.read(read).await?)
}

/// Finds a server by a machine id, by its name, or by the number that stands for the id of a server without a machine.
fn find(conn: &mut Connection, wanted: &str) -> Result<Result<ServerId, NotOne>, StoreError> {
    if let Some(id) = machine_ids::find(conn, wanted)? {
        return Ok(Ok(id));
    }
    if let Some(first) = servers::find_by_name(conn, wanted)? {
        let others = servers::with_name_of(conn, first)?;
        if others.is_empty() {
            return Ok(Ok(first));
        }
        let all = std::iter::once(first).chain(others);
        let ids = all.map(|id| public_id(conn, id)).collect::<Result<_, _>>()?;
        return Ok(Err(NotOne::Several { name: wanted.to_owned(), ids }));
    }
    let numbered = match wanted.parse().map(ServerId) {
        Ok(id) => match servers::find(conn, id) {
            Ok(_) => Some(id),
            Err(error) if error.kind == StoreErrorKind::NotFound => None,
            Err(error) => return Err(error),
        },
        Err(_) => None,
    };
    Ok(numbered.ok_or_else(|| NotOne::None { wanted: wanted.to_owned() }))
}

/// Returns the id of a server for programs: that of its machine, as in the Node application.
fn public_id(conn: &mut Connection, id: ServerId) -> Result<String, StoreError> {
    let machine = machine_ids::of_server(conn, id)?.into_iter().next();
    Ok(machine.map_or_else(|| id.to_string(), |machine| machine.machine_id))
}

fn load(conn: &mut Connection, id: ServerId, most: usize) -> Result<LastBackups, StoreError> {
    let server = servers::find(conn, id)?;
    let public_id = public_id(conn, id)?;
    let mut latest = jobs::all(conn, Some(id))?;
    latest.retain(|job| job.summary.last_run_id.is_some());
    latest.sort_by(|a, b| b.summary.last_start.cmp(&a.summary.last_start));
    let mut all = LastBackups::of(public_id, &server);
    let mut left = LOGS;
    for job in latest.iter().take(most) {
        let Some((run, mut record)) = last_run(conn, job)? else { continue };
        let size = record.messages.as_ref().map_or(0, String::len);
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => record.messages = None,
        }
        all.add(&job.name, run, &record);
    }
    Ok(all)
}

fn last_run(conn: &mut Connection, job: &JobRecord) -> Result<Option<(RunId, RunRecord)>, StoreError> {
    let Some(id) = job.summary.last_run_id.map(RunId) else { return Ok(None) };
    match RunRecord::find(conn, id) {
        Ok(run) => Ok(Some((id, run))),
        // Of a damaged file.
        Err(error) if error.kind == StoreErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
