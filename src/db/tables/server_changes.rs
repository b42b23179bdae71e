//! Changes of servers by administrators: rename, delete, merge.

use diesel::prelude::*;

use super::{
    backup_ids, days, job_changes,
    jobs::{self, LiveRow},
    labels, lists,
    merge_servers::{both, said},
    notification_rules,
    operations::OperationRecord,
    raw_reports,
    runs::{RunRecord, of_job},
    servers::ServerRecord,
    shared_links,
};
use crate::{
    db::{
        Connection, StoreError, StoreErrorKind, Tx,
        schema::{
            backups, ingest_keys, job_days, jobs as job_rows, live_runs, machine_ids, machine_names,
            notifications, operations, raw_reports as raw_rows, servers, site_days,
        },
    },
    ids::{JobId, JobRef, RunId, ServerId},
    time::{Day, Timestamp},
    zone::Zone,
};

/// The changes of a server; `None` leaves a column unchanged.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = servers)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ServerUpdate {
    pub name: Option<String>,
    pub alias: Option<Option<String>>,
    pub notes: Option<Option<String>>,
    pub duplicati_url: Option<Option<String>>,
    pub archived_at: Option<Option<String>>,
    pub updated_at: String,
}

/// Updates a server.
///
/// # Errors
/// [`crate::db::StoreErrorKind::Constraint`] if the name is taken.
pub fn update(conn: &mut Connection, id: ServerId, changes: &ServerUpdate) -> Result<(), StoreError> {
    diesel::update(servers::table.find(id.0)).set(changes).execute(conn)?;
    Ok(())
}

/// The last character of the name of a server that is being deleted. It is invisible, and names in reports never contain it,
/// so no report matches such a server.
pub const GOING: char = '\u{2060}';

/// Returns whether a server with this name is being deleted.
pub fn is_being_deleted(name: &str) -> bool {
    name.ends_with(GOING)
}

/// Returns the name of a server during its deletion.
fn deletion_name(server: &ServerRecord) -> String {
    format!("{} (being deleted, {}){GOING}", server.name, server.id)
}

/// Makes a server unreachable for reports: deletes its machine ids and keys, and frees its name. Further reports of its
/// machines create a new server.
///
/// # Errors
///
/// Database errors.
pub fn detach(conn: &mut Connection, server: &ServerRecord) -> Result<(), StoreError> {
    diesel::delete(machine_ids::table.filter(machine_ids::server_id.eq(server.id))).execute(conn)?;
    diesel::delete(machine_names::table.filter(machine_names::server_id.eq(server.id))).execute(conn)?;
    diesel::delete(ingest_keys::table.filter(ingest_keys::server_id.eq(server.id))).execute(conn)?;
    // If an interrupted deletion is repeated, the name is already free.
    if !is_being_deleted(&server.name) {
        diesel::update(servers::table.find(server.id))
            .set((servers::name.eq(deletion_name(server)), servers::alias.eq(None::<String>)))
            .execute(conn)?;
    }
    Ok(())
}

/// Returns a server that is not being deleted.
///
/// # Errors
/// [`StoreErrorKind::NotFound`] if there is none, or it is being deleted.
pub fn find_lasting(conn: &mut Connection, id: ServerId) -> Result<ServerRecord, StoreError> {
    let server = super::servers::find(conn, id)?;
    if is_being_deleted(&server.name) {
        return Err(StoreError::new(StoreErrorKind::NotFound, "the server is being deleted"));
    }
    Ok(server)
}

/// Deletes a server with all its remaining rows, and removes its jobs from the site's days.
///
/// # Errors
///
/// Database errors.
pub fn delete(conn: &mut Connection, id: ServerId) -> Result<(), StoreError> {
    let of_server = job_rows::table.filter(job_rows::server_id.eq(id.0)).select(job_rows::id);
    let counted =
        job_days::table.filter(job_days::day.eq(site_days::day)).filter(job_days::job_id.eq_any(of_server));
    diesel::update(site_days::table.filter(diesel::dsl::exists(counted)))
        .set(site_days::stale.eq(true))
        .execute(conn)?;
    diesel::delete(servers::table.find(id.0)).execute(conn)?;
    labels::delete_unused(conn)
}

/// Returns the job with the same name on another server, created if there is none, and whether it was created. The expected
/// next run and the progress of a running backup are moved to it.
///
/// # Errors
///
/// Database errors.
pub fn counterpart(conn: &mut Connection, job: JobRef, into: ServerId) -> Result<(JobRef, bool), StoreError> {
    type Known = (String, Option<String>, String);
    let (name, backup_id, created_at): Known = job_rows::table
        .find(job.id.0)
        .select((job_rows::name, job_rows::backup_id, job_rows::created_at))
        .first(conn)?;
    let gone = job_changes::find(conn, job.id)?;
    let same = job_rows::table.filter(job_rows::server_id.eq(into.0)).filter(job_rows::name.eq(&name));
    let is_new = !diesel::select(diesel::dsl::exists(same)).get_result::<bool>(conn)?;
    let created = created_at.parse().unwrap_or_default();
    let to = jobs::find_or_create(conn, into, &name, backup_id.as_deref(), created)?;
    backup_ids::move_all(conn, job.id, to)?;
    let kept = job_rows::table.find(to.id.0);
    diesel::update(kept.filter(job_rows::created_at.gt(&created_at)))
        .set(job_rows::created_at.eq(&created_at))
        .execute(conn)?;
    diesel::update(kept.filter(job_rows::backup_id.is_null()))
        .set(job_rows::backup_id.eq(backup_id))
        .execute(conn)?;
    let stays = job_changes::find(conn, to.id)?;
    let words = (
        job_rows::alias.eq(said(stays.alias.as_ref()).or(said(gone.alias.as_ref()))),
        job_rows::notes
            .eq(both(said(stays.notes.as_ref()), said(gone.notes.as_ref()).map(ToOwned::to_owned))),
    );
    diesel::update(kept).set(words).execute(conn)?;
    if is_new {
        // Nothing was expected of it, and nothing is: also where its server said so.
        let of_server = super::servers::find(conn, job.server)?.archived_at;
        diesel::update(kept).set(job_rows::archived_at.eq(gone.archived_at.or(of_server))).execute(conn)?;
    }
    follow_live_run(conn, job, to)?;
    notification_rules::merge_jobs(conn, job.id, to, is_new)?;
    labels::merge_jobs(conn, job.id, to.id)?;
    shared_links::merge_jobs(conn, job.id, to.id)?;
    Ok((to, is_new))
}

/// Moves the progress of a running backup to another job, unless that job has newer progress.
fn follow_live_run(conn: &mut Connection, job: JobRef, to: JobRef) -> Result<(), StoreError> {
    let of = |conn: &mut Connection, job: JobRef| -> Result<Option<LiveRow>, StoreError> {
        Ok(live_runs::table.find(job.id.0).select(LiveRow::as_select()).first(conn).optional()?)
    };
    let Some(row) = of(conn, job)? else { return Ok(()) };
    LiveRow::forget(conn, job.id)?;
    let last_report: Option<String> =
        job_rows::table.find(to.id.0).select(job_rows::last_report_at).first(conn)?;
    let known = of(conn, to)?.map(|known| known.reported_at);
    if known.max(last_report).is_none_or(|last| last < row.reported_at) {
        LiveRow { job_id: to.id.0, ..row }.save(conn)?;
    }
    Ok(())
}

/// Moves up to `limit` of a job's oldest runs to another job, until the time limit is reached. A run that exists in both is
/// merged like two copies of a report. Updates totals and summaries of both jobs. Returns how many were moved and how many of
/// them were merged.
///
/// # Errors
///
/// Database errors.
pub fn move_runs(
    tx: &mut Tx<'_>,
    zone: &Zone,
    from: JobRef,
    to: JobRef,
    limit: i64,
    until: std::time::Instant,
) -> Result<(i64, i64), StoreError> {
    let oldest: Vec<(i64, String)> = of_job(from)
        .order(backups::start_time)
        .limit(limit)
        .select((backups::id, backups::start_time))
        .load(tx.conn)?;
    let mut moved: Vec<Timestamp> = Vec::new();
    let mut known = 0;
    for (id, start) in &oldest {
        known += i64::from(move_run(tx.conn, RunId(*id), start, to)?);
        moved.push(start.parse().unwrap_or_default());
        if std::time::Instant::now() >= until {
            break;
        }
    }
    let (Some(first), Some(last)) = (moved.first(), moved.last()) else { return Ok((0, 0)) };
    super::retention::forget_days(tx, zone, from, *first, *last)?;
    let mut day: Option<Day> = None;
    for at in &moved {
        if day.replace(zone.day(*at)) != Some(zone.day(*at)) {
            days::refresh_job_day(tx, zone, to, *at)?;
        }
    }
    jobs::refresh(tx.conn, from)?;
    jobs::refresh(tx.conn, to)?;
    Ok((i64::try_from(moved.len()).unwrap_or(i64::MAX), known))
}

/// Moves one run. Returns whether it was merged with an existing one.
fn move_run(conn: &mut Connection, id: RunId, start: &str, to: JobRef) -> Result<bool, StoreError> {
    let Some((known_id, known)) = RunRecord::find_by_start(conn, to.id, start)? else {
        diesel::update(backups::table.find(id.0))
            .set((backups::server_id.eq(to.server.0), backups::job_id.eq(to.id.0)))
            .execute(conn)?;
        return Ok(false);
    };
    let mut copy = RunRecord::find(conn, id)?;
    (copy.server_id, copy.job_id) = (to.server.0, to.id.0);
    // The raw report of the copy that takes precedence is kept.
    if copy.leads(&known) && raw_reports::has(conn, id)? {
        diesel::delete(raw_rows::table.filter(raw_rows::run_id.eq(known_id))).execute(conn)?;
    }
    if !raw_reports::has(conn, RunId(known_id))? {
        diesel::update(raw_rows::table.filter(raw_rows::run_id.eq(id.0)))
            .set(raw_rows::run_id.eq(known_id))
            .execute(conn)?;
    }
    diesel::update(notifications::table.filter(notifications::backup_id.eq(id.0)))
        .set(notifications::backup_id.eq(known_id))
        .execute(conn)?;
    let (start_time, start_assumed) = (known.start_time.clone(), known.start_assumed);
    let merged = RunRecord { start_time, start_assumed, ..known.merged_with(copy) };
    diesel::delete(backups::table.find(id.0)).execute(conn)?;
    merged.replace(conn, RunId(known_id))?;
    Ok(true)
}

/// Moves up to `limit` other operations of a job to another job, until the time limit is reached.
///
/// # Errors
///
/// Database errors.
pub fn move_operations(
    tx: &mut Tx<'_>,
    from: JobRef,
    to: JobRef,
    limit: i64,
    until: std::time::Instant,
) -> Result<i64, StoreError> {
    let of_job = operations::table.filter(operations::job_id.eq(from.id.0)).limit(limit);
    let rows: Vec<(i64, OperationRecord)> =
        of_job.select((operations::id, OperationRecord::as_select())).load(tx.conn)?;
    let mut moved = 0;
    for (id, record) in rows {
        let known: Option<i64> = operations::table
            .filter(operations::job_id.eq(to.id.0))
            .filter(operations::operation.eq(&record.operation))
            .filter(operations::start_time.eq(&record.start_time))
            .select(operations::id)
            .first(tx.conn)
            .optional()?;
        if known.is_some() {
            let (server_id, job_id) = (to.server.0, to.id.0);
            let (known, leads) = OperationRecord { server_id, job_id, ..record }.save(tx.conn)?;
            follow_raw_report(tx.conn, id, known, leads)?;
            diesel::delete(operations::table.find(id)).execute(tx.conn)?;
        } else {
            diesel::update(operations::table.find(id))
                .set((operations::server_id.eq(to.server.0), operations::job_id.eq(to.id.0)))
                .execute(tx.conn)?;
        }
        moved += 1;
        if std::time::Instant::now() >= until {
            break;
        }
    }
    lists::place_without_runs(tx.conn, from.id)?;
    lists::place_without_runs(tx.conn, to.id)?;
    Ok(moved)
}

/// Moves the raw report of one copy of an operation to the other, if that one has none or does not take precedence.
fn follow_raw_report(conn: &mut Connection, from: i64, to: i64, leads: bool) -> Result<(), StoreError> {
    let of = |operation: i64| raw_rows::table.filter(raw_rows::operation_id.eq(operation));
    let has = |conn: &mut Connection, operation: i64| -> Result<bool, StoreError> {
        Ok(diesel::select(diesel::dsl::exists(of(operation))).get_result(conn)?)
    };
    if leads && has(conn, from)? {
        diesel::delete(of(to)).execute(conn)?;
    }
    if !has(conn, to)? {
        diesel::update(of(from)).set(raw_rows::operation_id.eq(to)).execute(conn)?;
    }
    Ok(())
}

/// Deletes a job unless it has received a run meanwhile. Returns whether it was deleted.
///
/// # Errors
///
/// Database errors.
pub fn delete_empty_job(conn: &mut Connection, job: JobRef) -> Result<bool, StoreError> {
    let runs: i64 = of_job(job).count().get_result(conn)?;
    let others: i64 = operations::table.filter(operations::job_id.eq(job.id.0)).count().get_result(conn)?;
    if runs + others > 0 {
        return Ok(false);
    }
    diesel::delete(job_rows::table.find(job.id.0)).execute(conn)?;
    Ok(true)
}

/// Returns the jobs of a server, ordered by name.
///
/// # Errors
///
/// Database errors.
pub fn jobs_of(conn: &mut Connection, server: ServerId) -> Result<Vec<JobRef>, StoreError> {
    let ids: Vec<i64> = job_rows::table
        .filter(job_rows::server_id.eq(server.0))
        .order(job_rows::name)
        .select(job_rows::id)
        .load(conn)?;
    Ok(ids.into_iter().map(|id| JobRef { server, id: JobId(id) }).collect())
}
