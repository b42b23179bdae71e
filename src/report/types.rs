//! What a report says, typed. Invariant: times are seconds since 1970 UTC, sizes are bytes, and unknown is `None`.

use super::{
    cause::CauseSources, counters::Counters, ending::LogOf, identity::Identity, log::Log,
    operation::Operation, remote_sync::RemoteSyncs, reporting_lines, status::Status, storage::Storage,
};
use crate::outcome::{self, RunOutcome};

/// One run, as its sender reported it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What was done. `MainOperation`, else the header line or `OperationName`, else a backup.
    pub operation: Operation,
    /// Who did it. `Extra`, or the header line of a text report.
    pub identity: Identity,
    /// How it ended. `ParsedResult`, else inferred, never in favour of success.
    pub status: Status,
    /// When it began, seconds since 1970 UTC by the sender's clock. `BeginTime`.
    pub begin: Option<i64>,
    /// When it began in the sender's words, when that cannot be read. `BeginTime`.
    pub begin_text: Option<String>,
    /// When it ended, seconds since 1970 UTC by the sender's clock. `EndTime`.
    pub end: Option<i64>,
    /// How long it took, whole seconds. `Duration`, else from begin and end.
    pub duration: Option<i64>,
    /// What a backup counted.
    pub counters: Counters,
    /// What the destination holds and what moved.
    pub storage: Storage,
    /// Why it did not go well, in one line: masked, at most 300 characters.
    pub cause: Option<String>,
    /// Warnings that are about sending reports, not about the backup. They are among `warnings_count`.
    pub reporting_warnings: i64,
    /// Whether the sender says that it was interrupted. `Interrupted`.
    pub interrupted: bool,
    /// Whether only part of the source was backed up. `PartialBackup`.
    pub partial: bool,
    /// Whether nothing was really done. `Dryrun`.
    pub dry_run: bool,
    /// Messages of the run, more than the log may hold. `MessagesActualLength`, else counted in the log.
    pub messages_count: Option<i64>,
    /// Warnings of the run. `WarningsActualLength`, else counted in the log.
    pub warnings_count: Option<i64>,
    /// Errors of the run. `ErrorsActualLength`, else counted in the log.
    pub errors_count: Option<i64>,
    /// The log, within the bounds of its stored form.
    pub log: Log,
    /// What stopped the run, at most 16 KiB, masked. `Exception`, or `Failed:` and `Details:`.
    pub exception: Option<String>,
    /// Times of the versions left, newest first, the run's own too. From the log of the retention policy.
    pub available_versions: Vec<i64>,
    /// The sender's build, such as `2.1.0.5 (2.1.0.5_stable_2025-03-04)`. `Version`.
    pub duplicati_version: Option<String>,
    /// Kind of destination, such as `s3`. Extra `destination-type`.
    pub destination_type: Option<String>,
    /// The sender's system. Extra `operating-system-detailed`, else `operating-system`.
    pub operating_system: Option<String>,
    /// Package the sender was installed from. Extra `installation-type`.
    pub installation_type: Option<String>,
    /// When the sender plans the next run, seconds since 1970 UTC. Extra `next-scheduled-run`.
    pub next_scheduled_run: Option<i64>,
    /// Whether the sender held details back for privacy. Extra `report-mode` = `reduced`.
    pub reduced: bool,
    /// Figures of operations other than backups: a flat JSON object; null for backups.
    pub details: serde_json::Value,
}

impl Report {
    /// What became of it.
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

    /// With what follows from its log, its exception and its figures: the cause, and which warnings are about reporting.
    pub(crate) fn explained(mut self, copies: &RemoteSyncs) -> Self {
        let called_off = self.outcome().called_off();
        let (exception, lines) = (self.exception.as_deref(), self.log.lines.as_slice());
        let cause = CauseSources { called_off, exception, lines, copies }.cause();
        self.reporting_warnings = reporting_lines::warnings(lines);
        self.cause = cause;
        self
    }
}
