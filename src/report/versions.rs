//! Finds the remaining versions in the log lines of the retention policy. Invariant: newest first, without duplicates, and from the
//! whole log, before it is cut.

use super::culture_date::{CultureDate, decide_order};
use super::gather::RawLog;
use super::line;

/// Labels of the lines that list versions.
pub(crate) const LABELS: [&str; 2] = ["Backups to consider:", "All backups to delete:"];
/// The usual clock change, in seconds.
const HOUR: i64 = 3600;
/// Maximum number of versions stored; far more than retention policies leave.
const MAX_VERSIONS: usize = 2_000;

/// A list of dates, with time and offset of its log line.
struct DateList<'a> {
    text: &'a str,
    local: Option<i64>,
    offset: Option<i32>,
}

/// Returns the times of the remaining versions in seconds since 1970 UTC: "Backups to consider" minus "All backups to delete", plus
/// the version that the run created (`newest`), which is not among them.
///
/// The last message of each kind wins. The dates are the sender's wall clock. The offset is that of the log line, with its minutes
/// from `exact_offset`. Where two neighbouring dates do not descend, the clock was changed between them, and all following dates are
/// one hour further ahead of UTC. If no two dates show the change, dates on its other side are off by an hour.
pub(crate) fn available_versions(log: &RawLog, exact_offset: Option<i32>, newest: Option<i64>) -> Vec<i64> {
    let (mut considered, mut deleted) = (None, None);
    for (_, entry) in &log.entries {
        let [considers, deletes] = LABELS;
        considered = find_list(entry, considers).or(considered);
        deleted = find_list(entry, deletes).or(deleted);
    }
    let Some(considered) = considered else {
        return Vec::new();
    };
    let dates = parse_list(considered.text);
    let order = decide_order(&dates, considered.local);
    let offset = offset_minutes(considered.offset, exact_offset);
    let mut left = in_utc(dates.iter().filter_map(|date| date.local(order)), offset);
    for gone in deleted.map(|list| parse_list(list.text)).unwrap_or_default() {
        // Of two versions with the same local time, the older one is removed.
        let gone = gone.local(order);
        if let Some(at) = left.iter().rposition(|(local, _)| Some(*local) == gone) {
            left.remove(at);
        }
    }
    let mut left: Vec<i64> = left.into_iter().map(|(_, utc)| utc).collect();
    // A run without changes created no version and names the previous one.
    left.extend(newest.filter(|newest| left.iter().all(|version| version < newest)));
    left.sort_unstable_by(|a, b| b.cmp(a));
    left.dedup();
    left.truncate(MAX_VERSIONS);
    left
}

/// Converts a list of local times, newest first, to pairs of local time and UTC.
fn in_utc(dates: impl Iterator<Item = i64>, mut offset: i32) -> Vec<(i64, i64)> {
    let mut times: Vec<(i64, i64)> = Vec::new();
    for local in dates {
        let newer = times.last().map(|(local, _)| *local);
        if newer.is_some_and(|newer| (0..HOUR).contains(&local.saturating_sub(newer))) {
            offset = offset.saturating_add(60);
        }
        times.push((local, local.saturating_sub(i64::from(offset).saturating_mul(60))));
    }
    times
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

/// Combines the line's hours with the minutes of the exact offset, if both can be of the same zone: `+05` and +05:30, or an hour
/// apart because of a clock change.
fn offset_minutes(line: Option<i32>, exact: Option<i32>) -> i32 {
    match (line, exact) {
        (Some(line), Some(exact)) if (line - (exact - exact % 60)).abs() <= 60 => line + exact % 60,
        (Some(line), _) => line,
        (None, exact) => exact.unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::report::Level;

    const LIST: &str = "2025-10-26 03:00:50 +01 - [Information-A.B-BackupList]: Backups to consider: ";

    fn versions(list: &str, deleted: &str, newest: Option<i64>) -> Vec<i64> {
        let mut log = RawLog::default();
        log.add_entry(Level::Information, format!("{LIST}{list}"));
        log.add_entry(Level::Information, format!("All backups to delete: {deleted}"));
        available_versions(&log, Some(60), newest)
    }

    // 2025-10-26T00:00:00Z
    const MIDNIGHT: i64 = 1_761_436_800;

    #[rstest]
    #[case::equal("26.10.2025 02:00:10, 26.10.2025 02:00:10, 26.10.2025 01:00:10", "", &[3610, 10, -3590])]
    #[case::half_hours("26.10.2025 02:00:10, 26.10.2025 02:30:10, 26.10.2025 02:00:10", "", &[3610, 1810, 10])]
    #[case::one_is_deleted("26.10.2025 02:00:10, 26.10.2025 02:00:10", "26.10.2025 02:00:10", &[3610])]
    #[case::no_change("26.10.2025 04:00:10, 26.10.2025 03:00:10", "", &[10_810, 7210])]
    fn both_sides_of_a_clock_change(#[case] list: &str, #[case] deleted: &str, #[case] expected: &[i64]) {
        let seconds: Vec<i64> = versions(list, deleted, None).iter().map(|at| at - MIDNIGHT).collect();
        assert_eq!(seconds, expected);
    }

    #[rstest]
    #[case::the_same_zone(Some(300), Some(330), 330)]
    #[case::an_hour_ahead(Some(360), Some(330), 390)]
    #[case::an_hour_behind(Some(240), Some(330), 270)]
    #[case::another_zone(Some(420), Some(330), 420)]
    #[case::behind_utc(Some(-180), Some(-210), -210)]
    #[case::whole_hours(Some(60), Some(120), 60)]
    #[case::only_the_line(Some(60), None, 60)]
    #[case::only_the_exact_one(None, Some(330), 330)]
    #[case::neither(None, None, 0)]
    fn the_minutes_of_a_zone_come_from_the_exact_offset(
        #[case] line: Option<i32>,
        #[case] exact: Option<i32>,
        #[case] expected: i32,
    ) {
        assert_eq!(offset_minutes(line, exact), expected);
    }

    #[test]
    fn the_runs_own_version_is_listed_too() {
        let list = "26.10.2025 02:00:10, 26.10.2025 01:00:10";
        assert_eq!(versions(list, "", Some(MIDNIGHT + 7210)).len(), 3);
        assert_eq!(versions(list, "", Some(MIDNIGHT + 3610)).len(), 2, "nothing changed, so it made none");
    }
}
