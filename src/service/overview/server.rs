//! One server: jobs, statistics, trends, history. Statistics and trends come from the per-day totals.

use serde_json::Value;

use super::{levels::levels, stacks};
use crate::{
    access::Permission,
    chart::Buckets,
    db::{
        Connection, StoreError,
        tables::{
            days::{self, ServerDay},
            jobs::{self, JobRecord, LiveRow},
            open_checks::OpenChecks,
            operations,
            run_lists::{self, Wanted},
            servers,
            totals::Totals,
        },
    },
    dto::{
        Paging,
        server::{
            CalendarDay, KeyMismatch, MachineId, OperationFigure, OperationRow, OperationValue, RunRow,
            ServerPage, ServerQuery, Statistics, Trends,
        },
    },
    error::Error,
    ids::{JobId, RunId},
    outcome::RunOutcome,
    service::{
        Actor, Services,
        ingest::is_unnamed,
        rows::{LIVE_FOR, job_row, missed, missing_is_not_found, moment, next_change},
    },
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
    let site = services.zone.clone();
    let view = View { zone, site, now, today };
    services.db.read(move |conn| load(conn, &view, &query)).await.map_err(missing_is_not_found)
}

/// By which clock and calendars a page is made.
struct View {
    /// The reader's.
    zone: Zone,
    /// The site's, by which days were summed up.
    site: Zone,
    now: Timestamp,
    /// The site's day.
    today: Day,
}

fn load(conn: &mut Connection, view: &View, query: &ServerQuery) -> Result<ServerPage, StoreError> {
    let View { zone, site, now, today } = view;
    let (now, today) = (*now, *today);
    let server = servers::find(conn, query.server)?;
    let records = jobs::of_backups(conn, Some(query.server))?;
    let live = LiveRow::since(conn, now.plus(-LIVE_FOR))?;
    let open = OpenChecks::of(conn, Some(query.server), now)?;
    // A job of another server, or one that is gone, is read as all jobs.
    let job = query.job.filter(|wanted| records.iter().any(|record| record.id == wanted.0));
    let chosen: Vec<&JobRecord> =
        records.iter().filter(|record| job.is_none_or(|id| id.0 == record.id)).collect();
    let between = query.day.map(|day| (site.start(day), site.start(day.plus(1))));
    let wanted = Wanted { between, ..Wanted::all(query.server, job) };
    let total = match between {
        Some(_) => run_lists::count(conn, wanted)?,
        None => chosen.iter().map(|record| record.summary.run_count).sum(),
    };
    let paging = Paging::new(query.page, PAGE, total);
    let rows = run_lists::list(conn, wanted, query.sort, query.ascending, PAGE, paging.offset())?;

    let calendar_first = today.plus(1 - CALENDAR_DAYS);
    let first = query.range.days().map(|days| today.plus(1 - days));
    let all_days =
        days::server_days_since(conn, query.server, job, first.map(|day| day.min(calendar_first)))?;
    // Oldest first.
    let before = first.map_or(0, |first| all_days.partition_point(|row| row.day < first));
    let in_range = all_days.get(before..).unwrap_or_default();
    let ids: Vec<i64> = chosen.iter().map(|job| job.id).collect();
    let known = match first {
        Some(first) => days::levels_before(conn, &ids, first)?,
        None => Vec::new(),
    };
    let first = first.or_else(|| in_range.first().map(|row| row.day)).unwrap_or(today);
    let missed_days = chosen.iter().flat_map(|job| missed(now, job)).map(|at| site.day(at));
    let name_of =
        |id: i64| records.iter().find(|record| record.id == id).map(|r| r.name.clone()).unwrap_or_default();
    let live_here = live.iter().filter(|row| records.iter().any(|record| record.id == row.job_id));
    Ok(ServerPage {
        now: zone.moment(now),
        changes_at: next_change(zone, now, records.iter(), live_here, &open),
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
        has_unnamed_jobs: records.iter().any(|record| is_unnamed(&record.name)),
        name: server.name,
        alias: server.alias,
        notes: server.notes,
        jobs: records.iter().map(|record| job_row(zone, now, record, &live, &open)).collect(),
        statistics: statistics(zone, &chosen, in_range),
        trends: Trends {
            calendar: calendar(calendar_first, today, &all_days, missed_days),
            first_run: jobs::time(run_lists::first_start(conn, query.server, job)?.as_deref())
                .map(|at| site.day(at)),
            ..trends(first, today, in_range, &known, name_of)
        },
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
            start_assumed: row.start_assumed,
            duration: row.duration,
            stopped: row.interrupted,
            warnings: row.warnings_count,
            errors: row.errors_count,
            message: row.headline,
            details: details(row.details.as_deref()),
        })
        .collect())
}

/// Figures that say something: no zeros, no "false".
fn details(json: Option<&str>) -> Vec<OperationFigure> {
    let object: serde_json::Map<String, Value> =
        json.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    // Lists of at most 20 stand beside the number of all.
    let is_repeated = |name: &str| {
        name.strip_suffix("Count").is_some_and(|list| object.contains_key(&format!("{list}ActualLength")))
    };
    let figure = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::Number(number) => {
                let number = number.as_i64().filter(|number| *number != 0)?;
                let is_size = name.contains("Size") || name.starts_with("Bytes");
                if is_size { OperationValue::Bytes(number) } else { OperationValue::Count(number) }
            }
            Value::String(text) => OperationValue::Text(text.clone()),
            Value::Bool(true) => OperationValue::Text("true".into()),
            _ => return None,
        };
        (!is_repeated(name)).then(|| OperationFigure { name: name.clone(), value })
    };
    object.iter().filter_map(figure).collect()
}

/// A run as lists show it.
pub(in crate::service) fn run_row(
    zone: &Zone,
    row: run_lists::ListRow,
    name_of: impl Fn(i64) -> String,
) -> RunRow {
    let outcome: RunOutcome = row.outcome.parse().unwrap_or_default();
    RunRow {
        id: RunId(row.id),
        job_id: JobId(row.job_id),
        job_name: name_of(row.job_id),
        status: row.status.parse().unwrap_or(Status::Unknown),
        outcome,
        started: zone.moment(row.start_time.parse().unwrap_or_default()),
        start_assumed: row.start_assumed,
        duration: row.duration,
        files: outcome.own_figure(row.files_count),
        source_size: outcome.own_figure(row.files_size),
        storage_size: outcome.own_figure(row.storage_size),
        uploaded_size: outcome.own_upload(row.uploaded_size),
        versions: outcome.own_versions(row.versions),
        warnings: row.warnings_count,
        errors: row.errors_count,
    }
}

/// Sums up days of jobs, with what the jobs are like now.
pub(in crate::service) fn statistics(zone: &Zone, chosen: &[&JobRecord], days: &[ServerDay]) -> Statistics {
    let total = days.iter().fold(Totals::default(), |total, row| total.with_runs(&row.totals));
    let now = |field: fn(&JobRecord) -> Option<i64>| {
        chosen.iter().filter_map(|job| field(job)).reduce(i64::saturating_add)
    };
    // The worst of them, so that one good job never hides another: never comes before any time.
    let oldest = chosen.iter().min_by_key(|job| job.summary.last_success_at.clone());
    let last_run = chosen.iter().filter_map(|job| job.summary.last_start.as_deref()).max();
    // Space of some destinations says nothing about what all jobs have stored.
    let all_tell =
        chosen.iter().all(|job| job.summary.storage_size.is_none() || job.summary.quota_total.is_some());
    // Jobs of one server often share a destination: its space is counted once for each size it reports.
    let mut quotas: Vec<(i64, i64)> =
        chosen.iter().filter_map(|job| Some((job.summary.quota_total?, job.summary.quota_free?))).collect();
    quotas.sort_unstable();
    quotas.dedup_by_key(|(total, _)| *total);
    Statistics {
        runs: total.backups(),
        successful: total.successes,
        warnings: total.warnings,
        failed: total.failures,
        incomplete: total.incomplete,
        average_duration: total.average_duration(),
        uploaded_size: total.uploaded_size,
        source_size: now(|job| job.summary.files_size),
        storage_size: now(|job| job.summary.storage_size),
        versions: now(|job| job.summary.versions),
        quota: quotas
            .into_iter()
            .map(|(total, free)| (total - free.min(total), total))
            .reduce(|a, b| (a.0.saturating_add(b.0), a.1.saturating_add(b.1)))
            .filter(|_| all_tell),
        last_success: oldest.and_then(|job| moment(zone, job.summary.last_success_at.as_deref())),
        last_success_job: oldest.map(|job| job.name.clone()),
        last_run: moment(zone, last_run),
    }
}

/// The calendar is left to the caller. `known` is what the jobs had before.
fn trends(
    first: Day,
    today: Day,
    days: &[ServerDay],
    known: &[(i64, Totals)],
    name_of: impl Fn(i64) -> String,
) -> Trends {
    let buckets = Buckets::covering(first, today);
    let level = |field: fn(&Totals) -> Option<i64>| {
        let rows = days.iter().map(|row| (row.day, row.job_id, field(&row.totals)));
        levels(buckets, rows, known.iter().map(|(job, totals)| (*job, field(totals))))
    };
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
        uploaded_by_job: stacks::uploads(buckets, days, name_of),
        duration: seconds.into_iter().map(|(sum, runs)| (runs > 0).then(|| sum / runs.max(1))).collect(),
        files: level(|row| row.files_count),
        versions: level(|row| row.versions),
        calendar: Vec::new(),
        first_run: None,
    }
}

fn calendar(
    first: Day,
    today: Day,
    days: &[ServerDay],
    missed: impl Iterator<Item = Day>,
) -> Vec<CalendarDay> {
    let length = usize::try_from(today.number() - first.number() + 1).unwrap_or(0);
    let mut cells: Vec<CalendarDay> =
        (0..).map(|i| CalendarDay { day: first.plus(i), ..CalendarDay::default() }).take(length).collect();
    let index_of = |day: Day| usize::try_from(day.number() - first.number()).ok();
    for row in days {
        let Some(cell) = index_of(row.day).and_then(|i| cells.get_mut(i)) else { continue };
        let worst = match &row.totals {
            Totals { failures: 1.., .. } => Status::Error,
            Totals { warnings: 1.., .. } | Totals { incomplete: 1.., .. } => Status::Warning,
            Totals { successes: 1.., .. } => Status::Success,
            // A day of rehearsals is a day without a backup.
            _ => continue,
        };
        cell.worst = Some(cell.worst.map_or(worst, |known| known.max(worst)));
        cell.runs += row.totals.backups();
        cell.failed += row.totals.failures;
        cell.warned += row.totals.warnings.saturating_add(row.totals.incomplete);
        cell.seconds = cell.seconds.saturating_add(row.totals.duration_sum);
        cell.uploaded_size = cell.uploaded_size.saturating_add(row.totals.uploaded_size);
    }
    for day in missed {
        if let Some(cell) = index_of(day).and_then(|i| cells.get_mut(i)) {
            cell.missed += 1;
        }
    }
    cells
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
