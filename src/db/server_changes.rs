//! Servers as administrators change them: renamed, deleted, merged.

use diesel::prelude::*;

use super::{
    Connection, StoreError, Tx, backup_ids, days, jobs,
    operations::OperationRecord,
    raw,
    runs::{RunRecord, of_job},
    schema::{
        backups, ingest_keys, job_days, jobs as job_rows, live_runs, machine_ids, machine_names,
        notifications, operations, raw_reports, retention_rules, servers, site_days,
    },
};
use crate::{
    ids::{JobId, JobRef, RunId, ServerId},
    time::{Day, Timestamp},
    zone::Zone,
};

/// What is to change of a server; what is not said stays as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = servers)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ServerUpdate {
    pub name: Option<String>,
    pub alias: Option<Option<String>>,
    pub notes: Option<Option<String>>,
    pub updated_at: String,
}

/// Changes a server.
///
/// # Errors
/// [`super::StoreErrorKind::Constraint`] when the name is taken.
pub fn update(conn: &mut Connection, id: ServerId, changes: &ServerUpdate) -> Result<(), StoreError> {
    diesel::update(servers::table.find(id.0)).set(changes).execute(conn)?;
    Ok(())
}

/// Lets no report find a server any more: its machines are strangers, its keys are gone.
///
/// # Errors
/// When the database refuses.
pub fn detach(conn: &mut Connection, id: ServerId) -> Result<(), StoreError> {
    diesel::delete(machine_ids::table.filter(machine_ids::server_id.eq(id.0))).execute(conn)?;
    diesel::delete(machine_names::table.filter(machine_names::server_id.eq(id.0))).execute(conn)?;
    diesel::delete(ingest_keys::table.filter(ingest_keys::server_id.eq(id.0))).execute(conn)?;
    Ok(())
}

/// Deletes a server with all that is left of it. The site's days count its jobs no more.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Connection, id: ServerId) -> Result<(), StoreError> {
    let of_server = job_rows::table.filter(job_rows::server_id.eq(id.0)).select(job_rows::id);
    let counted =
        job_days::table.filter(job_days::day.eq(site_days::day)).filter(job_days::job_id.eq_any(of_server));
    diesel::update(site_days::table.filter(diesel::dsl::exists(counted)))
        .set(site_days::stale.eq(true))
        .execute(conn)?;
    diesel::delete(servers::table.find(id.0)).execute(conn)?;
    Ok(())
}

/// Makes one server out of two, as far as reports find them: machines, keys and notes of `from` are those of `into`, and
/// what pointed to it points to that. Jobs and runs stay where they are.
///
/// # Errors
/// When the database refuses.
pub fn adopt(
    conn: &mut Connection,
    from: ServerId,
    into: ServerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(machine_ids::table.filter(machine_ids::server_id.eq(from.0)))
        .set(machine_ids::server_id.eq(into.0))
        .execute(conn)?;
    diesel::update(machine_names::table.filter(machine_names::server_id.eq(from.0)))
        .set(machine_names::server_id.eq(into.0))
        .execute(conn)?;
    diesel::update(ingest_keys::table.filter(ingest_keys::server_id.eq(from.0)))
        .set(ingest_keys::server_id.eq(into.0))
        .execute(conn)?;
    diesel::update(notifications::table.filter(notifications::server_id.eq(from.0)))
        .set(notifications::server_id.eq(into.0))
        .execute(conn)?;
    let others = servers::table.filter(servers::id.ne(into.0));
    diesel::update(others.filter(servers::same_name_as.eq(from.0)))
        .set(servers::same_name_as.eq(into.0))
        .execute(conn)?;
    diesel::update(others.filter(servers::mismatch_server_id.eq(from.0)))
        .set(servers::mismatch_server_id.eq(into.0))
        .execute(conn)?;
    // That a machine was known as two servers is settled by this.
    let settled = servers::table.find(into.0);
    diesel::update(settled.filter(servers::mismatch_server_id.eq(from.0)))
        .set((
            servers::mismatch_server_id.eq(None::<i64>),
            servers::mismatch_machine.eq(None::<String>),
            servers::mismatch_at.eq(None::<String>),
        ))
        .execute(conn)?;
    diesel::update(settled.filter(servers::same_name_as.eq(from.0)))
        .set(servers::same_name_as.eq(None::<i64>))
        .execute(conn)?;
    let (one, two) = (super::servers::find(conn, into)?, super::servers::find(conn, from)?);
    let newer = if two.last_seen > one.last_seen { &two } else { &one };
    diesel::update(settled)
        .set((
            servers::alias.eq(one.alias.as_ref().or(two.alias.as_ref())),
            servers::notes.eq(one.notes.as_ref().or(two.notes.as_ref())),
            servers::last_seen.eq(newer.last_seen.as_ref()),
            servers::duplicati_version.eq(newer.duplicati_version.as_ref()),
            servers::operating_system.eq(newer.operating_system.as_ref()),
            servers::updated_at.eq(now.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The job of the same name on another server, made if there is none. When the next run is expected, and how long runs are
/// kept, go with the job.
///
/// # Errors
/// When the database refuses.
pub fn counterpart(conn: &mut Connection, job: JobRef, into: ServerId) -> Result<JobRef, StoreError> {
    type Known = (String, Option<String>, String);
    let (name, backup_id, created_at): Known = job_rows::table
        .find(job.id.0)
        .select((job_rows::name, job_rows::backup_id, job_rows::created_at))
        .first(conn)?;
    let created_at = created_at.parse().unwrap_or_default();
    let to = jobs::find_or_create(conn, into, &name, backup_id.as_deref(), created_at)?;
    backup_ids::move_all(conn, job.id, to)?;
    let has_rule: bool = diesel::select(diesel::dsl::exists(
        retention_rules::table.filter(retention_rules::job_id.eq(to.id.0)),
    ))
    .get_result(conn)?;
    if !has_rule {
        diesel::update(retention_rules::table.filter(retention_rules::job_id.eq(job.id.0)))
            .set((retention_rules::server_id.eq(into.0), retention_rules::job_id.eq(to.id.0)))
            .execute(conn)?;
    }
    // Told again by the next progress report.
    diesel::delete(live_runs::table.find(job.id.0)).execute(conn)?;
    Ok(to)
}

/// Moves up to `limit` of a job's oldest runs to another job, until the time is up; a run that is there as well becomes one
/// with it, as two copies of a report do. Totals and summaries of both are brought up to date. How many were moved, and how
/// many of them were there as well.
///
/// # Errors
/// When the database refuses.
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
    // Of the one that ran last; the other's next run lies before that and counts no more.
    let (gone, kept) = (jobs::next_expected(tx.conn, from.id)?, jobs::next_expected(tx.conn, to.id)?);
    let newest = |conn: &mut Connection, job: JobRef| -> Result<Option<String>, StoreError> {
        Ok(job_rows::table.find(job.id.0).select(job_rows::last_start).first(conn)?)
    };
    let is_newer = newest(tx.conn, from)? > newest(tx.conn, to)?;
    jobs::refresh(tx.conn, from, gone)?;
    jobs::refresh(tx.conn, to, if is_newer && gone.is_some() { gone } else { kept })?;
    Ok((i64::try_from(moved.len()).unwrap_or(i64::MAX), known))
}

/// Whether the run was there as well.
fn move_run(conn: &mut Connection, id: RunId, start: &str, to: JobRef) -> Result<bool, StoreError> {
    let Some((known_id, known)) = RunRecord::find_by_start(conn, to.id, start)? else {
        diesel::update(backups::table.find(id.0))
            .set((backups::server_id.eq(to.server.0), backups::job_id.eq(to.id.0)))
            .execute(conn)?;
        return Ok(false);
    };
    let mut copy = RunRecord::find(conn, id)?;
    (copy.server_id, copy.job_id) = (to.server.0, to.id.0);
    // The raw report of the copy that is believed more is kept.
    if copy.leads(&known) && raw::has(conn, id)? {
        diesel::delete(raw_reports::table.filter(raw_reports::run_id.eq(known_id))).execute(conn)?;
    }
    if !raw::has(conn, RunId(known_id))? {
        diesel::update(raw_reports::table.filter(raw_reports::run_id.eq(id.0)))
            .set(raw_reports::run_id.eq(known_id))
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

/// Moves up to `limit` other operations of a job to another job, until the time is up.
///
/// # Errors
/// When the database refuses.
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
            OperationRecord { server_id, job_id, ..record }.save(tx.conn)?;
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
    Ok(moved)
}

/// Deletes a job, unless a run came meanwhile. Whether it is gone.
///
/// # Errors
/// When the database refuses.
pub fn delete_empty_job(conn: &mut Connection, job: JobRef) -> Result<bool, StoreError> {
    let runs: i64 = of_job(job).count().get_result(conn)?;
    let others: i64 = operations::table.filter(operations::job_id.eq(job.id.0)).count().get_result(conn)?;
    if runs + others > 0 {
        return Ok(false);
    }
    diesel::delete(job_rows::table.find(job.id.0)).execute(conn)?;
    Ok(true)
}

/// The jobs of a server, by name.
///
/// # Errors
/// When the database refuses.
pub fn jobs_of(conn: &mut Connection, server: ServerId) -> Result<Vec<JobRef>, StoreError> {
    let ids: Vec<i64> = job_rows::table
        .filter(job_rows::server_id.eq(server.0))
        .order(job_rows::name)
        .select(job_rows::id)
        .load(conn)?;
    Ok(ids.into_iter().map(|id| JobRef { server, id: JobId(id) }).collect())
}
