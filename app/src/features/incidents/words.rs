//! What happened to an incident, in words.

use duplistatus::{
    dto::{Moment, incidents::TimelineEntry},
    verdict::Verdict,
};

use crate::{format::time::calendar_time, locale::Locale, tr, ui::badge::verdict_word};

/// `"Opened: failed"`, `"Acknowledged by ada"`.
pub fn entry_words(locale: Locale, entry: &TimelineEntry, now: Moment) -> String {
    let problem = || verdict_word(locale, entry.problem.unwrap_or(Verdict::Check));
    let actor = || entry.actor.clone().unwrap_or_default();
    match entry.event.as_str() {
        "opened" => tr!(locale, incidents.event.opened, problem = problem()),
        "changed" => tr!(locale, incidents.event.changed, problem = problem()),
        "silent" => tr!(locale, incidents.event.silent),
        "found" => {
            tr!(
                locale,
                incidents.event.found,
                check = check_name(locale, entry.check.as_deref().unwrap_or_default())
            )
        }
        "acknowledged" => tr!(locale, incidents.event.acknowledged, who = actor()),
        "noted" => tr!(locale, incidents.event.noted, who = actor()),
        "snoozed" => {
            let until = entry.until.map(|until| calendar_time(locale, until, now)).unwrap_or_default();
            tr!(locale, incidents.event.snoozed, who = actor(), until = until)
        }
        "woke" => tr!(locale, incidents.event.woke),
        "told" => tr!(locale, incidents.event.told, channel = actor()),
        "not_told" => {
            let why = entry.note.clone().unwrap_or_default();
            tr!(locale, incidents.event.not_told, channel = actor(), why = why)
        }
        "waits" => {
            let until = entry.until.map(|until| calendar_time(locale, until, now)).unwrap_or_default();
            tr!(locale, incidents.event.waits, channel = actor(), until = until)
        }
        "told_nobody" => tr!(locale, incidents.event.told_nobody),
        "set" => setting_words(locale, entry.setting.as_deref().unwrap_or_default(), actor()),
        _ if entry.actor.is_some() => tr!(locale, incidents.event.closed_by, who = actor()),
        _ => tr!(locale, incidents.event.closed),
    }
}

/// What a person changed about what is expected of the job.
fn setting_words(locale: Locale, setting: &str, who: String) -> String {
    match setting {
        "paused" => tr!(locale, incidents.event.paused, who = who),
        "resumed" => tr!(locale, incidents.event.resumed, who = who),
        "maintenance" => tr!(locale, incidents.event.maintenance, who = who),
        "warnings" => tr!(locale, incidents.event.warnings, who = who),
        "expected" => tr!(locale, incidents.event.expected, who = who),
        _ => tr!(locale, incidents.event.rules, who = who),
    }
}

/// Why it was closed, unless a person said it.
pub fn closed_words(locale: Locale, why: &str) -> String {
    match why {
        "good" => tr!(locale, incidents.closed.good),
        "paused" => tr!(locale, incidents.closed.paused),
        "gone" => tr!(locale, incidents.closed.gone),
        _ => tr!(locale, incidents.closed.person),
    }
}

/// What a check finds.
pub fn check_name(locale: Locale, check: &str) -> String {
    match check {
        "nothing_examined" => tr!(locale, incidents.check.nothing_examined),
        "shrank" => tr!(locale, incidents.check.shrank),
        "nothing_uploaded" => tr!(locale, incidents.check.nothing_uploaded),
        "nothing_stored" => tr!(locale, incidents.check.nothing_stored),
        "versions_fell" => tr!(locale, incidents.check.versions_fell),
        "mass_change" => tr!(locale, incidents.check.mass_change),
        "incomplete" => tr!(locale, incidents.check.incomplete),
        "files_with_errors" => tr!(locale, incidents.check.files_with_errors),
        "damaged" => tr!(locale, incidents.check.damaged),
        "retries" => tr!(locale, incidents.check.retries),
        "slow" => tr!(locale, incidents.check.slow),
        "quota" => tr!(locale, incidents.check.quota),
        "new_warnings" => tr!(locale, incidents.check.new_warnings),
        "two_jobs" => tr!(locale, incidents.check.two_jobs),
        _ => tr!(locale, incidents.check.no_report),
    }
}
