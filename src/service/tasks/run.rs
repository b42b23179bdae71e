//! Runs one task: marks it as running, supervises it, and stores the result.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::{Schedule, Task};
use crate::{
    db::tables::tasks::{self, TaskEnd, TaskRow},
    dto::database::TaskResult,
    error::Error,
    service::Services,
    shorten::shorten,
    time::Timestamp,
};

/// Interval at which a process reports that a task is still running.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// Seconds without such a report after which a process counts as dead.
const GONE_AFTER: i64 = 90;
/// Maximum seconds until a failed task is retried.
const RETRY: i64 = 3600;
/// The same for an interrupted task. Not at once, because it may have crashed the program.
const RETRY_INTERRUPTED: i64 = 900;
/// Maximum characters of a message.
const MESSAGE: usize = 500;

/// Returns a unique name for this process among those that share the database.
pub(super) fn process_name() -> Result<String, Error> {
    Ok(format!("{}-{}", std::process::id(), crate::crypto::token::random_token(6)?))
}

/// Returns whether the process running a task has not reported for too long. A time far in the future means that the clock
/// was set back; a live process reports again within seconds.
pub(super) fn is_abandoned(row: &TaskRow, now: Timestamp) -> bool {
    let alive: Option<Timestamp> = row.alive_at.as_deref().and_then(|at| at.parse().ok());
    row.running_since.is_some() && alive.is_none_or(|at| now.since(at).abs() > GONE_AFTER)
}

/// Records that a task ended with the process that ran it.
pub(super) async fn record_interrupted(services: &Services, task: &Task, row: &TaskRow) -> Result<(), Error> {
    let (name, by) = (task.name, row.running_by.clone().unwrap_or_default());
    let now = services.clock.now();
    let began = row.running_since.as_deref().and_then(|at| at.parse().ok()).unwrap_or(now);
    let ended = TaskEnd {
        began,
        duration: None,
        result: TaskResult::Interrupted.as_str(),
        message: "the program stopped while the task was running".into(),
    };
    let next = schedule(task, row).after(now, &services.zone).min(now.plus(RETRY_INTERRUPTED));
    services.db.write_unseen(move |tx| tasks::end(tx.conn, name, &by, &ended, next)).await?;
    Ok(())
}

/// Returns the schedule of a task: the configured one, or the default.
pub(super) fn schedule(task: &Task, row: &TaskRow) -> Schedule {
    row.schedule.as_deref().and_then(|text| text.parse().ok()).unwrap_or(task.usual)
}

/// Runs a task in this process; `None` if it is already running.
pub(super) async fn run(
    services: &Services,
    task: &'static Task,
    schedule: Schedule,
    by: &str,
) -> Result<Option<TaskEnd>, Error> {
    match claim(services, task, by).await? {
        Some(began) => carry_out(services, task, schedule, by, began).await.map(Some),
        None => Ok(None),
    }
}

/// Claims a task for this process, which must then carry it out. Returns its start; `None` if it is already running.
pub(super) async fn claim(
    services: &Services,
    task: &'static Task,
    by: &str,
) -> Result<Option<Timestamp>, Error> {
    let (began, process) = (services.clock.now(), by.to_owned());
    let is_ours =
        services.db.write_unseen(move |tx| tasks::claim(tx.conn, task.name, &process, began)).await?;
    Ok(is_ours.then_some(began))
}

/// Carries out a claimed task.
pub(super) async fn carry_out(
    services: &Services,
    task: &'static Task,
    schedule: Schedule,
    by: &str,
    began: Timestamp,
) -> Result<TaskEnd, Error> {
    let watch = Instant::now();
    let done = watched(services, task, by).await;
    let duration = i64::try_from(watch.elapsed().as_millis()).unwrap_or(i64::MAX);
    let (result, message) = match done {
        Ok(message) => (TaskResult::Ok, message),
        Err(message) => {
            tracing::warn!(task = task.name, message, "a task failed");
            (TaskResult::Failed, message)
        }
    };
    let now = services.clock.now();
    let mut next = schedule.after(began, &services.zone);
    if next <= now {
        // It took longer than its interval.
        next = schedule.after(now, &services.zone);
    }
    if result == TaskResult::Failed {
        next = next.min(now.plus(RETRY));
    }
    let message = shorten(&message, MESSAGE);
    let ended = TaskEnd { began, duration: Some(duration), result: result.as_str(), message };
    let (stored, process) = (ended.clone(), by.to_owned());
    services.db.write_unseen(move |tx| tasks::end(tx.conn, task.name, &process, &stored, next)).await?;
    Ok(ended)
}

/// Runs the work in a child task that is aborted with this one, so that a panic counts as a failure.
async fn watched(services: &Services, task: &'static Task, by: &str) -> Result<String, String> {
    let mut work = JoinSet::new();
    let own = services.clone();
    work.spawn(async move { (task.work)(&own).await });
    loop {
        tokio::select! {
            done = work.join_next() => return match done {
                Some(Ok(Ok(message))) => Ok(message),
                Some(Ok(Err(error))) => Err(error.to_string()),
                Some(Err(error)) if error.is_panic() => Err("internal error; see the log".into()),
                Some(Err(_)) | None => Err("stopped".into()),
            },
            () = tokio::time::sleep(ALIVE_EVERY) => {
                let (process, now) = (by.to_owned(), services.clock.now());
                let seen = services.db.write_unseen(move |tx| tasks::heartbeat(tx.conn, task.name, &process, now));
                if let Err(error) = seen.await {
                    tracing::warn!(task = task.name, %error, "it could not be noted that a task still runs");
                }
            }
        }
    }
}
