//! Finds or creates the server and job of a report. The look-up comes first, so that a rejected report creates nothing.

use super::{
    TooMany,
    identify::{self, Sender},
    job::{self, Wanted},
};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            backup_ids::{self, KnownJob},
            ingest_growth,
        },
    },
    ids::{JobId, JobRef, ServerId},
    report::Identity,
    time::Timestamp,
};

/// The daily limits of a sender.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds<'r> {
    /// The sender: a key, or an address.
    pub sender: &'r str,
    /// Maximum number of new servers.
    pub servers: i64,
    /// Maximum number of new jobs.
    pub jobs: i64,
}

impl Bounds<'_> {
    /// Counts what is about to be created, unless a limit is reached.
    fn count(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        server: bool,
        job: bool,
    ) -> Result<Option<TooMany>, StoreError> {
        if !server && !job {
            return Ok(None);
        }
        let (servers, jobs) = ingest_growth::today(conn, self.sender, now)?;
        if server && servers >= self.servers {
            return Ok(Some(TooMany::Servers(self.servers)));
        }
        if job && jobs >= self.jobs {
            return Ok(Some(TooMany::Jobs(self.jobs)));
        }
        ingest_growth::add(conn, self.sender, now, i64::from(server), i64::from(job))?;
        Ok(None)
    }
}

/// The job of a report, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::service) struct Place {
    pub job: JobRef,
    pub name: String,
}

/// Finds or creates the server of a message that needs no job.
pub(super) fn server(
    conn: &mut Connection,
    identity: &Identity,
    sender: &Sender,
    bounds: &Bounds<'_>,
    now: Timestamp,
) -> Result<Result<ServerId, TooMany>, StoreError> {
    if let Some(known) = identify::find(conn, identity, sender, now)? {
        return Ok(Ok(known));
    }
    match bounds.count(conn, now, true, false)? {
        Some(refused) => Ok(Err(refused)),
        None => identify::create(conn, identity, sender, now).map(Ok),
    }
}

/// Finds or creates the server and job of a report.
pub(super) fn bounded(
    conn: &mut Connection,
    identity: &Identity,
    sender: &Sender,
    wanted: &Wanted<'_>,
    bounds: &Bounds<'_>,
    now: Timestamp,
) -> Result<Result<Place, TooMany>, StoreError> {
    let server = identify::find(conn, identity, sender, now)?;
    let known = match server {
        Some(server) => job::find(conn, server, wanted)?,
        None => None,
    };
    if let Some(refused) = bounds.count(conn, now, server.is_none(), known.is_none())? {
        return Ok(Err(refused));
    }
    let server = match server {
        Some(server) => server,
        None => identify::create(conn, identity, sender, now)?,
    };
    on_server(conn, server, wanted, known, now).map(Ok)
}

/// Same, without limits, for actions of an administrator: import and repair.
pub(in crate::service) fn unbounded(
    conn: &mut Connection,
    identity: &Identity,
    sender: &Sender,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Place, StoreError> {
    let server = match identify::find(conn, identity, sender, now)? {
        Some(server) => server,
        None => identify::create(conn, identity, sender, now)?,
    };
    identify::learn(conn, identity, sender, server, now)?;
    let known = job::find(conn, server, wanted)?;
    on_server(conn, server, wanted, known, now)
}

/// Finds or creates a job of a known server, by its name first: the source of an import distinguished its jobs by name.
pub(in crate::service) fn job_named(
    conn: &mut Connection,
    server: ServerId,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Place, StoreError> {
    let known = match wanted.name() {
        Some(name) => backup_ids::find_by_name(conn, server, name)?.map(|job| (job, false)),
        None => job::find(conn, server, wanted)?,
    };
    on_server(conn, server, wanted, known, now)
}

fn on_server(
    conn: &mut Connection,
    server: ServerId,
    wanted: &Wanted<'_>,
    known: Option<(KnownJob, bool)>,
    now: Timestamp,
) -> Result<Place, StoreError> {
    let place = match known {
        Some((known, by_id)) => {
            let job = JobRef { server, id: JobId(known.id) };
            Place { job, name: job::learn(conn, job, &known, by_id, wanted, now)? }
        }
        None => {
            let (job, name) = job::create(conn, server, wanted, now)?;
            job::learn_id(conn, job, wanted)?;
            Place { job, name }
        }
    };
    Ok(place)
}
