//! Times as elements: readable text, with the exact time for machines and in the tooltip.

use duplistatus::{dto::Moment, units::span};
use leptos::prelude::*;

use super::ticker::{use_elapsed, use_now};
use crate::{
    format::time::{age, calendar_time, exact_time, full_time, relative},
    locale::use_locale,
};

/// `38 min ago`, updated while the page is open.
#[component]
pub fn RelativeTime(
    /// The time.
    at: Moment,
    /// The time of the data.
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

/// `today 02:04`, in the viewer's time zone.
#[component]
pub fn LocalTime(
    /// The time.
    at: Moment,
    /// The time of the data; without it the full date is shown.
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

/// `23 Nov 2026 02:04:09`, in the viewer's time zone, where the order of events matters.
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

/// An age, `3 d`, updated while the page is open, with the exact time in the tooltip.
#[component]
pub fn Age(
    /// The time.
    at: Moment,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let now = use_now(now);
    view! {
        <time datetime=at.at.to_string() title=at.zoned()>
            {move || span(age(at, now.get()))}
        </time>
    }
}
