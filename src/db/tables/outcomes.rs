//! Runs, as needed for totals and job summaries.

use diesel::prelude::*;

pub(in crate::db) use super::outcome_column::{FROM_ROW, register, settle};
use super::runs::{RunRecord, of_job};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::backups,
    },
    ids::{JobRef, RunId},
    outcome::{RecentRun, RunOutcome},
    status::Status,
    time::Timestamp,
};

/// The columns of a run that daily totals need. All of them are in `idx_backups_server_id`, because each report reads the runs of its day,
/// and the rows are on separate pages with their logs.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = backups)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct Counted {
    #[diesel(deserialize_as = LossyText)]
    status: String,
    #[diesel(deserialize_as = LossyText)]
    start_time: String,
    pub duration: Option<i64>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub uploaded_size: Option<i64>,
    pub versions: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    outcome: String,
    warnings_count: Option<i64>,
    reporting_warnings: i64,
}

impl Counted {
    /// Returns the status of the backup, ignoring warnings that are only about sending reports.
    pub fn status(&self) -> Status {
        let said = self.status.parse().unwrap_or(Status::Unknown);
        self.outcome().status(said, self.warnings_count, self.reporting_warnings)
    }

    /// Returns the outcome.
    pub fn outcome(&self) -> RunOutcome {
        self.outcome.parse().unwrap_or_default()
    }

    /// Returns when the run began.
    pub fn start(&self) -> Timestamp {
        self.start_time.parse().unwrap_or_default()
    }

    /// Returns the uploaded bytes that count.
    pub fn uploaded(&self) -> i64 {
        self.outcome().uploaded(self.uploaded_size)
    }

    /// Returns the runs of a job that began in `[start, end)`, oldest first.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn between(
        conn: &mut Connection,
        job: JobRef,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Vec<Self>, StoreError> {
        Ok(of_job(job)
            .filter(backups::start_time.ge(start.to_string()))
            .filter(backups::start_time.lt(end.to_string()))
            .order(backups::start_time)
            .select(Self::as_select())
            .load(conn)?)
    }
}

/// The columns of a run that job summaries need. `outcome` is the last column of the row, after the log. So it is read from the index, and
/// the rest from the part of the row before the log.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct SummaryRun {
    pub id: i64,
    pub counted: Counted,
    pub created_at: String,
    pub warnings_count: Option<i64>,
    pub quota_total: Option<i64>,
    pub quota_free: Option<i64>,
}

/// The columns in the index.
#[derive(Queryable, Selectable)]
#[diesel(table_name = backups)]
struct IndexedPart {
    id: i64,
    #[diesel(embed)]
    counted: Counted,
    warnings_count: Option<i64>,
}

/// The columns in the row, before the log.
#[derive(Queryable, Selectable)]
#[diesel(table_name = backups)]
struct StoredPart {
    id: i64,
    #[diesel(deserialize_as = LossyText)]
    created_at: String,
    quota_total: Option<i64>,
    quota_free: Option<i64>,
}

impl SummaryRun {
    /// Creates it from a stored run.
    pub fn of(id: RunId, run: &RunRecord) -> Self {
        Self {
            id: id.0,
            counted: Counted {
                status: run.status.clone(),
                start_time: run.start_time.clone(),
                duration: run.duration,
                files_count: run.files_count,
                files_size: run.files_size,
                storage_size: run.storage_size,
                uploaded_size: run.uploaded_size,
                versions: run.versions,
                outcome: run.outcome().as_str().to_owned(),
                warnings_count: run.warnings_count,
                reporting_warnings: run.reporting_warnings,
            },
            created_at: run.created_at.clone(),
            warnings_count: run.warnings_count,
            quota_total: run.quota_total,
            quota_free: run.quota_free,
        }
    }

    /// Returns the status of the backup.
    pub fn status(&self) -> Status {
        self.counted.status()
    }

    /// Returns the outcome.
    pub fn outcome(&self) -> RunOutcome {
        self.counted.outcome()
    }

    /// Returns when the run began.
    pub fn start(&self) -> Timestamp {
        self.counted.start()
    }

    /// Returns status and outcome for the list of recent runs.
    pub fn mark(&self) -> RecentRun {
        RecentRun { status: self.status(), outcome: self.outcome() }
    }

    /// Returns the number of versions after the run, if it counts.
    pub fn versions(&self) -> Option<i64> {
        self.outcome().versions(self.counted.versions)
    }

    /// Returns the latest runs of a job by begin, newest first. Dry runs are left out, because they say nothing about the backup.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn latest(conn: &mut Connection, job: JobRef, limit: i64) -> Result<Vec<Self>, StoreError> {
        let found = of_job(job)
            .filter(backups::outcome.ne(RunOutcome::Rehearsal.as_str()))
            .order(backups::start_time.desc())
            .limit(limit)
            .select(IndexedPart::as_select())
            .load(conn)?;
        Self::completed(conn, found)
    }

    /// Returns the last run of a job that began before a time and has one of these outcomes.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn last_before(
        conn: &mut Connection,
        job: JobRef,
        before: Timestamp,
        outcomes: &[RunOutcome],
    ) -> Result<Option<Self>, StoreError> {
        let found = of_job(job)
            .filter(backups::start_time.lt(before.to_string()))
            .filter(backups::outcome.eq_any(outcomes.iter().map(|outcome| outcome.as_str())))
            .order(backups::start_time.desc())
            .limit(1)
            .select(IndexedPart::as_select())
            .load(conn)?;
        Ok(Self::completed(conn, found)?.pop())
    }

    /// Adds the columns in the rows.
    fn completed(conn: &mut Connection, found: Vec<IndexedPart>) -> Result<Vec<Self>, StoreError> {
        // An empty list of ids would scan all rows.
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = found.iter().map(|run| run.id).collect();
        let mut rows: Vec<StoredPart> =
            backups::table.filter(backups::id.eq_any(ids)).select(StoredPart::as_select()).load(conn)?;
        rows.sort_unstable_by_key(|row| row.id);
        let whole = |IndexedPart { id, counted, warnings_count }| {
            let row = rows.get(rows.binary_search_by_key(&id, |row| row.id).ok()?)?;
            Some(Self {
                id,
                counted,
                created_at: row.created_at.clone(),
                warnings_count,
                quota_total: row.quota_total,
                quota_free: row.quota_free,
            })
        };
        Ok(found.into_iter().filter_map(whole).collect())
    }
}

/// Returns the streak of failed runs of a job that began up to `until`: their number, when the first began, and the id of the last. Only a
/// good run ends the streak; stopped, skipped and dry runs are ignored.
///
/// # Errors
///
/// Database errors.
pub fn failing_streak(
    conn: &mut Connection,
    job: JobRef,
    until: Timestamp,
) -> Result<(i64, Option<String>, Option<i64>), StoreError> {
    let ends = [RunOutcome::Good, RunOutcome::Unknown].map(RunOutcome::as_str);
    let last_other: Option<LossyText> = of_job(job)
        .filter(backups::start_time.le(until.to_string()))
        .filter(backups::outcome.eq_any(ends))
        .order(backups::start_time.desc())
        .select(backups::start_time)
        .first(conn)
        .optional()?;
    let failures = || {
        of_job(job)
            .filter(backups::start_time.le(until.to_string()))
            .filter(backups::start_time.gt(last_other.clone().map(String::from).unwrap_or_default()))
            .filter(backups::outcome.eq_any(RunOutcome::FAILURES.map(RunOutcome::as_str)))
    };
    let (count, since): (i64, OptionalLossyText) =
        failures().select((diesel::dsl::count_star(), diesel::dsl::min(backups::start_time))).first(conn)?;
    if count == 0 {
        return Ok((0, None, None));
    }
    let last = failures().order(backups::start_time.desc()).select(backups::id).first(conn)?;
    Ok((count, since.into(), Some(last)))
}

#[cfg(test)]
#[path = "outcomes_tests.rs"]
mod tests;
