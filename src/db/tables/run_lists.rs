//! Runs in lists and headings. Nothing here reads a log.

use diesel::{dsl::case_when, prelude::*, sqlite::Sqlite};

use super::runs::of_job;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::backups,
    },
    dto::server::RunSort,
    ids::{JobId, JobRef, RunId, ServerId},
    outcome::RunOutcome,
    time::Timestamp,
};

/// Returns the headline of a run: its first error or warning. `None` if it has none, or was deleted.
///
/// # Errors
///
/// Database errors.
pub fn headline(conn: &mut Connection, run: i64) -> Result<Option<String>, StoreError> {
    let headline: Option<OptionalLossyText> =
        backups::table.find(run).select(backups::headline).first(conn).optional()?;
    Ok(headline.and_then(Into::into))
}

/// Returns the runs of the same job that began just before and just after a run.
///
/// # Errors
///
/// Database errors.
pub fn neighbours(
    conn: &mut Connection,
    job: JobRef,
    start: &str,
) -> Result<(Option<RunId>, Option<RunId>), StoreError> {
    let before: Option<i64> = of_job(job)
        .select(backups::id)
        .filter(backups::start_time.lt(start.to_owned()))
        .order(backups::start_time.desc())
        .first(conn)
        .optional()?;
    let after: Option<i64> = of_job(job)
        .select(backups::id)
        .filter(backups::start_time.gt(start.to_owned()))
        .order(backups::start_time)
        .first(conn)
        .optional()?;
    Ok((before.map(RunId), after.map(RunId)))
}

/// Returns when the first known run of a server began, of one job or of all.
///
/// # Errors
///
/// Database errors.
pub fn first_start(
    conn: &mut Connection,
    server: ServerId,
    job: Option<JobId>,
) -> Result<Option<String>, StoreError> {
    let mut query = backups::table
        .filter(backups::server_id.eq(server.0))
        .order(backups::start_time)
        .select(backups::start_time)
        .into_boxed();
    if let Some(job) = job {
        query = query.filter(backups::job_id.eq(job.0));
    }
    Ok(query.first::<LossyText>(conn).optional()?.map(Into::into))
}

/// A run in lists. Every column comes from the covering index.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = backups)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ListRow {
    pub id: i64,
    pub job_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub status: String,
    #[diesel(deserialize_as = LossyText)]
    pub start_time: String,
    pub start_assumed: bool,
    pub duration: Option<i64>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub uploaded_size: Option<i64>,
    pub versions: Option<i64>,
    pub warnings_count: Option<i64>,
    pub errors_count: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub outcome: String,
}

/// A selection of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The server.
    pub server: ServerId,
    /// The job; `None` for all.
    pub job: Option<JobId>,
    /// Start (inclusive) and end (exclusive) of the period in which they began.
    pub between: Option<(Timestamp, Timestamp)>,
}

impl Wanted {
    /// Selects all runs of a server, of one job or of all.
    pub fn all(server: ServerId, job: Option<JobId>) -> Self {
        Self { server, job, between: None }
    }

    fn query(self) -> backups::BoxedQuery<'static, Sqlite> {
        let mut query = backups::table.filter(backups::server_id.eq(self.server.0)).into_boxed();
        if let Some((from, to)) = self.between {
            let within = backups::start_time.ge(from.to_string()).and(backups::start_time.lt(to.to_string()));
            query = query.filter(within);
        }
        match self.job {
            Some(job) => query.filter(backups::job_id.eq(job.0)),
            None => query,
        }
    }
}

/// Counts the selected runs.
///
/// # Errors
///
/// Database errors.
pub fn count(conn: &mut Connection, wanted: Wanted) -> Result<i64, StoreError> {
    Ok(wanted.query().count().get_result(conn)?)
}

/// Returns the outcomes for which a rule shows this figure.
fn outcomes_that_show(rule: fn(RunOutcome, Option<i64>) -> Option<i64>, figure: i64) -> Vec<&'static str> {
    let shown = RunOutcome::ALL.into_iter().filter(|outcome| rule(*outcome, Some(figure)).is_some());
    shown.map(RunOutcome::as_str).collect()
}

/// Returns one page of the selected runs.
///
/// # Errors
///
/// Database errors.
pub fn list(
    conn: &mut Connection,
    wanted: Wanted,
    sort: RunSort,
    ascending: bool,
    limit: i64,
    offset: i64,
) -> Result<Vec<ListRow>, StoreError> {
    let mut query = wanted.query().select(ListRow::as_select());
    macro_rules! order_by {
        ($column:expr) => {
            if ascending { query.order($column.asc()) } else { query.order($column.desc()) }
        };
    }
    // A figure that is not shown must not affect the order.
    macro_rules! shown {
        ($rule:expr, $column:expr) => {{
            let is_shown = |figure| backups::outcome.eq_any(outcomes_that_show($rule, figure));
            case_when(is_shown(0).or($column.ne(0).and(is_shown(1))), $column)
        }};
    }
    query = match sort {
        RunSort::Started => order_by!(backups::start_time),
        RunSort::Job => order_by!(backups::job_id),
        RunSort::Status => order_by!(backups::status),
        RunSort::Duration => order_by!(backups::duration),
        RunSort::Files => order_by!(shown!(RunOutcome::own_figure, backups::files_count)),
        RunSort::Source => order_by!(shown!(RunOutcome::own_figure, backups::files_size)),
        RunSort::Stored => order_by!(shown!(RunOutcome::own_figure, backups::storage_size)),
        RunSort::Uploaded => order_by!(shown!(RunOutcome::sent_figure, backups::uploaded_size)),
        RunSort::Versions => order_by!(shown!(RunOutcome::own_versions, backups::versions)),
        RunSort::Warnings => order_by!(backups::warnings_count),
    };
    // Equal values are sorted newest first, so that pages do not overlap.
    if sort != RunSort::Started {
        query = query.then_order_by(backups::start_time.desc());
    }
    Ok(query.then_order_by(backups::id.desc()).limit(limit).offset(offset).load(conn)?)
}
