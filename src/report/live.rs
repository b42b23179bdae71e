//! The live status webhook of 2.3.1 and later. Invariant: `Completed` means "ended without an exception" and is never
//! taken for a success.

use serde_json::Value;

use super::identity::{self, Identity};
use super::limits::{MAX_EXCEPTION_BYTES, prose, word};
use super::operation::Operation;
use super::time;
use super::value::{self, Object};

/// What a run is doing, according to the sender's last message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveStatus {
    /// The operation. `operation`.
    pub operation: Operation,
    /// The state of the run. `status`.
    pub state: LiveState,
    /// The sender. `metadata`.
    pub identity: Identity,
    /// When it began, seconds since 1970 UTC by the sender's clock. `startedUtc`.
    pub started: Option<i64>,
    /// When this was sent, seconds since 1970 UTC by the sender's clock. `reportedUtc`.
    pub reported: Option<i64>,
    /// The error, masked. `errorMessage`.
    pub error: Option<String>,
    /// Duplicati's name for the current phase. `progress.phase`.
    pub phase: Option<String>,
    /// Progress in thousandths, 0 to 1000. `progress.progress`.
    pub permille: Option<i64>,
    /// Files processed. `progress.filesProcessed`.
    pub files_processed: Option<i64>,
    /// Files found so far. `progress.fileCount`.
    pub files_total: Option<i64>,
    /// Bytes processed. `progress.fileSizeProcessed`.
    pub bytes_processed: Option<i64>,
    /// Bytes found so far. `progress.fileSize`.
    pub bytes_total: Option<i64>,
    /// Whether the totals may still grow. `progress.countingFiles`.
    pub counting: bool,
    /// The sender's version. `metadata.duplicatiVersion`.
    pub duplicati_version: Option<String>,
    /// Kind of destination. `metadata.destinationType`.
    pub destination_type: Option<String>,
    /// The sender's system. `metadata.operatingSystemDetailed`, else `operatingSystem`.
    pub operating_system: Option<String>,
}

/// The state of a live run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LiveState {
    /// It has started.
    Started,
    /// It is running.
    Progress,
    /// It ended without an exception; its report has the result.
    Completed,
    /// It ended with an exception.
    Failed,
}

impl LiveState {
    /// Returns the lower-case word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Progress => "progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    fn from_sender(word: &str, is_completed: bool) -> Self {
        [Self::Started, Self::Progress, Self::Completed, Self::Failed]
            .into_iter()
            .find(|state| word.eq_ignore_ascii_case(state.as_str()))
            .unwrap_or(if is_completed { Self::Completed } else { Self::Progress })
    }
}

/// Parses a live status; `None` if the object is something else.
pub(crate) fn parse(root: &Object) -> Option<LiveStatus> {
    let status = value::text(root, "status")?;
    let started = root.get("startedUtc")?;
    let metadata = root.get("metadata")?.as_object()?;
    let empty = Object::new();
    let progress = root.get("progress").and_then(Value::as_object).unwrap_or(&empty);
    let name = |key| value::text(metadata, key).and_then(|text| identity::clean(&text));
    let about = |key| value::text(metadata, key).and_then(|text| word(&text));
    Some(LiveStatus {
        operation: Operation::from_sender(&value::text(root, "operation").unwrap_or_default()),
        state: LiveState::from_sender(&status, value::flag(root, "isCompleted")),
        identity: Identity {
            machine_id: name("machineId"),
            machine_name: name("machineName"),
            backup_id: name("backupId"),
            backup_name: name("backupName"),
        },
        started: time::instant(started),
        reported: root.get("reportedUtc").and_then(time::instant),
        error: value::text(root, "errorMessage").and_then(|text| prose(&text, MAX_EXCEPTION_BYTES)),
        phase: value::text(progress, "phase").and_then(|text| word(&text)),
        permille: progress.get("progress").and_then(permille),
        files_processed: value::count(progress, "filesProcessed"),
        files_total: value::count(progress, "fileCount"),
        bytes_processed: value::count(progress, "fileSizeProcessed"),
        bytes_total: value::count(progress, "fileSize"),
        counting: value::flag(progress, "countingFiles"),
        duplicati_version: about("duplicatiVersion"),
        destination_type: about("destinationType"),
        operating_system: about("operatingSystemDetailed").or_else(|| about("operatingSystem")),
    })
}

/// Converts 0..1 to thousandths; Duplicati slightly exceeds 1 while it is still counting.
fn permille(value: &Value) -> Option<i64> {
    let fraction = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let is_known = fraction.is_finite() && fraction >= 0.0;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to 0..=1000")]
    is_known.then(|| (fraction * 1000.0).clamp(0.0, 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::number(json!(0.5), Some(500))]
    #[case::text(json!(" 0.25 "), Some(250))]
    #[case::overshoot(json!(1.01), Some(1000))]
    #[case::begin(json!(0), Some(0))]
    #[case::negative(json!(-0.5), None)]
    #[case::infinite(json!("inf"), None)]
    #[case::no_number(json!("NaN"), None)]
    #[case::flag(json!(true), None)]
    fn progress_is_told_in_thousandths(#[case] value: Value, #[case] expected: Option<i64>) {
        assert_eq!(permille(&value), expected);
    }

    #[rstest]
    #[case("Started", false, LiveState::Started)]
    #[case("progress", false, LiveState::Progress)]
    #[case("COMPLETED", false, LiveState::Completed)]
    #[case("Failed", true, LiveState::Failed)]
    #[case("Paused", false, LiveState::Progress)]
    #[case("Done", true, LiveState::Completed)]
    fn a_state_of_a_build_yet_to_come_is_known_by_its_end(
        #[case] word: &str,
        #[case] is_completed: bool,
        #[case] expected: LiveState,
    ) {
        assert_eq!(LiveState::from_sender(word, is_completed), expected);
    }
}
