//! The scheduler's loop.

use std::time::Duration;

use super::{TASKS, Task, next_run, rows, run};
use crate::{
    db::{
        ReadOnlyCause,
        tables::{
            settings,
            tasks::{self, TaskRow},
        },
    },
    dto::health::ReadOnly,
    error::Error,
    service::{Services, database},
    time::Timestamp,
};

/// Maximum time between two checks of the clock, because a machine may have slept, or a command may have changed a row.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Seconds after the start until the whole file is checked, when waiting clients have been served.
const AFTER_START: i64 = 600;
/// The task that checks the file.
const CHECK: &str = "integrity";

/// Runs due tasks for as long as the future is polled.
pub async fn run_due(services: &Services) {
    let process = run::process_name().unwrap_or_else(|_| std::process::id().to_string());
    let mut told = None;
    if services.db.read_only_cause().is_none()
        && let Err(error) = check_soon(services).await
    {
        tracing::warn!(%error, "the check of the whole file could not be brought forward");
    }
    loop {
        let read_only_cause = services.db.read_only_cause();
        if read_only_cause != told {
            tell(read_only_cause.as_ref());
            told.clone_from(&read_only_cause);
        }
        if matches!(services.db.read_only(), Some(ReadOnly::Full | ReadOnly::Locked)) {
            // Tries a write, because no report may arrive for hours, and monitors should see that the condition has passed.
            let now = services.clock.now();
            let tried = services
                .db
                .write_unseen(move |tx| settings::set(tx.conn, settings::TRIED, &now.to_string(), now));
            let _ = tried.await;
        }
        if read_only_cause.is_some() {
            // A read-only database cannot store the state of tasks. It may have been repaired meanwhile.
            if let Err(error) = database::recheck(services).await {
                tracing::warn!(%error, "the database stays read-only");
            }
            tokio::time::sleep(LOOK_EVERY).await;
            continue;
        }
        // A command may have changed the settings.
        if let Err(error) = services.load_settings().await {
            tracing::warn!(%error, "cannot read the settings");
        }
        let wait = match tick(services, TASKS, &process).await {
            Ok(next) => next.map_or(LOOK_EVERY, |at| {
                let seconds = at.since(services.clock.now()).max(1);
                Duration::from_secs(u64::try_from(seconds).unwrap_or(1)).min(LOOK_EVERY)
            }),
            Err(error) => {
                tracing::warn!(%error, "tasks could not be looked at");
                LOOK_EVERY
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Moves the check of the whole file forward, so that damage from before the start is found soon after it, not only at night.
pub(crate) async fn check_soon(services: &Services) -> Result<(), Error> {
    let soon = services.clock.now().plus(AFTER_START);
    let rows = rows(services, TASKS).await?;
    let Some((task, row)) = rows.iter().find(|(task, _)| task.name == CHECK) else { return Ok(()) };
    if next_run(row).is_some_and(|next| next > soon) {
        let name = task.name;
        services.db.write_unseen(move |tx| tasks::set_next_run(tx.conn, name, soon)).await?;
    }
    Ok(())
}

/// Logs once that the database became read-only, and that it can be written again.
fn tell(read_only_cause: Option<&ReadOnlyCause>) {
    match read_only_cause {
        Some(ReadOnlyCause { what, .. }) => tracing::error!(
            what,
            "the database is now read-only: see `duplistatus doctor`, `db repair`, `db salvage`, `db restore`"
        ),
        None => tracing::warn!("the database is writable again"),
    }
}

/// Runs every due task once. Returns when the next one is due.
///
/// # Errors
/// Database errors. The failure of a task is stored in its row.
pub(crate) async fn tick(
    services: &Services,
    known: &'static [Task],
    process: &str,
) -> Result<Option<Timestamp>, Error> {
    let mut due = Vec::new();
    for (task, row) in rows(services, known).await? {
        let now = services.clock.now();
        if run::is_abandoned(&row, now) {
            run::record_interrupted(services, task, &row).await?;
        } else if let Some(next) = expected(services, task, &row, now).await?
            && next <= now
        {
            due.push((next, task, run::schedule(task, &row)));
        }
    }
    due.sort_by_key(|(next, ..)| *next);
    for (_, task, schedule) in due {
        run::run(services, task, schedule, process).await?;
    }
    let rows = rows(services, known).await?;
    Ok(rows.iter().filter_map(|(_, row)| next_run(row)).min())
}

/// Returns when a task is to run next; `None` if it is turned off or running. Corrects the time after the clock was set back.
async fn expected(
    services: &Services,
    task: &'static Task,
    row: &TaskRow,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let Some(stored) = next_run(row).filter(|_| row.running_since.is_none()) else { return Ok(None) };
    let last = row.last_run.as_deref().and_then(|at| at.parse().ok());
    let next = run::schedule(task, row).next(stored, last, now, &services.zone);
    if next != stored {
        services.db.write_unseen(move |tx| tasks::set_next_run(tx.conn, task.name, next)).await?;
    }
    Ok(Some(next))
}
