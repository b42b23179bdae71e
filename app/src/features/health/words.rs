//! The sentences: what was found, and what to do about it. The page, the API and `duplistatus doctor` say the same.

use duplistatus::{
    dto::health::{Check, Fact, Judged, ReadOnly, State},
    units::size,
};

use crate::{
    format::time::{relative_words, span_words},
    locale::Locale,
    tr,
};

/// A check in words.
pub fn check(locale: Locale, judged: &Judged) -> Check {
    let Judged { state, fact } = judged;
    let advice = if *state == State::Ok { String::new() } else { advice(locale, fact) };
    Check { name: fact.name().to_owned(), state: *state, figure: figure(locale, fact), advice }
}

fn bytes(number: u64) -> String {
    size(i64::try_from(number).unwrap_or(i64::MAX))
}

fn figure(locale: Locale, fact: &Fact) -> String {
    match fact {
        Fact::Database { answers: true } => tr!(locale, health.database.answers),
        Fact::Database { answers: false } => tr!(locale, health.database.silent),
        Fact::Writing { read_only: None, .. } => tr!(locale, health.writing.on),
        Fact::Writing { read_only: Some(ReadOnly::Damaged), .. } => tr!(locale, health.writing.damaged),
        Fact::Writing { read_only: Some(ReadOnly::Unwritable), .. } => tr!(locale, health.writing.unwritable),
        Fact::Writing { read_only: Some(ReadOnly::Gone), .. } => tr!(locale, health.writing.gone),
        Fact::Writing { read_only: Some(ReadOnly::Full), .. } => tr!(locale, health.writing.full),
        Fact::Writing { read_only: Some(ReadOnly::Locked), holders } if holders.is_empty() => {
            tr!(locale, health.writing.locked)
        }
        Fact::Writing { read_only: Some(ReadOnly::Locked), holders } => {
            tr!(locale, health.writing.locked_by, names = holders.join(", "))
        }
        Fact::File { age: None, .. } => tr!(locale, health.file.never),
        Fact::File { damaged: true, age: Some(age), .. } => {
            tr!(locale, health.file.damaged, when = relative_words(locale, *age))
        }
        Fact::File { problems: 0, age: Some(age), .. } => {
            tr!(locale, health.file.sound, when = relative_words(locale, *age))
        }
        Fact::File { problems, age: Some(age), .. } => {
            tr!(locale, health.file.problems, count = *problems, when = relative_words(locale, *age))
        }
        Fact::Schema { version, missing: 0, newer: false } => {
            tr!(locale, health.schema.current, version = version.clone())
        }
        Fact::Schema { version, newer: true, .. } => {
            tr!(locale, health.schema.newer, version = version.clone())
        }
        Fact::Schema { missing, .. } => tr!(locale, health.schema.missing, count = *missing),
        Fact::Space { free: None, .. } => tr!(locale, health.space.unknown),
        Fact::Space { free: Some(free), database } => {
            tr!(locale, health.space.free, free = bytes(*free), database = bytes(*database))
        }
        Fact::Log { bytes: length } => bytes(*length),
        Fact::Tasks { all, overdue, failed, interrupted } => {
            let named = |names: &[String], say: fn(Locale, String) -> String| {
                (!names.is_empty()).then(|| say(locale, names.join(", ")))
            };
            let parts = [
                named(failed, |locale, names| tr!(locale, health.tasks.failed, names = names)),
                named(overdue, |locale, names| tr!(locale, health.tasks.overdue, names = names)),
                named(interrupted, |locale, names| tr!(locale, health.tasks.interrupted, names = names)),
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            match (parts.is_empty(), *all) {
                (false, _) => parts.join("; "),
                (true, 0) => tr!(locale, health.tasks.none),
                (true, all) => tr!(locale, health.tasks.fine, count = all),
            }
        }
        Fact::Backup { age: None } => tr!(locale, health.backup.none),
        Fact::Backup { age: Some(age) } | Fact::Reports { age: Some(age) } => relative_words(locale, *age),
        Fact::Queue { reads, writes } => tr!(locale, health.queue.waiting, reads = *reads, writes = *writes),
        Fact::Secrets { readable: true, lost: 0 } => tr!(locale, health.secrets.readable),
        Fact::Secrets { readable: true, lost } => tr!(locale, health.secrets.lost, count = *lost),
        Fact::Secrets { readable: false, .. } => tr!(locale, health.secrets.unreadable),
        Fact::Reports { age: None } => tr!(locale, health.never),
        Fact::TimeZone { name, totals_by: None } => name.clone(),
        Fact::TimeZone { name, totals_by: Some(other) } => {
            tr!(locale, health.time_zone.differs, name = name.clone(), other = other.clone())
        }
        Fact::Refused { count } => tr!(locale, health.refused.kinds, count = *count),
        Fact::Channels { failing, .. } if !failing.is_empty() => {
            tr!(locale, health.notifications.failing, names = failing.join("; "))
        }
        Fact::Channels { all: 0, .. } => tr!(locale, health.notifications.none),
        Fact::Channels { all, .. } => tr!(locale, health.notifications.fine, count = *all),
        Fact::Weak { count } => tr!(locale, health.security.weak, count = *count),
    }
}

/// What to do, where something is not as it should be.
fn advice(locale: Locale, fact: &Fact) -> String {
    match fact {
        Fact::Database { .. } => tr!(locale, health.database.advice),
        Fact::Writing { read_only: Some(ReadOnly::Unwritable), .. } => {
            tr!(locale, health.writing.advice_unwritable)
        }
        Fact::Writing { read_only: Some(ReadOnly::Gone), .. } => tr!(locale, health.writing.advice_gone),
        Fact::Writing { read_only: Some(ReadOnly::Full), .. } => tr!(locale, health.writing.advice_full),
        Fact::Writing { read_only: Some(ReadOnly::Locked), .. } => {
            tr!(locale, health.writing.advice_locked)
        }
        Fact::Writing { .. } | Fact::File { damaged: true, .. } => tr!(locale, health.damaged_advice),
        Fact::File { age: None, .. } => tr!(locale, health.file.advice_never),
        Fact::File { problems: 0, .. } => tr!(locale, health.file.advice_old),
        Fact::File { .. } => tr!(locale, health.file.advice),
        Fact::Schema { newer: true, .. } => tr!(locale, health.schema.advice_newer),
        Fact::Schema { .. } => tr!(locale, health.schema.advice),
        Fact::Space { free: None, .. } => tr!(locale, health.space.advice_unknown),
        Fact::Space { .. } => tr!(locale, health.space.advice),
        Fact::Log { .. } => tr!(locale, health.log.advice),
        Fact::Tasks { overdue, failed, interrupted, .. }
            if overdue.is_empty() && failed.is_empty() && interrupted.is_empty() =>
        {
            tr!(locale, health.tasks.advice_none)
        }
        Fact::Tasks { .. } => tr!(locale, health.tasks.advice),
        Fact::Backup { age: None } => tr!(locale, health.backup.advice_none),
        Fact::Backup { .. } => tr!(locale, health.backup.advice),
        Fact::Queue { .. } => tr!(locale, health.queue.advice),
        Fact::Secrets { readable: true, .. } => tr!(locale, health.secrets.advice_lost),
        Fact::Secrets { .. } => tr!(locale, health.secrets.advice),
        Fact::Reports { age: None } => tr!(locale, health.reports.advice_none),
        Fact::Reports { age: Some(age) } => {
            tr!(locale, health.reports.advice, span = span_words(locale, *age))
        }
        Fact::TimeZone { .. } => tr!(locale, health.time_zone.advice),
        Fact::Refused { .. } => tr!(locale, health.refused.advice),
        Fact::Channels { failing, .. } if failing.is_empty() => {
            tr!(locale, health.notifications.advice_none)
        }
        Fact::Channels { .. } => tr!(locale, health.notifications.advice),
        Fact::Weak { .. } => tr!(locale, health.security.advice),
    }
}
