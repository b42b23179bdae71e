//! How often digests are sent, in words.

use duplistatus::dto::digest::{DigestForm, Every};

use crate::{format::time::weekday_name, locale::Locale, tr};

/// How often.
pub fn every_word(locale: Locale, every: Every) -> String {
    match every {
        Every::Daily => tr!(locale, digests.every.daily),
        Every::Weekly => tr!(locale, digests.every.weekly),
        Every::Monthly => tr!(locale, digests.every.monthly),
    }
}

/// When a digest is sent: `"Weekly, Mon, at 07:00, Europe/Berlin"`.
pub fn schedule_words(locale: Locale, form: &DigestForm) -> String {
    let (at, zone) = (form.at.clone(), form.zone.clone());
    match form.every {
        Every::Daily => tr!(locale, digests.when.daily, at = at, zone = zone),
        Every::Weekly => {
            let day = weekday_name(locale, form.weekday);
            tr!(locale, digests.when.weekly, day = day, at = at, zone = zone)
        }
        Every::Monthly => {
            let day = form.month_day.to_string();
            tr!(locale, digests.when.monthly, day = day, at = at, zone = zone)
        }
    }
}
