//! Converts a run of the Node application, and corrects known errors of the source.
//!
//! * The status is that reported by Duplicati: the Node application turned a success with warnings into a warning.
//! * Durations of a day or more are wrong (`1.02:03:04` was read as an hour): begin and end are used instead.
//! * Zeros stand for "unknown" if a report had no statistics, and after a success for figures that cannot be zero.
//! * Versions were read in the time zone of the Node application's machine: here in that of the log lines.

use super::{
    fields::{bounded_name, instant},
    write::Incoming,
};
use crate::{
    db::node::{Cell, RunRow},
    dto::import::ImportReport,
    ids::{JobId, JobRef, ServerId},
    report::{
        Counters, Identity, Operation, RemoteSyncs, Report, Status, Storage, StoredLists, stored_versions,
        word,
    },
    service::ingest::{DEFAULT_JOB, Start, run_record},
    time::Timestamp,
};

const DAY: i64 = 86_400;
/// Seconds by which a duration may differ from end minus begin without a note.
const CLOSE: i64 = 60;
/// Placeholder for ids that are not known yet.
const NOWHERE: JobRef = JobRef { server: ServerId(0), id: JobId(0) };

/// Reads one row; `None` if it cannot be a run, with a note in the findings.
pub(super) fn read(row: &RunRow, now: Timestamp, findings: &mut ImportReport) -> Option<Incoming> {
    let place = || format!("backups, row {}", row.rowid);
    if let Some(operation) = row.main_operation.to_text()
        && !Operation::from_sender(&operation).is_backup()
    {
        findings
            .problem(place(), format!("it is not a backup but “{}”", word(&operation).unwrap_or_default()));
        return None;
    }
    let end = instant(&row.end_time);
    let Some((begin, received)) = times(row, end, now) else {
        findings.problem(place(), "it has no readable time of start, end or receipt");
        return None;
    };
    if begin.is_none() {
        findings
            .note("runs with an unreadable start time: taken from their end or from when they were received");
    }
    let status = status(row, findings);
    let lists = StoredLists {
        messages: row.messages_array.text(),
        warnings: row.warnings_array.text(),
        errors: row.errors_array.text(),
    }
    .read(row.last_backup_date.text());
    if lists.damaged > 0 {
        findings.note("lists of log lines that are not JSON: kept as text");
    }
    if lists.log.dropped_by_us > 0 {
        findings.note(
            "logs of more than 1,000 lines or 256 KiB: cut, errors and warnings first; the run says how much",
        );
    }
    let harmed = [&row.messages_array, &row.warnings_array, &row.errors_array, &row.backup_name];
    if harmed.iter().any(|cell| cell.is_harmed()) {
        findings
            .note("texts that are not UTF-8 or longer than 32 MiB: unreadable parts were replaced or cut");
    }
    let available_versions = if lists.versions.is_empty() {
        stored_versions(row.available_backups.text().unwrap_or("[]")).unwrap_or_else(|| {
            findings.note("lists of versions that are not JSON: left out");
            Vec::new()
        })
    } else {
        lists.versions
    };
    let duration = duration(row, begin, end, findings);
    let job = bounded_name(&row.backup_name, findings).unwrap_or_else(|| {
        findings.note("runs without a job name: assigned to the job “Backup”");
        DEFAULT_JOB.to_owned()
    });
    let identity = Identity {
        machine_id: bounded_name(&row.server_id, findings),
        machine_name: None,
        backup_id: bounded_name(&row.backup_id, findings),
        backup_name: Some(job.clone()),
    };
    let report = Report {
        operation: Operation::Backup,
        identity,
        status,
        begin,
        begin_text: None,
        end,
        duration,
        counters: counters(row),
        storage: storage(row, status),
        interrupted: row.interrupted.flag(),
        partial: row.partial_backup.flag(),
        dry_run: row.dryrun.flag(),
        messages_count: row.messages_actual_length.count(),
        warnings_count: larger(&row.warnings_actual_length, &row.warnings),
        errors_count: larger(&row.errors_actual_length, &row.errors),
        log: lists.log,
        exception: None,
        available_versions,
        duplicati_version: row
            .version
            .to_text()
            .filter(|text| text.contains('.'))
            .and_then(|text| word(&text)),
        destination_type: None,
        operating_system: None,
        installation_type: None,
        next_scheduled_run: None,
        reduced: false,
        details: serde_json::Value::Null,
        cause: None,
        reporting_warnings: 0,
    }
    .explained(&RemoteSyncs::default());
    // A run without a begin is placed by its end, and marked as assumed.
    let clock = if begin.is_some() { received } else { end.map_or(received, Timestamp::from_unix) };
    let start = Start::of(begin, duration, clock);
    if start.claimed.is_some() {
        findings.note(
            "runs that started before 2000 or after they were received: dated by when they were received",
        );
    }
    let record = run_record(&report, NOWHERE, &job, start, received);
    Some(Incoming { identity: report.identity, job, start, received, record })
}

/// Returns when it began, and when it was received, which is at least known from its end.
fn times(row: &RunRow, end: Option<i64>, now: Timestamp) -> Option<(Option<i64>, Timestamp)> {
    let begin = instant(&row.begin_time).or_else(|| instant(&row.date));
    let received = instant(&row.created_at).or(end).or(begin)?;
    // A clock that was ahead then must not put a run into the future now.
    Some((begin, Timestamp::from_unix(received).min(now)))
}

fn status(row: &RunRow, findings: &mut ImportReport) -> Status {
    let read = |cell: &Cell| cell.to_text().map(|text| (Status::from_sender(&text), text));
    let said = read(&row.parsed_result);
    let shown = read(&row.status);
    match (said, shown) {
        (Some((status, _)), _) if status != Status::Unknown => status,
        (_, Some((status, _))) if status != Status::Unknown => status,
        (Some((_, text)), _) | (None, Some((_, text))) => {
            if !text.trim().eq_ignore_ascii_case("unknown") {
                let text = word(&text).unwrap_or_default();
                findings.note(&format!(
                    "runs with the result “{text}”, which Duplicati does not use: imported as unknown"
                ));
            }
            Status::Unknown
        }
        (None, None) => Status::Unknown,
    }
}

/// Returns the duration in whole seconds. End minus begin is correct where the Node application was wrong.
fn duration(row: &RunRow, begin: Option<i64>, end: Option<i64>, findings: &mut ImportReport) -> Option<i64> {
    let measured =
        begin.zip(end).and_then(|(begin, end)| end.checked_sub(begin)).filter(|length| *length >= 0);
    let stored = row.duration_seconds.count();
    match (stored, measured) {
        (Some(stored), Some(measured)) if measured >= DAY => {
            if (measured - stored).abs() > CLOSE {
                findings.note("durations of a day or more, which the Node application reads incorrectly: calculated from start and end");
            }
            Some(measured)
        }
        // Duplicati writes zero if it does not know the duration.
        (Some(0) | None, measured) => measured.or(stored),
        (stored, _) => stored,
    }
}

fn counters(row: &RunRow) -> Counters {
    // Two columns for the same figure; older versions filled only one.
    let source = row.size_of_examined_files.count().filter(|bytes| *bytes > 0).or_else(|| row.size.count());
    Counters {
        deleted_files: row.deleted_files.count(),
        deleted_folders: row.deleted_folders.count(),
        modified_files: row.modified_files.count(),
        examined_files: row.examined_files.count(),
        opened_files: row.opened_files.count(),
        added_files: row.added_files.count(),
        size_of_modified_files: row.size_of_modified_files.count(),
        size_of_added_files: row.size_of_added_files.count(),
        size_of_examined_files: source,
        size_of_opened_files: row.size_of_opened_files.count(),
        not_processed_files: row.not_processed_files.count(),
        added_folders: row.added_folders.count(),
        too_large_files: row.too_large_files.count(),
        files_with_error: row.files_with_error.count(),
        timestamp_changed_files: None,
        modified_folders: row.modified_folders.count(),
        modified_symlinks: None,
        added_symlinks: None,
        deleted_symlinks: None,
    }
}

fn storage(row: &RunRow, status: Status) -> Storage {
    let backend = [
        &row.backend_main_operation,
        &row.backend_parsed_result,
        &row.backend_version,
        &row.backend_begin_time,
    ];
    // Without statistics in the report, zeros of the destination's figures mean unknown.
    let had_statistics = backend.iter().any(|cell| !cell.is_null());
    let said = |cell: &Cell| cell.count().filter(|number| *number > 0 || had_statistics);
    // After a successful backup the destination is not empty.
    let there = |cell: &Cell| said(cell).filter(|number| *number > 0 || !status.is_kept());
    Storage {
        known_file_size: there(&row.known_file_size),
        versions: there(&row.backup_list_count),
        bytes_uploaded: said(&row.uploaded_size),
        bytes_downloaded: said(&row.bytes_downloaded),
        last_backup_date: instant(&row.last_backup_date),
        ..Storage::default()
    }
}

fn larger(one: &Cell, other: &Cell) -> Option<i64> {
    one.count().max(other.count())
}
