//! Runs as totals and job summaries see them.

use diesel::prelude::*;

use super::{
    Connection, StoreError,
    lossy::{Lossy, MaybeLossy},
    runs::{RunRecord, of_job},
    schema::backups,
};
use crate::{
    ids::{JobRef, RunId},
    status::Status,
    time::Timestamp,
};

/// What per-day totals need of a run. All of it stands in `idx_backups_server_id`: a report reads the runs of its day, and
/// the rows themselves lie on pages of their own, with their logs.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = backups)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct Counted {
    #[diesel(deserialize_as = Lossy)]
    status: String,
    #[diesel(deserialize_as = Lossy)]
    start_time: String,
    pub duration: Option<i64>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub uploaded_size: Option<i64>,
    pub versions: Option<i64>,
    pub dry_run: bool,
}

impl Counted {
    /// What Duplicati said.
    pub fn status(&self) -> Status {
        self.status.parse().unwrap_or(Status::Unknown)
    }

    /// When it began.
    pub fn start(&self) -> Timestamp {
        self.start_time.parse().unwrap_or_default()
    }

    /// Whether its figures may stand for the job: it left a version, and was not a rehearsal.
    pub fn counts_as_good(&self) -> bool {
        self.status().is_kept() && !self.dry_run
    }

    /// The runs of a job that began in `[start, end)`, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
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

/// What job summaries need of a run.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = backups)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct Outcome {
    pub id: i64,
    #[diesel(embed)]
    pub counted: Counted,
    #[diesel(deserialize_as = Lossy)]
    pub created_at: String,
    pub warnings_count: Option<i64>,
    pub interrupted: bool,
    pub partial: bool,
    pub quota_total: Option<i64>,
    pub quota_free: Option<i64>,
}

impl Outcome {
    /// What a stored run says.
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
                dry_run: run.dry_run,
            },
            created_at: run.created_at.clone(),
            warnings_count: run.warnings_count,
            interrupted: run.interrupted,
            partial: run.partial,
            quota_total: run.quota_total,
            quota_free: run.quota_free,
        }
    }

    /// What Duplicati said.
    pub fn status(&self) -> Status {
        self.counted.status()
    }

    /// When it began.
    pub fn start(&self) -> Timestamp {
        self.counted.start()
    }

    /// Whether its figures may stand for the job.
    pub fn counts_as_good(&self) -> bool {
        self.counted.counts_as_good()
    }

    /// The runs of a job that began last, newest first. A rehearsal says nothing of whether backups work.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn latest(conn: &mut Connection, job: JobRef, limit: i64) -> Result<Vec<Self>, StoreError> {
        Ok(of_job(job)
            .filter(backups::dry_run.eq(false))
            .order(backups::start_time.desc())
            .limit(limit)
            .select(Self::as_select())
            .load(conn)?)
    }

    /// The last good run of a job that began before a time.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn last_good_before(
        conn: &mut Connection,
        job: JobRef,
        before: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        Ok(of_job(job)
            .filter(backups::start_time.lt(before.to_string()))
            .filter(backups::status.eq_any([Status::Success.as_str(), Status::Warning.as_str()]))
            .filter(backups::dry_run.eq(false))
            .order(backups::start_time.desc())
            .select(Self::as_select())
            .first(conn)
            .optional()?)
    }
}

/// How many runs of a job have failed in a row up to now, and when the first of them began. Rehearsals do not count.
///
/// # Errors
/// When the database refuses.
pub fn failing_streak(conn: &mut Connection, job: JobRef) -> Result<(i64, Option<String>), StoreError> {
    let last_other: Option<Lossy> = of_job(job)
        .filter(backups::status.ne_all([Status::Error.as_str(), Status::Fatal.as_str()]))
        .filter(backups::dry_run.eq(false))
        .order(backups::start_time.desc())
        .select(backups::start_time)
        .first(conn)
        .optional()?;
    let streak = of_job(job)
        .filter(backups::start_time.gt(last_other.map(String::from).unwrap_or_default()))
        .filter(backups::dry_run.eq(false))
        .select((diesel::dsl::count_star(), diesel::dsl::min(backups::start_time)));
    let (count, since): (i64, MaybeLossy) = streak.first(conn)?;
    Ok((count, since.into()))
}
