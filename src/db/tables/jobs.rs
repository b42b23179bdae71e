//! Jobs with the summaries that lists show. These are updated in the transaction of each report, so that lists never scan the history.

use diesel::prelude::*;

use super::{
    backup_ids, days,
    free_name::{free_name, number_behind},
    job_summary::{self, History},
    lists,
    noticing::{
        incident_changes,
        settings::Scope,
        states::{StateReasons, StateRow},
    },
    outcomes, run_checks, run_lists,
};
pub use super::{
    job_summary::{NewRun, Summary},
    live_runs::LiveRow,
};
use crate::{
    checks,
    db::{
        Connection, StoreError,
        engine::{
            lossy_text::{LossyText, OptionalLossyText},
            prepared::update,
        },
        schema::{job_states, jobs},
    },
    ids::{JobId, JobRef, RunId, ServerId},
    time::Timestamp,
    verdict::Verdict,
};

/// A job with its summary, and its state unless it has no backup yet.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = jobs)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct JobRecord {
    pub id: i64,
    pub server_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub alias: Option<String>,
    #[diesel(embed)]
    pub summary: Summary,
    #[diesel(embed)]
    pub state: Option<StateRow>,
}

impl JobRecord {
    /// Returns the job's id with that of its server.
    pub fn job_ref(&self) -> JobRef {
        JobRef { server: ServerId(self.server_id), id: JobId(self.id) }
    }

    /// The alias, or the name.
    pub fn display_name(&self) -> &str {
        self.alias.as_deref().filter(|alias| !alias.is_empty()).unwrap_or(&self.name)
    }

    /// Returns the verdict.
    pub fn verdict(&self) -> Verdict {
        self.state.as_ref().map_or(Verdict::New, StateRow::verdict)
    }

    /// Returns the reasons for the verdict, and where the schedule comes from.
    pub fn why(&self) -> StateReasons {
        self.state.as_ref().map(StateRow::why).unwrap_or_default()
    }
}

/// Parses a stored time; `None` if there is none or it is damaged.
pub fn time(text: Option<&str>) -> Option<Timestamp> {
    text.and_then(|text| text.parse().ok())
}

/// Computes a job's summary from its history, as [`refresh`] stores it.
///
/// # Errors
///
/// Database errors.
pub fn summarise(conn: &mut Connection, job: JobRef) -> Result<Summary, StoreError> {
    let totals = days::job_totals(conn, job.id)?;
    summarise_with(conn, job, totals)
}

/// Same as [`summarise`], with known totals (runs, uploaded bytes).
pub(in crate::db) fn summarise_with(
    conn: &mut Connection,
    job: JobRef,
    totals: (i64, i64),
) -> Result<Summary, StoreError> {
    let history = History::of(conn, job)?;
    let mut summary = Summary::of(&history, totals);
    let Some(last) = history.latest.first() else { return Ok(summary) };
    let mut headline_of = job_summary::failing(&history.latest).next().map_or(last.id, |run| run.id);
    if history.may_have_failed_before() {
        // The streak of failures is longer than the latest runs.
        let (failures, since, newest) = outcomes::failing_streak(conn, job, Timestamp::MAX)?;
        (summary.failures, summary.failing_since) = (failures, since);
        headline_of = newest.unwrap_or(headline_of);
    }
    summary.last_headline = run_lists::headline(conn, headline_of)?;
    summary.last_checks = checks::to_stored(&run_checks::checks(conn, RunId(last.id))?);
    Ok(summary)
}

/// Recomputes and stores a job's summary.
///
/// # Errors
///
/// Database errors.
pub fn refresh(conn: &mut Connection, job: JobRef) -> Result<(), StoreError> {
    let summary = summarise(conn, job)?;
    replace(conn, job, &summary)
}

/// Updates the summary after a run was added. If it is the latest run, as is nearly always the case, the history is not read.
///
/// # Errors
///
/// Database errors.
pub fn refresh_with(conn: &mut Connection, job: JobRef, run: &NewRun) -> Result<(), StoreError> {
    let known: Summary = jobs::table.find(job.id.0).select(Summary::as_select()).first(conn)?;
    let summary = match known.followed_by(run) {
        Some(summary) => summary,
        // The totals are not read in any case: they would be one row for each of the job's days.
        None => summarise_with(conn, job, known.totals_with(run))?,
    };
    save(conn, job, &known, &summary)
}

/// Same as [`refresh`], with known totals (runs, uploaded bytes).
///
/// # Errors
///
/// Database errors.
pub(in crate::db) fn refresh_totalled(
    conn: &mut Connection,
    job: JobRef,
    totals: (i64, i64),
) -> Result<(), StoreError> {
    let summary = summarise_with(conn, job, totals)?;
    replace(conn, job, &summary)
}

/// Stores the summary of a job, whatever it was.
///
/// # Errors
/// Database errors.
pub(in crate::db) fn replace(
    conn: &mut Connection,
    job: JobRef,
    summary: &Summary,
) -> Result<(), StoreError> {
    let known: Summary = jobs::table.find(job.id.0).select(Summary::as_select()).first(conn)?;
    save(conn, job, &known, summary)
}

fn save(conn: &mut Connection, job: JobRef, known: &Summary, summary: &Summary) -> Result<(), StoreError> {
    update(jobs::table, jobs::id.eq(job.id.0), summary).execute(conn)?;
    lists::figures_changed(conn, job, known, summary)?;
    let has = |summary: &Summary| (summary.run_count > 0, summary.last_report_at.is_some());
    if has(known) == has(summary) { Ok(()) } else { lists::place(conn, job.id) }
}

/// Returns when the latest run of a job began.
///
/// # Errors
///
/// Database errors.
pub fn last_start(conn: &mut Connection, job: JobId) -> Result<Option<Timestamp>, StoreError> {
    let at: OptionalLossyText = jobs::table.find(job.0).select(jobs::last_start).first(conn)?;
    let at: Option<String> = at.into();
    Ok(time(at.as_deref()))
}

/// Returns how many runs of a job failed in a row; 0 if the job was deleted.
///
/// # Errors
///
/// Database errors.
pub fn failures(conn: &mut Connection, job: JobId) -> Result<i64, StoreError> {
    Ok(jobs::table.find(job.0).select(jobs::failures).first(conn).optional()?.unwrap_or(0))
}

/// Returns the job with this name on this server, and creates it if there is none. Reports are matched by their ids first: see
/// `service::ingest`.
///
/// # Errors
///
/// Database errors.
pub fn find_or_create(
    conn: &mut Connection,
    server: ServerId,
    name: &str,
    backup_id: Option<&str>,
    now: Timestamp,
) -> Result<JobRef, StoreError> {
    if let Some(known) = backup_ids::find_by_name(conn, server, name)? {
        return Ok(JobRef { server, id: JobId(known.id) });
    }
    let (job, _) = create(conn, server, name, now)?;
    if let Some(backup_id) = backup_id {
        backup_ids::add(conn, job, backup_id, "")?;
    }
    Ok(job)
}

/// Creates a job. If the name is taken, the new job becomes "name (2)" and so on.
///
/// # Errors
///
/// Database errors.
pub fn create(
    conn: &mut Connection,
    server: ServerId,
    name: &str,
    now: Timestamp,
) -> Result<(JobRef, String), StoreError> {
    let name = free_name(name, None, |name| Ok(backup_ids::find_by_name(conn, server, name)?.is_some()))?;
    let id = diesel::insert_into(jobs::table)
        .values((jobs::server_id.eq(server.0), jobs::name.eq(&name), jobs::created_at.eq(now.to_string())))
        .returning(jobs::id)
        .get_result(conn)?;
    Ok((JobRef { server, id: JobId(id) }, name))
}

/// Renames a job, and appends a number if another job has the name. A job that already has the name with a number keeps it while the name
/// is taken. Returns the resulting name.
///
/// # Errors
///
/// Database errors.
pub fn rename(
    conn: &mut Connection,
    job: JobRef,
    from: &str,
    to: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    if from == to {
        return Ok(to.to_owned());
    }
    let is_taken = backup_ids::find_by_name(conn, job.server, to)?.is_some();
    if is_taken && number_behind(to, from).is_some() {
        return Ok(from.to_owned());
    }
    let name = free_name(to, None, |name| Ok(backup_ids::find_by_name(conn, job.server, name)?.is_some()))?;
    // Who reads of its incident knows it by its name.
    incident_changes::close_gone(conn, Scope::Job(job.id), "renamed", now)?;
    diesel::update(jobs::table.find(job.id.0)).set(jobs::name.eq(&name)).execute(conn)?;
    Ok(name)
}

#[diesel::dsl::auto_type]
pub(super) fn with_states() -> _ {
    jobs::table.left_join(job_states::table)
}

/// Returns all jobs with their summaries, or those of one server.
///
/// # Errors
///
/// Database errors.
pub fn all(conn: &mut Connection, server: Option<ServerId>) -> Result<Vec<JobRecord>, StoreError> {
    let mut query =
        with_states().order((jobs::server_id, jobs::name)).select(JobRecord::as_select()).into_boxed();
    if let Some(server) = server {
        query = query.filter(jobs::server_id.eq(server.0));
    }
    Ok(query.load(conn)?)
}

/// The ids of jobs of servers or of all, at most so many.
///
/// # Errors
/// Database errors.
pub fn refs(
    conn: &mut Connection,
    servers: Option<&[ServerId]>,
    most: usize,
) -> Result<Vec<JobRef>, StoreError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut query = jobs::table.order(jobs::id).limit(most).select((jobs::server_id, jobs::id)).into_boxed();
    if let Some(servers) = servers {
        query = query.filter(jobs::server_id.eq_any(servers.iter().map(|server| server.0)));
    }
    let rows: Vec<(i64, i64)> = query.load(conn)?;
    let refer = |(server, id): (i64, i64)| JobRef { server: ServerId(server), id: JobId(id) };
    Ok(rows.into_iter().map(refer).collect())
}

/// The jobs of servers that are judged: all but those that never sent a backup and sent something else, such as the copying of a Sync job.
///
/// # Errors
/// Database errors.
pub fn listed(conn: &mut Connection, servers: &[ServerId]) -> Result<Vec<JobRecord>, StoreError> {
    Ok(with_states()
        .filter(jobs::server_id.eq_any(servers.iter().map(|server| server.0)))
        .filter(jobs::rank.is_not_null())
        .order((jobs::server_id, jobs::name))
        .select(JobRecord::as_select())
        .load(conn)?)
}

/// A job: its id, the size of its source, and of what it has stored.
pub type Sizes = (i64, Option<i64>, Option<i64>);

/// The sizes of all jobs, as they are now.
///
/// # Errors
/// Database errors.
pub fn sizes(conn: &mut Connection) -> Result<Vec<Sizes>, StoreError> {
    Ok(jobs::table
        .filter(jobs::files_size.is_not_null().or(jobs::storage_size.is_not_null()))
        .select((jobs::id, jobs::files_size, jobs::storage_size))
        .load(conn)?)
}

/// Jobs with their summaries, in no order.
///
/// # Errors
/// Database errors.
pub fn of_ids(conn: &mut Connection, ids: &[i64]) -> Result<Vec<JobRecord>, StoreError> {
    Ok(with_states().filter(jobs::id.eq_any(ids)).select(JobRecord::as_select()).load(conn)?)
}

/// Returns a job with its summary.
///
/// # Errors
///
/// [`crate::db::StoreErrorKind::NotFound`] when there is no such job.
pub fn find(conn: &mut Connection, job: JobId) -> Result<JobRecord, StoreError> {
    Ok(with_states().filter(jobs::id.eq(job.0)).select(JobRecord::as_select()).first(conn)?)
}

/// What a job is called: its alias, or its name.
///
/// # Errors
/// When there is no such job.
pub fn display_name(conn: &mut Connection, job: i64) -> Result<String, StoreError> {
    let (name, alias): (LossyText, OptionalLossyText) =
        jobs::table.find(job).select((jobs::name, jobs::alias)).first(conn)?;
    let alias: Option<String> = alias.into();
    Ok(alias.filter(|alias| !alias.is_empty()).unwrap_or_else(|| name.into()))
}
