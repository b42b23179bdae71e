//! Converts a parsed report to the row of a run.

use crate::{
    db::tables::runs::RunRecord,
    ids::JobRef,
    report::{Log, Report},
    time::Timestamp,
};

/// Seconds by which senders' clocks may be ahead.
const SKEW: i64 = 600;
/// 2000-01-01: a clock before that was never set.
const PLAUSIBLE: i64 = 946_684_800;

/// When a run began, as far as it can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) struct Start {
    /// The time used.
    pub at: Timestamp,
    /// Whether it is our time of arrival, because the sender's is missing or implausible.
    pub assumed: bool,
    /// The time the sender reported, if it is implausible.
    pub claimed: Option<Timestamp>,
}

impl Start {
    /// Returns whether the sender's clock was never set: it then reports the same times after every
    /// start of the machine.
    pub(in crate::service) fn is_unset(claim: Timestamp) -> bool {
        claim.unix() < PLAUSIBLE
    }

    /// Decides by the receiver's clock, so that a run from the future is never sorted before newer
    /// ones.
    pub(in crate::service) fn of(begin: Option<i64>, duration: Option<i64>, now: Timestamp) -> Self {
        let plausible = |seconds: i64| (PLAUSIBLE..=now.unix() + SKEW).contains(&seconds);
        match begin {
            Some(seconds) if plausible(seconds) => {
                Self { at: Timestamp::from_unix(seconds), assumed: false, claimed: None }
            }
            other => Self {
                at: now.plus(-duration.unwrap_or(0).clamp(0, 30 * 86_400)),
                assumed: true,
                claimed: other.map(Timestamp::from_unix),
            },
        }
    }
}

/// Creates the row of a run. `name` is that of the job.
pub(in crate::service) fn run_record(
    report: &Report,
    job: JobRef,
    name: &str,
    start: Start,
    now: Timestamp,
) -> RunRecord {
    let (counters, storage) = (&report.counters, &report.storage);
    // An end before the start is invalid.
    let end = report.end.map(Timestamp::from_unix).filter(|end| !start.assumed && *end >= start.at);
    let versions: Vec<String> =
        report.available_versions.iter().take(1000).map(ToString::to_string).collect();
    RunRecord {
        server_id: job.server.0,
        backup_name: name.to_owned(),
        status: report.status.as_str().into(),
        start_time: start.at.to_string(),
        end_time: end
            .or_else(|| report.duration.map(|seconds| start.at.plus(seconds)))
            .map(|at| at.to_string()),
        duration: report.duration,
        files_count: counters.examined_files,
        files_size: counters.size_of_examined_files,
        storage_size: storage.known_file_size,
        uploaded_size: storage.bytes_uploaded,
        created_at: now.to_string(),
        job_id: job.id.0,
        start_assumed: start.assumed,
        claimed_start: start.claimed.map(|at| at.to_string()),
        versions: storage.versions,
        warnings_count: report.warnings_count,
        errors_count: report.errors_count,
        messages_count: report.messages_count,
        interrupted: report.interrupted,
        partial: report.partial,
        dry_run: report.dry_run,
        opened_files: counters.opened_files,
        opened_size: counters.size_of_opened_files,
        added_files: counters.added_files,
        added_size: counters.size_of_added_files,
        modified_files: counters.modified_files,
        modified_size: counters.size_of_modified_files,
        deleted_files: counters.deleted_files,
        added_folders: counters.added_folders,
        modified_folders: counters.modified_folders,
        deleted_folders: counters.deleted_folders,
        not_processed_files: counters.not_processed_files,
        too_large_files: counters.too_large_files,
        files_with_error: counters.files_with_error,
        downloaded_size: storage.bytes_downloaded,
        files_uploaded: storage.files_uploaded,
        files_downloaded: storage.files_downloaded,
        files_deleted: storage.files_deleted,
        retry_attempts: storage.retry_attempts,
        storage_files: storage.known_file_count,
        unknown_files: storage.unknown_file_count,
        quota_total: storage.quota_total,
        quota_free: storage.quota_free,
        quota_assigned: storage.quota_assigned,
        duplicati_version: report.duplicati_version.clone(),
        destination_type: report.destination_type.clone(),
        available_versions: (!versions.is_empty()).then(|| versions.join(" ")),
        headline: report.cause.clone(),
        exception: report.exception.clone(),
        messages: stored_log(&report.log),
        begin_text: report.begin_text.clone(),
        delivery: None,
        reporting_warnings: report.reporting_warnings,
    }
}

/// Returns the log in its stored form; `None` if it is empty.
pub(super) fn stored_log(log: &Log) -> Option<String> {
    (!log.lines.is_empty() || log.is_truncated()).then(|| log.to_bounded_json())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_in_the_future_is_ours() {
        let now = Timestamp::from_unix(1_800_000_000);
        let start = Start::of(Some(2_145_916_800), Some(60), now);
        assert_eq!(start.at, now.plus(-60));
        assert!(start.assumed && start.claimed.is_some());
        assert!(!Start::of(Some(now.unix() + 300), None, now).assumed, "a little skew is normal");
        assert!(Start::of(Some(12), None, now).assumed, "1970 is a clock that was never set");
        assert_eq!(Start::of(None, None, now), Start { at: now, assumed: true, claimed: None });
    }

    #[test]
    fn a_clock_is_ahead_by_ten_minutes_at_most_and_a_run_takes_a_month_at_most() {
        let now = Timestamp::from_unix(1_800_000_000);
        assert!(!Start::of(Some(now.unix() + 600), None, now).assumed);
        assert!(Start::of(Some(now.unix() + 601), None, now).assumed);
        assert_eq!(Start::of(None, Some(20 * 86_400), now).at, now.plus(-20 * 86_400));
        assert_eq!(Start::of(None, Some(40 * 86_400), now).at, now.plus(-30 * 86_400));
        assert_eq!(Start::of(None, Some(-5), now).at, now);
    }

    #[test]
    fn a_clock_that_was_set_says_a_time_of_this_century() {
        assert!(Start::is_unset(Timestamp::from_unix(PLAUSIBLE - 1)));
        assert!(!Start::is_unset(Timestamp::from_unix(PLAUSIBLE)));
        assert!(!Start::of(Some(PLAUSIBLE), None, Timestamp::from_unix(1_800_000_000)).assumed);
    }

    #[test]
    fn an_end_is_what_was_sent_unless_it_lies_before_the_start() -> Result<(), crate::report::ReportError> {
        let end = |end: &str, start: i64, assumed: bool| {
            let body = format!(r#"{{"Data":{{"EndTime":"{end}","Duration":"00:00:07"}}}}"#);
            let report = match crate::report::parse(None, body.as_bytes())? {
                crate::report::Message::Report(report) => *report,
                other => unreachable!("{other:?}"),
            };
            let job = JobRef { server: crate::ids::ServerId(1), id: crate::ids::JobId(1) };
            let at = Timestamp::from_unix(start);
            Ok(run_record(&report, job, "Photos", Start { at, assumed, claimed: None }, at).end_time)
        };
        let time = |seconds| Some(Timestamp::from_unix(seconds).to_string());
        // 2026-11-23T12:00:00Z
        let noon = 1_795_435_200;
        assert_eq!(end("2026-11-23T12:00:00Z", noon - 60, false)?, time(noon));
        assert_eq!(end("2026-11-23T12:00:00Z", noon, false)?, time(noon));
        assert_eq!(end("2026-11-23T12:00:00Z", noon + 60, false)?, time(noon + 67), "by its duration");
        assert_eq!(end("2026-11-23T12:00:00Z", noon - 60, true)?, time(noon - 53), "its clock is not true");
        Ok(())
    }

    #[test]
    fn an_empty_log_is_stored_only_when_something_is_missing_from_it() {
        assert_eq!(stored_log(&Log::default()), None);
        assert!(stored_log(&Log { dropped_by_sender: Some(3), ..Log::default() }).is_some());
        let line = crate::report::LogLine {
            time: None,
            level: crate::report::Level::Other,
            tag: None,
            text: "x".into(),
        };
        assert!(stored_log(&Log { lines: vec![line], ..Log::default() }).is_some());
    }
}
