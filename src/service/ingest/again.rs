//! A run that was lost, made again from its raw report.

use super::{
    identify::{Sender, unmasked},
    job::Wanted,
    place::{Place, unbounded},
    record::{Start, run_record},
};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            raw_reports::{self, RawRow},
            runs::RunRecord,
        },
    },
    ids::RunId,
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
    match RunRecord::find(conn, id) {
        Ok(known) => {
            let at = known.start_time.parse().unwrap_or(received);
            let start = Start { at, ..Start::of(report.begin, report.duration, received) };
            let (job, name) = (known.job_ref(), known.backup_name.clone());
            completed(known, run_record(&report, job, &name, start, received)).replace(conn, id)?;
            Ok(Again::Completed)
        }
        Err(_) => {
            let start = Start::of(report.begin, report.duration, received);
            let (identity, wanted) = (unmasked(&report.identity), Wanted::of(&report, start.at));
            let Place { job, name } =
                unbounded(conn, &identity, &Sender::named("restored"), &wanted, received)?;
            let made = run_record(&report, job, &name, start, received).insert_as(conn, id)?;
            Ok(if made { Again::Made } else { Again::No })
        }
    }
}

fn parse(raw: &RawRow) -> Option<Box<Report>> {
    let text = raw_reports::unpack(&raw.body)?;
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
        claimed_start: known.claimed_start.or(again.claimed_start),
        delivery: known.delivery,
        ..again
    }
}
