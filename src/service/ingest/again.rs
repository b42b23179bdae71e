//! A run that was lost, made again from its raw report.

use super::{
    identify::DEFAULT_JOB,
    record::{Start, run_record},
};
use crate::{
    db::{
        Connection, StoreError, jobs,
        raw::{self, RawRow},
        runs::RunRecord,
        servers,
    },
    ids::{JobRef, RunId, ServerId},
    report::{self, Message, Report},
    time::Timestamp,
};

/// What became of a lost run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum Again {
    /// It was made again.
    Made,
    /// What was known of it was completed.
    Completed,
    /// Its report does not say enough.
    No,
}

/// Makes a run again from its raw report, or completes what an index knew of it.
///
/// # Errors
/// When the database refuses.
pub(in crate::service) fn run(conn: &mut Connection, id: RunId, raw: &RawRow) -> Result<Again, StoreError> {
    let Some(report) = parse(raw) else { return Ok(Again::No) };
    let received: Timestamp = raw.received_at.parse().unwrap_or_default();
    let name = report.identity.backup_name.as_deref().unwrap_or(DEFAULT_JOB);
    match RunRecord::find(conn, id) {
        Ok(known) => {
            let at = known.start_time.parse().unwrap_or(received);
            let start = Start { at, ..Start::of(report.begin, report.duration, received) };
            let job = known.job_ref();
            completed(known, run_record(&report, job, name, start, received)).replace(conn, id)?;
            Ok(Again::Completed)
        }
        Err(_) => {
            let job = find_job(conn, &report, name, received)?;
            let start = Start::of(report.begin, report.duration, received);
            let made = run_record(&report, job, name, start, received).insert_as(conn, id)?;
            Ok(if made { Again::Made } else { Again::No })
        }
    }
}

fn parse(raw: &RawRow) -> Option<Box<Report>> {
    let text = raw::unpack(&raw.body)?;
    // What was sent as a form was taken out of it before it was stored.
    [None, raw.content_type.as_deref()].into_iter().find_map(|kind| {
        match report::parse(kind, text.as_bytes()) {
            Ok(Message::Report(report)) if report.operation.is_backup() => Some(report),
            _ => None,
        }
    })
}

/// What the index knew counts: copies of the run may have been merged into it after this report.
fn completed(known: RunRecord, again: RunRecord) -> RunRecord {
    RunRecord {
        server_id: known.server_id,
        backup_name: known.backup_name,
        status: known.status,
        start_time: known.start_time,
        duration: known.duration,
        files_count: known.files_count,
        files_size: known.files_size,
        storage_size: known.storage_size,
        uploaded_size: known.uploaded_size,
        job_id: known.job_id,
        versions: known.versions,
        warnings_count: known.warnings_count,
        errors_count: known.errors_count,
        interrupted: known.interrupted || again.interrupted,
        partial: known.partial || again.partial,
        ..again
    }
}

/// The job of a report, without noting that its server was seen just now.
fn find_job(
    conn: &mut Connection,
    report: &Report,
    name: &str,
    received: Timestamp,
) -> Result<JobRef, StoreError> {
    let identity = &report.identity;
    let known = match identity.machine_id.as_deref() {
        Some(machine) => servers::find_by_machine(conn, machine)?,
        None => None,
    };
    let server: ServerId = match known {
        Some(server) => server,
        None => {
            let machine = identity.machine_name.as_deref().or(identity.machine_id.as_deref());
            servers::find_or_create(conn, machine.unwrap_or("unknown"), received)?
        }
    };
    jobs::find_or_create(conn, server, name, identity.backup_id.as_deref(), received)
}
