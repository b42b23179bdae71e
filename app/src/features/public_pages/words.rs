//! The texts of feeds and calendars.

use duplistatus::{dto::Moment, verdict::Verdict};

use crate::{locale::use_locale, tr, ui::badge::verdict_word};

/// The title of a feed; `name` is empty for the site.
pub fn feed_title(name: &str) -> String {
    match name {
        "" => tr!(use_locale(), public.feed.everything),
        name => tr!(use_locale(), public.feed.title, name = name),
    }
}

/// The title of a calendar; `name` is empty for the site.
pub fn calendar_title(name: &str) -> String {
    match name {
        "" => tr!(use_locale(), public.calendar.everything),
        name => tr!(use_locale(), public.calendar.title, name = name),
    }
}

/// The title and the summary of an entry about an incident.
pub fn incident(name: &str, problem: Verdict, since: Moment, closed: Option<Moment>) -> (String, String) {
    let locale = use_locale();
    let word = verdict_word(locale, problem);
    match closed {
        Some(at) => (
            tr!(locale, public.feed.closed, name = name),
            tr!(locale, public.feed.closed_what, problem = word, since = since.zoned(), time = at.zoned()),
        ),
        None => (
            tr!(locale, public.feed.opened, name = name, problem = word.clone()),
            tr!(locale, public.feed.opened_what, problem = word, since = since.zoned()),
        ),
    }
}

/// The title of an event: a run that is expected, or one that was missed.
pub fn run(name: &str, is_missed: bool) -> String {
    match is_missed {
        true => tr!(use_locale(), public.calendar.missed, name = name),
        false => tr!(use_locale(), public.calendar.expected, name = name),
    }
}
