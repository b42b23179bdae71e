//! The values of the names in a template.

use std::collections::HashMap;

use super::super::{
    digests::Summary,
    story::{Story, time},
};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            runs::RunRecord,
            servers::{self, ServerRecord},
        },
    },
    ids::{RunId, ServerId},
    notify::{Message, digest_parts, frequency},
    report::{Level, Log},
    status::Status,
    time::Timestamp,
    topic::Topic,
    units::{size, span, thousands},
    zone::Zone,
};

/// Lines of a log that are put into a message.
const LINES: usize = 20;

/// Values by their names.
#[derive(Debug, Default)]
pub(super) struct Values(HashMap<&'static str, String>);

impl Values {
    /// The value of a name; `None` when nothing is known of it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn add(&mut self, name: &'static str, value: impl Into<Option<String>>) {
        if let Some(value) = value.into() {
            self.0.insert(name, value);
        }
    }

    /// The values of an incident. `address` is that of the program.
    pub(super) fn of(
        conn: &mut Connection,
        story: &Story,
        zone: &Zone,
        (now, address): (Timestamp, Option<&str>),
    ) -> Result<Self, StoreError> {
        let mut values = Self::default();
        let at = |time: Timestamp| zone.moment(time).zoned();
        let item = &story.item;
        values.add("event", item.event());
        values.add("server_name", item.server.clone());
        values.add("backup_name", item.job.clone());
        values.add("details", item.facts.join("\n"));
        values.add("since", at(story.since()));
        values.add("link", address.map(|address| format!("{address}{}", item.path)));
        if let Some(id) = story.incident.server_id {
            values.add_server(&servers::find(conn, ServerId(id))?);
        }
        let Some(job) = &story.job else { return Ok(values) };
        let summary = &job.summary;
        let past = |text: Option<&str>| text.map(time);
        let age = |time: Timestamp| format!("{} ago", span(now.since(time)));
        let last_start = past(summary.last_start.as_deref());
        values.add("last_success", past(summary.last_success_at.as_deref()).map_or("never".to_owned(), at));
        if item.topic != Topic::Recovered {
            values.add("error", summary.last_headline.clone());
        }
        values.add("last_backup_date", last_start.map(at));
        values.add("last_elapsed", last_start.map(age));
        if let Some(state) = &job.state {
            let (slot, due) = (past(state.slot.as_deref()), past(state.due.as_deref()));
            let interval = state.interval.map(span);
            values.add("expected_date", slot.map(at));
            values.add("expected_elapsed", slot.filter(|slot| *slot <= now).map(age));
            values.add("overdue_tolerance", slot.zip(due).map(|(slot, due)| span(due.since(slot))));
            values.add("backup_interval", interval.clone());
            values.add("backup_interval_value", interval);
        }
        if let Some(run) = summary.last_run_id {
            values.add_run(&RunRecord::find(conn, RunId(run))?, zone);
        }
        Ok(values)
    }

    /// The values of a message about several jobs.
    pub(super) fn of_list(message: &Message) -> Self {
        let mut values = Self::default();
        let plain = Message { may_be_repeated: false, mute: None, written: None, ..message.clone() };
        values.add("summary", plain.title());
        values.add("details", plain.text());
        values.add("count", thousands(i64::try_from(plain.count()).unwrap_or(i64::MAX)));
        values.add("link", plain.link());
        if let Some(first) = plain.items.first() {
            values.add("event", first.event());
            let is_one = plain.more == 0 && plain.items.iter().all(|item| item.server == first.server);
            values.add("server_name", is_one.then(|| first.server.clone()));
        }
        values
    }

    /// The values of a digest.
    pub(super) fn of_digest(summary: &Summary, address: Option<&str>) -> Self {
        let mut values = Self::default();
        let report = &summary.report;
        let (now, period) = digest_parts(report);
        values.add("summary", summary.written.title.clone());
        values.add("details", summary.written.text.clone());
        values.add("now", now);
        values.add("period", period);
        values.add("digest_name", summary.name.clone());
        values.add("frequency", frequency(summary.every).to_owned());
        values.add("group_name", report.group.clone());
        values.add("period_start", report.from.zoned());
        values.add("period_end", report.until.zoned());
        values.add("job_count", thousands(report.job_count()));
        values.add("attention_count", thousands(report.attention()));
        values.add("link", address.map(|address| format!("{address}{}", summary.path)));
        values
    }

    fn add_server(&mut self, server: &ServerRecord) {
        let alias = server.alias.as_deref().filter(|alias| !alias.is_empty());
        self.add("server_id", server.id.to_string());
        self.add(
            "server_alias",
            alias.map_or(server.name.clone(), |alias| format!("{alias} ({})", server.name)),
        );
        self.add("server_note", server.notes.clone());
        self.add("server_url", server.duplicati_url.clone());
    }

    /// Of the last run.
    fn add_run(&mut self, run: &RunRecord, zone: &Zone) {
        let status = match run.status() {
            Status::Success => "Success",
            Status::Warning => "Warning",
            Status::Error => "Error",
            Status::Fatal => "Fatal",
            Status::Unknown => "Unknown",
        };
        self.add("status", status.to_owned());
        self.add("backup_date", zone.moment(time(&run.start_time)).zoned());
        self.add("duration", run.duration.map(span));
        self.add("file_count", run.files_count.map(thousands));
        self.add("file_size", run.files_size.map(size));
        self.add("uploaded_size", run.uploaded_size.map(size));
        self.add("storage_size", run.storage_size.map(size));
        self.add("available_versions", run.versions.map(thousands));
        self.add("messages_count", run.messages_count.map(thousands));
        self.add("warnings_count", run.warnings_count.map(thousands));
        self.add("errors_count", run.errors_count.map(thousands));
        let log = run.messages.as_deref().and_then(|text| Log::from_json(text).ok()).unwrap_or_default();
        self.add("log_text", log_text(&log));
    }
}

/// The errors and warnings of a log, or its other lines where it has none.
fn log_text(log: &Log) -> String {
    let is_bad = |level: Level| matches!(level, Level::Error | Level::Warning);
    let has_bad = log.lines.iter().any(|line| is_bad(line.level));
    let lines = log.lines.iter().filter(|line| !has_bad || is_bad(line.level));
    lines.take(LINES).map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}
