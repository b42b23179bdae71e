//! Jobs, with everything that lists show of them: kept up to date in the transaction of each report, so that a list
//! never scans history.

use diesel::prelude::*;

use super::{
    Connection, StoreError, days,
    runs::{self, Outcome},
    schema::{jobs, live_runs},
};
use crate::{
    ids::{JobId, ServerId},
    status::Status,
    time::Timestamp,
    verdict::{Evidence, Rhythm},
};

/// Runs that the strip and the rhythm look at.
pub const RECENT: i64 = 31;

/// What lists show of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = jobs, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct Summary {
    pub run_count: i64,
    pub uploaded_total: i64,
    pub last_run_id: Option<i64>,
    pub last_status: Option<String>,
    pub last_start: Option<String>,
    pub last_report_at: Option<String>,
    pub last_duration: Option<i64>,
    pub last_uploaded: Option<i64>,
    pub last_warnings: Option<i64>,
    pub last_incomplete: bool,
    pub failures: i64,
    pub failing_since: Option<String>,
    pub last_success_at: Option<String>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub versions: Option<i64>,
    pub quota_total: Option<i64>,
    pub quota_free: Option<i64>,
    pub interval: Option<i64>,
    pub next_expected: Option<String>,
    pub due_at: Option<String>,
    pub recent: String,
    pub last_headline: Option<String>,
}

/// A job with its summary.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = jobs)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct JobRecord {
    pub id: i64,
    pub server_id: i64,
    pub name: String,
    #[diesel(embed)]
    pub summary: Summary,
}

impl Summary {
    /// What the verdict is judged by.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            last_status: self.last_status.as_deref().map(|word| word.parse().unwrap_or(Status::Unknown)),
            incomplete: self.last_incomplete,
            last_report: time(self.last_report_at.as_deref()),
            due: time(self.due_at.as_deref()),
        }
    }

    /// The recent runs, oldest first.
    pub fn recent_runs(&self) -> Vec<(Timestamp, Status)> {
        self.recent
            .split_ascii_whitespace()
            .filter_map(|cell| {
                let letter = cell.chars().last()?;
                let seconds = cell.strip_suffix(letter)?.parse().ok()?;
                Some((Timestamp::from_unix(seconds), Status::from_letter(letter)))
            })
            .collect()
    }

    /// Sums up a job from its latest runs (newest first) and its totals.
    fn of(latest: &[Outcome], older_good: Option<&Outcome>, totals: (i64, i64)) -> Self {
        let Some(last) = latest.first() else { return Self::default() };
        let good: Vec<&Outcome> =
            latest.iter().filter(|run| run.counts_as_good()).chain(older_good).collect();
        // A field that the newest good run does not know is taken from the one before.
        let newest = |field: fn(&Outcome) -> Option<i64>| good.iter().find_map(|run| field(run));
        let failing: Vec<&Outcome> = latest.iter().take_while(|run| run.status().is_failed()).collect();
        let mut starts: Vec<Timestamp> = latest.iter().map(Outcome::start).collect();
        starts.reverse();
        let rhythm = Rhythm::learn(&starts);
        let next_expected = rhythm.map(|rhythm| last.start().plus(rhythm.allowed_gap));
        let recent: Vec<String> = latest
            .iter()
            .rev()
            .map(|run| format!("{}{}", run.start().unix(), run.status().letter()))
            .collect();
        Self {
            run_count: totals.0,
            uploaded_total: totals.1,
            last_run_id: Some(last.id),
            last_status: Some(last.status().as_str().into()),
            last_start: Some(last.start().to_string()),
            last_report_at: latest.iter().map(|run| run.created_at.clone()).max(),
            last_duration: last.duration,
            last_uploaded: last.uploaded_size,
            last_warnings: last.warnings_count,
            last_incomplete: last.interrupted || last.partial,
            failures: i64::try_from(failing.len()).unwrap_or(i64::MAX),
            failing_since: failing.last().map(|run| run.start().to_string()),
            last_success_at: good.first().map(|run| run.start().to_string()),
            files_count: newest(|run| run.files_count),
            files_size: newest(|run| run.files_size),
            storage_size: newest(|run| run.storage_size),
            versions: newest(|run| run.versions),
            quota_total: newest(|run| run.quota_total),
            quota_free: newest(|run| run.quota_free),
            interval: rhythm.map(|rhythm| rhythm.interval),
            next_expected: next_expected.map(|at| at.to_string()),
            due_at: next_expected.zip(rhythm).map(|(at, rhythm)| at.plus(rhythm.tolerance()).to_string()),
            recent: recent.join(" "),
            last_headline: None,
        }
    }
}

/// A stored time; `None` when there is none or it was damaged.
pub fn time(text: Option<&str>) -> Option<Timestamp> {
    text.and_then(|text| text.parse().ok())
}

/// Sums up a job from its history, as [`refresh`] stores it.
///
/// # Errors
/// When the database refuses.
pub fn summarise(conn: &mut Connection, job: JobId) -> Result<Summary, StoreError> {
    let latest = Outcome::latest(conn, job, RECENT)?;
    let older_good = match latest.last() {
        Some(oldest) if !latest.iter().any(Outcome::counts_as_good) => {
            Outcome::last_good_before(conn, job, oldest.start())?
        }
        _ => None,
    };
    let totals = days::job_totals(conn, job)?;
    let mut summary = Summary::of(&latest, older_good.as_ref(), totals);
    if let Some(last) = latest.first() {
        summary.last_headline = runs::headline(conn, last.id)?;
    }
    if summary.failures == RECENT {
        // It began to fail before the runs that were looked at.
        (summary.failures, summary.failing_since) = runs::failing_streak(conn, job)?;
    }
    Ok(summary)
}

/// Brings a job's summary up to date with its history. `scheduled` is what Duplicati said about the next run; it
/// counts when it lies after the run that began last.
///
/// # Errors
/// When the database refuses.
pub fn refresh(conn: &mut Connection, job: JobId, scheduled: Option<Timestamp>) -> Result<(), StoreError> {
    let mut summary = summarise(conn, job)?;
    let last_start = time(summary.last_start.as_deref());
    if let Some(scheduled) = scheduled.filter(|at| last_start.is_some_and(|start| *at > start)) {
        let interval =
            summary.interval.unwrap_or_else(|| last_start.map_or(0, |start| scheduled.since(start)));
        let tolerance = Rhythm { interval, allowed_gap: interval }.tolerance();
        summary.interval = Some(interval);
        summary.next_expected = Some(scheduled.to_string());
        summary.due_at = Some(scheduled.plus(tolerance).to_string());
    }
    diesel::update(jobs::table.find(job.0)).set(&summary).execute(conn)?;
    Ok(())
}

/// When the next run of a job is expected, as it is stored.
///
/// # Errors
/// When the database refuses.
pub fn next_expected(conn: &mut Connection, job: JobId) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<String> = jobs::table.find(job.0).select(jobs::next_expected).first(conn)?;
    Ok(time(at.as_deref()))
}

/// The job of this name on this server, made if there is none.
///
/// # Errors
/// When the database refuses.
pub fn find_or_create(
    conn: &mut Connection,
    server: ServerId,
    name: &str,
    backup_id: Option<&str>,
    now: Timestamp,
) -> Result<JobId, StoreError> {
    let known: Option<i64> = jobs::table
        .filter(jobs::server_id.eq(server.0))
        .filter(jobs::name.eq(name))
        .select(jobs::id)
        .first(conn)
        .optional()?;
    if let Some(id) = known {
        return Ok(JobId(id));
    }
    let id = diesel::insert_into(jobs::table)
        .values((
            jobs::server_id.eq(server.0),
            jobs::name.eq(name),
            jobs::backup_id.eq(backup_id),
            jobs::created_at.eq(now.to_string()),
        ))
        .returning(jobs::id)
        .get_result(conn)?;
    Ok(JobId(id))
}

/// All jobs with their summaries, or those of one server.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Connection, server: Option<ServerId>) -> Result<Vec<JobRecord>, StoreError> {
    let mut query =
        jobs::table.order((jobs::server_id, jobs::name)).select(JobRecord::as_select()).into_boxed();
    if let Some(server) = server {
        query = query.filter(jobs::server_id.eq(server.0));
    }
    Ok(query.load(conn)?)
}

/// A job's name.
///
/// # Errors
/// When there is no such job.
pub fn name(conn: &mut Connection, job: i64) -> Result<String, StoreError> {
    Ok(jobs::table.find(job).select(jobs::name).first(conn)?)
}

/// Progress of a run under way.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = live_runs, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct LiveRow {
    pub job_id: i64,
    pub operation: String,
    pub started_at: String,
    pub reported_at: String,
    pub phase: Option<String>,
    pub permille: Option<i64>,
}

impl LiveRow {
    /// Stores the newest progress of a job.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn save(&self, conn: &mut Connection) -> Result<(), StoreError> {
        diesel::insert_into(live_runs::table)
            .values(self)
            .on_conflict(live_runs::job_id)
            .do_update()
            .set(self)
            .execute(conn)?;
        Ok(())
    }

    /// Forgets the progress of a job: its run has ended.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forget(conn: &mut Connection, job: JobId) -> Result<(), StoreError> {
        diesel::delete(live_runs::table.find(job.0)).execute(conn)?;
        Ok(())
    }

    /// Progress that was told since a time.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn since(conn: &mut Connection, since: Timestamp) -> Result<Vec<Self>, StoreError> {
        Ok(live_runs::table
            .filter(live_runs::reported_at.ge(since.to_string()))
            .select(Self::as_select())
            .load(conn)?)
    }
}
