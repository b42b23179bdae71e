//! One run: the only place that reads a log.

use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        care::orphans,
        tables::{
            duplicate_runs, jobs,
            outcomes::{self, SummaryRun},
            raw_reports::{self, RawRow},
            run_checks, run_lists,
            runs::RunRecord,
            servers,
        },
    },
    dto::{
        Paging,
        run::{
            CompleteRun, Figure, FigureKind, LastGood, LogFilter, NotSent, RawReport, Reporting, RunPage,
            RunQuery,
        },
    },
    error::Error,
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    report::{self, Level, Log, LogLine},
    service::{
        Actor, Services,
        rows::{count, missing_is_not_found, moment},
    },
    status::Status,
    time::Timestamp,
    zone::Zone,
};

/// Log lines on a page.
const PAGE: i64 = 100;

/// One view of a run.
///
/// # Errors
/// [`Error::NotFound`] when there is no such run.
pub async fn show(services: &Services, actor: &Actor, query: RunQuery) -> Result<RunPage, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    services.db.read(move |conn| load(conn, &zone, now, &query)).await.map_err(missing_is_not_found)
}

fn load(conn: &mut Connection, zone: &Zone, now: Timestamp, query: &RunQuery) -> Result<RunPage, StoreError> {
    let run = RunRecord::find(conn, query.run)?;
    let server = servers::find(conn, ServerId(run.server_id))?;
    let neighbours = run_lists::neighbours(conn, run.job_ref(), &run.start_time)?;
    let previous = match neighbours.0 {
        Some(id) => Some(RunRecord::find(conn, id)?),
        None => None,
    };
    // A log that was damaged on the disk is no reason not to show the rest.
    let log = run.messages.as_deref().map(Log::from_json).transpose();
    let damaged = log.is_err() || is_damaged(conn, query.run, &run)?;
    let log = log.ok().flatten().unwrap_or_default();
    let not_sent = if damaged { NotSent::default() } else { not_sent(&run, &log) };
    let number = |filter: LogFilter| count(log.lines.iter().filter(|line| passes(line, filter)).count());
    let line_counts = (number(LogFilter::Errors), number(LogFilter::Warnings), number(LogFilter::Messages));
    let passing: Vec<&LogLine> = log.lines.iter().filter(|line| passes(line, query.lines)).collect();
    let paging = Paging::new(query.page, PAGE, count(passing.len()));
    let skip = usize::try_from(paging.offset()).unwrap_or(0);
    let received: Timestamp = run.created_at.parse().unwrap_or_default();
    let started = zone.moment(run.start_time.parse().unwrap_or_default());
    Ok(RunPage {
        now: zone.moment(now),
        id: query.run,
        server_id: ServerId(run.server_id),
        server_name: server.display_name().to_owned(),
        job_id: JobId(run.job_id),
        job_name: jobs::display_name(conn, run.job_id)?,
        status: run.status(),
        outcome: run.outcome(),
        checks: run_checks::checks(conn, query.run)?,
        last_good: last_good(conn, zone, &run)?,
        started,
        ended: moment(zone, run.end_time.as_deref()),
        received: zone.moment(received),
        clock_skew: jobs::time(run.claimed_start.as_deref())
            .filter(|_| run.start_assumed)
            .map(|claimed| claimed.since(started.at)),
        contradicts: duplicate_runs::contradicting(conn, query.run.0, &run)?.into_iter().map(RunId).collect(),
        start_assumed: run.start_assumed,
        start_claim: run.begin_text.clone().or_else(|| run.claimed_start.clone()),
        reporting: reporting(&log),
        not_sent,
        duration: run.duration,
        neighbours,
        interrupted: run.interrupted,
        partial: run.partial,
        dry_run: run.dry_run,
        figures: figures(&run, previous.as_ref()),
        warnings_count: run.warnings_count,
        errors_count: run.errors_count,
        messages_count: run.messages_count,
        lines: passing.into_iter().skip(skip).take(usize::try_from(PAGE).unwrap_or(0)).cloned().collect(),
        paging,
        line_counts,
        lines_dropped: (log.dropped_by_sender.unwrap_or(0), log.dropped_by_us),
        versions: run
            .available_versions
            .iter()
            .flat_map(|text| text.split_ascii_whitespace())
            .filter_map(|seconds| seconds.parse().ok())
            .map(|seconds| zone.moment(Timestamp::from_unix(seconds)))
            .collect(),
        versions_count: run.outcome().sent_figure(run.versions),
        has_raw: raw_reports::has(conn, query.run)?,
        damaged,
        headline: run.headline,
        exception: run.exception,
        duplicati_version: run.duplicati_version,
        destination_type: run.destination_type,
    })
}

/// What was known of the job when a run left no complete version, or one with errors.
fn last_good(conn: &mut Connection, zone: &Zone, run: &RunRecord) -> Result<Option<LastGood>, StoreError> {
    let outcome = run.outcome();
    if outcome.is_good() || outcome == RunOutcome::Unknown {
        return Ok(None);
    }
    let start: Timestamp = run.start_time.parse().unwrap_or_default();
    let job = run.job_ref();
    let (failures, since, _) = outcomes::failing_streak(conn, job, start)?;
    let good = SummaryRun::last_before(conn, job, start, &[RunOutcome::Good])?;
    let complete = SummaryRun::last_before(conn, job, start, &RunOutcome::COMPLETE)?;
    let version = |run: SummaryRun| CompleteRun {
        id: RunId(run.id),
        started: zone.moment(run.start()),
        files: run.counted.files_count,
        source_size: run.counted.files_size,
        storage_size: run.counted.storage_size,
        versions: run.counted.versions,
    };
    Ok(Some(LastGood {
        failures,
        failing_since: moment(zone, since.as_deref()),
        success: good.map(|run| zone.moment(run.start())),
        version: complete.map(version),
    }))
}

/// Whether a line is of a kind.
fn passes(line: &LogLine, filter: LogFilter) -> bool {
    let kind = match line.level {
        Level::Error => LogFilter::Errors,
        Level::Warning => LogFilter::Warnings,
        _ => LogFilter::Messages,
    };
    filter == LogFilter::All || filter == kind
}

/// All log lines of a run that pass a filter.
///
/// # Errors
/// [`Error::NotFound`] when there is no such run.
pub(in crate::service) async fn lines(
    services: &Services,
    actor: &Actor,
    run: RunId,
    filter: LogFilter,
) -> Result<Vec<LogLine>, Error> {
    actor.may(Permission::ViewBackups)?;
    let record =
        services.db.read(move |conn| RunRecord::find(conn, run)).await.map_err(missing_is_not_found)?;
    let log = record.messages.and_then(|text| Log::from_json(&text).ok()).unwrap_or_default();
    Ok(log.lines.into_iter().filter(|line| passes(line, filter)).collect())
}

/// Warnings about reporting.
fn reporting(log: &Log) -> Option<Reporting> {
    let about: Vec<&LogLine> = log
        .lines
        .iter()
        .filter(|line| line.level == Level::Warning && report::is_about_reporting(line))
        .collect();
    let ours = about.iter().any(|line| report::is_about_our_address(line));
    (!about.is_empty()).then(|| Reporting { warnings: count(about.len()), ours })
}

/// What Duplicati counted and did not send. What we left out was sent.
fn not_sent(run: &RunRecord, log: &Log) -> NotSent {
    let missing = |counted: Option<i64>, level| match log.dropped_by_us {
        0 => counted.unwrap_or(0).saturating_sub(log.count(level)).max(0),
        _ => 0,
    };
    NotSent {
        errors: missing(run.errors_count, Level::Error),
        warnings: missing(run.warnings_count, Level::Warning),
    }
}

/// Whether something of a run cannot be what this program wrote.
fn is_damaged(conn: &mut Connection, id: RunId, run: &RunRecord) -> Result<bool, StoreError> {
    let times =
        [Some(&run.start_time), Some(&run.created_at), run.end_time.as_ref(), run.claimed_start.as_ref()];
    let is_time = |text: &String| text.parse::<Timestamp>().is_ok();
    let numbers = FigureKind::ALL.iter().map(|kind| figure(run, *kind)).chain([
        run.duration,
        run.warnings_count,
        run.errors_count,
    ]);
    if run.status.parse::<Status>().is_err()
        || !times.into_iter().flatten().all(is_time)
        || numbers.flatten().any(|number| number < 0)
    {
        return Ok(true);
    }
    // Senders send replacement characters, too: only then it is worth asking.
    let texts =
        [Some(&run.backup_name), run.headline.as_ref(), run.exception.as_ref(), run.messages.as_ref()];
    let is_odd = texts.into_iter().flatten().any(|text| text.contains(char::REPLACEMENT_CHARACTER));
    Ok(is_odd && orphans::is_damaged(conn, "backups", id.0)?)
}

/// A figure that says something.
fn counted(run: &RunRecord, kind: FigureKind) -> Option<i64> {
    run.outcome().sent_figure(figure(run, kind))
}

/// The figures that are known, each beside the same figure of the run before.
fn figures(run: &RunRecord, previous: Option<&RunRecord>) -> Vec<Figure> {
    FigureKind::ALL
        .iter()
        .filter_map(|kind| {
            let value = counted(run, *kind)?;
            Some(Figure { kind: *kind, value, previous: previous.and_then(|run| counted(run, *kind)) })
        })
        .collect()
}

fn figure(run: &RunRecord, kind: FigureKind) -> Option<i64> {
    match kind {
        FigureKind::ExaminedFiles => run.files_count,
        FigureKind::ExaminedSize => run.files_size,
        FigureKind::OpenedFiles => run.opened_files,
        FigureKind::OpenedSize => run.opened_size,
        FigureKind::NotProcessedFiles => run.not_processed_files,
        FigureKind::TooLargeFiles => run.too_large_files,
        FigureKind::FilesWithError => run.files_with_error,
        FigureKind::AddedFiles => run.added_files,
        FigureKind::AddedSize => run.added_size,
        FigureKind::ModifiedFiles => run.modified_files,
        FigureKind::ModifiedSize => run.modified_size,
        FigureKind::DeletedFiles => run.deleted_files,
        FigureKind::AddedFolders => run.added_folders,
        FigureKind::ModifiedFolders => run.modified_folders,
        FigureKind::DeletedFolders => run.deleted_folders,
        FigureKind::UploadedSize => run.uploaded_size,
        FigureKind::DownloadedSize => run.downloaded_size,
        FigureKind::FilesUploaded => run.files_uploaded,
        FigureKind::FilesDownloaded => run.files_downloaded,
        FigureKind::FilesDeleted => run.files_deleted,
        FigureKind::RetryAttempts => run.retry_attempts,
        FigureKind::StorageSize => run.storage_size,
        FigureKind::StorageFiles => run.storage_files,
        FigureKind::UnknownFiles => run.unknown_files,
        FigureKind::Versions => run.versions,
        FigureKind::QuotaTotal => run.quota_total,
        FigureKind::QuotaFree => run.quota_free,
    }
}

/// The raw report of a run, secrets masked, as a person reads it: JSON is indented.
///
/// # Errors
/// [`Error::NotFound`] when there is no such run, or its raw report is no longer kept.
pub async fn raw(services: &Services, actor: &Actor, run: RunId) -> Result<RawReport, Error> {
    let row = raw_row(services, actor, run).await?;
    let text = raw_reports::unpack(&row.body);
    Ok(RawReport {
        content_type: row.content_type,
        received: actor.zone(services).moment(row.received_at.parse().unwrap_or_default()),
        size: row.size,
        damaged: text.is_none(),
        text: text.map(|text| indented(&text).unwrap_or(text)).unwrap_or_default(),
        cut: row.cut,
    })
}

/// The raw report of a run as it was received, secrets masked, for a file.
///
/// # Errors
/// [`Error::NotFound`] when there is no such run, or its raw report is no longer kept or readable.
pub async fn raw_text(services: &Services, actor: &Actor, run: RunId) -> Result<String, Error> {
    let row = raw_row(services, actor, run).await?;
    raw_reports::unpack(&row.body).ok_or(Error::NotFound)
}

async fn raw_row(services: &Services, actor: &Actor, run: RunId) -> Result<RawRow, Error> {
    actor.may(Permission::ViewBackups)?;
    services.db.read(move |conn| raw_reports::of_run(conn, run)).await.map_err(missing_is_not_found)
}

/// JSON with line ends and indentation, in the order in which it was sent; `None` for anything else.
fn indented(text: &str) -> Option<String> {
    let mut source = serde_json::Deserializer::from_str(text);
    let mut out = Vec::new();
    serde_transcode::transcode(&mut source, &mut serde_json::Serializer::pretty(&mut out)).ok()?;
    source.end().ok()?;
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_in_its_order_and_everything_else_is_left_alone() {
        let json = r#"{"b":1,"a":{"size":9007199254740993,"text":"x\u0041\n{"}}"#;
        let expected =
            "{\n  \"b\": 1,\n  \"a\": {\n    \"size\": 9007199254740993,\n    \"text\": \"xA\\n{\"\n  }\n}";
        assert_eq!(indented(json).as_deref(), Some(expected));
        assert_eq!(indented("{\"cut\": [1, 2"), None);
        assert_eq!(indented("{} and more"), None);
        assert_eq!(indented("Duplicati Backup report for photos"), None);
    }
}
