//! Scheduled tasks. Every task has a row with its next run and the result of its last. One loop runs due tasks one by one. What
//! is due depends only on the services' clock and the rows, so restarts, suspended machines and clock changes do no harm
//! (`docs/adr/0017-scheduler.md`).

pub mod background;
mod due;
pub mod housekeeping;
mod registry;
mod run;
mod schedule;

use serde_json::json;

pub use due::run_due;
pub use registry::{Counted, Counting, Deletion, Running, TASKS, Task, Work};
pub use schedule::{NoSchedule, Schedule};

use super::{
    Actor, Services, audit,
    audit::Entry,
    rows::{missing_is_not_found, moment},
};
use crate::{
    access::Permission,
    db::tables::tasks::{self, TaskRow},
    dto::database::{TaskChange, TaskResult, TaskRun, TaskState},
    error::Error,
    time::Timestamp,
    zone::Zone,
};

/// Seconds after which a due task counts as overdue.
pub(super) const OVERDUE_AFTER: i64 = 1800;

fn next_run(row: &TaskRow) -> Option<Timestamp> {
    // A damaged time counts as due.
    row.enabled.then(|| row.next_run.parse().unwrap_or_default())
}

/// Returns the known tasks with their rows, which are added if missing.
async fn rows(services: &Services, known: &'static [Task]) -> Result<Vec<(&'static Task, TaskRow)>, Error> {
    let pair = move |rows: Vec<TaskRow>| -> Vec<(&'static Task, TaskRow)> {
        let find = |task: &Task| rows.iter().find(|row| row.name == task.name).cloned();
        known.iter().filter_map(|task| Some((task, find(task)?))).collect()
    };
    let found = pair(services.db.read(tasks::all).await?);
    if found.len() == known.len() {
        return Ok(found);
    }
    let (now, zone) = (services.clock.now(), services.zone.clone());
    let all = services
        .db
        .write_unseen(move |tx| {
            for task in known {
                tasks::add(tx.conn, task.name, first_run(task, now, &zone))?;
            }
            tasks::all(tx.conn)
        })
        .await?;
    Ok(pair(all))
}

/// Returns the first run: tasks with an interval start at once, daily ones at their time.
fn first_run(task: &Task, now: Timestamp, zone: &Zone) -> Timestamp {
    match task.usual {
        Schedule::Every(_) => now,
        daily @ Schedule::Daily(..) => daily.after(now, zone),
    }
}

/// Returns one task.
pub(super) async fn one(services: &Services, actor: &Actor, name: &str) -> Result<TaskState, Error> {
    list(services, actor).await?.into_iter().find(|task| task.name == name).ok_or(Error::NotFound)
}

/// Returns all tasks with their last and next runs.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<TaskState>, Error> {
    actor.may(Permission::ViewDatabase)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let rows = rows(services, TASKS).await?;
    Ok(rows.into_iter().map(|(task, row)| state(&zone, now, task, row)).collect())
}

fn state(zone: &Zone, now: Timestamp, task: &Task, row: TaskRow) -> TaskState {
    let next = next_run(&row);
    TaskState {
        name: task.name.into(),
        deletes: task.deletes.is_some(),
        enabled: row.enabled,
        schedule: run::schedule(task, &row).to_string(),
        usual_schedule: task.usual.to_string(),
        next_run: next.map(|at| zone.moment(at)),
        last_run: moment(zone, row.last_run.as_deref()),
        last_duration: row.last_duration,
        last_result: row.last_result.as_deref().and_then(TaskResult::from_word),
        overdue: row.running_since.is_none() && next.is_some_and(|at| now.since(at) > OVERDUE_AFTER),
        running_since: moment(zone, row.running_since.as_deref()),
        last_message: row.last_message,
    }
}

/// Runs a task now, in parallel to others, and waits for its end.
///
/// # Errors
/// [`Error::NotFound`] if there is no such task; [`Error::Invalid`] if it is already running. A failure of the task itself is
/// in the result.
pub async fn run_now(services: &Services, actor: &Actor, name: &str) -> Result<TaskRun, Error> {
    ClaimedTask::begin(services, actor, name).await?.finish().await
}

/// Starts a task now without waiting; its row will have the result.
///
/// # Errors
/// Same as [`run_now`].
pub async fn begin_now(services: &Services, actor: &Actor, name: &str) -> Result<(), Error> {
    let begun = ClaimedTask::begin(services, actor, name).await?;
    tokio::spawn(async move {
        if let Err(error) = begun.finish().await {
            tracing::warn!(%error, "a task that somebody began");
        }
    });
    Ok(())
}

/// A task started by an actor.
struct ClaimedTask {
    services: Services,
    actor: Actor,
    task: &'static Task,
    schedule: Schedule,
    by: String,
    began: Timestamp,
}

impl ClaimedTask {
    async fn begin(services: &Services, actor: &Actor, name: &str) -> Result<Self, Error> {
        // The backup is the only task that an API key may start.
        let is_backup = name == "backup";
        actor.may(if is_backup { Permission::TriggerBackup } else { Permission::RunMaintenance })?;
        let mut rows = rows(services, TASKS).await?.into_iter();
        let (task, row) = rows.find(|(task, _)| task.name == name).ok_or(Error::NotFound)?;
        if run::is_abandoned(&row, services.clock.now()) {
            run::record_interrupted(services, task, &row).await?;
        }
        let by = run::process_name()?;
        let began = run::claim(services, task, &by).await?.ok_or_else(|| Error::Invalid {
            field: "task",
            hint: format!("{name} is already running: wait until it has finished"),
        })?;
        let schedule = run::schedule(task, &row);
        Ok(Self { services: services.clone(), actor: actor.clone(), task, schedule, by, began })
    }

    async fn finish(self) -> Result<TaskRun, Error> {
        let Self { services, actor, task, schedule, by, began } = self;
        let ended = run::carry_out(&services, task, schedule, &by, began).await?;
        let result = TaskResult::from_word(ended.result).unwrap_or(TaskResult::Failed);
        let entry =
            Entry::new("task.run").on("task", None, task.name).after(json!({ "message": &ended.message }));
        let entry = if result == TaskResult::Ok { entry } else { entry.failed() };
        audit::note(&services, &actor, entry).await?;
        let duration = ended.duration.unwrap_or_default();
        Ok(TaskRun { name: task.name.to_owned(), result, message: ended.message, duration })
    }
}

/// Returns what a run of a task would permanently delete now: how many, and of what. `None` for tasks that delete nothing of
/// value.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::NotFound`] if there is no such task.
pub async fn losses(
    services: &Services,
    actor: &Actor,
    name: &str,
) -> Result<Option<(i64, &'static str)>, Error> {
    actor.may(Permission::RunMaintenance)?;
    let task = TASKS.iter().find(|task| task.name == name).ok_or(Error::NotFound)?;
    match task.deletes {
        Some(Deletion { what, count }) => Ok(Some((count(services).await?, what))),
        None => Ok(None),
    }
}

/// Rejects a run that would delete more than the user confirmed.
///
/// # Errors
/// [`Error::Invalid`] without a confirmation, or if more would be deleted by now; otherwise as [`losses`].
pub async fn agreed(
    services: &Services,
    actor: &Actor,
    name: &str,
    at_most: Option<i64>,
) -> Result<(), Error> {
    match losses(services, actor, name).await? {
        Some((count, what)) if count > at_most.unwrap_or_default() => Err(Error::Invalid {
            field: "at_most",
            hint: format!("{count} {what} would be permanently deleted: send {count} to confirm"),
        }),
        _ => Ok(()),
    }
}

/// Sets whether and when a task runs automatically.
///
/// # Errors
/// [`Error::NotFound`] if there is no such task; [`Error::Invalid`] if the text is not a schedule.
pub async fn change(services: &Services, actor: &Actor, name: &str, change: TaskChange) -> Result<(), Error> {
    actor.may(Permission::ManageDatabase)?;
    let task = TASKS.iter().find(|task| task.name == name).ok_or(Error::NotFound)?;
    let wanted = match change.schedule.as_deref().map(str::trim) {
        None => None,
        Some("") => Some(None),
        Some(text) => Some(Some(
            text.parse::<Schedule>()
                .map_err(|error| Error::Invalid { field: "schedule", hint: error.to_string() })?,
        )),
    };
    rows(services, TASKS).await?;
    let (actor, now, zone) = (actor.clone(), services.clock.now(), services.zone.clone());
    services
        .db
        .write(move |tx| {
            let row = tasks::find(tx.conn, task.name)?;
            let (was, before) = (run::schedule(task, &row), told(task, &row));
            let enabled = change.enabled.unwrap_or(row.enabled);
            let text = wanted.map_or(row.schedule, |chosen| chosen.map(|schedule| schedule.to_string()));
            let chosen: Schedule = text.as_deref().and_then(|text| text.parse().ok()).unwrap_or(task.usual);
            // A task that is turned on again waits for its next time, instead of being overdue.
            let keeps = was == chosen && row.enabled;
            let stored = row.next_run.parse().unwrap_or(now);
            let next = if keeps { stored } else { chosen.after(now, &zone) };
            tasks::set_schedule(tx.conn, task.name, enabled, text.as_deref(), next)?;
            let after = told(task, &tasks::find(tx.conn, task.name)?);
            if before == after {
                return Ok(());
            }
            let entry = Entry::new("task.change").on("task", None, task.name).before(before).after(after);
            audit::record(tx, &actor, now, entry)
        })
        .await
        .map_err(missing_is_not_found)
}

/// Returns a task for the audit log.
fn told(task: &Task, row: &TaskRow) -> serde_json::Value {
    json!({ "enabled": row.enabled, "schedule": run::schedule(task, row).to_string() })
}

#[cfg(test)]
mod tests;
