//! One server: jobs, statistics, trends, history. Statistics and trends come from the per-day totals.

use super::{
    figures::{View, figures},
    operations::operation_rows,
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            jobs::{self, JobRecord, LiveRow},
            machine_ids,
            run_lists::{self, Wanted},
            servers, verifications,
        },
    },
    dto::{
        Paging,
        dashboard::JobRow,
        server::{KeyMismatch, MachineId, RunRow, ServerPage, ServerQuery},
    },
    error::Error,
    ids::{JobId, RunId},
    outcome::RunOutcome,
    service::{
        Actor, Services,
        ingest::is_unnamed,
        labels,
        rows::{LIVE_FOR, job_row, missed, missing_is_not_found, moment, next_change, with_handling},
    },
    status::Status,
    zone::Zone,
};

/// Runs on a page.
const PAGE: i64 = 25;

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

fn load(conn: &mut Connection, view: &View, query: &ServerQuery) -> Result<ServerPage, StoreError> {
    let View { zone, site, .. } = view;
    let now = view.now;
    let server = servers::find(conn, query.server)?;
    let records = jobs::listed(conn, &[query.server])?;
    let live = LiveRow::since(conn, now.plus(-LIVE_FOR))?;
    let ids: Vec<i64> = records.iter().map(|job| job.id).collect();
    let tested = verifications::latest(conn, &ids)?;
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

    let name_of = |id: i64| {
        records.iter().find(|record| record.id == id).map(|r| r.display_name().to_owned()).unwrap_or_default()
    };
    let missed = chosen.iter().flat_map(|job| missed(now, job));
    let shown = (query.server, job, query.range);
    let (statistics, trends) = figures(conn, view, shown, &chosen, missed, name_of)?;
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
        labels: labels::of_server(conn, query.server)?,
        has_unnamed_jobs: records.iter().any(|record| is_unnamed(&record.name)),
        name: server.name,
        alias: server.alias,
        notes: server.notes,
        archived: moment(zone, server.archived_at.as_deref()),
        duplicati_url: server.duplicati_url,
        jobs: {
            let job = |record| job_row(zone, now, record, &live, &tested);
            let mut jobs: Vec<JobRow> = records.iter().map(job).collect();
            with_handling(conn, zone, now, jobs.iter_mut())?;
            jobs
        },
        statistics,
        trends,
        runs: rows.into_iter().map(|row| run_row(zone, row, name_of)).collect(),
        paging,
        operations: operation_rows(conn, zone, query.server)?,
    })
}

fn machine_ids(
    conn: &mut Connection,
    zone: &Zone,
    query: &ServerQuery,
) -> Result<Vec<MachineId>, StoreError> {
    let rows = machine_ids::of_server(conn, query.server)?;
    Ok(rows
        .into_iter()
        .map(|row| MachineId {
            machine_id: row.machine_id,
            machine_name: row.machine_name,
            last_seen: zone.moment(row.last_seen.parse().unwrap_or_default()),
        })
        .collect())
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
        uploaded_size: outcome.sent_figure(row.uploaded_size),
        versions: outcome.own_versions(row.versions),
        warnings: row.warnings_count,
        errors: row.errors_count,
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
