//! Operations other than backups (restore, test, compact …). They do not count as runs.

use std::time::Instant;

use diesel::prelude::*;

use super::{lists, runs::worse};
use crate::{
    db::{
        Connection, StoreError, Tx,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{jobs, operations},
    },
    ids::{JobId, JobRef, ServerId},
    status::Status,
    time::Timestamp,
};

/// A stored operation.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = operations, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct OperationRecord {
    pub server_id: i64,
    pub job_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub operation: String,
    #[diesel(deserialize_as = LossyText)]
    pub status: String,
    #[diesel(deserialize_as = LossyText)]
    pub start_time: String,
    pub duration: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub details: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub messages: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub begin_text: Option<String>,
    pub start_assumed: bool,
    pub interrupted: bool,
    pub warnings_count: Option<i64>,
    pub errors_count: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub headline: Option<String>,
}

/// Maximum number of operations compared to find a duplicate, so that the cost of a report is constant.
const CANDIDATES: i64 = 20;
/// Number of seconds after a begin at which other operations with the same begin may be stored.
const BESIDE: i64 = 5;

impl OperationRecord {
    /// Stores the operation. A duplicate is merged: the worse status wins, the richer details and log are kept. A
    /// different operation that began in the same second gets the next second. Returns the id, and whether this copy is
    /// the richer one.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn save(mut self, conn: &mut Connection) -> Result<(i64, bool), StoreError> {
        let begin: Timestamp = self.start_time.parse().unwrap_or_default();
        for second in 0..BESIDE {
            self.start_time = begin.plus(second).to_string();
            let Some((id, known)) = self.at_its_start(conn)? else { break };
            // An operation moved to another second is a duplicate only if everything agrees.
            let is_copy = if second == 0 { !self.contradicts(&known) } else { self.is_same(&known) };
            if is_copy {
                return self.merge_into(conn, id, known);
            }
        }
        self.insert(conn)
    }

    /// Stores an operation without a begin, assumed to have begun within these bounds. It is merged with a repeated
    /// delivery in that range.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn save_near(
        mut self,
        conn: &mut Connection,
        (first, last): (Timestamp, Timestamp),
    ) -> Result<(i64, bool), StoreError> {
        let near: Vec<(i64, Self)> = operations::table
            .filter(operations::job_id.eq(self.job_id))
            .filter(operations::operation.eq(&self.operation))
            .filter(operations::start_time.between(first.to_string(), last.to_string()))
            .order(operations::start_time.desc())
            .limit(CANDIDATES)
            .select((operations::id, Self::as_select()))
            .load(conn)?;
        if let Some((id, known)) = near.into_iter().find(|(_, known)| !self.is_unlike(known)) {
            self.start_time.clone_from(&known.start_time);
            return self.merge_into(conn, id, known);
        }
        self.insert(conn)
    }

    fn at_its_start(&self, conn: &mut Connection) -> Result<Option<(i64, Self)>, StoreError> {
        Ok(operations::table
            .filter(operations::job_id.eq(self.job_id))
            .filter(operations::operation.eq(&self.operation))
            .filter(operations::start_time.eq(&self.start_time))
            .select((operations::id, Self::as_select()))
            .first(conn)
            .optional()?)
    }

    /// Inserts a new row. If its second is taken, it is stored before the operations of the last hour, so never in the
    /// future.
    fn insert(mut self, conn: &mut Connection) -> Result<(i64, bool), StoreError> {
        while self.at_its_start(conn)?.is_some() {
            let begin: Timestamp = self.start_time.parse().unwrap_or_default();
            let first: Option<LossyText> = operations::table
                .filter(operations::job_id.eq(self.job_id))
                .filter(operations::operation.eq(&self.operation))
                .filter(operations::start_time.between(begin.plus(-3600).to_string(), begin.to_string()))
                .order(operations::start_time)
                .select(operations::start_time)
                .first(conn)
                .optional()?;
            let first = first.and_then(|first| first.as_str().parse().ok()).unwrap_or(begin);
            self.start_time = first.plus(-1).to_string();
        }
        let job = JobId(self.job_id);
        let id =
            diesel::insert_into(operations::table).values(self).returning(operations::id).get_result(conn)?;
        lists::place_without_runs(conn, job)?;
        Ok((id, true))
    }

    fn merge_into(self, conn: &mut Connection, id: i64, known: Self) -> Result<(i64, bool), StoreError> {
        let leads = self.richness() > known.richness();
        let merged = known.merged_with(self, leads);
        diesel::update(operations::table.find(id)).set(merged).execute(conn)?;
        Ok((id, leads))
    }

    /// Returns whether two reports with the same begin are of different operations, because their figures differ.
    fn contradicts(&self, other: &Self) -> bool {
        let figures = |record: &Self| -> serde_json::Map<String, serde_json::Value> {
            record.details.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
        };
        let other = figures(other);
        // Texts may differ in form: a text report has "False", and the JSON of the same operation has false.
        figures(self).iter().any(|(key, value)| {
            match (value.as_i64(), other.get(key).map(|value| value.as_i64())) {
                (Some(one), Some(Some(another))) => one != another,
                _ => key == "Message" && other.get(key).is_some_and(|another| another != value),
            }
        })
    }

    /// Returns whether two reports without a begin are of different operations: any figure that both have differs.
    fn is_unlike(&self, other: &Self) -> bool {
        let durations = self.duration.zip(other.duration);
        self.status != other.status
            || self.begin_text != other.begin_text
            || durations.is_some_and(|(one, another)| one != another)
            || self.contradicts(other)
    }

    fn is_same(&self, other: &Self) -> bool {
        self.duration == other.duration && !self.is_unlike(other)
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

    /// Returns the number of bytes of details and log.
    fn richness(&self) -> usize {
        [&self.details, &self.messages].into_iter().flatten().map(String::len).sum()
    }
}

/// An operation in lists.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct OperationRow {
    #[diesel(deserialize_as = LossyText)]
    pub operation: String,
    #[diesel(deserialize_as = LossyText)]
    pub job_name: String,
    #[diesel(deserialize_as = LossyText)]
    pub status: String,
    #[diesel(deserialize_as = LossyText)]
    pub start_time: String,
    pub duration: Option<i64>,
    pub start_assumed: bool,
    pub interrupted: bool,
    pub warnings_count: Option<i64>,
    pub errors_count: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub headline: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub details: Option<String>,
}

/// The columns of an [`OperationRow`].
macro_rules! shown {
    () => {
        (
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
        )
    };
}

/// Which operations are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One.
    pub id: Option<i64>,
    /// Of one server.
    pub server: Option<ServerId>,
    /// Of one job.
    pub job: Option<JobId>,
    /// Duplicati's word, such as `Test`.
    pub operation: Option<String>,
}

/// Id, server and job of an operation.
pub type Ids = (i64, i64, i64);

/// Returns the operations before an id, in the order in which they arrived, newest first: id, server and job of each.
///
/// # Errors
/// Database errors.
pub fn before(
    conn: &mut Connection,
    wanted: &Wanted,
    before: i64,
    limit: i64,
) -> Result<Vec<(Ids, OperationRow)>, StoreError> {
    let mut query = operations::table.inner_join(jobs::table).filter(operations::id.lt(before)).into_boxed();
    if let Some(id) = wanted.id {
        query = query.filter(operations::id.eq(id));
    }
    if let Some(server) = wanted.server {
        query = query.filter(operations::server_id.eq(server.0));
    }
    if let Some(job) = wanted.job {
        query = query.filter(operations::job_id.eq(job.0));
    }
    if let Some(operation) = &wanted.operation {
        query = query.filter(operations::operation.eq(operation.clone()));
    }
    Ok(query
        .order(operations::id.desc())
        .limit(limit)
        .select(((operations::id, operations::server_id, operations::job_id), shown!()))
        .load(conn)?)
}

/// Returns the latest operations of a server, newest first.
///
/// # Errors
///
/// Database errors.
pub fn latest(conn: &mut Connection, server: ServerId, limit: i64) -> Result<Vec<OperationRow>, StoreError> {
    Ok(operations::table
        .inner_join(jobs::table)
        .filter(operations::server_id.eq(server.0))
        .order(operations::start_time.desc())
        .limit(limit)
        .select(shown!())
        .load(conn)?)
}

/// Returns how many operations of a job began before a time.
///
/// # Errors
///
/// Database errors.
pub fn count_before(conn: &mut Connection, job: JobRef, before: Timestamp) -> Result<i64, StoreError> {
    Ok(operations::table
        .filter(operations::job_id.eq(job.id.0).and(operations::start_time.lt(before.to_string())))
        .count()
        .get_result(conn)?)
}

/// Deletes up to `limit` of them, or fewer if the time limit is reached.
///
/// # Errors
///
/// Database errors.
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
