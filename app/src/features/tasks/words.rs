//! What tasks are called, and what they do.

use duplistatus::units::thousands;

use crate::{locale::Locale, tr};

/// Name of a task, and what it does; of one that this page does not know, the name it has on the command line.
pub fn task_words(locale: Locale, name: &str) -> (String, Option<String>) {
    let (title, what) = match name {
        "audit" => (tr!(locale, tasks.audit.title), tr!(locale, tasks.audit.what)),
        "backup" => (tr!(locale, tasks.backup.title), tr!(locale, tasks.backup.what)),
        "integrity" => (tr!(locale, tasks.integrity.title), tr!(locale, tasks.integrity.what)),
        "keys" => (tr!(locale, tasks.keys.title), tr!(locale, tasks.keys.what)),
        "optimize" => (tr!(locale, tasks.optimize.title), tr!(locale, tasks.optimize.what)),
        "raw-reports" => (tr!(locale, tasks.raw_reports.title), tr!(locale, tasks.raw_reports.what)),
        "retention" => (tr!(locale, tasks.retention.title), tr!(locale, tasks.retention.what)),
        "sessions" => (tr!(locale, tasks.sessions.title), tr!(locale, tasks.sessions.what)),
        _ => return (name.to_owned(), None),
    };
    (title, Some(what))
}

/// What a task deletes, in words.
pub fn loss_words(locale: Locale, name: &str, count: i64) -> String {
    match name {
        "audit" => tr!(locale, tasks.losses.audit, count = count, number = thousands(count)),
        "keys" => tr!(locale, tasks.losses.keys, count = count, number = thousands(count)),
        "raw-reports" => tr!(locale, tasks.losses.raw_reports, count = count, number = thousands(count)),
        _ => tr!(locale, tasks.losses.runs, count = count, number = thousands(count)),
    }
}
