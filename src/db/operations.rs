//! Other operations than backups (restore, test, compact …), and nothing that counts.

use std::time::Instant;

use diesel::prelude::*;

use super::{
    Connection, StoreError, Tx,
    lossy::{Lossy, MaybeLossy},
    runs::worse,
    schema::{jobs, operations},
};
use crate::{
    ids::{JobId, JobRef, ServerId},
    status::Status,
    time::Timestamp,
};

/// An operation as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = operations, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct OperationRecord {
    pub server_id: i64,
    pub job_id: i64,
    #[diesel(deserialize_as = Lossy)]
    pub operation: String,
    #[diesel(deserialize_as = Lossy)]
    pub status: String,
    #[diesel(deserialize_as = Lossy)]
    pub start_time: String,
    pub duration: Option<i64>,
    #[diesel(deserialize_as = Lossy)]
    pub created_at: String,
    #[diesel(deserialize_as = MaybeLossy)]
    pub details: Option<String>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub messages: Option<String>,
    pub start_assumed: bool,
    pub interrupted: bool,
    pub warnings_count: Option<i64>,
    pub errors_count: Option<i64>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub headline: Option<String>,
}

impl OperationRecord {
    /// Stores it, merged with another copy of the same one: the worse result counts, the richer details and log stay.
    /// Its id, and whether this copy is the richer one.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn save(self, conn: &mut Connection) -> Result<(i64, bool), StoreError> {
        let known: Option<(i64, Self)> = operations::table
            .filter(operations::job_id.eq(self.job_id))
            .filter(operations::operation.eq(&self.operation))
            .filter(operations::start_time.eq(&self.start_time))
            .select((operations::id, Self::as_select()))
            .first(conn)
            .optional()?;
        let Some((id, known)) = known else {
            let id = diesel::insert_into(operations::table)
                .values(self)
                .returning(operations::id)
                .get_result(conn)?;
            return Ok((id, true));
        };
        let leads = self.richness() >= known.richness();
        let merged = known.merged_with(self, leads);
        diesel::update(operations::table.find(id)).set(merged).execute(conn)?;
        Ok((id, leads))
    }

    fn merged_with(self, copy: Self, copy_leads: bool) -> Self {
        let status = |record: &Self| record.status.parse().unwrap_or(Status::Unknown);
        let worst = worse(status(&self), status(&copy));
        let created_at = self.created_at.clone().min(copy.created_at.clone());
        let (lead, rest) = if copy_leads { (copy, self) } else { (self, copy) };
        let richer = |a: Option<String>, b: Option<String>| {
            let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
            if length(&a) >= length(&b) { a } else { b }
        };
        Self {
            status: worst.as_str().into(),
            created_at,
            duration: lead.duration.or(rest.duration),
            interrupted: lead.interrupted || rest.interrupted,
            warnings_count: lead.warnings_count.max(rest.warnings_count),
            errors_count: lead.errors_count.max(rest.errors_count),
            headline: lead.headline.or(rest.headline),
            details: richer(lead.details, rest.details),
            messages: richer(lead.messages, rest.messages),
            ..lead
        }
    }

    /// How much a copy knows: bytes.
    fn richness(&self) -> usize {
        [&self.details, &self.messages].into_iter().flatten().map(String::len).sum()
    }
}

/// Start of an operation of this job, with this word and this end, that began within these bounds.
///
/// # Errors
/// When the database refuses.
pub fn find_near(
    conn: &mut Connection,
    job: JobId,
    operation: &str,
    status: &str,
    (first, last): (Timestamp, Timestamp),
) -> Result<Option<String>, StoreError> {
    let known: Option<Lossy> = operations::table
        .filter(operations::job_id.eq(job.0))
        .filter(operations::operation.eq(operation))
        .filter(operations::start_time.between(first.to_string(), last.to_string()))
        .filter(operations::status.eq(status))
        .select(operations::start_time)
        .first(conn)
        .optional()?;
    Ok(known.map(Into::into))
}

/// An operation as lists show it.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct OperationRow {
    #[diesel(deserialize_as = Lossy)]
    pub operation: String,
    #[diesel(deserialize_as = Lossy)]
    pub job_name: String,
    #[diesel(deserialize_as = Lossy)]
    pub status: String,
    #[diesel(deserialize_as = Lossy)]
    pub start_time: String,
    pub duration: Option<i64>,
    pub start_assumed: bool,
    pub interrupted: bool,
    pub warnings_count: Option<i64>,
    pub errors_count: Option<i64>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub headline: Option<String>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub details: Option<String>,
}

/// The last operations of a server, newest first.
///
/// # Errors
/// When the database refuses.
pub fn latest(conn: &mut Connection, server: ServerId, limit: i64) -> Result<Vec<OperationRow>, StoreError> {
    Ok(operations::table
        .inner_join(jobs::table)
        .filter(operations::server_id.eq(server.0))
        .order(operations::start_time.desc())
        .limit(limit)
        .select((
            operations::operation,
            jobs::name,
            operations::status,
            operations::start_time,
            operations::duration,
            operations::start_assumed,
            operations::interrupted,
            operations::warnings_count,
            operations::errors_count,
            operations::headline,
            operations::details,
        ))
        .load(conn)?)
}

/// How many of a job began before a time.
///
/// # Errors
/// When the database refuses.
pub fn count_before(conn: &mut Connection, job: JobRef, before: Timestamp) -> Result<i64, StoreError> {
    Ok(operations::table
        .filter(operations::job_id.eq(job.id.0).and(operations::start_time.lt(before.to_string())))
        .count()
        .get_result(conn)?)
}

/// Deletes up to `limit` of them, or fewer when the time is up.
///
/// # Errors
/// When the database refuses.
pub fn delete_before(
    tx: &mut Tx<'_>,
    job: JobRef,
    before: Timestamp,
    limit: i64,
    until: Instant,
) -> Result<i64, StoreError> {
    let old: Vec<i64> = operations::table
        .filter(operations::job_id.eq(job.id.0).and(operations::start_time.lt(before.to_string())))
        .limit(limit)
        .select(operations::id)
        .load(tx.conn)?;
    let mut deleted = 0;
    for id in old {
        diesel::delete(operations::table.find(id)).execute(tx.conn)?;
        deleted += 1;
        if Instant::now() >= until {
            break;
        }
    }
    Ok(deleted)
}
