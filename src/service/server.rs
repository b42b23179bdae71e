//! One server: jobs, statistics, trends, history. Statistics and trends come from the per-day totals.

use super::{
    Actor, Services,
    shape::{LIVE_FOR, job_row, missing_is_not_found, moment, next_change},
};
use crate::{
    access::Permission,
    chart::{Buckets, Series},
    db::{
        Connection, StoreError,
        days::{self, ServerDay},
        jobs::{self, JobRecord, LiveRow},
        operations, run_lists, servers,
        totals::Totals,
    },
    dto::{
        Paging,
        server::{
            CalendarDay, KeyMismatch, MachineId, OperationRow, RunRow, ServerPage, ServerQuery, Statistics,
            Trends,
        },
    },
    error::Error,
    ids::{JobId, RunId},
    status::Status,
    time::{Day, Timestamp},
    zone::Zone,
};

/// Runs on a page.
const PAGE: i64 = 25;
/// Days of the calendar: 53 whole weeks.
const CALENDAR_DAYS: i64 = 371;

/// One view of a server.
///
/// # Errors
/// [`Error::NotFound`] when there is no such server.
pub async fn show(services: &Services, actor: &Actor, query: ServerQuery) -> Result<ServerPage, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let today = services.zone.day(now);
    services.db.read(move |conn| load(conn, &zone, now, today, &query)).await.map_err(missing_is_not_found)
}

/// `zone` is the reader's; `today` is the site's day, by which days were summed up.
fn load(
    conn: &mut Connection,
    zone: &Zone,
    now: Timestamp,
    today: Day,
    query: &ServerQuery,
) -> Result<ServerPage, StoreError> {
    let server = servers::find(conn, query.server)?;
    let records = jobs::all(conn, Some(query.server))?;
    let live = LiveRow::since(conn, now.plus(-LIVE_FOR))?;
    // A job of another server, or one that is gone, is read as all jobs.
    let job = query.job.filter(|wanted| records.iter().any(|record| record.id == wanted.0));
    let chosen: Vec<&JobRecord> =
        records.iter().filter(|record| job.is_none_or(|id| id.0 == record.id)).collect();
    let total = chosen.iter().map(|record| record.summary.run_count).sum();
    let paging = Paging::new(query.page, PAGE, total);
    let rows = run_lists::list(conn, query.server, job, query.sort, query.ascending, PAGE, paging.offset())?;

    let calendar_first = today.plus(1 - CALENDAR_DAYS);
    let first = query.range.days().map(|days| today.plus(1 - days));
    let all_days =
        days::server_days_since(conn, query.server, job, first.map(|day| day.min(calendar_first)))?;
    // Oldest first.
    let before = first.map_or(0, |first| all_days.partition_point(|row| row.day < first));
    let in_range = all_days.get(before..).unwrap_or_default();
    let first = first.or_else(|| in_range.first().map(|row| row.day)).unwrap_or(today);
    let name_of =
        |id: i64| records.iter().find(|record| record.id == id).map(|r| r.name.clone()).unwrap_or_default();
    let live_here = live.iter().filter(|row| records.iter().any(|record| record.id == row.job_id));
    Ok(ServerPage {
        now: zone.moment(now),
        changes_at: next_change(zone, now, records.iter(), live_here),
        id: query.server,
        last_seen: moment(zone, server.last_seen.as_deref()),
        duplicati_version: server.duplicati_version.clone(),
        operating_system: server.operating_system.clone(),
        machine_ids: machine_ids(conn, zone, query)?,
        same_name_as: servers::display_name(conn, server.same_name_as)?,
        key_mismatch: match (&server.mismatch_machine, moment(zone, server.mismatch_at.as_deref())) {
            (Some(machine), Some(at)) => Some(KeyMismatch {
                machine: machine.clone(),
                other: servers::display_name(conn, server.mismatch_server_id)?,
                at,
            }),
            _ => None,
        },
        name: server.name,
        alias: server.alias,
        notes: server.notes,
        jobs: records.iter().map(|record| job_row(zone, now, record, &live)).collect(),
        statistics: statistics(zone, &chosen, in_range),
        trends: trends(first, today, calendar_first, in_range, &all_days),
        runs: rows.into_iter().map(|row| run_row(zone, row, name_of)).collect(),
        paging,
        operations: operation_rows(conn, zone, query)?,
    })
}

fn machine_ids(
    conn: &mut Connection,
    zone: &Zone,
    query: &ServerQuery,
) -> Result<Vec<MachineId>, StoreError> {
    let rows = servers::machines(conn, query.server)?;
    Ok(rows
        .into_iter()
        .map(|row| MachineId {
            machine_id: row.machine_id,
            machine_name: row.machine_name,
            last_seen: zone.moment(row.last_seen.parse().unwrap_or_default()),
        })
        .collect())
}

fn operation_rows(
    conn: &mut Connection,
    zone: &Zone,
    query: &ServerQuery,
) -> Result<Vec<OperationRow>, StoreError> {
    let rows = operations::latest(conn, query.server, 20)?;
    Ok(rows
        .into_iter()
        .map(|row| OperationRow {
            operation: row.operation,
            job_name: row.job_name,
            status: row.status.parse().unwrap_or(Status::Unknown),
            started: zone.moment(row.start_time.parse().unwrap_or_default()),
            duration: row.duration,
            details: details(row.details.as_deref()),
        })
        .collect())
}

fn details(json: Option<&str>) -> Vec<(String, String)> {
    let object: serde_json::Map<String, serde_json::Value> =
        json.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    object
        .into_iter()
        .filter(|(_, value)| value.as_i64() != Some(0) && !value.is_null())
        .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect()
}

/// Whether a figure says something: where a run failed, Duplicati sends zeros for what it had not counted yet.
pub(super) fn was_counted(status: Status, figure: i64) -> bool {
    figure != 0 || !status.is_failed()
}

/// A run as lists show it.
pub(super) fn run_row(zone: &Zone, row: run_lists::ListRow, name_of: impl Fn(i64) -> String) -> RunRow {
    let status = row.status.parse().unwrap_or(Status::Unknown);
    let counted = |figure: Option<i64>| figure.filter(|number| was_counted(status, *number));
    RunRow {
        id: RunId(row.id),
        job_id: JobId(row.job_id),
        job_name: name_of(row.job_id),
        status,
        started: zone.moment(row.start_time.parse().unwrap_or_default()),
        duration: row.duration,
        files: counted(row.files_count),
        source_size: counted(row.files_size),
        storage_size: counted(row.storage_size),
        uploaded_size: counted(row.uploaded_size),
        versions: counted(row.versions),
        warnings: row.warnings_count,
        errors: row.errors_count,
    }
}

/// Sums up days of jobs, with what the jobs are like now.
pub(super) fn statistics(zone: &Zone, chosen: &[&JobRecord], days: &[ServerDay]) -> Statistics {
    let total = days.iter().fold(Totals::default(), |total, row| total.with_runs(&row.totals));
    let now = |field: fn(&JobRecord) -> Option<i64>| {
        chosen.iter().filter_map(|job| field(job)).reduce(i64::saturating_add)
    };
    // The worst of them, so that one good job never hides another: never comes before any time.
    let oldest = chosen.iter().min_by_key(|job| job.summary.last_success_at.clone());
    let last_run = chosen.iter().filter_map(|job| job.summary.last_start.as_deref()).max();
    // Jobs of one server often share a destination: its space is counted once for each size it reports.
    let mut quotas: Vec<(i64, i64)> =
        chosen.iter().filter_map(|job| Some((job.summary.quota_total?, job.summary.quota_free?))).collect();
    quotas.sort_unstable();
    quotas.dedup_by_key(|(total, _)| *total);
    Statistics {
        runs: total.runs,
        successful: total.successes,
        warnings: total.warnings,
        failed: total.failures,
        average_duration: total.average_duration(),
        uploaded_size: total.uploaded_size,
        source_size: now(|job| job.summary.files_size),
        storage_size: now(|job| job.summary.storage_size),
        versions: now(|job| job.summary.versions),
        quota: quotas
            .into_iter()
            .map(|(total, free)| (total - free.min(total), total))
            .reduce(|a, b| (a.0.saturating_add(b.0), a.1.saturating_add(b.1))),
        last_success: oldest.and_then(|job| moment(zone, job.summary.last_success_at.as_deref())),
        last_success_job: oldest.map(|job| job.name.clone()),
        last_run: moment(zone, last_run),
    }
}

fn trends(first: Day, today: Day, calendar_first: Day, days: &[ServerDay], all: &[ServerDay]) -> Trends {
    let buckets = Buckets::covering(first, today);
    let level = |field: fn(&Totals) -> Option<i64>| levels(buckets, days, field);
    let mut uploaded = buckets.empty();
    let mut seconds: Vec<(i64, i64)> = vec![(0, 0); uploaded.len()];
    for row in days {
        let Some(index) = buckets.index(row.day) else { continue };
        if let Some(cell) = uploaded.get_mut(index) {
            *cell = Some(cell.unwrap_or(0).saturating_add(row.totals.uploaded_size));
        }
        if let Some(cell) = seconds.get_mut(index) {
            *cell = (cell.0.saturating_add(row.totals.duration_sum), cell.1 + row.totals.duration_runs);
        }
    }
    Trends {
        buckets: buckets.starts(),
        bucket_days: buckets.days,
        source_size: level(|row| row.files_size),
        storage_size: level(|row| row.storage_size),
        uploaded_size: uploaded,
        duration: seconds.into_iter().map(|(sum, runs)| (runs > 0).then(|| sum / runs.max(1))).collect(),
        files: level(|row| row.files_count),
        versions: level(|row| row.versions),
        calendar: calendar(calendar_first, today, all),
    }
}

/// Levels (sizes, counts) at the end of each bucket: the last known one of each job, added up. A bucket in which no job
/// ran is a gap; in one where only some ran, the others stand as they stood before.
fn levels(buckets: Buckets, days: &[ServerDay], field: fn(&Totals) -> Option<i64>) -> Series {
    let mut series = buckets.empty();
    let mut known: Vec<(i64, i64)> = Vec::new();
    let mut rows = days.iter().peekable();
    for (index, cell) in series.iter_mut().enumerate() {
        let mut ran = false;
        while let Some(row) = rows.next_if(|row| buckets.index(row.day).is_none_or(|i| i <= index)) {
            if let Some(value) = field(&row.totals) {
                ran = true;
                match known.iter_mut().find(|(job, _)| *job == row.job_id) {
                    Some(entry) => entry.1 = value,
                    None => known.push((row.job_id, value)),
                }
            }
        }
        *cell = ran.then(|| known.iter().map(|(_, value)| *value).fold(0, i64::saturating_add));
    }
    series
}

fn calendar(first: Day, today: Day, days: &[ServerDay]) -> Vec<CalendarDay> {
    let length = usize::try_from(today.number() - first.number() + 1).unwrap_or(0);
    let mut cells: Vec<CalendarDay> =
        (0..).map(|i| CalendarDay { day: first.plus(i), worst: None, runs: 0 }).take(length).collect();
    for row in days {
        let index = usize::try_from(row.day.number() - first.number()).ok();
        let Some(cell) = index.and_then(|i| cells.get_mut(i)) else { continue };
        let worst = if row.totals.failures > 0 {
            Status::Error
        } else if row.totals.warnings > 0 || row.totals.runs > row.totals.successes {
            Status::Warning
        } else {
            Status::Success
        };
        cell.worst = Some(cell.worst.map_or(worst, |known| known.max(worst)));
        cell.runs += row.totals.runs;
    }
    cells
}
