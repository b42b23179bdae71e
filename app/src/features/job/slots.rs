//! The last slots, one cell for each: what came, what did not, what was not expected.

use duplistatus::{
    dto::{
        Moment,
        job::{JobSlot, SlotFate},
    },
    ids::JobId,
    units::{clock_duration, size},
};
use leptos::prelude::*;

use super::query::path;
use crate::{
    context::url::href,
    format::time::full_time,
    locale::{Locale, use_locale},
    tr,
    ui::relative_time::LocalTime,
};

/// What became of a slot, in a word.
fn fate_word(locale: Locale, fate: SlotFate) -> String {
    match fate {
        SlotFate::Kept => tr!(locale, job.slot.kept),
        SlotFate::Warned => tr!(locale, job.slot.warned),
        SlotFate::Failed => tr!(locale, job.slot.failed),
        SlotFate::Missed => tr!(locale, job.slot.missed),
        SlotFate::Excused => tr!(locale, job.slot.excused),
        SlotFate::Paused => tr!(locale, job.slot.paused),
    }
}

/// The class of a cell: each has its own shape.
fn class(fate: SlotFate) -> &'static str {
    match fate {
        SlotFate::Kept => "ok",
        SlotFate::Warned => "warn",
        SlotFate::Failed => "fail",
        SlotFate::Missed => "missed",
        SlotFate::Excused => "excused",
        SlotFate::Paused => "paused",
    }
}

/// `"23 Nov 2026 02:00 · Succeeded · 12:31 · 1.2 GiB uploaded"`
fn slot_words(locale: Locale, slot: &JobSlot) -> String {
    let parts = [
        Some(full_time(locale, slot.at)),
        Some(fate_word(locale, slot.fate)),
        slot.duration.map(clock_duration),
        slot.uploaded_size.map(|bytes| tr!(locale, common.strip.uploaded, size = size(bytes))),
        (slot.runs > 1).then(|| tr!(locale, common.runs, count = slot.runs)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// How many slots there are of each kind.
fn legend(locale: Locale, slots: &[JobSlot]) -> Vec<(SlotFate, String)> {
    let count = |fate: SlotFate| slots.iter().filter(|slot| slot.fate == fate).count();
    SlotFate::ALL
        .into_iter()
        .map(|fate| (fate, count(fate)))
        .filter(|(_, number)| *number > 0)
        .map(|(fate, number)| {
            let words = match fate {
                SlotFate::Kept => tr!(locale, job.slot.count_kept, count = number),
                SlotFate::Warned => tr!(locale, job.slot.count_warned, count = number),
                SlotFate::Failed => tr!(locale, job.slot.count_failed, count = number),
                SlotFate::Missed => tr!(locale, job.slot.count_missed, count = number),
                SlotFate::Excused => tr!(locale, job.slot.count_excused, count = number),
                SlotFate::Paused => tr!(locale, job.slot.count_paused, count = number),
            };
            (fate, words)
        })
        .collect()
}

/// The cells as links: to the run, or to the runs of the day. One tab stop leads to all of them by the links' own order.
#[component]
pub fn Slots(
    /// The job.
    job: JobId,
    /// The slots, oldest first.
    slots: Vec<JobSlot>,
    /// Whether it is known when it should run.
    has_schedule: bool,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let (Some(first), Some(last)) = (slots.first().map(|slot| slot.at), slots.last().map(|slot| slot.at))
    else {
        return ().into_any();
    };
    let title = match has_schedule {
        true => tr!(locale, job.slot.title, count = slots.len()),
        false => tr!(locale, job.slot.runs, count = slots.len()),
    };
    let legend = legend(locale, &slots).into_iter().map(|(fate, words)| {
        view! {
            <li>
                <span class=format!("slot-swatch {}", class(fate)) aria-hidden="true"></span>
                {words}
            </li>
        }
    });
    let cell = |slot: JobSlot| {
        let to = match slot.run {
            Some(run) => format!("/runs/{run}"),
            None => day_path(job, slot.day),
        };
        view! {
            <li>
                <a class=class(slot.fate) href=href(&to) aria-label=slot_words(locale, &slot)></a>
            </li>
        }
    };
    let cells = slots.into_iter().map(cell).collect_view();
    view! {
        <section class="card job-slots" aria-labelledby="slots-title">
            <div class="job-slots-head">
                <h2 id="slots-title">{title}</h2>
                <ul class="calendar-legend" role="list">
                    {legend.collect_view()}
                </ul>
            </div>
            <ol class="slots" role="list">
                {cells}
            </ol>
            <p class="job-slots-ends muted" aria-hidden="true">
                <LocalTime at=first now=now />
                <LocalTime at=last now=now />
            </p>
        </section>
    }
    .into_any()
}

/// The runs of a day.
fn day_path(job: JobId, day: duplistatus::time::Day) -> String {
    let query = duplistatus::dto::server::ServerQuery {
        server: duplistatus::ids::ServerId(0),
        job: Some(job),
        day: Some(day),
        range: Default::default(),
        sort: Default::default(),
        ascending: false,
        page: 1,
    };
    format!("{}#history", path(&query))
}
