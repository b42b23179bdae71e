//! Progress of running backups.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::live_runs,
        tables::lists,
    },
    ids::JobId,
    time::Timestamp,
};

/// Progress of a running backup.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = live_runs, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct LiveRow {
    pub job_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub operation: String,
    #[diesel(deserialize_as = LossyText)]
    pub started_at: String,
    #[diesel(deserialize_as = LossyText)]
    pub reported_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub phase: Option<String>,
    pub permille: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub ended_at: Option<String>,
}

impl LiveRow {
    /// Stores the latest progress of a job.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn save(&self, conn: &mut Connection) -> Result<(), StoreError> {
        diesel::insert_into(live_runs::table)
            .values(self)
            .on_conflict(live_runs::job_id)
            .do_update()
            .set(self)
            .execute(conn)?;
        lists::place_without_runs(conn, JobId(self.job_id))
    }

    /// Deletes the progress of a job, because the report of its run has arrived.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn forget(conn: &mut Connection, job: JobId) -> Result<(), StoreError> {
        if diesel::delete(live_runs::table.find(job.0)).execute(conn)? > 0 {
            lists::place_without_runs(conn, job)?;
        }
        Ok(())
    }

    /// Returns the progress reported since a time, of runs that have not ended.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn since(conn: &mut Connection, since: Timestamp) -> Result<Vec<Self>, StoreError> {
        Ok(live_runs::table
            .filter(live_runs::reported_at.ge(since.to_string()))
            .filter(live_runs::ended_at.is_null())
            .select(Self::as_select())
            .load(conn)?)
    }
}
