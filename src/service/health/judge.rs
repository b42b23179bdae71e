//! Rates each fact.

use super::facts::DAY;
use crate::dto::health::{Fact, State};

/// Free bytes below which an upload with a long log may fail.
const NO_SPACE: u64 = 100_000_000;
/// Free bytes below which a bad week of logs could fill the disk before the warning is read. Twice the size of the database also
/// counts, which a copy of it and `db vacuum` need.
const LOW_SPACE: u64 = 1 << 30;
/// Bytes of the log. It is truncated at 64 MB; if it grows beyond four times that, a reader that does not end prevents it.
const LARGE_LOG: u64 = 256 << 20;
/// The full check runs every night; a missed one may be a machine that was off.
const OLD_CHECK: i64 = 8 * DAY;
/// The backup runs every night, too; two missed ones need checking.
const OLD_BACKUP: i64 = 3 * DAY;
/// Most jobs run daily: a weekend without reports is possible, a longer gap means that they do not get through.
const OLD_REPORT: i64 = 3 * DAY;
/// Number of waiting writes: more than two groups. At 1024, uploads are rejected.
const LONG_QUEUE: u64 = 128;
/// Number of waiting queries: several per reader.
const MANY_READERS: u64 = 16;

/// Returns the rating of a fact.
pub fn judge(fact: &Fact) -> State {
    let unless = |is_fine: bool, state: State| if is_fine { State::Ok } else { state };
    match fact {
        Fact::Database { answers } => unless(*answers, State::Failing),
        Fact::Writing { read_only, .. } => unless(read_only.is_none(), State::Failing),
        Fact::File { damaged: true, .. } => State::Failing,
        Fact::File { problems: 1.., .. } => State::Warning,
        Fact::File { age: None, .. } => State::Note,
        Fact::File { age: Some(age), .. } => unless(*age <= OLD_CHECK, State::Warning),
        Fact::Schema { newer: true, .. } => State::Failing,
        Fact::Schema { missing, .. } => unless(*missing == 0, State::Note),
        Fact::Space { free: None, .. } => State::Note,
        Fact::Space { free: Some(..NO_SPACE), .. } => State::Failing,
        Fact::Space { free: Some(free), database } => {
            unless(*free >= LOW_SPACE.max(database.saturating_mul(2)), State::Warning)
        }
        Fact::Log { bytes } => unless(*bytes <= LARGE_LOG, State::Warning),
        Fact::Tasks { all, overdue, failed, interrupted } => {
            match (overdue.is_empty() && failed.is_empty(), interrupted.is_empty() && *all > 0) {
                (false, _) => State::Warning,
                (_, false) => State::Note,
                _ => State::Ok,
            }
        }
        // Also for an empty database, because a backup that was never made cannot be relied on.
        Fact::Backup { age: None } => State::Note,
        Fact::Backup { age: Some(age) } => unless(*age <= OLD_BACKUP, State::Warning),
        Fact::Queue { reads, writes } => {
            unless(*reads <= MANY_READERS && *writes <= LONG_QUEUE, State::Warning)
        }
        Fact::Secrets { readable: false, .. } => State::Failing,
        Fact::Secrets { lost, .. } => unless(*lost == 0, State::Warning),
        Fact::Reports { age: None } => State::Note,
        Fact::Reports { age: Some(age) } => unless(*age <= OLD_REPORT, State::Warning),
        Fact::TimeZone { totals_by, .. } => unless(totals_by.is_none(), State::Note),
        Fact::Channels { failing, .. } if !failing.is_empty() => State::Warning,
        Fact::Channels { all, .. } => unless(*all > 0, State::Note),
        Fact::Refused { count } | Fact::Weak { count } => unless(*count == 0, State::Note),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::health::ReadOnly;

    #[test]
    fn each_figure_means_what_its_limit_says() {
        use State::{Failing, Note, Ok, Warning};
        let writing = |read_only| Fact::Writing { read_only, holders: Vec::new() };
        let space = |free, database| Fact::Space { free, database };
        let file = |age, problems, damaged| Fact::File { age, problems, damaged };
        let schema = |missing, newer| Fact::Schema { version: "0001".into(), missing, newer };
        let tasks = |overdue: &[&str], failed: &[&str], interrupted: &[&str]| {
            let own = |names: &[&str]| names.iter().map(ToString::to_string).collect();
            Fact::Tasks { all: 3, overdue: own(overdue), failed: own(failed), interrupted: own(interrupted) }
        };
        let none = Fact::Tasks { all: 0, overdue: vec![], failed: vec![], interrupted: vec![] };
        for (fact, state) in [
            (Fact::Database { answers: true }, Ok),
            (Fact::Database { answers: false }, Failing),
            (writing(None), Ok),
            (writing(Some(ReadOnly::Damaged)), Failing),
            (writing(Some(ReadOnly::Unwritable)), Failing),
            (file(None, 0, false), Note),
            (file(Some(OLD_CHECK), 0, false), Ok),
            (file(Some(OLD_CHECK + 1), 0, false), Warning),
            (file(Some(60), 2, false), Warning),
            (file(Some(60), 2, true), Failing),
            (schema(0, false), Ok),
            (schema(1, false), Note),
            (schema(0, true), Failing),
            (space(None, 1), Note),
            (space(Some(NO_SPACE - 1), 1), Failing),
            (space(Some(NO_SPACE), 1), Warning),
            (space(Some(LOW_SPACE - 1), 1), Warning),
            (space(Some(LOW_SPACE), 1), Ok),
            (space(Some(3 * LOW_SPACE), 2 * LOW_SPACE), Warning),
            (space(Some(4 * LOW_SPACE), 2 * LOW_SPACE), Ok),
            (space(Some(u64::MAX), u64::MAX), Ok),
            (Fact::Log { bytes: LARGE_LOG }, Ok),
            (Fact::Log { bytes: LARGE_LOG + 1 }, Warning),
            (tasks(&[], &[], &[]), Ok),
            (tasks(&[], &[], &["keys"]), Note),
            (tasks(&["keys"], &[], &[]), Warning),
            (tasks(&[], &["keys"], &["audit"]), Warning),
            (none, Note),
            (Fact::Backup { age: None }, Note),
            (Fact::Backup { age: Some(OLD_BACKUP) }, Ok),
            (Fact::Backup { age: Some(OLD_BACKUP + 1) }, Warning),
            (Fact::Queue { reads: MANY_READERS, writes: LONG_QUEUE }, Ok),
            (Fact::Queue { reads: MANY_READERS + 1, writes: 0 }, Warning),
            (Fact::Queue { reads: 0, writes: LONG_QUEUE + 1 }, Warning),
            (Fact::Secrets { readable: true, lost: 0 }, Ok),
            (Fact::Secrets { readable: true, lost: 1 }, Warning),
            (Fact::Secrets { readable: false, lost: 0 }, Failing),
            (writing(Some(ReadOnly::Gone)), Failing),
            (writing(Some(ReadOnly::Full)), Failing),
            (writing(Some(ReadOnly::Locked)), Failing),
            (Fact::Reports { age: None }, Note),
            (Fact::Reports { age: Some(OLD_REPORT) }, Ok),
            (Fact::Reports { age: Some(OLD_REPORT + 1) }, Warning),
            (Fact::TimeZone { name: "UTC".into(), totals_by: None }, Ok),
            (Fact::TimeZone { name: "UTC".into(), totals_by: Some("Europe/Berlin".into()) }, Note),
            (Fact::Refused { count: 0 }, Ok),
            (Fact::Refused { count: 1 }, Note),
            (Fact::Channels { all: 0, failing: vec![] }, Note),
            (Fact::Channels { all: 2, failing: vec![] }, Ok),
            (Fact::Channels { all: 2, failing: vec!["family (403)".into()] }, Warning),
            (Fact::Weak { count: 0 }, Ok),
            (Fact::Weak { count: 3 }, Note),
        ] {
            assert_eq!(judge(&fact), state, "{fact:?}");
        }
    }
}
