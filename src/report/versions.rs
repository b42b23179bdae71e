//! Which versions are left, from the lines of the retention policy. Invariant: newest first, without duplicates, and made
//! from the whole log, before it is cut.

use super::culture_date::{CultureDate, decide_order};
use super::gather::RawLog;
use super::line;

/// Most versions kept; far above what retention policies leave.
const MAX_VERSIONS: usize = 2_000;

/// A list of dates and the line it stood in.
struct DateList<'a> {
    text: &'a str,
    local: Option<i64>,
    offset: Option<i32>,
}

/// Times of the versions that remain, seconds since 1970 UTC: "Backups to consider" minus "All backups to delete".
///
/// The last message of each kind wins. The dates are the sender's wall clock; its offset is taken from the line, whose
/// minutes come from `exact_offset`. A date on the other side of a clock change is therefore an hour off.
pub(crate) fn available_versions(log: &RawLog, exact_offset: Option<i32>) -> Vec<i64> {
    let (mut considered, mut deleted) = (None, None);
    for (_, entry) in &log.entries {
        considered = find_list(entry, "Backups to consider:").or(considered);
        deleted = find_list(entry, "All backups to delete:").or(deleted);
    }
    let Some(considered) = considered else {
        return Vec::new();
    };
    let dates = parse_list(considered.text);
    let order = decide_order(&dates, considered.local);
    let offset = offset_minutes(considered.offset, exact_offset);
    let times = |dates: &[CultureDate]| -> Vec<i64> {
        dates
            .iter()
            .filter_map(|date| date.local(order))
            .map(|local| local.saturating_sub(i64::from(offset).saturating_mul(60)))
            .collect()
    };
    let gone: std::collections::BTreeSet<i64> =
        deleted.map(|list| times(&parse_list(list.text))).unwrap_or_default().into_iter().collect();
    let mut left = times(&dates);
    left.retain(|time| !gone.contains(time));
    left.sort_unstable_by(|a, b| b.cmp(a));
    left.dedup();
    left.truncate(MAX_VERSIONS);
    left
}

fn find_list<'a>(entry: &'a str, label: &str) -> Option<DateList<'a>> {
    let (_, rest) = entry.split_once(label)?;
    let stamp = line::split_stamp(entry.trim_start()).map(|(stamp, _)| stamp);
    Some(DateList {
        text: rest.lines().next().unwrap_or_default(),
        local: stamp.map(|stamp| stamp.local),
        offset: stamp.and_then(|stamp| stamp.offset),
    })
}

fn parse_list(text: &str) -> Vec<CultureDate> {
    text.split(',').take(MAX_VERSIONS).filter_map(CultureDate::parse).collect()
}

/// The line's hours with the minutes of the exact offset, if they can be of the same zone: `+05` and +05:30, also an
/// hour apart because of a clock change.
fn offset_minutes(line: Option<i32>, exact: Option<i32>) -> i32 {
    match (line, exact) {
        (Some(line), Some(exact)) if (line - (exact - exact % 60)).abs() <= 60 => line + exact % 60,
        (Some(line), _) => line,
        (None, exact) => exact.unwrap_or(0),
    }
}
