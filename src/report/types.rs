//! The typed content of a report. Invariant: times are seconds since 1970 UTC, sizes are bytes, and unknown is `None`.

use super::{
    cause::CauseSources, counters::Counters, ending::LogOf, identity::Identity, log::Log,
    operation::Operation, remote_sync::RemoteSyncs, reporting_lines, status::Status, storage::Storage,
};
use crate::outcome::{self, RunOutcome};

/// One run, as its sender reported it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The operation. `MainOperation`, else the header line or `OperationName`, else a backup.
    pub operation: Operation,
    /// The sender. `Extra`, or the header line of a text report.
    pub identity: Identity,
    /// How it ended. `ParsedResult`, else inferred, but never as a success.
    pub status: Status,
    /// When it began, seconds since 1970 UTC by the sender's clock. `BeginTime`.
    pub begin: Option<i64>,
    /// When it began as the sender wrote it, if that cannot be parsed. `BeginTime`.
    pub begin_text: Option<String>,
    /// When it ended, seconds since 1970 UTC by the sender's clock. `EndTime`.
    pub end: Option<i64>,
    /// Duration in whole seconds. `Duration`, else from begin and end.
    pub duration: Option<i64>,
    /// Counters of a backup.
    pub counters: Counters,
    /// Figures of the destination.
    pub storage: Storage,
    /// The cause of a failure or warning in one line: masked, at most 300 characters.
    pub cause: Option<String>,
    /// Number of warnings about sending reports, not about the backup. Included in `warnings_count`.
    pub reporting_warnings: i64,
    /// Whether the run was interrupted. `Interrupted`.
    pub interrupted: bool,
    /// Whether only part of the source was backed up. `PartialBackup`.
    pub partial: bool,
    /// Whether it was a dry run. `Dryrun`.
    pub dry_run: bool,
    /// Number of messages, which may be more than the log has. `MessagesActualLength`, else counted in the log.
    pub messages_count: Option<i64>,
    /// Number of warnings. `WarningsActualLength`, else counted in the log.
    pub warnings_count: Option<i64>,
    /// Number of errors. `ErrorsActualLength`, else counted in the log.
    pub errors_count: Option<i64>,
    /// The log, within the limits of its stored form.
    pub log: Log,
    /// The exception that ended the run, at most 16 KiB, masked. `Exception`, or `Failed:` and `Details:`.
    pub exception: Option<String>,
    /// Times of the remaining versions, newest first, including the run's own. From the log of the retention policy.
    pub available_versions: Vec<i64>,
    /// The sender's version, such as `2.1.0.5 (2.1.0.5_stable_2025-03-04)`. `Version`.
    pub duplicati_version: Option<String>,
    /// Kind of destination, such as `s3`. Extra `destination-type`.
    pub destination_type: Option<String>,
    /// The sender's system. Extra `operating-system-detailed`, else `operating-system`.
    pub operating_system: Option<String>,
    /// Type of the sender's installation package. Extra `installation-type`.
    pub installation_type: Option<String>,
    /// When the sender plans the next run, seconds since 1970 UTC. Extra `next-scheduled-run`.
    pub next_scheduled_run: Option<i64>,
    /// Whether the sender left out details for privacy. Extra `report-mode` = `reduced`.
    pub reduced: bool,
    /// Figures of operations other than backups: a flat JSON object; null for backups.
    pub details: serde_json::Value,
}

impl Report {
    /// Returns the outcome of the run.
    #[must_use]
    pub fn outcome(&self) -> RunOutcome {
        outcome::ReportedEnd {
            status: self.status,
            interrupted: self.interrupted,
            partial: self.partial,
            dry_run: self.dry_run,
            files: self.counters.examined_files,
            uploaded: self.storage.bytes_uploaded,
            versions: self.storage.versions,
            stored: self.storage.known_file_size,
            exception: self.exception.as_deref(),
            log: LogOf::Lines(&self.log.lines),
        }
        .outcome()
    }

    /// Adds what is derived from log, exception and figures: the cause, and the number of warnings about reporting.
    pub(crate) fn explained(mut self, copies: &RemoteSyncs) -> Self {
        let cancelled_headline = self.outcome().cancelled_headline();
        let (exception, lines) = (self.exception.as_deref(), self.log.lines.as_slice());
        let cause = CauseSources { cancelled_headline, exception, lines, copies }.cause();
        self.reporting_warnings = reporting_lines::warnings(lines);
        self.cause = cause;
        self
    }
}
