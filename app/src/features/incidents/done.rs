//! What was just done about incidents, above them: the address says it.

use duplistatus::{dto::Moment, time::Timestamp};
use leptos::prelude::*;

use crate::{
    context::page_query::use_page_query,
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::notice::{Notice, Tone},
};

/// The line; nothing if nothing was done.
#[component]
pub fn Done(
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let query = use_page_query();
    let word = |name: &str| query.read_untracked().get(name).unwrap_or_default();
    words(use_locale(), &word("done"), &word("until"), now).map(|words| {
        view! {
            <Notice tone=Tone::Ok>
                <p role="status">{words}</p>
            </Notice>
        }
    })
}

fn words(locale: Locale, done: &str, until: &str, now: Moment) -> Option<String> {
    Some(match done {
        "acknowledge" => tr!(locale, incidents.done.acknowledge),
        "note" => tr!(locale, incidents.done.note),
        "snooze" => {
            let at = Timestamp::from_unix(until.parse().ok()?);
            let time = calendar_time(locale, Moment { at, offset: now.offset }, now);
            tr!(locale, incidents.done.snooze, time = time)
        }
        "close" => tr!(locale, incidents.done.close),
        _ => return None,
    })
}
