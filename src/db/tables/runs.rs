//! Runs: the rows of `backups`.

use diesel::{
    dsl::{auto_type, max},
    prelude::*,
};

use super::duplicate_runs;
use crate::{
    checks::Figures,
    db::{
        Connection, StoreError,
        engine::{
            lossy_text::{LossyText, OptionalLossyText},
            prepared::last_id,
        },
        schema::backups,
    },
    ids::{JobId, JobRef, RunId, ServerId},
    outcome::{ReportedEnd, RunOutcome},
    report::LogOf,
    status::Status,
    time::Timestamp,
};

/// A run without its id and its outcome, which is derived: as it is inserted, merged, and read by its page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = backups, treat_none_as_null = true, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct RunRecord {
    pub server_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub backup_name: String,
    #[diesel(deserialize_as = LossyText)]
    pub status: String,
    #[diesel(deserialize_as = LossyText)]
    pub start_time: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub end_time: Option<String>,
    pub duration: Option<i64>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub uploaded_size: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    pub job_id: i64,
    pub start_assumed: bool,
    #[diesel(deserialize_as = OptionalLossyText)]
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
    #[diesel(deserialize_as = OptionalLossyText)]
    pub duplicati_version: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub destination_type: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub available_versions: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub headline: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub exception: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub messages: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub begin_text: Option<String>,
    pub delivery: Option<i64>,
    pub reporting_warnings: i64,
}

macro_rules! fill_from {
    ($target:ident, $other:ident: $($field:ident)*) => {
        $( if $target.$field.is_none() { $target.$field = $other.$field; } )*
    };
}

impl RunRecord {
    /// Returns its job.
    pub fn job_ref(&self) -> JobRef {
        JobRef { server: ServerId(self.server_id), id: JobId(self.job_id) }
    }

    /// Returns its status.
    pub fn status(&self) -> Status {
        self.status.parse().unwrap_or(Status::Unknown)
    }

    /// Returns its outcome.
    pub fn outcome(&self) -> RunOutcome {
        ReportedEnd {
            status: self.status(),
            interrupted: self.interrupted,
            partial: self.partial,
            dry_run: self.dry_run,
            files: self.files_count,
            uploaded: self.uploaded_size,
            versions: self.versions,
            stored: self.storage_size,
            exception: self.exception.as_deref(),
            log: LogOf::Stored(self.messages.as_deref()),
        }
        .outcome()
    }

    /// Returns the figures for its checks, without those of the previous run.
    pub fn figures(&self) -> Figures {
        Figures {
            status: self.status(),
            outcome: self.outcome(),
            files: self.files_count,
            added: self.added_files,
            modified: self.modified_files,
            with_error: self.files_with_error,
            uploaded: self.uploaded_size,
            files_uploaded: self.files_uploaded,
            stored: self.storage_size,
            versions: self.versions,
            files_before: None,
        }
    }

    /// Merges two copies of the same run: the worse status counts, the richer log is kept, and values missing in one copy are taken
    /// from the other.
    pub fn merged_with(self, copy: Self) -> Self {
        if copy.leads(&self) { copy.completed_by(self) } else { self.completed_by(copy) }
    }

    /// Fills missing values from another copy of the same run. The worse status counts; the richer log is kept.
    pub fn completed_by(self, rest: Self) -> Self {
        let worst = worse(self.status(), rest.status());
        let received = self.created_at.clone().min(rest.created_at.clone());
        let mut lead = self;
        let (was, own) = (lead.outcome(), lead.headline.take());
        if lead.messages.as_ref().map_or(0, String::len) < rest.messages.as_ref().map_or(0, String::len) {
            lead.messages.clone_from(&rest.messages);
        }
        // Figures of the destination from before the end of the run are not valid after it.
        if lead.end_time.is_none() || rest.end_time.is_some() {
            fill_from!(lead, rest: storage_size uploaded_size versions downloaded_size files_uploaded files_downloaded
                files_deleted retry_attempts storage_files unknown_files quota_total quota_free quota_assigned
                available_versions);
        }
        fill_from!(lead, rest: end_time duration files_count files_size claimed_start
            warnings_count errors_count messages_count opened_files opened_size added_files added_size modified_files
            modified_size deleted_files added_folders modified_folders deleted_folders not_processed_files
            too_large_files files_with_error duplicati_version destination_type exception begin_text);
        worst.as_str().clone_into(&mut lead.status);
        lead.created_at = received;
        lead.interrupted |= rest.interrupted;
        lead.partial |= rest.partial;
        lead.reporting_warnings = lead.reporting_warnings.max(rest.reporting_warnings);
        // The outcome follows from both copies together.
        let outcome = lead.outcome();
        let (told, is_told) = (outcome.cancelled_headline(), RunOutcome::is_called_off);
        lead.headline = match told {
            _ if outcome == was => own.or(rest.headline.filter(|text| is_told(text) == told.is_some())),
            Some(told) => Some(told.to_owned()),
            None => [own, rest.headline].into_iter().flatten().find(|text| !is_told(text)),
        };
        lead
    }

    /// Returns whether this copy takes precedence over the known one: it has an end, or a later one, or more figures of the same
    /// end. A text copy of a JSON report, or a report from before the end, only fills gaps.
    pub fn leads(&self, known: &Self) -> bool {
        match (&self.end_time, &known.end_time) {
            (Some(end), Some(known_end)) if end != known_end => end > known_end,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            _ => self.richness() > known.richness(),
        }
    }

    /// Returns how many values a copy has.
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

    /// Returns the run of this job that began at this time.
    ///
    /// # Errors
    ///
    /// Database errors.
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

    /// Stores a new run.
    ///
    /// # Errors
    /// Database errors.
    pub fn insert(&self, conn: &mut Connection) -> Result<RunId, StoreError> {
        diesel::insert_into(backups::table).values((self, self.stored_outcome())).execute(conn)?;
        last_id(conn).map(RunId)
    }

    /// Stores a new run. If its second is taken by another run, it gets one close to it; the reported begin is kept.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn insert_placed(&mut self, conn: &mut Connection) -> Result<RunId, StoreError> {
        while !self.insert_if_new(conn)? {
            let begin = self.start_time.clone();
            let at = begin.parse().unwrap_or_default();
            self.start_time = duplicate_runs::free_start(conn, self.job_ref(), at)?.to_string();
            if !self.start_assumed {
                self.claimed_start.get_or_insert(begin);
            }
        }
        last_id(conn).map(RunId)
    }

    /// Stores a run unless the job has one that began at the same time. Returns whether it was stored.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn insert_if_new(&self, conn: &mut Connection) -> Result<bool, StoreError> {
        let added = diesel::insert_into(backups::table)
            .values((self, self.stored_outcome()))
            .on_conflict((backups::start_time, backups::job_id))
            .do_nothing()
            .execute(conn)?;
        Ok(added > 0)
    }

    /// Stores a recovered run with its original id. Returns false if the job has a run of that time already.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn insert_as(&self, conn: &mut Connection, id: RunId) -> Result<bool, StoreError> {
        let values = (backups::id.eq(id.0), self, self.stored_outcome());
        Ok(diesel::insert_or_ignore_into(backups::table).values(values).execute(conn)? > 0)
    }

    /// Replaces a known run.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn replace(&self, conn: &mut Connection, id: RunId) -> Result<(), StoreError> {
        diesel::update(backups::table.find(id.0)).set((self, self.stored_outcome())).execute(conn)?;
        Ok(())
    }

    /// Returns the assignment of the outcome, which every write includes.
    fn stored_outcome(&self) -> diesel::dsl::Eq<backups::outcome, &'static str> {
        backups::outcome.eq(self.outcome().as_str())
    }

    /// Returns a run by its id.
    ///
    /// # Errors
    ///
    /// [`crate::db::StoreErrorKind::NotFound`] when there is none.
    pub fn find(conn: &mut Connection, id: RunId) -> Result<Self, StoreError> {
        Ok(backups::table.find(id.0).select(Self::as_select()).first(conn)?)
    }
}

/// The query of the runs of a job.
#[auto_type]
pub(in crate::db) fn of_job(job: JobRef) -> _ {
    let (server, id): (i64, i64) = (job.server.0, job.id.0);
    backups::table.filter(backups::server_id.eq(server).and(backups::job_id.eq(id)))
}

/// Returns when the latest run of all jobs began.
///
/// # Errors
///
/// Database errors.
pub fn newest_start(conn: &mut Connection) -> Result<Option<Timestamp>, StoreError> {
    let at: OptionalLossyText = backups::table.select(max(backups::start_time)).first(conn)?;
    let at: Option<String> = at.into();
    Ok(at.and_then(|at| at.parse().ok()))
}

/// Returns the worse of two statuses. An unknown one yields to any known one.
pub(in crate::db) fn worse(a: Status, b: Status) -> Status {
    let severity = |status: &Status| match status {
        Status::Unknown => 0,
        Status::Success => 1,
        Status::Warning => 2,
        Status::Error => 3,
        Status::Fatal => 4,
    };
    std::cmp::max_by_key(a, b, severity)
}
