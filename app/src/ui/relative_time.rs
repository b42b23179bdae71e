//! Times as elements: words to read, the exact time for machines and in the tooltip.

use duplistatus::{dto::Moment, units::span};
use leptos::prelude::*;

use super::ticker::{use_elapsed, use_now};
use crate::{
    format::time::{age, calendar_time, exact_time, full_time, relative},
    locale::use_locale,
};

/// `38 min ago`, kept up to date while the page is open.
#[component]
pub fn RelativeTime(
    /// The time.
    at: Moment,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let elapsed = use_elapsed();
    let age = age(at, now);
    view! {
        <time datetime=at.at.to_string() title=at.zoned()>
            {move || relative(locale, age + elapsed.get())}
        </time>
    }
}

/// `today 02:04`, on the site's clock.
#[component]
pub fn LocalTime(
    /// The time.
    at: Moment,
    /// When the data was asked for; without it the full date is shown.
    #[prop(optional, into)]
    now: Option<Moment>,
) -> impl IntoView {
    let locale = use_locale();
    let now = now.map(use_now);
    let text = move || now.map_or_else(|| full_time(locale, at), |now| calendar_time(locale, at, now.get()));
    view! {
        <time datetime=at.at.to_string() title=at.zoned()>
            {text}
        </time>
    }
}

/// `23 Nov 2026 02:04:09`, on the site's clock: where the order of what happened matters.
#[component]
pub fn ExactTime(
    /// The time.
    at: Moment,
) -> impl IntoView {
    view! {
        <time datetime=at.at.to_string() title=at.zoned()>
            {exact_time(use_locale(), at)}
        </time>
    }
}

/// How long ago something was, `3 d`, kept up to date, with the exact time in the tooltip.
#[component]
pub fn Age(
    /// The time.
    at: Moment,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let now = use_now(now);
    view! {
        <time datetime=at.at.to_string() title=at.zoned()>
            {move || span(age(at, now.get()))}
        </time>
    }
}
