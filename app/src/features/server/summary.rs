//! The five figures on top.

use duplistatus::{
    chart::Series,
    dto::{
        Moment,
        server::{Range, Statistics, Trends},
    },
    units::{size, size_parts, span},
};
use leptos::prelude::*;

use super::tools::range_words;
use crate::{
    charts::sparkline::Sparkline,
    format::{
        number::{percent, small_change},
        time::{age, calendar_time},
    },
    locale::{Locale, use_locale},
    tr,
    ui::{
        ticker::use_now,
        tiles::{Tile, Tiles},
    },
};

/// A size as number and unit; unknown is a dash.
fn parts(locale: Locale, bytes: Option<i64>) -> (String, Option<String>) {
    match bytes.map(size_parts) {
        Some((number, unit)) => (number, Some(unit.to_owned())),
        None => (tr!(locale, common.none), None),
    }
}

/// How a series changed from its first to its last known value.
fn growth(locale: Locale, series: &Series, range: &str) -> Option<String> {
    let mut known = series.iter().flatten();
    let first = *known.next()?;
    match small_change(*known.last()?, first) {
        Some(change) => Some(tr!(locale, server.tiles.growth, change = change, range = range)),
        // Percent of next to nothing say nothing.
        None => Some(tr!(locale, server.tiles.growth_from, size = size(first), range = range)),
    }
}

fn known(series: &Series) -> Vec<i64> {
    series.iter().flatten().copied().collect()
}

fn quota_text(locale: Locale, quota: Option<(i64, i64)>) -> Option<String> {
    let (used, total) = quota.filter(|(_, total)| *total > 0)?;
    Some(tr!(locale, server.tiles.quota, free = size(total.saturating_sub(used)), total = size(total)))
}

fn success_text(locale: Locale, statistics: &Statistics) -> (String, Option<String>, String) {
    let kept = statistics.successful + statistics.warnings;
    if statistics.runs == 0 {
        return (tr!(locale, common.none), None, tr!(locale, server.tiles.no_runs));
    }
    let of = if statistics.warnings > 0 {
        tr!(
            locale,
            server.tiles.of_warnings,
            kept = kept,
            count = statistics.runs,
            warnings = statistics.warnings
        )
    } else {
        tr!(locale, server.tiles.of, kept = kept, count = statistics.runs)
    };
    let incomplete = (statistics.incomplete > 0)
        .then(|| tr!(locale, server.tiles.incomplete, count = statistics.incomplete));
    let sub: Vec<String> = std::iter::once(of).chain(incomplete).collect();
    (percent(kept, statistics.runs), Some("%".to_owned()), sub.join(", "))
}

/// Last success, share of success, sizes.
#[component]
pub fn Summary(
    /// When the data was asked for.
    now: Moment,
    /// Figures over the range.
    statistics: Statistics,
    /// Trends over the range.
    trends: Trends,
    /// The range that was chosen.
    range: Range,
    /// Whether it is about several jobs.
    several: bool,
) -> impl IntoView {
    let locale = use_locale();
    let words = range_words(locale, range);
    let job = statistics.last_success_job.clone();
    let clock = use_now(now);
    let (last, last_sub): (Signal<String>, Signal<String>) = match statistics.last_success {
        Some(at) => {
            let job = job.unwrap_or_default();
            let sub = move || {
                let time = calendar_time(locale, at, clock.get());
                tr!(locale, server.tiles.last_sub, job = job.clone(), time = time)
            };
            let last = move || tr!(locale, common.time.ago, span = span(age(at, clock.get())));
            (Signal::derive(last), Signal::derive(sub))
        }
        None => (
            tr!(locale, common.never).into(),
            job.unwrap_or_else(|| tr!(locale, server.tiles.no_success)).into(),
        ),
    };
    let (share, share_unit, share_sub) = success_text(locale, &statistics);
    let (source, source_unit) = parts(locale, statistics.source_size);
    let (stored, stored_unit) = parts(locale, statistics.storage_size);
    let (uploaded, uploaded_unit) = parts(locale, Some(statistics.uploaded_size));
    let versions = statistics.versions.map(|count| tr!(locale, common.versions, count = count));
    let average = statistics.uploaded_size.checked_div(statistics.runs).filter(|_| statistics.runs > 1);
    let average = average.map(|bytes| tr!(locale, server.tiles.average, size = size(bytes)));
    // It is the one of the job that waits longest.
    let last_label = match several {
        true => tr!(locale, server.tiles.last_oldest),
        false => tr!(locale, server.tiles.last),
    };
    view! {
        <Tiles>
            <Tile label=last_label value=last sub=last_sub />
            <Tile
                label=tr!(locale, server.tiles.succeeded, range = &words)
                value=share
                unit=share_unit.unwrap_or_default()
                sub=share_sub
            />
            <Tile
                label=tr!(locale, server.tiles.source)
                value=source
                unit=source_unit.unwrap_or_default()
                sub=growth(locale, &trends.source_size, &words).unwrap_or_default()
            >
                <Sparkline values=known(&trends.source_size) />
            </Tile>
            <Tile
                label=tr!(locale, server.tiles.stored)
                value=stored
                unit=stored_unit.unwrap_or_default()
                sub=quota_text(locale, statistics.quota).or(versions).unwrap_or_default()
            >
                <Sparkline values=known(&trends.storage_size) />
            </Tile>
            <Tile
                label=tr!(locale, server.tiles.uploaded, range = &words)
                value=uploaded
                unit=uploaded_unit.unwrap_or_default()
                sub=average.unwrap_or_default()
            >
                <Sparkline values=known(&trends.uploaded_size) />
            </Tile>
        </Tiles>
    }
}
