//! Stores one report, inside the shared transaction.

use std::net::IpAddr;

use super::{
    Received, Stored, TooMany,
    identify::{self, Sender},
    job::Wanted,
    place::{self, Bounds, Place},
    record::{Start, run_record, stored_log},
};
use crate::{
    db::{
        Connection, StoreError, Tx,
        tables::{
            days, ingest_keys,
            jobs::{self, LiveRow, NewRun},
            noticing::{self, Judge},
            operations::OperationRecord,
            raw_reports,
            runs::RunRecord,
            servers::{self, ReportedServer},
            verifications,
        },
    },
    ids::RunId,
    noticing::live::Message as LiveMessage,
    report::{Identity, LiveState, LiveStatus, Message, Operation, Report, Status},
    service::Options,
    throttle::network,
    time::Timestamp,
    zone::Zone,
};

/// Reports without times that arrive within this many seconds may be repeated deliveries.
const SAME_DELIVERY: i64 = 300;

/// Seconds by which the begin in a live status may differ from that in the report.
const CLOSE: i64 = 5;

/// The full range of times.
const EVER: (Timestamp, Timestamp) = (Timestamp::MIN, Timestamp::MAX);

/// Writes all changes of a message, unless its sender has reached a limit. The key's server may have been merged meanwhile;
/// nothing is written if the key was deleted with its server.
pub(super) fn store(
    tx: &mut Tx<'_>,
    zone: &Zone,
    options: &Options,
    received: &Received,
) -> Result<Option<Result<Stored, TooMany>>, StoreError> {
    let Some(sender) = Sender::find(tx.conn, received.key, received.key_server, &received.source)? else {
        return Ok(None);
    };
    let who = match received.key {
        Some(_) => format!("key {}", sender.id),
        // An IPv6 household has a whole network, which counts as one address.
        None => received
            .source
            .parse()
            .map_or_else(|_| received.source.clone(), |ip: IpAddr| network(ip).to_string()),
    };
    let bounds = Bounds { sender: &who, servers: options.max_new_servers, jobs: options.max_new_jobs };
    let from = From { sender: &sender, bounds: &bounds, now: received.now };
    let stored = match &received.message {
        Message::Report(report) if report.operation.is_backup() => {
            store_run(tx, zone, received, &from, report)?
        }
        Message::Report(report) => store_operation(tx, zone, received, &from, report)?,
        Message::Live(live) => store_live(tx, zone, &from, live)?,
        Message::Unidentified(_) => {
            if let Some(server) = sender.key_server {
                let reported =
                    ReportedServer { last_seen: Some(received.now.to_string()), ..ReportedServer::default() };
                servers::note_report(tx.conn, server, &reported)?;
            }
            Ok(Stored::Recorded)
        }
    };
    if let (Some(key), Ok(_)) = (received.key, &stored) {
        ingest_keys::note_use(tx.conn, key, received.now)?;
    }
    Ok(Some(stored))
}

/// The sender of a message and its limits.
struct From<'r> {
    sender: &'r Sender,
    bounds: &'r Bounds<'r>,
    now: Timestamp,
}

impl From<'_> {
    /// Finds or creates the server and job of a report, and records that the server reported.
    fn place(
        &self,
        conn: &mut Connection,
        identity: &Identity,
        wanted: &Wanted<'_>,
        versions: (Option<&str>, Option<&str>),
    ) -> Result<Result<Place, TooMany>, StoreError> {
        let identity = identify::unmasked(identity);
        let place = match place::bounded(conn, &identity, self.sender, wanted, self.bounds, self.now)? {
            Ok(place) => place,
            Err(refused) => return Ok(Err(refused)),
        };
        identify::see(conn, &identity, self.sender, place.job.server, self.now, versions)?;
        Ok(Ok(place))
    }
}

fn store_run(
    tx: &mut Tx<'_>,
    zone: &Zone,
    received: &Received,
    from: &From<'_>,
    report: &Report,
) -> Result<Result<Stored, TooMany>, StoreError> {
    let now = received.now;
    let mut start = Start::of(report.begin, report.duration, now);
    let versions = (report.duplicati_version.as_deref(), report.operating_system.as_deref());
    let place = match from.place(tx.conn, &report.identity, &Wanted::of(report, start.at), versions)? {
        Ok(place) => place,
        Err(refused) => return Ok(Err(refused)),
    };
    let Place { job, name } = place;
    let (mut added, mut replaces_raw, mut is_changed) = (None, true, false);
    let mut run = run_record(report, job, &name, start, now);
    // A repeated delivery of a report without a begin is recognized by its bytes.
    run.delivery = (start.assumed && start.claimed.is_none()).then_some(received.raw.delivery);
    let (run, stored, at) = match known_copy(tx.conn, &run)? {
        Some((id, known)) => {
            let at: Timestamp = known.start_time.parse().unwrap_or(start.at);
            let claimed = jobs::time(known.claimed_start.as_deref()).or(start.claimed);
            start = Start { at, claimed, assumed: start.assumed || known.start_assumed };
            let copy = run_record(report, job, &name, start, now);
            replaces_raw = copy.leads(&known);
            let mut merged = known.clone().merged_with(copy);
            // The identity of the run does not change, whichever copy takes precedence.
            merged.start_time.clone_from(&known.start_time);
            merged.start_assumed = known.start_assumed;
            merged.claimed_start.clone_from(&known.claimed_start);
            merged.delivery = known.delivery;
            is_changed = merged != known;
            merged.replace(tx.conn, RunId(id))?;
            (RunId(id), Stored::Duplicate, at)
        }
        None => {
            let id = run.insert_placed(tx.conn)?;
            let at = run.start_time.parse().unwrap_or(start.at);
            added = Some((NewRun::of(id, &run), run));
            (id, Stored::New, at)
        }
    };
    if replaces_raw || !raw_reports::has(tx.conn, run)? {
        received.raw.save(tx, Some(run), None, now)?;
    }
    LiveRow::forget(tx.conn, job.id)?;
    days::refresh_job_day(tx, zone, job, at)?;
    let next = report.next_scheduled_run.map(Timestamp::from_unix);
    match added {
        Some((new, row)) => {
            jobs::refresh_with(tx.conn, job, &new)?;
            // By the sender's clock, if it is plausible: noticing detects when it is wrong.
            let begin = report.begin.map_or(at, Timestamp::from_unix);
            let report = noticing::report_of(&row, &report.log.lines, (begin, now), next);
            Judge::at(tx.conn, zone, now)?.report(tx.conn, job, run, &report)?;
        }
        None => {
            jobs::refresh(tx.conn, job)?;
            if is_changed {
                let told = next.map(|next| (run, next));
                Judge::at(tx.conn, zone, now)?.rebuild(tx.conn, job, told)?;
            }
        }
    }
    Ok(Ok(stored))
}

/// Returns the known run that this one duplicates.
pub(in crate::service) fn known_copy(
    conn: &mut Connection,
    run: &RunRecord,
) -> Result<Option<(i64, RunRecord)>, StoreError> {
    let at = run.start_time.parse().unwrap_or_default();
    match jobs::time(run.claimed_start.as_deref()) {
        _ if !run.start_assumed => run.find_copy(conn),
        // A clock that was never set reports the same begin for every run: only deliveries of the same time are equal.
        Some(claimed) if Start::is_unset(claimed) => run.find_claim(conn, claimed, same_delivery(at)),
        Some(claimed) => run.find_claim(conn, claimed, EVER),
        None => run.find_delivery(conn, same_delivery(at)),
    }
}

/// Returns the range of assumed starts of the same delivery: they differ by the time between the arrivals, however long the
/// run took.
fn same_delivery(at: Timestamp) -> (Timestamp, Timestamp) {
    (at.plus(-SAME_DELIVERY), at.plus(SAME_DELIVERY))
}

fn store_operation(
    tx: &mut Tx<'_>,
    zone: &Zone,
    received: &Received,
    from: &From<'_>,
    report: &Report,
) -> Result<Result<Stored, TooMany>, StoreError> {
    let start = Start::of(report.begin, report.duration, received.now);
    let versions = (report.duplicati_version.as_deref(), report.operating_system.as_deref());
    let job = match from.place(tx.conn, &report.identity, &Wanted::of(report, start.at), versions)? {
        Ok(place) => place.job,
        Err(refused) => return Ok(Err(refused)),
    };
    let record = OperationRecord {
        server_id: job.server.0,
        job_id: job.id.0,
        operation: report.operation.as_str().to_owned(),
        status: report.status.as_str().into(),
        start_time: start.at.to_string(),
        duration: report.duration,
        created_at: received.now.to_string(),
        details: report.details.is_object().then(|| report.details.to_string()),
        messages: stored_log(&report.log),
        begin_text: report.begin_text.clone(),
        start_assumed: start.assumed,
        interrupted: report.interrupted || report.outcome().cancelled_headline().is_some(),
        warnings_count: report.warnings_count,
        errors_count: report.errors_count,
        headline: report.cause.clone(),
    };
    // An interrupted verification has no result.
    let is_verification =
        report.operation == Operation::Test && report.status != Status::Unknown && !record.interrupted;
    let is_whole = verifications::is_whole(report.status, record.details.as_deref());
    let (operation, leads) = if start.assumed {
        record.save_near(tx.conn, same_delivery(start.at))?
    } else {
        record.save(tx.conn)?
    };
    if leads {
        received.raw.save(tx, None, Some(operation), received.now)?;
    }
    if is_verification {
        Judge::at(tx.conn, zone, received.now)?.verified(tx.conn, job, is_whole)?;
    }
    Ok(Ok(Stored::Recorded))
}

fn store_live(
    tx: &mut Tx<'_>,
    zone: &Zone,
    from: &From<'_>,
    live: &LiveStatus,
) -> Result<Result<Stored, TooMany>, StoreError> {
    let now = from.now;
    let versions = (live.duplicati_version.as_deref(), live.operating_system.as_deref());
    // Browsing files or testing is not a backup run, and does not create a job.
    if !live.operation.is_backup() {
        let identity = identify::unmasked(&live.identity);
        return Ok(match place::server(tx.conn, &identity, from.sender, from.bounds, now)? {
            Ok(server) => {
                identify::see(tx.conn, &identity, from.sender, server, now, versions)?;
                Ok(Stored::Recorded)
            }
            Err(refused) => Err(refused),
        });
    }
    let job = match from.place(tx.conn, &live.identity, &Wanted::of_live(live), versions)? {
        Ok(place) => place.job,
        Err(refused) => return Ok(Err(refused)),
    };
    let started = Start::of(live.started, None, now).at;
    // A late live status, after the report of the run has arrived.
    if jobs::last_start(tx.conn, job.id)?.is_some_and(|last| last >= started.plus(-CLOSE)) {
        LiveRow::forget(tx.conn, job.id)?;
        return Ok(Ok(Stored::Recorded));
    }
    // Only the report tells how the run ended.
    let has_ended = matches!(live.state, LiveState::Completed | LiveState::Failed);
    let row = LiveRow {
        job_id: job.id.0,
        operation: live.operation.as_str().to_owned(),
        started_at: started.to_string(),
        reported_at: now.to_string(),
        phase: live.phase.clone(),
        permille: live.permille,
        ended_at: has_ended.then(|| now.to_string()),
    };
    row.save(tx.conn)?;
    let message =
        LiveMessage { state: live.state, started: live.started.map(Timestamp::from_unix), received: now };
    Judge::at(tx.conn, zone, now)?.live(tx.conn, job, message)?;
    Ok(Ok(Stored::Recorded))
}
