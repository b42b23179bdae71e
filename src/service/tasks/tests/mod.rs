//! The scheduler's loop with a manual clock.

mod changes;

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{
    due::{check_soon, tick},
    *,
};
use crate::{
    db::{StoreError, StoreErrorKind, tables::tasks::TaskEnd},
    service::testing::{NOON, TestResult, at, services},
};

const ROOT: Actor = Actor::CommandLine;
const ME: &str = "this process";
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Defines two tasks for a test, one hourly and one daily.
macro_rules! known {
    ($hourly:ident, $daily:ident, $tasks:ident) => {
        static $hourly: AtomicUsize = AtomicUsize::new(0);
        static $daily: AtomicUsize = AtomicUsize::new(0);
        static $tasks: &[Task] = &[
            Task {
                name: "hourly",
                usual: Schedule::Every(HOUR),
                work: |_| {
                    Box::pin(async { Ok(format!("run {}", $hourly.fetch_add(1, Ordering::SeqCst) + 1)) })
                },
                deletes: None,
            },
            Task {
                name: "daily",
                usual: Schedule::Daily(3, 0),
                work: |_| {
                    Box::pin(async { Ok(format!("run {}", $daily.fetch_add(1, Ordering::SeqCst) + 1)) })
                },
                deletes: None,
            },
        ];
    };
}

fn noon(seconds: i64) -> Timestamp {
    Timestamp::from_unix(NOON + seconds)
}

async fn row(services: &Services, name: &'static str) -> Result<TaskRow, StoreError> {
    services.db.read(move |conn| tasks::find(conn, name)).await
}

#[tokio::test]
async fn what_is_due_runs_once_however_long_the_machine_slept() -> TestResult {
    known!(HOURLY, DAILY, TASKS);
    let ran = || (HOURLY.load(Ordering::SeqCst), DAILY.load(Ordering::SeqCst));
    let (_folder, services) = services()?;
    assert_eq!(tick(&services, TASKS, ME).await?, Some(noon(HOUR)));
    assert_eq!(ran(), (1, 0), "distances begin at once, daily ones at their time");
    at(&services, HOUR - 1);
    tick(&services, TASKS, ME).await?;
    assert_eq!(ran(), (1, 0));
    at(&services, HOUR);
    tick(&services, TASKS, ME).await?;
    assert_eq!(ran(), (2, 0));
    // 03:00 of the next day.
    at(&services, 15 * HOUR);
    assert_eq!(tick(&services, TASKS, ME).await?, Some(noon(16 * HOUR)));
    assert_eq!(ran(), (3, 1));
    at(&services, 30 * DAY);
    assert_eq!(tick(&services, TASKS, ME).await?, Some(noon(30 * DAY + HOUR)));
    assert_eq!(ran(), (4, 2), "a month is made up for by one run");
    tick(&services, TASKS, ME).await?;
    assert_eq!(ran(), (4, 2));
    let row = row(&services, "daily").await?;
    assert_eq!(
        (row.last_run, row.next_run),
        (Some(noon(30 * DAY).to_string()), noon(30 * DAY + 15 * HOUR).to_string())
    );
    assert_eq!((row.last_result.as_deref(), row.last_message.as_deref()), (Some("ok"), Some("run 2")));
    assert!(row.last_duration.is_some() && row.running_since.is_none() && row.running_by.is_none());
    Ok(())
}

#[tokio::test]
async fn the_whole_file_is_checked_soon_after_the_start() -> TestResult {
    let (_folder, services) = services()?;
    let due = async || row(&services, "integrity").await.map(|row| row.next_run);
    check_soon(&services).await?;
    assert_eq!(due().await?, noon(600).to_string());
    // Repeated starts do not postpone it.
    at(&services, 300);
    check_soon(&services).await?;
    assert_eq!(due().await?, noon(600).to_string());
    at(&services, 600);
    tick(&services, TASKS, ME).await?;
    assert_eq!(row(&services, "integrity").await?.last_result.as_deref(), Some("ok"));
    assert_eq!(due().await?, noon(15 * HOUR + 50 * 60).to_string());
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_set_back_or_was_years_ahead_stops_nothing() -> TestResult {
    known!(HOURLY, DAILY, TASKS);
    let ran = || (HOURLY.load(Ordering::SeqCst), DAILY.load(Ordering::SeqCst));
    let (_folder, services) = services()?;
    // A machine without a battery-backed clock starts years ahead.
    at(&services, 5 * 366 * DAY);
    tick(&services, TASKS, ME).await?;
    at(&services, 5 * 366 * DAY + DAY);
    tick(&services, TASKS, ME).await?;
    assert_eq!(ran(), (2, 1));
    at(&services, 0);
    assert_eq!(tick(&services, TASKS, ME).await?, Some(noon(HOUR)), "it is put right");
    assert_eq!(ran(), (2, 1));
    at(&services, HOUR);
    tick(&services, TASKS, ME).await?;
    at(&services, 15 * HOUR);
    tick(&services, TASKS, ME).await?;
    assert_eq!(ran(), (4, 2));
    // A few seconds back, just after the daily run.
    at(&services, 15 * HOUR - 5);
    tick(&services, TASKS, ME).await?;
    at(&services, 15 * HOUR + 1);
    tick(&services, TASKS, ME).await?;
    assert_eq!(ran(), (4, 2), "no second time");
    Ok(())
}

#[tokio::test]
async fn what_ran_when_the_process_died_is_marked_and_tried_again() -> TestResult {
    known!(HOURLY, DAILY, TASKS);
    let (_folder, services) = services()?;
    tick(&services, TASKS, ME).await?;
    at(&services, HOUR);
    let now = services.clock.now();
    assert!(services.db.write(move |tx| tasks::claim(tx.conn, "hourly", "killed", now)).await?);
    // It may still be running, in a command next to this server.
    at(&services, HOUR + 60);
    tick(&services, TASKS, ME).await?;
    assert_eq!(HOURLY.load(Ordering::SeqCst), 1);
    assert_eq!(row(&services, "hourly").await?.running_by.as_deref(), Some("killed"));
    let now = services.clock.now();
    services.db.write(move |tx| tasks::heartbeat(tx.conn, "hourly", "killed", now)).await?;
    at(&services, HOUR + 140);
    tick(&services, TASKS, ME).await?;
    assert_eq!(row(&services, "hourly").await?.running_by.as_deref(), Some("killed"), "it said so");
    at(&services, HOUR + 200);
    tick(&services, TASKS, ME).await?;
    let buried = row(&services, "hourly").await?;
    assert_eq!(buried.last_result.as_deref(), Some("interrupted"));
    assert_eq!((buried.last_run, buried.last_duration), (Some(noon(HOUR).to_string()), None));
    assert_eq!(buried.next_run, noon(HOUR + 200 + 900).to_string(), "soon, and not at once");
    at(&services, HOUR + 1100);
    tick(&services, TASKS, ME).await?;
    assert_eq!(HOURLY.load(Ordering::SeqCst), 2);
    assert_eq!(row(&services, "hourly").await?.last_result.as_deref(), Some("ok"));
    // A late result of the killed process is ignored.
    let ended = TaskEnd { began: noon(0), duration: None, result: "failed", message: String::new() };
    assert!(!services.db.write(move |tx| tasks::end(tx.conn, "hourly", "killed", &ended, noon(0))).await?);
    Ok(())
}

#[tokio::test]
async fn a_task_that_fails_or_panics_leaves_the_others_alone() -> TestResult {
    static TASKS: &[Task] = &[
        Task {
            name: "fails",
            usual: Schedule::Every(7 * DAY),
            work: |_| Box::pin(async { Err(StoreError::new(StoreErrorKind::Full, "no space").into()) }),
            deletes: None,
        },
        Task {
            name: "panics",
            usual: Schedule::Every(60),
            work: |_| Box::pin(async { panic!("a mistake") }),
            deletes: None,
        },
        Task {
            name: "works",
            usual: Schedule::Every(60),
            work: |_| Box::pin(async { Ok("fine".into()) }),
            deletes: None,
        },
    ];
    let (_folder, services) = services()?;
    tick(&services, TASKS, ME).await?;
    let (fails, panics) = (row(&services, "fails").await?, row(&services, "panics").await?);
    assert_eq!(fails.last_result.as_deref(), Some("failed"));
    assert!(fails.last_message.is_some_and(|message| message.contains("no space")));
    assert_eq!(fails.next_run, noon(HOUR).to_string(), "tried again within the hour, and not in a week");
    assert_eq!(panics.last_result.as_deref(), Some("failed"));
    assert_eq!(row(&services, "works").await?.last_message.as_deref(), Some("fine"));
    Ok(())
}

#[tokio::test]
async fn what_is_running_does_not_run_twice() -> TestResult {
    let (_folder, services) = services()?;
    assert!(list(&services, &ROOT).await?.iter().all(|task| task.last_run.is_none()));
    let now = services.clock.now();
    assert!(services.db.write(move |tx| tasks::claim(tx.conn, "sessions", "other", now)).await?);
    let refused = run_now(&services, &ROOT, "sessions").await;
    assert!(
        matches!(&refused, Err(Error::Invalid { field: "task", hint }) if hint.contains("already")),
        "{refused:?}"
    );
    tick(&services, TASKS, ME).await?;
    let states = list(&services, &ROOT).await?;
    let running = states.iter().find(|task| task.name == "sessions").ok_or("it is gone")?;
    assert!(running.running_since.is_some() && running.last_run.is_none());
    let other = states.iter().find(|task| task.name == "raw-reports").ok_or("it is gone")?;
    assert_eq!(other.last_result, Some(TaskResult::Ok));
    Ok(())
}
