//! The figures that people look for first.

use duplistatus::{
    dto::{
        Moment,
        run::{Figure, FigureKind as K, LastGood, RunPage as Data},
    },
    units::{clock_duration, size, size_parts, thousands},
};
use leptos::prelude::*;

use super::figure::{any, delta, find};
use crate::{
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::tiles::{Tile, Tiles},
};

/// The change since the run before, in words.
fn compared(locale: Locale, figure: Option<Figure>) -> Option<String> {
    figure.and_then(delta).map(|change| tr!(locale, run.tiles.compared, change = change))
}

/// Number and unit of a size; unknown is a dash.
fn parts(locale: Locale, figure: Option<Figure>) -> (String, String) {
    match figure.map(|f| size_parts(f.value)) {
        Some((number, unit)) => (number, unit.to_owned()),
        None => (tr!(locale, common.none), String::new()),
    }
}

/// Files that were added, modified and deleted.
fn changes(locale: Locale, figures: &[Figure]) -> Option<(i64, String)> {
    let count = |kind| find(figures, kind).map(|f| f.value);
    let (added, modified, deleted) = (count(K::AddedFiles), count(K::ModifiedFiles), count(K::DeletedFiles));
    if added.is_none() && modified.is_none() && deleted.is_none() {
        return None;
    }
    let [added, modified, deleted] = [added, modified, deleted].map(|n| n.unwrap_or(0));
    let text = tr!(
        locale,
        run.tiles.changes,
        added = thousands(added),
        modified = thousands(modified),
        deleted = thousands(deleted)
    );
    Some((added.saturating_add(modified).saturating_add(deleted), text))
}

/// What was known before a run that is no good one: when it last went well, and what the last complete version had.
#[component]
fn Before(
    /// What was known.
    good: LastGood,
    /// Whether this run left a complete version itself.
    is_complete: bool,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let last = match good.success {
        Some(at) => calendar_time(locale, at, now),
        None => tr!(locale, common.never),
    };
    let since = good.failing_since.map(|at| calendar_time(locale, at, now)).unwrap_or_default();
    let failing = match good.failures {
        ..=0 => None,
        1 => Some(tr!(locale, run.tiles.failed_once)),
        2 => Some(tr!(locale, run.tiles.failed_twice, since = since)),
        times => Some(tr!(locale, run.tiles.failed_times, times = times, since = since)),
    };
    let version = good.version.filter(|_| !is_complete).map(|version| {
        let at = calendar_time(locale, version.started, now);
        let sizes = [version.source_size, version.storage_size].map(|bytes| match bytes.map(size_parts) {
            Some((number, unit)) => (number, unit.to_owned()),
            None => (tr!(locale, common.none), String::new()),
        });
        let [(source, source_unit), (stored, stored_unit)] = sizes;
        let versions = version.versions.map(|count| tr!(locale, common.versions, count = count));
        view! {
            <Tile
                label=tr!(locale, run.tiles.source_before)
                value=source
                unit=source_unit
                sub=tr!(locale, run.tiles.complete_at, time = at)
            />
            <Tile
                label=tr!(locale, run.tiles.stored_before)
                value=stored
                unit=stored_unit
                sub=versions.unwrap_or_default()
            />
        }
    });
    view! {
        <Tile label=tr!(locale, run.tiles.last_good) value=last sub=failing.unwrap_or_default() />
        {version}
    }
}

/// Duration, sizes, changes, problems. A run that counted nothing shows only what is known about it.
#[component]
pub fn Summary(
    /// The page's data.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let (is_complete, now) = (page.outcome.is_complete(), page.now);
    let before = page.last_good.map(|good| view! { <Before good=good is_complete=is_complete now=now /> });
    let figures = if any(&page.figures) { page.figures } else { Vec::new() };
    let none = tr!(locale, common.none);
    let duration = page.duration.map_or_else(|| none.clone(), clock_duration);
    let [warnings, errors] =
        [page.warnings_count, page.errors_count].map(|n| n.map_or_else(|| none.clone(), thousands));
    let problems: Vec<String> = [
        page.warnings_count.map(|n| tr!(locale, common.badge.warnings, count = n)),
        page.errors_count.map(|n| tr!(locale, run.tiles.errors, count = n)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let counted = (!figures.is_empty()).then(|| {
        let (source, source_unit) = parts(locale, find(&figures, K::ExaminedSize));
        let files = find(&figures, K::ExaminedFiles);
        let files = files.map(|f| tr!(locale, run.tiles.files, count = f.value, number = thousands(f.value)));
        let (changed, changed_sub) = changes(locale, &figures)
            .map_or_else(|| (none.clone(), String::new()), |(count, text)| (thousands(count), text));
        let (uploaded, uploaded_unit) = parts(locale, find(&figures, K::UploadedSize));
        let added = find(&figures, K::AddedSize).map(|f| tr!(locale, run.tiles.added, size = size(f.value)));
        let stored = find(&figures, K::StorageSize);
        let (stored_text, stored_unit) = parts(locale, stored);
        let versions = find(&figures, K::Versions).map(|f| tr!(locale, common.versions, count = f.value));
        view! {
            <Tile
                label=tr!(locale, run.tiles.source)
                value=source
                unit=source_unit
                sub=files.unwrap_or_default()
            />
            <Tile label=tr!(locale, run.tiles.changed) value=changed sub=changed_sub />
            <Tile
                label=tr!(locale, run.tiles.uploaded)
                value=uploaded
                unit=uploaded_unit
                sub=added.unwrap_or_default()
            />
            <Tile
                label=tr!(locale, run.tiles.stored)
                value=stored_text
                unit=stored_unit
                sub=versions.or_else(|| compared(locale, stored)).unwrap_or_default()
            />
        }
    });
    match counted {
        Some(counted) => view! {
            <Tiles>
                <Tile label=tr!(locale, run.tiles.duration) value=duration sub=problems.join(", ") />
                {counted}
                {before}
            </Tiles>
        }
        .into_any(),
        None => view! {
            <Tiles>
                <Tile label=tr!(locale, run.tiles.duration) value=duration />
                <Tile label=tr!(locale, run.log.errors) value=errors />
                <Tile label=tr!(locale, run.log.warnings) value=warnings />
                {before}
            </Tiles>
        }
        .into_any(),
    }
}
