//! Health facts from the content of the file.

use crate::{
    crypto::SecretKeys,
    db::{
        care::health::Stored,
        tables::{jobs::time, tasks::TaskRow},
    },
    dto::{database::TaskResult, health::Fact},
    service::{database::integrity, notifications::channels, rows::count, session::totp_place, tasks},
    time::Timestamp,
};

pub(super) const DAY: i64 = 86_400;

pub(super) fn of_stored(stored: &Stored, zone: &str, now: Timestamp) -> Vec<Fact> {
    let age = |at: Timestamp| now.since(at);
    let last = integrity::parse(stored.last_integrity.as_deref());
    vec![
        Fact::File {
            age: last.as_ref().map(|last| age(last.at)),
            problems: last.as_ref().map_or(0, |last| last.problems),
            damaged: last.is_some_and(|last| last.damaged),
        },
        schema(stored),
        tasks(&stored.tasks, now),
        Fact::Backup { age: stored.last_backup.map(age) },
        Fact::Reports { age: stored.last_report.map(age) },
        Fact::TimeZone {
            name: zone.to_owned(),
            totals_by: stored.totals_by.clone().filter(|totals_by| totals_by != zone),
        },
        Fact::Refused { count: stored.refused },
        Fact::Channels {
            all: stored.channels,
            failing: stored
                .failing_channels
                .iter()
                .map(|one| format!("{} ({})", one.name, one.why))
                .collect(),
        },
    ]
}

/// Checks whether the key decrypts the stored secrets.
pub(super) fn secrets(stored: Option<&Stored>, keys: &SecretKeys) -> Fact {
    let (users, sealed) =
        stored.map_or((&[][..], &[][..]), |stored| (&stored.sealed, &stored.sealed_channels));
    let of_users = users.iter().filter(|(id, sealed)| keys.open(totp_place(*id), sealed).is_err()).count();
    let of_channels =
        sealed.iter().filter(|(id, sealed)| keys.open(channels::place(*id), sealed).is_err()).count();
    let readable = keys.current().is_some();
    Fact::Secrets { readable, lost: if readable { count(of_users + of_channels) } else { 0 } }
}

pub(super) fn schema(stored: &Stored) -> Fact {
    Fact::Schema {
        version: stored.versions.iter().max().cloned().unwrap_or_default(),
        missing: stored.missing,
        newer: stored.newer,
    }
}

fn tasks(rows: &[TaskRow], now: Timestamp) -> Fact {
    let named = |is_one: &dyn Fn(&TaskRow) -> bool| -> Vec<String> {
        rows.iter().filter(|row| row.enabled && is_one(row)).map(|row| row.name.clone()).collect()
    };
    let ended = |result: TaskResult| {
        named(&|row| row.last_result.as_deref().and_then(TaskResult::from_word) == Some(result))
    };
    Fact::Tasks {
        all: count(named(&|_| true).len()),
        overdue: named(&|row| {
            row.running_since.is_none()
                && time(Some(&row.next_run)).is_some_and(|next| now.since(next) > tasks::OVERDUE_AFTER)
        }),
        failed: ended(TaskResult::Failed),
        interrupted: ended(TaskResult::Interrupted),
    }
}
