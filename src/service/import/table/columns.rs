//! The columns of a table of runs, and the conversion of a row.

use std::collections::BTreeMap;

use crate::{
    db::care::export::FORM,
    ids::{JobId, JobRef, ServerId},
    report::{
        Counters, Identity, Operation, ReadLists, RemoteSyncs, Report, Status, Storage, bounded_prose,
        clean_name, mask_secrets, parse_duration, parse_instant, read_log, word,
    },
    service::{
        import::write::Incoming,
        ingest::{Start, run_record},
    },
    time::Timestamp,
};

/// Every column, with its accepted aliases.
pub(in crate::service) const COLUMNS: [(&str, &[&str]); 56] = [
    ("export", &[]),
    ("server", &["server_name", "machine_name"]),
    ("machine_id", &[]),
    ("job", &["backup_name"]),
    ("backup_id", &[]),
    ("start", &["start_time", "begin_time", "date"]),
    ("start_assumed", &[]),
    ("claimed_start", &[]),
    ("begin_text", &[]),
    ("end", &["end_time"]),
    ("duration", &["duration_seconds"]),
    ("status", &["parsed_result"]),
    // Derived from the rest; it is in the export for readers only.
    ("outcome", &[]),
    ("received", &["created_at"]),
    ("files_count", &["examined_files"]),
    ("files_size", &["size_of_examined_files", "size"]),
    ("storage_size", &["known_file_size"]),
    ("storage_files", &[]),
    ("unknown_files", &[]),
    ("uploaded_size", &["bytes_uploaded"]),
    ("downloaded_size", &["bytes_downloaded"]),
    ("versions", &["backup_list_count"]),
    ("available_versions", &[]),
    ("warnings_count", &["warnings"]),
    ("errors_count", &["errors"]),
    ("reporting_warnings", &[]),
    ("messages_count", &[]),
    ("added_files", &[]),
    ("added_size", &["size_of_added_files"]),
    ("modified_files", &[]),
    ("modified_size", &["size_of_modified_files"]),
    ("opened_files", &[]),
    ("opened_size", &["size_of_opened_files"]),
    ("deleted_files", &[]),
    ("added_folders", &[]),
    ("modified_folders", &[]),
    ("deleted_folders", &[]),
    ("not_processed_files", &[]),
    ("too_large_files", &[]),
    ("files_with_error", &[]),
    ("files_uploaded", &[]),
    ("files_downloaded", &[]),
    ("files_deleted", &[]),
    ("retry_attempts", &[]),
    ("quota_total", &[]),
    ("quota_free", &[]),
    ("quota_assigned", &[]),
    ("interrupted", &[]),
    ("partial", &["partial_backup"]),
    ("dry_run", &["dryrun"]),
    ("duplicati_version", &["version"]),
    ("destination_type", &[]),
    ("headline", &[]),
    ("exception", &[]),
    ("messages_left_out", &[]),
    ("messages", &["log"]),
];

/// Columns that a row must have.
pub(super) const NEEDED: [&str; 3] = ["server", "job", "start"];
/// Maximum characters of a headline.
const HEADLINE: usize = 300;
/// Maximum bytes of an exception.
const EXCEPTION: usize = 16 * 1024;
/// Seconds by which a clock may be ahead.
const SKEW: i64 = 600;
/// 2000-01-01T00:00:00Z.
const PLAUSIBLE: i64 = 946_684_800;

/// The non-empty values of a row, by column.
pub(super) type Fields = BTreeMap<&'static str, String>;

/// Returns the column for a heading.
pub(super) fn column(heading: &str) -> Option<&'static str> {
    let heading = heading.trim().to_lowercase().replace([' ', '-'], "_");
    COLUMNS
        .iter()
        .find(|(name, others)| *name == heading || others.contains(&heading.as_str()))
        .map(|(name, _)| *name)
}

/// Converts a row to a run.
///
/// # Errors
/// What is wrong with the row, as a sentence.
pub(super) fn run(fields: &Fields, now: Timestamp) -> Result<Incoming, String> {
    let row = Row(fields);
    // Rows exported by this program are imported unchanged: nothing is derived from other columns.
    let exported = row.is_exported()?;
    let server = row.name("server")?.ok_or("the server is missing: set its name in the column `server`")?;
    let job = row.name("job")?.ok_or("the job is missing: set its name in the column `job`")?;
    let begin = row.time("start")?.ok_or("the column `start` contains no time")?;
    let first = if exported { i64::MIN } else { PLAUSIBLE };
    if !(first..=now.unix() + SKEW).contains(&begin) {
        return Err(format!(
            "`start` is {}: before the year 2000 or in the future",
            Timestamp::from_unix(begin)
        ));
    }
    let end = row.time("end")?;
    if end.is_some_and(|end| end < begin) && !exported {
        return Err("`end` is before `start`".into());
    }
    let duration = row.duration()?.or(end.filter(|_| !exported).map(|end| end - begin));
    let word_status = row.text("status").unwrap_or("unknown");
    let status: Status = word_status.parse().map_err(|_| {
        let word_status = word(word_status).unwrap_or_default();
        format!("`status` is “{word_status}”: use success, warning, error, fatal or unknown")
    })?;
    let received = row.time("received")?.or(end).unwrap_or(begin.saturating_add(duration.unwrap_or(0)));
    let received = Timestamp::from_unix(received).min(now);
    let ReadLists { mut log, versions, .. } = row.text("messages").map(read_log).unwrap_or_default();
    log.dropped_by_us = log.dropped_by_us.saturating_add(row.count("messages_left_out")?.unwrap_or(0));
    let identity = Identity {
        machine_id: row.name("machine_id")?,
        machine_name: Some(server),
        backup_id: row.name("backup_id")?,
        backup_name: Some(job.clone()),
    };
    let report = Report {
        operation: Operation::Backup,
        identity,
        status,
        begin: Some(begin),
        begin_text: None,
        end,
        duration,
        counters: row.counters()?,
        storage: row.storage()?,
        interrupted: row.flag("interrupted")?,
        partial: row.flag("partial")?,
        dry_run: row.flag("dry_run")?,
        messages_count: row.count("messages_count")?,
        warnings_count: row.count("warnings_count")?,
        errors_count: row.count("errors_count")?,
        log,
        exception: row.text("exception").and_then(|text| bounded_prose(text, EXCEPTION)),
        available_versions: match row.times("available_versions")? {
            None if !exported => versions,
            said => said.unwrap_or_default(),
        },
        duplicati_version: row.text("duplicati_version").and_then(word),
        destination_type: row.text("destination_type").and_then(word),
        operating_system: None,
        installation_type: None,
        next_scheduled_run: None,
        reduced: false,
        details: serde_json::Value::Null,
        cause: None,
        reporting_warnings: 0,
    }
    .explained(&RemoteSyncs::default());
    // Runs are matched by their start, even if it was assumed.
    let start = Start { at: Timestamp::from_unix(begin), assumed: false, claimed: None };
    let nowhere = JobRef { server: ServerId(0), id: JobId(0) };
    let mut record = run_record(&report, nowhere, &job, start, received);
    record.start_assumed = row.flag("start_assumed")?;
    record.claimed_start = row.time("claimed_start")?.map(|at| Timestamp::from_unix(at).to_string());
    record.begin_text = row.text("begin_text").and_then(word);
    let headline = row.headline();
    if exported {
        record.reporting_warnings = row.count("reporting_warnings")?.unwrap_or(0);
        record.end_time = end.map(|end| Timestamp::from_unix(end).to_string());
        record.headline = headline;
    } else if headline.is_some() {
        record.headline = headline;
    }
    Ok(Incoming { identity: report.identity, job, start, received, record })
}

fn time(column: &str, text: &str) -> Result<i64, String> {
    // Times written by this program may be of any year.
    let at = text.parse::<Timestamp>().map(Timestamp::unix).ok().or_else(|| parse_instant(text));
    at.ok_or_else(|| {
        let text = word(text).unwrap_or_default();
        format!("`{column}` is “{text}”, which is not a time: use 2026-11-23T22:06:37Z or seconds since 1970")
    })
}

struct Row<'f>(&'f Fields);

impl Row<'_> {
    fn text(&self, column: &str) -> Option<&str> {
        self.0.get(column).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    fn name(&self, column: &str) -> Result<Option<String>, String> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let name = clean_name(text).ok_or_else(|| format!("`{column}` has no visible character"))?;
        if name.chars().count() < text.chars().count() {
            return Err(format!("`{column}` has more than 200 characters, or invisible ones"));
        }
        Ok(Some(name))
    }

    /// Returns whether this program wrote the row, in the known version of the format.
    fn is_exported(&self) -> Result<bool, String> {
        match self.text("export").map(|text| text.parse::<i64>()) {
            None => Ok(false),
            Some(Ok(FORM)) => Ok(true),
            Some(_) => Err(format!(
                "`export` is not {FORM}: the file was written by a newer version of duplistatus, so import it with that version"
            )),
        }
    }

    fn time(&self, column: &str) -> Result<Option<i64>, String> {
        self.text(column).map(|text| time(column, text)).transpose()
    }

    /// Returns a list of times.
    fn times(&self, column: &str) -> Result<Option<Vec<i64>>, String> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let words = text.split([' ', ',', ';']).filter(|word| !word.is_empty());
        words.map(|word| time(column, word)).collect::<Result<_, _>>().map(Some)
    }

    /// Returns the headline as one line. It may end with a space where it was cut.
    fn headline(&self) -> Option<String> {
        let text = self.0.get("headline").filter(|text| !text.trim().is_empty())?;
        let line: String = text.chars().filter(|c| !c.is_control()).collect();
        Some(mask_secrets(&line).chars().take(HEADLINE).collect())
    }

    fn count(&self, column: &str) -> Result<Option<i64>, String> {
        let Some(text) = self.text(column) else { return Ok(None) };
        match text.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(Some(number)),
            _ => {
                let text = word(text).unwrap_or_default();
                Err(format!("`{column}` is “{text}”, which is not a whole number of 0 or more"))
            }
        }
    }

    /// Returns the duration from seconds or a .NET time span.
    fn duration(&self) -> Result<Option<i64>, String> {
        let Some(text) = self.text("duration") else { return Ok(None) };
        if let Some(span) = parse_duration(text) {
            return Ok(Some(span.seconds));
        }
        if let Some(seconds) = text.parse::<i64>().ok().filter(|seconds| *seconds >= 0) {
            return Ok(Some(seconds));
        }
        let seconds = text.parse::<f64>().ok().filter(|seconds| (0.0..4.0e9).contains(seconds));
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
        seconds.map(|seconds| Some(seconds as i64)).ok_or_else(|| {
            let text = word(text).unwrap_or_default();
            format!("`duration` is “{text}”: use seconds, 01:02:03 or 1.02:03:04")
        })
    }

    fn flag(&self, column: &str) -> Result<bool, String> {
        match self.text(column).map(str::to_lowercase).as_deref() {
            None | Some("0" | "false" | "no") => Ok(false),
            Some("1" | "true" | "yes") => Ok(true),
            Some(_) => Err(format!("`{column}` must be true or false")),
        }
    }

    fn counters(&self) -> Result<Counters, String> {
        Ok(Counters {
            deleted_files: self.count("deleted_files")?,
            deleted_folders: self.count("deleted_folders")?,
            modified_files: self.count("modified_files")?,
            examined_files: self.count("files_count")?,
            opened_files: self.count("opened_files")?,
            added_files: self.count("added_files")?,
            size_of_modified_files: self.count("modified_size")?,
            size_of_added_files: self.count("added_size")?,
            size_of_examined_files: self.count("files_size")?,
            size_of_opened_files: self.count("opened_size")?,
            not_processed_files: self.count("not_processed_files")?,
            added_folders: self.count("added_folders")?,
            too_large_files: self.count("too_large_files")?,
            files_with_error: self.count("files_with_error")?,
            modified_folders: self.count("modified_folders")?,
            ..Counters::default()
        })
    }

    fn storage(&self) -> Result<Storage, String> {
        Ok(Storage {
            known_file_size: self.count("storage_size")?,
            known_file_count: self.count("storage_files")?,
            unknown_file_count: self.count("unknown_files")?,
            versions: self.count("versions")?,
            bytes_uploaded: self.count("uploaded_size")?,
            bytes_downloaded: self.count("downloaded_size")?,
            files_uploaded: self.count("files_uploaded")?,
            files_downloaded: self.count("files_downloaded")?,
            files_deleted: self.count("files_deleted")?,
            retry_attempts: self.count("retry_attempts")?,
            quota_total: self.count("quota_total")?,
            quota_free: self.count("quota_free")?,
            quota_assigned: self.count("quota_assigned")?,
            ..Storage::default()
        })
    }
}
