//! The page of one run.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging};
use crate::{
    checks::Check,
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    report::LogLine,
    status::Status,
};

/// Which run, and which part of its log; every part is in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RunQuery {
    /// Which run.
    pub run: RunId,
    /// Only lines of this kind.
    #[serde(default)]
    pub lines: LogFilter,
    /// Page of the log, counting from 1; 0 is read as 1.
    #[serde(default)]
    pub page: i64,
}

/// Which log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFilter {
    /// All lines.
    #[default]
    All,
    /// Errors only.
    Errors,
    /// Warnings only.
    Warnings,
    /// Everything else.
    Messages,
}

/// What was known of a job when a run of it did not go well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastGood {
    /// Failures in a row up to this run, with it.
    pub failures: i64,
    /// When the first of them began.
    pub failing_since: Option<Moment>,
    /// When the last good run before this one began.
    pub success: Option<Moment>,
    /// The last complete run before this one.
    pub version: Option<CompleteRun>,
}

/// A run that left a complete version; sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompleteRun {
    /// Its id.
    pub id: RunId,
    /// Start.
    pub started: Moment,
    /// Files examined.
    pub files: Option<i64>,
    /// Bytes of source data.
    pub source_size: Option<i64>,
    /// Bytes at the destination.
    pub storage_size: Option<i64>,
    /// Restorable versions.
    pub versions: Option<i64>,
}

/// Everything a run's page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPage {
    /// When this was asked for.
    pub now: Moment,
    /// Its id.
    pub id: RunId,
    /// Its server.
    pub server_id: ServerId,
    /// The server's alias, or its name.
    pub server_name: String,
    /// Its job.
    pub job_id: JobId,
    /// The job's name.
    pub job_name: String,
    /// What Duplicati said.
    pub status: Status,
    /// What became of it.
    pub outcome: RunOutcome,
    /// What contradicts it.
    pub checks: Vec<Check>,
    /// What was known before it, when it is no good run.
    pub last_good: Option<LastGood>,
    /// Start by the sender's clock.
    pub started: Moment,
    /// Whether the start is ours, because the report had none that can be true: about then, by its arrival.
    #[serde(default)]
    pub start_assumed: bool,
    /// What the report says of the start, where that cannot be true; hostile text.
    #[serde(default)]
    pub start_claim: Option<String>,
    /// End by the sender's clock.
    pub ended: Option<Moment>,
    /// When the report arrived, by our clock.
    pub received: Moment,
    /// The sender's clock minus ours, when they differ by more than five minutes: seconds.
    pub clock_skew: Option<i64>,
    /// Runs of the job that say the same begin and other figures.
    pub contradicts: Vec<RunId>,
    /// Seconds it took.
    pub duration: Option<i64>,
    /// The run before and after it of the same job.
    pub neighbours: (Option<RunId>, Option<RunId>),
    /// Interrupted by a person or a shutdown.
    pub interrupted: bool,
    /// Some of the source was not backed up.
    pub partial: bool,
    /// Nothing was really written.
    pub dry_run: bool,
    /// The figures that Duplicati sent, in groups, unknown ones left out.
    pub figures: Vec<Figure>,
    /// Warnings, as Duplicati counted.
    pub warnings_count: Option<i64>,
    /// Errors, as Duplicati counted.
    pub errors_count: Option<i64>,
    /// Messages, as Duplicati counted.
    pub messages_count: Option<i64>,
    /// Of the warnings, those about sending reports; whether one is about an address of ours.
    #[serde(default)]
    pub reporting: Option<Reporting>,
    /// Errors and warnings that were counted and are not in the log that came.
    #[serde(default)]
    pub not_sent: NotSent,
    /// Why it did not go well, in one line; hostile text.
    #[serde(default)]
    pub headline: Option<String>,
    /// Text of the exception that ended it; hostile text.
    pub exception: Option<String>,
    /// One page of log lines; hostile text.
    pub lines: Vec<LogLine>,
    /// Which page that is, of the lines that pass the filter.
    pub paging: Paging,
    /// Lines of each kind that we keep: errors, warnings, others.
    pub line_counts: (i64, i64, i64),
    /// Lines that Duplicati left out, and that we left out.
    pub lines_dropped: (i64, i64),
    /// Versions that could be restored after this run, newest first.
    pub versions: Vec<Moment>,
    /// How many versions Duplicati counted.
    pub versions_count: Option<i64>,
    /// Duplicati's version.
    pub duplicati_version: Option<String>,
    /// Kind of destination (`s3`, `file`, …).
    pub destination_type: Option<String>,
    /// Whether the raw report is still kept.
    pub has_raw: bool,
    /// Whether something of it was damaged on the disk, so that what is shown may be wrong.
    pub damaged: bool,
}

/// Warnings about sending reports: they say nothing about the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporting {
    /// How many.
    pub warnings: i64,
    /// Whether one of them is about an address of this program.
    pub ours: bool,
}

/// What was counted and is not in the log that came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotSent {
    /// Errors.
    pub errors: i64,
    /// Warnings.
    pub warnings: i64,
}

/// One figure of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it counts.
    pub kind: FigureKind,
    /// The number, in the unit of its kind.
    pub value: i64,
    /// The same figure of the run before, to compare.
    pub previous: Option<i64>,
}

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident $unit:ident $group:ident),* $(,)?) => {
        /// What a figure counts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FigureKind { $($(#[$doc])* $name),* }

        impl FigureKind {
            /// Every kind, in the order in which the page shows them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The unit of its value.
            pub fn unit(self) -> Unit {
                match self { $(Self::$name => Unit::$unit),* }
            }

            /// The group in which the page shows it.
            pub fn group(self) -> FigureGroup {
                match self { $(Self::$name => FigureGroup::$group),* }
            }
        }
    };
}

/// Unit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// A plain number.
    Count,
}

/// Group of figures on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureGroup {
    /// What was read.
    Source,
    /// What changed.
    Changes,
    /// What went over the wire.
    Transfer,
    /// What lies at the destination.
    Destination,
}

figures! {
    /// Files examined (`ExaminedFiles`).
    ExaminedFiles Count Source,
    /// Size of examined files (`SizeOfExaminedFiles`).
    ExaminedSize Bytes Source,
    /// Files opened (`OpenedFiles`).
    OpenedFiles Count Source,
    /// Size of opened files (`SizeOfOpenedFiles`).
    OpenedSize Bytes Source,
    /// Files not processed (`NotProcessedFiles`).
    NotProcessedFiles Count Source,
    /// Files over the size limit (`TooLargeFiles`).
    TooLargeFiles Count Source,
    /// Files with an error (`FilesWithError`).
    FilesWithError Count Source,
    /// Files added (`AddedFiles`).
    AddedFiles Count Changes,
    /// Size of added files (`SizeOfAddedFiles`).
    AddedSize Bytes Changes,
    /// Files modified (`ModifiedFiles`).
    ModifiedFiles Count Changes,
    /// Size of modified files (`SizeOfModifiedFiles`).
    ModifiedSize Bytes Changes,
    /// Files deleted (`DeletedFiles`).
    DeletedFiles Count Changes,
    /// Folders added (`AddedFolders`).
    AddedFolders Count Changes,
    /// Folders modified (`ModifiedFolders`).
    ModifiedFolders Count Changes,
    /// Folders deleted (`DeletedFolders`).
    DeletedFolders Count Changes,
    /// Bytes uploaded (`BytesUploaded`).
    UploadedSize Bytes Transfer,
    /// Bytes downloaded (`BytesDownloaded`).
    DownloadedSize Bytes Transfer,
    /// Remote files uploaded (`FilesUploaded`).
    FilesUploaded Count Transfer,
    /// Remote files downloaded (`FilesDownloaded`).
    FilesDownloaded Count Transfer,
    /// Remote files deleted (`FilesDeleted`).
    FilesDeleted Count Transfer,
    /// Attempts that had to be repeated (`RetryAttempts`).
    RetryAttempts Count Transfer,
    /// Bytes at the destination (`KnownFileSize`).
    StorageSize Bytes Destination,
    /// Files at the destination (`KnownFileCount`).
    StorageFiles Count Destination,
    /// Unknown files at the destination (`UnknownFileCount`).
    UnknownFiles Count Destination,
    /// Restorable versions (`BackupListCount`).
    Versions Count Destination,
    /// Space of the destination (`TotalQuotaSpace`).
    QuotaTotal Bytes Destination,
    /// Free space of the destination (`FreeQuotaSpace`).
    QuotaFree Bytes Destination,
}

/// A raw report, as it was received, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawReport {
    /// Its `Content-Type`.
    pub content_type: Option<String>,
    /// When it arrived.
    pub received: Moment,
    /// Its size on the wire: bytes.
    pub size: i64,
    /// Its text, at most 1 MiB; hostile text. JSON is indented.
    pub text: String,
    /// Whether the text was cut.
    pub cut: bool,
    /// Whether it was damaged on the disk, and nothing of it can be shown.
    pub damaged: bool,
}
