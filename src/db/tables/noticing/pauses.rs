//! Pauses: nothing is expected of the site, a group, a server or a job meanwhile.

use diesel::prelude::*;

use super::scope::{Columns, Scope, rows_of};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::pauses,
    },
    noticing::settings::Span,
    time::Timestamp,
};

/// A pause.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = pauses)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct PauseRow {
    pub id: i64,
    pub group_id: Option<i64>,
    pub server_id: Option<i64>,
    pub job_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub from_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub until_at: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub reason: String,
    #[diesel(deserialize_as = LossyText)]
    pub created_by: String,
}

impl PauseRow {
    /// When it is; `None` when the row is damaged.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        let until = self.until_at.as_deref().map(str::parse).transpose().ok()?;
        Some(Span { from: self.from_at.parse().ok()?, until })
    }
}

/// Pauses a scope from a time on, until another one or until somebody resumes it.
///
/// # Errors
/// Database errors.
pub fn start(
    conn: &mut Connection,
    scope: Scope,
    span: Span,
    (reason, by): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let Columns { group, server, job } = scope.columns();
    diesel::insert_into(pauses::table)
        .values((
            pauses::group_id.eq(group),
            pauses::server_id.eq(server),
            pauses::job_id.eq(job),
            pauses::from_at.eq(span.from.to_string()),
            pauses::until_at.eq(span.until.map(|at| at.to_string())),
            pauses::reason.eq(reason),
            pauses::created_by.eq(by),
            pauses::created_at.eq(now.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends the pauses of exactly this scope that are in force. Returns how many there were.
///
/// # Errors
/// Database errors.
pub fn end(conn: &mut Connection, scope: Scope, now: Timestamp) -> Result<usize, StoreError> {
    let at = now.to_string();
    let in_force: Vec<i64> = rows_of!(pauses, scope)
        .filter(pauses::from_at.le(&at))
        .filter(pauses::until_at.is_null().or(pauses::until_at.gt(&at)))
        .select(pauses::id)
        .load(conn)?;
    let in_force = pauses::table.filter(pauses::id.eq_any(in_force));
    Ok(diesel::update(in_force).set(pauses::until_at.eq(&at)).execute(conn)?)
}

/// The pauses of exactly this scope that end after a time, in the order in which they begin.
///
/// # Errors
/// Database errors.
pub fn since(conn: &mut Connection, scope: Scope, since: Timestamp) -> Result<Vec<PauseRow>, StoreError> {
    Ok(rows_of!(pauses, scope)
        .filter(pauses::until_at.is_null().or(pauses::until_at.gt(since.to_string())))
        .order((pauses::from_at, pauses::id))
        .select(PauseRow::as_select())
        .load(conn)?)
}
