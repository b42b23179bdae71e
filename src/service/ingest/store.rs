//! One report becomes rows, inside the shared transaction.

use std::cell::RefCell;

use super::{
    Received, Stored, identify,
    record::{Start, run_record, stored_log},
};
use crate::{
    db::{
        Connection, StoreError, Tx, days,
        jobs::{self, LiveRow},
        keys,
        operations::{self, OperationRecord},
        outcomes::Outcome,
        raw::{self, NewRaw},
        runs::RunRecord,
        servers::{self, Sighting},
    },
    ids::{JobRef, RunId},
    report::{LiveState, LiveStatus, Message, Report, readable},
    time::Timestamp,
    zone::Zone,
};

/// Bytes of a raw report that are kept.
const RAW_BYTES: usize = 1024 * 1024;
/// Deliveries of a failure without times within this span are one: seconds.
const SAME_FAILURE: i64 = 300;

/// Every time that can be stored.
const EVER: (Timestamp, Timestamp) = (Timestamp::MIN, Timestamp::MAX);

/// The raw report, ready to be stored.
pub(super) struct Raw {
    content_type: Option<String>,
    size: i64,
    cut: bool,
    body: Vec<u8>,
}

impl Raw {
    /// Decodes, masks and compresses what was received.
    pub(super) fn new(content_type: Option<String>, body: &[u8]) -> Self {
        let (text, cut) = readable(content_type.as_deref(), body, RAW_BYTES);
        Self {
            content_type,
            size: i64::try_from(body.len()).unwrap_or(i64::MAX),
            cut,
            body: compress(text.as_bytes()),
        }
    }

    fn save(
        &self,
        tx: &mut Tx<'_>,
        run: Option<RunId>,
        operation: Option<i64>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let raw = NewRaw {
            run_id: run.map(|id| id.0),
            operation_id: operation,
            received_at: now.to_string(),
            content_type: self.content_type.as_ref().map(|text| text.chars().take(200).collect()),
            size: self.size,
            cut: self.cut,
            body: self.body.clone(),
        };
        raw.save(tx.conn)
    }
}

/// As small as it gets without a report waiting for the last percent: the texts are repetitive.
fn compress(text: &[u8]) -> Vec<u8> {
    thread_local! {
        // To make one takes as long as to compress a report.
        static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> =
            RefCell::new(zstd::bulk::Compressor::new(1).ok());
    }
    COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut()?.compress(text).ok()).unwrap_or_default()
}

/// Writes everything that a message changes. The server that the key was bound to when the request came may be part of another
/// one by now; nothing is written when the key is gone with its server.
pub(super) fn store(
    tx: &mut Tx<'_>,
    zone: &Zone,
    received: &mut Received,
) -> Result<Option<Stored>, StoreError> {
    if let Some(key) = received.key {
        let Some(server) = keys::bound_to(tx.conn, key)? else { return Ok(None) };
        received.key_server = server;
        keys::note_use(tx.conn, key, received.now)?;
    }
    write(tx, zone, received).map(Some)
}

fn write(tx: &mut Tx<'_>, zone: &Zone, received: &Received) -> Result<Stored, StoreError> {
    match &received.message {
        Message::Report(report) if report.operation.is_backup() => store_run(tx, zone, received, report),
        Message::Report(report) => store_operation(tx, received, report),
        Message::Live(live) => store_live(tx, received, live),
        Message::Unidentified(_) => {
            if let Some(server) = received.key_server {
                let sighting = Sighting { last_seen: Some(received.now.to_string()), ..Sighting::default() };
                servers::see(tx.conn, server, &sighting)?;
            }
            Ok(Stored::Recorded)
        }
    }
}

fn find_job(tx: &mut Tx<'_>, received: &Received, report: &Report) -> Result<JobRef, StoreError> {
    let Received { source, now, key_server, .. } = received;
    let versions = (report.duplicati_version.as_deref(), report.operating_system.as_deref());
    let server = identify::server(tx, &report.identity, *key_server, source, *now, versions)?;
    jobs::find_or_create(tx.conn, server, job_name(report), report.identity.backup_id.as_deref(), *now)
}

fn job_name(report: &Report) -> &str {
    report.identity.backup_name.as_deref().unwrap_or(identify::DEFAULT_JOB)
}

fn store_run(
    tx: &mut Tx<'_>,
    zone: &Zone,
    received: &Received,
    report: &Report,
) -> Result<Stored, StoreError> {
    let now = received.now;
    let job = find_job(tx, received, report)?;
    let mut start = Start::of(report.begin, report.duration, now);
    let (mut added, mut replaces_raw, mut keeps_schedule) = (None, true, false);
    let known = known_copy(tx.conn, job, start, report.exception.as_deref())?;
    let (run, stored, at) = match known {
        Some((id, known)) => {
            let at: Timestamp = known.start_time.parse().unwrap_or(start.at);
            start =
                Start { at, claimed: jobs::time(known.claimed_start.as_deref()).or(start.claimed), ..start };
            let copy = run_record(report, job, job_name(report), start, now);
            replaces_raw = copy.leads(&known);
            let mut merged = known.clone().merged_with(copy);
            // The identity of the run stays, whichever copy leads.
            merged.start_time = known.start_time;
            merged.start_assumed = known.start_assumed;
            // Where a rehearsal turns out to be none, or the other way round, the rhythm is another one.
            keeps_schedule = merged.dry_run == known.dry_run;
            merged.replace(tx.conn, RunId(id))?;
            (RunId(id), Stored::Duplicate, at)
        }
        None => {
            // Two failures without times in the same second are two runs.
            while start.assumed && RunRecord::find_by_start(tx.conn, job.id, &start.at.to_string())?.is_some()
            {
                start.at = start.at.plus(1);
            }
            let run = run_record(report, job, job_name(report), start, now);
            let id = run.insert(tx.conn)?;
            added = Some((Outcome::of(id, &run), run.headline));
            (id, Stored::New, start.at)
        }
    };
    if replaces_raw || !raw::has(tx.conn, run)? {
        received.raw.save(tx, Some(run), None, now)?;
    }
    LiveRow::forget(tx.conn, job.id)?;
    days::refresh_job_day(tx, zone, job, at)?;
    let mut scheduled = report.next_scheduled_run.map(Timestamp::from_unix);
    if scheduled.is_none() && keeps_schedule {
        // A text copy of a JSON report does not know the schedule, and must not take it away.
        scheduled = jobs::next_expected(tx.conn, job.id)?;
    }
    match added {
        Some((run, headline)) => jobs::refresh_with(tx.conn, job, &run, headline.as_deref(), scheduled)?,
        None => jobs::refresh(tx.conn, job, scheduled)?,
    }
    Ok(stored)
}

/// The run that this report is another copy of.
pub(in crate::service) fn known_copy(
    conn: &mut Connection,
    job: JobRef,
    start: Start,
    exception: Option<&str>,
) -> Result<Option<(i64, RunRecord)>, StoreError> {
    let at = start.at.to_string();
    match start {
        // A clock that was never set says the same for every run: only deliveries of the same moment are one.
        Start { claimed: Some(claimed), .. } if Start::is_unset(claimed) => {
            RunRecord::find_by_claim(conn, job.id, claimed, same_failure(start.at))
        }
        Start { claimed: Some(claimed), .. } => RunRecord::find_by_claim(conn, job.id, claimed, EVER),
        Start { assumed: true, .. } => RunRecord::find_assumed(conn, job, same_failure(start.at), exception),
        // What could not be true when the first copy came may be true by now: the claim is looked for, too.
        _ => match RunRecord::find_by_start(conn, job.id, &at)? {
            None => RunRecord::find_by_claim(conn, job.id, start.at, EVER),
            known => Ok(known),
        },
    }
}

/// Assumed starts of the same delivery: they differ by what lay between the arrivals, however long the run took.
fn same_failure(at: Timestamp) -> (Timestamp, Timestamp) {
    (at.plus(-SAME_FAILURE), at.plus(SAME_FAILURE))
}

fn store_operation(tx: &mut Tx<'_>, received: &Received, report: &Report) -> Result<Stored, StoreError> {
    let job = find_job(tx, received, report)?;
    let start = Start::of(report.begin, report.duration, received.now);
    let mut start_time = start.at.to_string();
    let (operation, status) = (report.operation.as_str(), report.status.as_str());
    if start.assumed
        && let Some(known) =
            operations::find_near(tx.conn, job.id, operation, status, same_failure(start.at))?
    {
        start_time = known;
    }
    let record = OperationRecord {
        server_id: job.server.0,
        job_id: job.id.0,
        operation: operation.to_owned(),
        status: status.into(),
        start_time,
        duration: report.duration,
        created_at: received.now.to_string(),
        details: report.details.is_object().then(|| report.details.to_string()),
        messages: stored_log(&report.log),
    };
    let (operation, leads) = record.save(tx.conn)?;
    if leads {
        received.raw.save(tx, None, Some(operation), received.now)?;
    }
    LiveRow::forget(tx.conn, job.id)?;
    Ok(Stored::Recorded)
}

fn store_live(tx: &mut Tx<'_>, received: &Received, live: &LiveStatus) -> Result<Stored, StoreError> {
    let Received { source, now, key_server, .. } = received;
    let versions = (live.duplicati_version.as_deref(), live.operating_system.as_deref());
    let server = identify::server(tx, &live.identity, *key_server, source, *now, versions)?;
    // Browsing files or testing is no run of a backup, and needs no job of its own.
    if !live.operation.is_backup() {
        return Ok(Stored::Recorded);
    }
    let name = live.identity.backup_name.as_deref().unwrap_or(identify::DEFAULT_JOB);
    let job = jobs::find_or_create(tx.conn, server, name, live.identity.backup_id.as_deref(), *now)?;
    match live.state {
        LiveState::Started | LiveState::Progress => {
            let row = LiveRow {
                job_id: job.id.0,
                operation: live.operation.as_str().to_owned(),
                started_at: Start::of(live.started, None, *now).at.to_string(),
                reported_at: now.to_string(),
                phase: live.phase.clone(),
                permille: live.permille,
            };
            row.save(tx.conn)?;
        }
        LiveState::Completed | LiveState::Failed => LiveRow::forget(tx.conn, job.id)?,
    }
    Ok(Stored::Recorded)
}
