//! Figures over all jobs.

use duplistatus::{
    dto::dashboard::{Dashboard, Narrowed, SiteDay},
    units::{size, size_parts, thousands},
};
use leptos::prelude::*;

use crate::{
    charts::sparkline::Sparkline,
    format::number::{percent, small_change},
    locale::{Locale, use_locale},
    tr,
    ui::tiles::{Tile, Tiles},
};

fn change_words(locale: Locale, now: i64, before: i64) -> String {
    match small_change(now, before) {
        Some(same) if same == "0" => tr!(locale, dashboard.tiles.same),
        Some(change) => tr!(locale, dashboard.tiles.change, change = change),
        // Percent of next to nothing say nothing.
        None if before > 0 => tr!(locale, dashboard.tiles.previous, size = size(before)),
        None => tr!(locale, dashboard.tiles.no_previous),
    }
}

/// Servers and sizes of a group or tag.
#[component]
pub fn NarrowedTiles<'a>(
    /// What it sums up to.
    narrowed: &'a Narrowed,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let (source, source_unit) = size_parts(narrowed.source_size);
    let (stored, stored_unit) = size_parts(narrowed.storage_size);
    let jobs: i64 = narrowed.verdicts.iter().map(|(_, jobs)| jobs).sum();
    let versions = tr!(
        locale,
        dashboard.tiles.versions,
        count = narrowed.versions,
        number = thousands(narrowed.versions)
    );
    let (servers, jobs) = (thousands(narrowed.servers), tr!(locale, common.jobs, count = jobs));
    view! {
        <Tiles>
            <Tile
                label=tr!(locale, dashboard.tiles.servers)
                value=servers
                sub=jobs
            />
            <Tile
                label=tr!(locale, dashboard.tiles.source)
                value=source
                unit=source_unit.to_owned()
                sub=tr!(locale, dashboard.tiles.source_sub)
            />
            <Tile
                label=tr!(locale, dashboard.tiles.stored)
                value=stored
                unit=stored_unit.to_owned()
                sub=versions
            />
        </Tiles>
    }
}

/// Servers, runs, sizes, uploads.
#[component]
pub fn TotalTiles<'a>(
    /// The dashboard's data.
    data: &'a Dashboard,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let totals = &data.totals;
    let (source, source_unit) = size_parts(totals.source_size);
    let (stored, stored_unit) = size_parts(totals.storage_size);
    let (uploaded, uploaded_unit) = size_parts(totals.uploaded_30_days);
    let kept = match totals.runs_30_days {
        0 => tr!(locale, dashboard.tiles.no_runs),
        runs => tr!(locale, dashboard.tiles.kept, percent = percent(totals.kept_30_days, runs)),
    };
    let runs = totals.days.iter().map(|day| day.runs).collect::<Vec<_>>();
    let uploads = totals.days.iter().map(|day| day.uploaded_size).collect::<Vec<_>>();
    // Before the first report nothing is known: that is no line along the ground.
    let level = |of: fn(&SiteDay) -> Option<i64>| {
        totals.days.iter().map(|day| of(day).unwrap_or(0)).collect::<Vec<_>>()
    };
    let sources = level(|day| day.source_size);
    let stores = level(|day| day.storage_size);
    let servers = thousands(data.servers_total);
    let jobs = tr!(locale, common.jobs, count = data.jobs_total());
    let run_count = thousands(totals.runs_30_days);
    let versions =
        tr!(locale, dashboard.tiles.versions, count = totals.versions, number = thousands(totals.versions));
    let upload_change = change_words(locale, totals.uploaded_30_days, totals.uploaded_previous_30_days);
    view! {
        <Tiles>
            <Tile
                label=tr!(locale, dashboard.tiles.servers)
                value=servers
                sub=jobs
            />
            <Tile label=tr!(locale, dashboard.tiles.runs) value=run_count sub=kept>
                <Sparkline values=runs />
            </Tile>
            <Tile
                label=tr!(locale, dashboard.tiles.source)
                value=source
                unit=source_unit.to_owned()
                sub=tr!(locale, dashboard.tiles.source_sub)
            >
                <Sparkline values=sources />
            </Tile>
            <Tile
                label=tr!(locale, dashboard.tiles.stored)
                value=stored
                unit=stored_unit.to_owned()
                sub=versions
            >
                <Sparkline values=stores />
            </Tile>
            <Tile
                label=tr!(locale, dashboard.tiles.uploaded)
                value=uploaded
                unit=uploaded_unit.to_owned()
                sub=upload_change
            >
                <Sparkline values=uploads />
            </Tile>
        </Tiles>
    }
}
