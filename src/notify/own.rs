//! Problems of this program itself, as messages tell them. Pure: which of the health checks are told, and in what words.

use std::collections::BTreeMap;

use crate::{
    dto::health::{Fact, Judged, ReadOnly, State},
    ids::ChannelId,
    units::{size, span},
};

/// The task that backs up the database.
const BACKUP_TASK: &str = "backup";
/// The database may have been off, and its tasks run soon after the start: seconds.
const AFTER_START: i64 = 600;

/// A problem of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnProblem {
    /// What is wrong; for a channel with its id.
    pub key: String,
    /// What messages call it.
    pub name: String,
    /// Whether something does not work, or will not for long.
    pub state: State,
    /// What is wrong, in a sentence.
    pub detail: String,
    /// How long it has to last before it is told: seconds.
    pub patience: i64,
}

/// A channel that does not deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingChannel {
    /// Its id.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// Why, in the words of the receiver.
    pub why: String,
    /// Since when.
    pub since: crate::time::Timestamp,
}

/// What the checks say is wrong with the program, by key.
#[must_use]
pub fn problems(checks: &[Judged]) -> BTreeMap<String, OwnProblem> {
    let mut found: BTreeMap<String, OwnProblem> = BTreeMap::new();
    for check in checks.iter().filter(|check| check.state <= State::Warning) {
        for problem in of(check) {
            match found.get_mut(&problem.key) {
                Some(known) => {
                    known.detail = format!("{} {}", known.detail, problem.detail);
                    known.state = known.state.min(problem.state);
                    known.patience = known.patience.min(problem.patience);
                }
                None => drop(found.insert(problem.key.clone(), problem)),
            }
        }
    }
    found
}

/// A channel that does not deliver, as the others are told.
#[must_use]
pub fn of_channel(channel: &FailingChannel) -> OwnProblem {
    OwnProblem {
        key: format!("channel {}", channel.id),
        name: format!("channel {}", channel.name),
        state: State::Warning,
        detail: format!("Messages to the channel “{}” are not delivered: {}.", channel.name, channel.why),
        patience: 0,
    }
}

/// That nothing can be stored.
#[must_use]
pub fn of_writing(why: ReadOnly) -> OwnProblem {
    let what = match why {
        ReadOnly::Damaged => "The database is damaged.",
        ReadOnly::Unwritable => "The database may not be written.",
        ReadOnly::Gone => "The database file was moved or deleted.",
        ReadOnly::Full => "The disk of the database is full.",
        ReadOnly::Locked => "Another process has locked the database.",
    };
    OwnProblem {
        key: "writing".to_owned(),
        name: "database".to_owned(),
        state: State::Failing,
        detail: format!("{what} Reports are rejected, and the states of jobs are not evaluated."),
        // Others hold a lock, and disks are full, for moments.
        patience: if matches!(why, ReadOnly::Full | ReadOnly::Locked) { 60 } else { 0 },
    }
}

fn of(check: &Judged) -> Vec<OwnProblem> {
    let one = |key: &str, name: &str, detail: String, patience: i64| OwnProblem {
        key: key.to_owned(),
        name: name.to_owned(),
        state: check.state,
        detail,
        patience,
    };
    match &check.fact {
        Fact::Space { free: Some(free), .. } => {
            let free = size(i64::try_from(*free).unwrap_or(i64::MAX));
            let what = if check.state == State::Failing {
                "Reports may be rejected soon."
            } else {
                "Backups and maintenance of the database may fail."
            };
            vec![one(
                "space",
                "disk space",
                format!("Only {free} are free on the disk of the database. {what}"),
                0,
            )]
        }
        Fact::File { problems: count @ 1.., .. } => {
            let detail = format!("The check of the database file found {count} problems.");
            vec![one("file", "database file", detail, 0)]
        }
        Fact::Backup { age: Some(age) } => {
            let detail = format!("The last backup of the database is {} old.", span(*age));
            vec![one("backup", "database backup", detail, AFTER_START)]
        }
        Fact::Tasks { overdue, failed, .. } => of_tasks(overdue, failed, &one),
        Fact::Secrets { readable: false, .. } => {
            let detail = "The encryption key is missing: secrets of channels cannot be read.".to_owned();
            vec![one("secrets", "encryption key", detail, 0)]
        }
        Fact::Secrets { lost, .. } => {
            let detail = format!("{lost} stored secrets cannot be decrypted with the encryption key.");
            vec![one("secrets", "encryption key", detail, 0)]
        }
        _ => Vec::new(),
    }
}

/// The backup is of its own: whoever wants to hear of anything wants to hear of that.
fn of_tasks(
    overdue: &[String],
    failed: &[String],
    one: &dyn Fn(&str, &str, String, i64) -> OwnProblem,
) -> Vec<OwnProblem> {
    let mut found = Vec::new();
    if failed.iter().any(|name| name == BACKUP_TASK) {
        found.push(one("backup", "database backup", "The last backup of the database failed.".to_owned(), 0));
    } else if overdue.iter().any(|name| name == BACKUP_TASK) {
        let detail = "The backup of the database is overdue.".to_owned();
        found.push(one("backup", "database backup", detail, AFTER_START));
    }
    let others = |names: &[String]| -> Vec<String> {
        names.iter().filter(|name| *name != BACKUP_TASK).cloned().collect()
    };
    let (overdue, failed) = (others(overdue), others(failed));
    let mut lines = Vec::new();
    if !failed.is_empty() {
        lines.push(format!("Tasks failed: {}.", failed.join(", ")));
    }
    if !overdue.is_empty() {
        lines.push(format!("Tasks are overdue: {}.", overdue.join(", ")));
    }
    if !lines.is_empty() {
        found.push(one("tasks", "tasks", lines.join(" "), AFTER_START));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(state: State, fact: Fact) -> Judged {
        Judged { state, fact }
    }

    fn keys(checks: &[Judged]) -> Vec<(String, State)> {
        problems(checks).into_values().map(|problem| (problem.key, problem.state)).collect()
    }

    #[test]
    fn each_kind_of_problem_has_a_key_and_a_sentence() {
        let own = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let checks = [
            judged(State::Failing, Fact::Space { free: Some(80_000_000), database: 1 }),
            judged(State::Warning, Fact::File { age: Some(60), problems: 2, damaged: false }),
            judged(State::Warning, Fact::Backup { age: Some(5 * 86_400) }),
            judged(
                State::Warning,
                Fact::Tasks {
                    all: 3,
                    overdue: own(&["keys"]),
                    failed: own(&["backup", "retention"]),
                    interrupted: own(&["audit"]),
                },
            ),
            judged(State::Failing, Fact::Secrets { readable: false, lost: 0 }),
        ];
        let found = problems(&checks);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["backup", "file", "secrets", "space", "tasks"]);
        assert_eq!(
            found["backup"].detail,
            "The last backup of the database is 5 d old. The last backup of the database failed."
        );
        assert_eq!(found["backup"].patience, 0, "a failure is told at once");
        assert!(found["space"].detail.contains(&size(80_000_000)) && found["space"].state == State::Failing);
        assert_eq!(found["tasks"].detail, "Tasks failed: retention. Tasks are overdue: keys.");
    }

    #[test]
    fn what_is_good_or_only_good_to_know_is_no_problem() {
        let checks = [
            judged(State::Ok, Fact::Backup { age: Some(60) }),
            judged(State::Note, Fact::Backup { age: None }),
            judged(State::Note, Fact::Space { free: None, database: 1 }),
            judged(State::Note, Fact::Refused { count: 3 }),
            // What does not come is told of the jobs.
            judged(State::Warning, Fact::Reports { age: Some(5 * 86_400) }),
            // Channels are told one by one.
            judged(State::Warning, Fact::Channels { all: 1, failing: vec!["family (403)".into()] }),
        ];
        assert_eq!(keys(&checks), []);
    }
}
