//! Runs: the rows of `backups`.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool},
};

use super::{Connection, StoreError, schema::backups};
use crate::{
    ids::{JobId, RunId, ServerId},
    status::Status,
    time::Timestamp,
};

/// A whole run except for its id, as it is inserted, merged and read by its page.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = backups, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct RunRecord {
    pub server_id: i64,
    pub backup_name: String,
    pub status: String,
    pub start_time: String,
    pub end_time: Option<String>,
    pub duration: Option<i64>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub uploaded_size: Option<i64>,
    pub created_at: String,
    pub job_id: i64,
    pub start_assumed: bool,
    pub claimed_start: Option<String>,
    pub versions: Option<i64>,
    pub warnings_count: Option<i64>,
    pub errors_count: Option<i64>,
    pub messages_count: Option<i64>,
    pub interrupted: bool,
    pub partial: bool,
    pub dry_run: bool,
    pub opened_files: Option<i64>,
    pub opened_size: Option<i64>,
    pub added_files: Option<i64>,
    pub added_size: Option<i64>,
    pub modified_files: Option<i64>,
    pub modified_size: Option<i64>,
    pub deleted_files: Option<i64>,
    pub added_folders: Option<i64>,
    pub modified_folders: Option<i64>,
    pub deleted_folders: Option<i64>,
    pub not_processed_files: Option<i64>,
    pub too_large_files: Option<i64>,
    pub files_with_error: Option<i64>,
    pub downloaded_size: Option<i64>,
    pub files_uploaded: Option<i64>,
    pub files_downloaded: Option<i64>,
    pub files_deleted: Option<i64>,
    pub retry_attempts: Option<i64>,
    pub storage_files: Option<i64>,
    pub unknown_files: Option<i64>,
    pub quota_total: Option<i64>,
    pub quota_free: Option<i64>,
    pub quota_assigned: Option<i64>,
    pub duplicati_version: Option<String>,
    pub destination_type: Option<String>,
    pub available_versions: Option<String>,
    pub headline: Option<String>,
    pub exception: Option<String>,
    pub messages: Option<String>,
}

macro_rules! fill_from {
    ($target:ident, $other:ident: $($field:ident)*) => {
        $( if $target.$field.is_none() { $target.$field = $other.$field; } )*
    };
}

impl RunRecord {
    /// This run's status.
    pub fn status(&self) -> Status {
        self.status.parse().unwrap_or(Status::Unknown)
    }

    /// Merges another copy of the same run: the worse status counts, the richer log stays, what one copy does not
    /// know is taken from the other.
    pub fn merged_with(self, copy: Self) -> Self {
        let worst = severity(self.status()).max(severity(copy.status())).1;
        let received = self.created_at.clone().min(copy.created_at.clone());
        // A copy that ended later or knows more figures leads; a text copy of a JSON report only fills gaps.
        let copy_leads = copy.end_time > self.end_time || copy.richness() >= self.richness();
        let (mut lead, rest) = if copy_leads { (copy, self) } else { (self, copy) };
        if lead.messages.as_ref().map_or(0, String::len) < rest.messages.as_ref().map_or(0, String::len) {
            lead.messages.clone_from(&rest.messages);
        }
        fill_from!(lead, rest: end_time duration files_count files_size storage_size uploaded_size claimed_start versions
            warnings_count errors_count messages_count opened_files opened_size added_files added_size modified_files
            modified_size deleted_files added_folders modified_folders deleted_folders not_processed_files
            too_large_files files_with_error downloaded_size files_uploaded files_downloaded files_deleted
            retry_attempts storage_files unknown_files quota_total quota_free quota_assigned duplicati_version
            destination_type available_versions headline exception);
        worst.as_str().clone_into(&mut lead.status);
        lead.created_at = received;
        lead.interrupted |= rest.interrupted;
        lead.partial |= rest.partial;
        lead
    }

    /// How much a copy knows.
    fn richness(&self) -> usize {
        [
            self.files_count,
            self.files_size,
            self.storage_size,
            self.uploaded_size,
            self.versions,
            self.warnings_count,
            self.added_files,
            self.downloaded_size,
            self.storage_files,
            self.quota_total,
        ]
        .iter()
        .flatten()
        .count()
    }

    /// A known run of this job that began at this time.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn find_by_start(
        conn: &mut Connection,
        job: JobId,
        start: &str,
    ) -> Result<Option<(i64, Self)>, StoreError> {
        Ok(backups::table
            .filter(backups::job_id.eq(job.0))
            .filter(backups::start_time.eq(start))
            .select((backups::id, Self::as_select()))
            .first(conn)
            .optional()?)
    }

    /// A known run of this job whose sender's clock said this impossible time.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn find_by_claim(
        conn: &mut Connection,
        job: JobId,
        claim: &str,
    ) -> Result<Option<(i64, Self)>, StoreError> {
        Ok(backups::table
            .filter(backups::job_id.eq(job.0))
            .filter(backups::claimed_start.eq(claim))
            .select((backups::id, Self::as_select()))
            .first(conn)
            .optional()?)
    }

    /// A run of this job without a time of its own, assumed to have begun within these bounds, with the same exception:
    /// another delivery.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn find_assumed(
        conn: &mut Connection,
        job: JobId,
        (first, last): (Timestamp, Timestamp),
        exception: Option<&str>,
    ) -> Result<Option<(i64, Self)>, StoreError> {
        let mut query = backups::table
            .filter(backups::job_id.eq(job.0))
            .filter(backups::start_time.between(first.to_string(), last.to_string()))
            .filter(backups::start_assumed.eq(true))
            .filter(backups::claimed_start.is_null())
            .select((backups::id, Self::as_select()))
            .into_boxed();
        query = match exception {
            Some(text) => query.filter(backups::exception.eq(text.to_owned())),
            None => query.filter(backups::exception.is_null()),
        };
        Ok(query.first(conn).optional()?)
    }

    /// Stores a new run.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn insert(&self, conn: &mut Connection) -> Result<RunId, StoreError> {
        let id = diesel::insert_into(backups::table).values(self).returning(backups::id).get_result(conn)?;
        Ok(RunId(id))
    }

    /// Stores this in place of a known run.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn replace(&self, conn: &mut Connection, id: RunId) -> Result<(), StoreError> {
        diesel::update(backups::table.find(id.0)).set(self).execute(conn)?;
        Ok(())
    }

    /// A whole run by its id.
    ///
    /// # Errors
    /// [`super::StoreErrorKind::NotFound`] when there is none.
    pub fn find(conn: &mut Connection, id: RunId) -> Result<Self, StoreError> {
        Ok(backups::table.find(id.0).select(Self::as_select()).first(conn)?)
    }
}

/// Worse is larger; an unknown result says less than any known one.
fn severity(status: Status) -> (u8, Status) {
    let rank = match status {
        Status::Unknown => 0,
        Status::Success => 1,
        Status::Warning => 2,
        Status::Error => 3,
        Status::Fatal => 4,
    };
    (rank, status)
}

/// What totals and job summaries need of a run.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = backups)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct Outcome {
    pub id: i64,
    status: String,
    start_time: String,
    pub duration: Option<i64>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub uploaded_size: Option<i64>,
    pub created_at: String,
    pub versions: Option<i64>,
    pub warnings_count: Option<i64>,
    pub interrupted: bool,
    pub partial: bool,
    pub dry_run: bool,
    pub quota_total: Option<i64>,
    pub quota_free: Option<i64>,
}

impl Outcome {
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
        job: JobId,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Vec<Self>, StoreError> {
        Ok(backups::table
            .filter(backups::job_id.eq(job.0))
            .filter(backups::start_time.ge(start.to_string()))
            .filter(backups::start_time.lt(end.to_string()))
            .order(backups::start_time)
            .select(Self::as_select())
            .load(conn)?)
    }

    /// The runs of a job that began last, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn latest(conn: &mut Connection, job: JobId, limit: i64) -> Result<Vec<Self>, StoreError> {
        Ok(backups::table
            .filter(backups::job_id.eq(job.0))
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
        job: JobId,
        before: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        Ok(backups::table
            .filter(backups::job_id.eq(job.0))
            .filter(backups::start_time.lt(before.to_string()))
            .filter(backups::status.eq_any([Status::Success.as_str(), Status::Warning.as_str()]))
            .filter(backups::dry_run.eq(false))
            .order(backups::start_time.desc())
            .select(Self::as_select())
            .first(conn)
            .optional()?)
    }
}

/// How many runs of a job have failed in a row up to now, and when the first of them began.
///
/// # Errors
/// When the database refuses.
pub fn failing_streak(conn: &mut Connection, job: JobId) -> Result<(i64, Option<String>), StoreError> {
    let last_other: Option<String> = backups::table
        .filter(backups::job_id.eq(job.0))
        .filter(backups::status.ne_all([Status::Error.as_str(), Status::Fatal.as_str()]))
        .order(backups::start_time.desc())
        .select(backups::start_time)
        .first(conn)
        .optional()?;
    let streak = backups::table
        .filter(backups::job_id.eq(job.0))
        .filter(backups::start_time.gt(last_other.unwrap_or_default()))
        .select((diesel::dsl::count_star(), diesel::dsl::min(backups::start_time)));
    Ok(streak.first(conn)?)
}

/// The first error or warning of a run.
///
/// # Errors
/// When the database refuses.
pub fn headline(conn: &mut Connection, run: i64) -> Result<Option<String>, StoreError> {
    Ok(backups::table.find(run).select(backups::headline).first(conn)?)
}

/// The runs of the same job that began just before and just after a run.
///
/// # Errors
/// When the database refuses.
pub fn neighbours(
    conn: &mut Connection,
    job: i64,
    start: &str,
) -> Result<(Option<RunId>, Option<RunId>), StoreError> {
    let of_job = || backups::table.filter(backups::job_id.eq(job)).select(backups::id);
    let before: Option<i64> = of_job()
        .filter(backups::start_time.lt(start.to_owned()))
        .order(backups::start_time.desc())
        .first(conn)
        .optional()?;
    let after: Option<i64> = of_job()
        .filter(backups::start_time.gt(start.to_owned()))
        .order(backups::start_time)
        .first(conn)
        .optional()?;
    Ok((before.map(RunId), after.map(RunId)))
}

/// A run as lists show it: every column comes from the covering index.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = backups)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ListRow {
    pub id: i64,
    pub job_id: i64,
    pub status: String,
    pub start_time: String,
    pub duration: Option<i64>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub uploaded_size: Option<i64>,
    pub versions: Option<i64>,
    pub warnings_count: Option<i64>,
    pub errors_count: Option<i64>,
}

/// One page of a server's runs, of one job or of all.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Connection,
    server: ServerId,
    job: Option<JobId>,
    sort: crate::dto::server::RunSort,
    ascending: bool,
    limit: i64,
    offset: i64,
) -> Result<Vec<ListRow>, StoreError> {
    use crate::dto::server::RunSort;
    let mut query =
        backups::table.filter(backups::server_id.eq(server.0)).select(ListRow::as_select()).into_boxed();
    if let Some(job) = job {
        // The plus keeps SQLite from the index over (job_id, start_time), which leads to the pages that hold the logs.
        query = query.filter(sql::<Bool>("+backups.job_id = ").bind::<BigInt, _>(job.0));
    }
    macro_rules! order_by {
        ($column:expr) => {
            if ascending { query.order($column.asc()) } else { query.order($column.desc()) }
        };
    }
    query = match sort {
        RunSort::Started => order_by!(backups::start_time),
        RunSort::Job => order_by!(backups::job_id),
        RunSort::Status => order_by!(backups::status),
        RunSort::Duration => order_by!(backups::duration),
        RunSort::Files => order_by!(backups::files_count),
        RunSort::Source => order_by!(backups::files_size),
        RunSort::Stored => order_by!(backups::storage_size),
        RunSort::Uploaded => order_by!(backups::uploaded_size),
        RunSort::Versions => order_by!(backups::versions),
        RunSort::Warnings => order_by!(backups::warnings_count),
    };
    // Equal values stand newest first, so that pages do not overlap.
    if sort != RunSort::Started {
        query = query.then_order_by(backups::start_time.desc());
    }
    Ok(query.then_order_by(backups::id.desc()).limit(limit).offset(offset).load(conn)?)
}
