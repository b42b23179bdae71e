//! The program's own log, read from memory: see [`LogBuffer`](crate::log_buffer::LogBuffer).

use std::{fmt::Write as _, sync::Arc};

use serde_json::json;

use super::{Actor, Services, audit, audit::Entry, rows::count};
use crate::{
    access::Permission,
    dto::{
        Paging,
        log::{LogPage, LogQuery, LogRow},
    },
    error::Error,
    log_buffer::{LogRecord, MAX_LINES},
};

/// Lines on a page.
const PAGE: i64 = 200;

/// Returns one page of the log, newest first.
///
/// # Errors
///
/// [`Error::Forbidden`] for all but administrators.
pub fn list(services: &Services, actor: &Actor, query: &LogQuery) -> Result<LogPage, Error> {
    actor.may(Permission::ViewLogs)?;
    let zone = actor.zone(services);
    let all = services.log.lines();
    let kept = count(all.len());
    let lines = matching(all, query);
    let paging = Paging::new(query.page, PAGE, count(lines.len()));
    let (offset, size) = (paging.offset(), paging.size);
    let on_page = lines.iter().rev().zip(0_i64..).skip_while(|(_, at)| *at < offset);
    let rows = on_page.take_while(|(_, at)| *at < offset + size).map(|(line, _)| {
        let entry = &line.entry;
        LogRow {
            number: line.number,
            at: zone.moment(entry.at),
            level: entry.level,
            target: entry.target.clone(),
            message: entry.message.clone(),
            fields: entry.fields.clone(),
        }
    });
    Ok(LogPage {
        now: zone.moment(services.clock.now()),
        rows: rows.collect(),
        paging,
        kept,
        capacity: count(MAX_LINES),
        began: zone.moment(services.log.began()),
        filter: services.log.filter().to_owned(),
    })
}

/// Returns the number of the newest line that passes a filter, 0 if there is none. Pages that follow the log call
/// this often.
///
/// # Errors
///
/// [`Error::Forbidden`] for all but administrators.
pub fn newest(services: &Services, actor: &Actor, query: &LogQuery) -> Result<i64, Error> {
    actor.may(Permission::ViewLogs)?;
    Ok(matching(services.log.lines(), query).last().map_or(0, |line| line.number))
}

/// Returns all lines that pass a filter as text, oldest first, and records the download in the audit log.
///
/// # Errors
///
/// [`Error::Forbidden`] for all but administrators.
pub async fn download(services: &Services, actor: &Actor, query: &LogQuery) -> Result<String, Error> {
    actor.may(Permission::ViewLogs)?;
    let lines = matching(services.log.lines(), query);
    let entry = Entry::new("log.download").after(json!({ "lines": count(lines.len()) }));
    audit::note(services, actor, entry).await?;
    Ok(lines.iter().map(|line| as_text(line)).collect())
}

fn matching(mut lines: Vec<Arc<LogRecord>>, query: &LogQuery) -> Vec<Arc<LogRecord>> {
    let needle = query.text.trim().to_lowercase();
    lines.retain(|line| line.entry.level <= query.level && line.entry.contains(&needle));
    lines
}

/// Formats a line for a file. Line breaks are written as `\n`, so that logged text cannot look like another line.
fn as_text(line: &LogRecord) -> String {
    let entry = &line.entry;
    let level = entry.level.as_str().to_uppercase();
    let mut text = format!("{} {level:5} {}: {}", entry.at, entry.target, entry.message);
    for (name, value) in &entry.fields {
        // Writing to a String cannot fail.
        let _ = write!(text, " {name}={value:?}");
    }
    text = text.replace('\n', "\\n");
    text.push('\n');
    text
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
