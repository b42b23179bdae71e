//! What the program does from time to time: when each task runs next, and what came of its last run.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, schema::tasks},
    time::Timestamp,
};

/// A task as it is stored.
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

/// All tasks, by name.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Connection) -> Result<Vec<TaskRow>, StoreError> {
    Ok(tasks::table.order(tasks::name).select(TaskRow::as_select()).load(conn)?)
}

/// A task by its name.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, name: &str) -> Result<TaskRow, StoreError> {
    Ok(tasks::table.find(name).select(TaskRow::as_select()).first(conn)?)
}

/// Makes the row of a task that is not known yet.
///
/// # Errors
/// When the database refuses.
pub fn add(conn: &mut Connection, name: &str, next_run: Timestamp) -> Result<(), StoreError> {
    diesel::insert_into(tasks::table)
        .values((tasks::name.eq(name), tasks::next_run.eq(next_run.to_string())))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Says when a task runs next.
///
/// # Errors
/// When the database refuses.
pub fn set_next_run(conn: &mut Connection, name: &str, next_run: Timestamp) -> Result<(), StoreError> {
    diesel::update(tasks::table.find(name)).set(tasks::next_run.eq(next_run.to_string())).execute(conn)?;
    Ok(())
}

/// Says whether and when a task runs.
///
/// # Errors
/// When the database refuses.
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

/// Notes that a task begins, for this process. False when it runs already.
///
/// # Errors
/// When the database refuses.
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

/// Notes that the process in which a task runs is alive.
///
/// # Errors
/// When the database refuses.
pub fn heartbeat(conn: &mut Connection, name: &str, by: &str, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(tasks::table.find(name).filter(tasks::running_by.eq(by)))
        .set(tasks::alive_at.eq(now.to_string()))
        .execute(conn)?;
    Ok(())
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskEnd {
    /// When it began.
    pub began: Timestamp,
    /// How long it took: milliseconds; unknown when it was interrupted.
    pub duration: Option<i64>,
    /// `ok`, `failed` or `interrupted`.
    pub result: &'static str,
    /// What it did, or why it failed.
    pub message: String,
}

/// Notes the end of a task that this process had begun. False when somebody else has it by now.
///
/// # Errors
/// When the database refuses.
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
