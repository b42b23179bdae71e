//! Problems of this program itself: those that last, and those that are over.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::system_problems,
    },
    dto::health::State,
    ids::ChannelId,
    notify::own::OwnProblem,
    time::Timestamp,
};

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = system_problems)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ProblemRow {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub problem_key: String,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = LossyText)]
    pub state: String,
    #[diesel(deserialize_as = LossyText)]
    pub detail: String,
    #[diesel(deserialize_as = LossyText)]
    pub since: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub ended_at: Option<String>,
}

impl ProblemRow {
    /// The channel that it is about: it cannot be told there.
    #[must_use]
    pub fn channel(&self) -> Option<ChannelId> {
        self.problem_key.strip_prefix("channel ")?.parse().ok().map(ChannelId)
    }

    /// Whether something does not work; else it will not work for long.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.state == State::Failing.as_str()
    }
}

/// What lasts.
///
/// # Errors
/// Database errors.
pub fn open(conn: &mut Connection) -> Result<Vec<ProblemRow>, StoreError> {
    Ok(system_problems::table
        .filter(system_problems::ended_at.is_null())
        .order(system_problems::problem_key)
        .select(ProblemRow::as_select())
        .load(conn)?)
}

/// Problems that ended after a time, and those that last, the newest first.
///
/// # Errors
/// Database errors.
pub fn lately(conn: &mut Connection, since: Timestamp, limit: i64) -> Result<Vec<ProblemRow>, StoreError> {
    Ok(system_problems::table
        .filter(system_problems::ended_at.is_null().or(system_problems::ended_at.gt(since.to_string())))
        .order(system_problems::id.desc())
        .limit(limit)
        .select(ProblemRow::as_select())
        .load(conn)?)
}

/// A problem by its id.
///
/// # Errors
/// Database errors.
pub fn find(conn: &mut Connection, id: i64) -> Result<Option<ProblemRow>, StoreError> {
    Ok(system_problems::table.find(id).select(ProblemRow::as_select()).first(conn).optional()?)
}

/// Stores a problem that began; `None` when it is stored already.
///
/// # Errors
/// Database errors.
pub fn begin(
    conn: &mut Connection,
    problem: &OwnProblem,
    since: Timestamp,
) -> Result<Option<ProblemRow>, StoreError> {
    let is_known = system_problems::table
        .filter(system_problems::ended_at.is_null())
        .filter(system_problems::problem_key.eq(&problem.key));
    if diesel::select(diesel::dsl::exists(is_known)).get_result(conn)? {
        return Ok(None);
    }
    let row = diesel::insert_into(system_problems::table)
        .values((
            system_problems::problem_key.eq(&problem.key),
            system_problems::name.eq(&problem.name),
            system_problems::state.eq(problem.state.as_str()),
            system_problems::detail.eq(&problem.detail),
            system_problems::since.eq(since.to_string()),
        ))
        .returning(ProblemRow::as_returning())
        .get_result(conn)?;
    Ok(Some(row))
}

/// Stores that a problem grew worse.
///
/// # Errors
/// Database errors.
pub fn grow(conn: &mut Connection, id: i64, problem: &OwnProblem) -> Result<(), StoreError> {
    diesel::update(system_problems::table.find(id))
        .set((system_problems::state.eq(problem.state.as_str()), system_problems::detail.eq(&problem.detail)))
        .execute(conn)?;
    Ok(())
}

/// Stores that a problem is over.
///
/// # Errors
/// Database errors.
pub fn end(conn: &mut Connection, id: i64, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(system_problems::table.find(id))
        .set(system_problems::ended_at.eq(now.to_string()))
        .execute(conn)?;
    Ok(())
}
