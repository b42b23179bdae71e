//! Scheduled tasks: when each runs next, and the result of its last run.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, schema::tasks},
    time::Timestamp,
};

/// A stored task.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tasks)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct TaskRow {
    pub name: String,
    pub enabled: bool,
    pub schedule: Option<String>,
    pub next_run: String,
    pub last_run: Option<String>,
    pub last_duration: Option<i64>,
    pub last_result: Option<String>,
    pub running_since: Option<String>,
    pub running_by: Option<String>,
    pub alive_at: Option<String>,
    pub last_message: Option<String>,
}

/// Returns all tasks, ordered by name.
///
/// # Errors
///
/// Database errors.
pub fn all(conn: &mut Connection) -> Result<Vec<TaskRow>, StoreError> {
    Ok(tasks::table.order(tasks::name).select(TaskRow::as_select()).load(conn)?)
}

/// Returns a task by its name.
///
/// # Errors
///
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, name: &str) -> Result<TaskRow, StoreError> {
    Ok(tasks::table.find(name).select(TaskRow::as_select()).first(conn)?)
}

/// Adds the row of a task, if there is none.
///
/// # Errors
///
/// Database errors.
pub fn add(conn: &mut Connection, name: &str, next_run: Timestamp) -> Result<(), StoreError> {
    diesel::insert_into(tasks::table)
        .values((tasks::name.eq(name), tasks::next_run.eq(next_run.to_string())))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Sets when a task runs next.
///
/// # Errors
///
/// Database errors.
pub fn set_next_run(conn: &mut Connection, name: &str, next_run: Timestamp) -> Result<(), StoreError> {
    diesel::update(tasks::table.find(name)).set(tasks::next_run.eq(next_run.to_string())).execute(conn)?;
    Ok(())
}

/// Sets whether and when a task runs.
///
/// # Errors
///
/// Database errors.
pub fn set_schedule(
    conn: &mut Connection,
    name: &str,
    enabled: bool,
    schedule: Option<&str>,
    next_run: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(tasks::table.find(name))
        .set((
            tasks::enabled.eq(enabled),
            tasks::schedule.eq(schedule),
            tasks::next_run.eq(next_run.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records that this process starts a task. Returns false if it is already running.
///
/// # Errors
///
/// Database errors.
pub fn claim(conn: &mut Connection, name: &str, by: &str, now: Timestamp) -> Result<bool, StoreError> {
    let now = now.to_string();
    let free = tasks::table.find(name).filter(tasks::running_since.is_null());
    let claimed = diesel::update(free)
        .set((
            tasks::running_since.eq(Some(now.clone())),
            tasks::running_by.eq(Some(by)),
            tasks::alive_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(claimed > 0)
}

/// Records that the process running a task is alive.
///
/// # Errors
///
/// Database errors.
pub fn heartbeat(conn: &mut Connection, name: &str, by: &str, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(tasks::table.find(name).filter(tasks::running_by.eq(by)))
        .set(tasks::alive_at.eq(now.to_string()))
        .execute(conn)?;
    Ok(())
}

/// The end of a run of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskEnd {
    /// When it started.
    pub began: Timestamp,
    /// Duration in milliseconds; `None` if it was interrupted.
    pub duration: Option<i64>,
    /// `ok`, `failed` or `interrupted`.
    pub result: &'static str,
    /// What was done, or the error.
    pub message: String,
}

/// Records the end of a task that this process started. Returns false if another process has taken
/// it over.
///
/// # Errors
///
/// Database errors.
pub fn end(
    conn: &mut Connection,
    name: &str,
    by: &str,
    ended: &TaskEnd,
    next_run: Timestamp,
) -> Result<bool, StoreError> {
    let changed = diesel::update(tasks::table.find(name).filter(tasks::running_by.eq(by)))
        .set((
            tasks::next_run.eq(next_run.to_string()),
            tasks::last_run.eq(Some(ended.began.to_string())),
            tasks::last_duration.eq(ended.duration),
            tasks::last_result.eq(Some(ended.result)),
            tasks::last_message.eq(Some(&ended.message)),
            tasks::running_since.eq(None::<String>),
            tasks::running_by.eq(None::<String>),
            tasks::alive_at.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(changed > 0)
}
