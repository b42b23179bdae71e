//! Builds a [`Report`] from its parts. Invariant: JSON and text reports follow the same rules, and a run is a success
//! only if the sender says so.

use serde_json::Value;

use super::{
    counters::Counters,
    details,
    gather::RawLog,
    identity::Identity,
    limits,
    line::Level,
    log::Log,
    operation::Operation,
    remote_sync::RemoteSyncs,
    status::Status,
    storage::{self, Storage},
    time,
    types::Report,
    value::{self, Object},
    versions,
};

/// The parts found in a report.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The result: the JSON object, or the `Key: Value` lines of a text report.
    pub(crate) data: Option<Object>,
    /// The sender's `Extra` object: identity, system, schedule.
    pub(crate) extra: Object,
    /// The exception, ready to be stored.
    pub(crate) exception: Option<String>,
    /// Whether the exception replaced the result.
    pub(crate) failed: bool,
    /// The log, unbounded.
    pub(crate) log: RawLog,
    /// The operation from the header line, if the result does not name it.
    pub(crate) operation: Option<String>,
    /// The sender's identity, for parts that `extra` lacks.
    pub(crate) identity: Identity,
}

impl Parts {
    /// Applies the rules.
    pub(crate) fn into_report(self) -> Report {
        let Self { data, extra, exception, failed, log: raw, operation, identity } = self;
        let has_result = data.is_some();
        let data = data.unwrap_or_default();
        let extra_word = |key| value::text(&extra, key).and_then(|text| limits::word(&text));
        let storage = Storage::from_data(&data);
        let available_versions =
            versions::available_versions(&raw, storage::local_offset(&data), storage.last_backup_date);
        let log = raw.to_log();
        let counts = Counts::new(&data, &log, raw.present);
        let counters = Counters::from_data(&data);
        let partial = value::flag(&data, "PartialBackup");
        let word = value::text(&data, "ParsedResult").or_else(|| value::text(&extra, "ParsedResult"));
        let evidence = Evidence {
            failed: failed || (exception.is_some() && word.is_none()),
            word: word.as_deref(),
            has_result,
            errors: counts.errors.unwrap_or(0).saturating_add(counters.files_with_error.unwrap_or(0)),
            warnings: counts.warnings.unwrap_or(0),
            partial,
        };
        let status = evidence.status();
        let operation = value::text(&data, "MainOperation")
            .or(operation)
            .or_else(|| value::text(&extra, "OperationName"));
        let operation = operation.map_or(Operation::Backup, |name| Operation::from_sender(&name));
        let begin = data.get("BeginTime").and_then(time::instant);
        let end = data.get("EndTime").and_then(time::instant);
        let copies = RemoteSyncs::from_data(&data);
        let report = Report {
            cause: None,
            reporting_warnings: 0,
            begin_text: begin.is_none().then(|| claimed(&data)).flatten(),
            identity: Identity::from_extra(&extra).or(identity),
            status,
            begin,
            end,
            duration: duration(&data, begin, end),
            counters,
            storage,
            interrupted: value::flag(&data, "Interrupted"),
            partial,
            dry_run: value::flag(&data, "Dryrun"),
            messages_count: counts.messages,
            warnings_count: counts.warnings,
            errors_count: counts.errors,
            log,
            exception,
            available_versions,
            duplicati_version: build(&data),
            destination_type: extra_word("destination-type"),
            operating_system: extra_word("operating-system-detailed")
                .or_else(|| extra_word("operating-system")),
            installation_type: extra_word("installation-type"),
            next_scheduled_run: extra.get("next-scheduled-run").and_then(time::instant),
            reduced: extra_word("report-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("reduced")),
            details: if operation.is_backup() { Value::Null } else { details::from_data(&data) },
            operation,
        };
        // Uses the whole log, before it is cut.
        let report = report.explained(&copies);
        Report { log: report.log.bounded(), ..report }
    }
}

/// Returns the begin as the report writes it, for a time that cannot be parsed. Year 1 is Duplicati's "never" and gives
/// `None`.
fn claimed(data: &Object) -> Option<String> {
    let text = limits::word(&value::text(data, "BeginTime")?)?;
    let is_unset = text.contains("0001") || text.contains("(-");
    (!is_unset).then_some(text)
}

/// The parts of a report that determine its status.
struct Evidence<'a> {
    failed: bool,
    word: Option<&'a str>,
    has_result: bool,
    errors: i64,
    warnings: i64,
    partial: bool,
}

impl Evidence<'_> {
    fn status(&self) -> Status {
        match self.word {
            _ if self.failed => Status::Fatal,
            Some(word) => Status::from_sender(word),
            // Duplicati itself treats a run without a result as an error.
            None if self.errors > 0 || !self.has_result => Status::Error,
            None if self.warnings > 0 || self.partial => Status::Warning,
            None => Status::Unknown,
        }
    }
}

/// Number of messages per level; `None` is unknown.
struct Counts {
    messages: Option<i64>,
    warnings: Option<i64>,
    errors: Option<i64>,
}

impl Counts {
    fn new(data: &Object, log: &Log, has_log: bool) -> Self {
        let counted = |level| has_log.then(|| log.count(level));
        Self {
            // By default reports contain only warnings and errors, so no information lines means "not sent", not 0.
            messages: value::count(data, "MessagesActualLength")
                .or_else(|| counted(Level::Information).filter(|n| *n > 0)),
            warnings: value::count(data, "WarningsActualLength").or_else(|| counted(Level::Warning)),
            errors: value::count(data, "ErrorsActualLength").or_else(|| counted(Level::Error)),
        }
    }
}

fn duration(data: &Object, begin: Option<i64>, end: Option<i64>) -> Option<i64> {
    let sent = match data.get("Duration") {
        Some(Value::String(text)) => time::parse_duration(text),
        _ => None,
    };
    let measured =
        begin.zip(end).and_then(|(begin, end)| end.checked_sub(begin)).filter(|seconds| *seconds >= 0);
    sent.filter(|sent| !sent.exactly_zero).map(|sent| sent.seconds).or(measured)
}

/// Returns the sender's version. A plain number under the same key is the backup version that a restore test used.
fn build(data: &Object) -> Option<String> {
    let version = data.get("Version")?.as_str()?;
    version.contains('.').then(|| limits::word(version)).flatten()
}
