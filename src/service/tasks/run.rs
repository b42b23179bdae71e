//! One task is run: noted as running, watched, and what came of it stored.

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

/// How often a process says that a task still runs.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// Silence after which a process counts as gone: seconds.
const GONE_AFTER: i64 = 90;
/// A task that failed is tried again after this, at the latest: seconds.
const RETRY: i64 = 3600;
/// The same when it was interrupted. Not at once: it may be what ended the program.
const RETRY_INTERRUPTED: i64 = 900;
/// Characters of a message that are kept.
const MESSAGE: usize = 500;

/// A name for this process among those that share the database.
pub(super) fn process_name() -> Result<String, Error> {
    Ok(format!("{}-{}", std::process::id(), crate::crypto::token::random_token(6)?))
}

/// Whether the process that runs a task has not been heard of for too long. Far in the future means that the clock was set
/// back: a living process says so again within seconds.
pub(super) fn is_abandoned(row: &TaskRow, now: Timestamp) -> bool {
    let alive: Option<Timestamp> = row.alive_at.as_deref().and_then(|at| at.parse().ok());
    row.running_since.is_some() && alive.is_none_or(|at| now.since(at).abs() > GONE_AFTER)
}

/// Notes that a task ended with the process that ran it.
pub(super) async fn bury(services: &Services, task: &Task, row: &TaskRow) -> Result<(), Error> {
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

/// When a task runs: as somebody chose, else as the program suggests.
pub(super) fn schedule(task: &Task, row: &TaskRow) -> Schedule {
    row.schedule.as_deref().and_then(|text| text.parse().ok()).unwrap_or(task.usual)
}

/// Runs a task for this process. `None` when it runs already.
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

/// Takes a task for this process, which has to carry it out then. Since when; `None` when it runs already.
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

/// Does what a claimed task does.
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
        // It took longer than its distance.
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

/// Does the work, in a task of the runtime that ends with this one, so that a panic is a failure like others.
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
