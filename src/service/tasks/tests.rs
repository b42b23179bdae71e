//! The loop, with a clock that is set by hand.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{
    due::{check_soon, tick},
    *,
};
use crate::{
    access::Role,
    db::{StoreError, StoreErrorKind, tables::tasks::TaskEnd},
    service::{
        ingest_keys, settings,
        testing::{
            NOON, TestResult,
            accounts::{member, trail},
            at, report, send, services,
        },
    },
};

const ROOT: Actor = Actor::CommandLine;
const ME: &str = "this process";
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Tasks of a test: one that runs each hour, one that runs each day.
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
    // Who starts again and again does not put it off.
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
    // A machine without a clock of its own begins years ahead.
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
    // It may still live, in a command beside this server.
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
    // What the killed process would say now counts no more.
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

#[tokio::test]
async fn administrators_run_and_change_tasks_and_the_trail_has_it() -> TestResult {
    let (_folder, services) = services()?;
    let run = run_now(&services, &ROOT, "retention").await?;
    assert_eq!((run.result, run.message.as_str()), (TaskResult::Ok, "0 runs and 0 other operations deleted"));
    let set = |enabled, schedule: Option<&str>| TaskChange { enabled, schedule: schedule.map(Into::into) };
    change(&services, &ROOT, "retention", set(None, Some("every 6h"))).await?;
    change(&services, &ROOT, "retention", set(None, Some("every 6h"))).await?;
    change(&services, &ROOT, "sessions", set(Some(false), None)).await?;
    let state = |name: &'static str| {
        let services = services.clone();
        async move {
            let all = list(&services, &ROOT).await?;
            Ok::<_, Error>(all.into_iter().find(|task| task.name == name))
        }
    };
    let retention = state("retention").await?.ok_or("it is gone")?;
    assert_eq!((retention.schedule.as_str(), retention.usual_schedule.as_str()), ("every 6h", "daily 03:20"));
    assert_eq!(retention.next_run.map(|next| next.at), Some(noon(6 * HOUR)));
    // Switched off it does not run, and switched on again it is not overdue.
    at(&services, 5 * DAY);
    tick(&services, TASKS, ME).await?;
    let sessions = state("sessions").await?.ok_or("it is gone")?;
    assert!(
        !sessions.enabled && sessions.last_run.is_none() && sessions.next_run.is_none() && !sessions.overdue
    );
    change(&services, &ROOT, "sessions", set(Some(true), None)).await?;
    let sessions = state("sessions").await?.ok_or("it is gone")?;
    assert_eq!(sessions.next_run.map(|next| next.at), Some(noon(5 * DAY + HOUR)));
    at(&services, 6 * DAY);
    assert!(state("sessions").await?.ok_or("it is gone")?.overdue);
    change(&services, &ROOT, "retention", set(None, Some(""))).await?;
    assert_eq!(state("retention").await?.ok_or("it is gone")?.schedule, "daily 03:20");
    let wrong = change(&services, &ROOT, "retention", set(None, Some("sometimes"))).await;
    assert!(matches!(wrong, Err(Error::Invalid { field: "schedule", .. })), "{wrong:?}");
    assert!(matches!(change(&services, &ROOT, "none", set(None, None)).await, Err(Error::NotFound)));
    assert!(matches!(run_now(&services, &ROOT, "none").await, Err(Error::NotFound)));
    let told: Vec<(String, Option<String>)> =
        trail(&services).await?.into_iter().map(|record| (record.action, record.target_name)).collect();
    // What tasks did is there, too.
    let told: Vec<_> = told.into_iter().filter(|(action, _)| action.starts_with("task.")).collect();
    let entry = |action: &str, task: &str| (action.to_owned(), Some(task.to_owned()));
    assert_eq!(
        told,
        [
            entry("task.run", "retention"),
            entry("task.change", "retention"),
            entry("task.change", "sessions"),
            entry("task.change", "sessions"),
            entry("task.change", "retention"),
        ]
    );
    let operator = member(&services, "op", Role::Operator).await?;
    assert!(matches!(list(&services, &operator).await, Err(Error::Forbidden)));
    assert!(matches!(run_now(&services, &operator, "retention").await, Err(Error::Forbidden)));
    assert!(matches!(
        change(&services, &operator, "retention", set(Some(false), None)).await,
        Err(Error::Forbidden)
    ));
    Ok(())
}

#[tokio::test]
async fn keys_that_ended_long_ago_are_forgotten() -> TestResult {
    use crate::service::ingest_keys;
    let (_folder, services) = services()?;
    let ended = ingest_keys::create(&services, &ROOT, "").await?.id;
    ingest_keys::create(&services, &ROOT, "nas").await?;
    ingest_keys::revoke(&services, &ROOT, ended).await?;
    at(&services, 90 * DAY);
    run_now(&services, &ROOT, "keys").await?;
    assert_eq!(ingest_keys::list(&services, &ROOT).await?.keys.len(), 2);
    at(&services, 90 * DAY + 1);
    let run = run_now(&services, &ROOT, "keys").await?;
    assert!(run.message.starts_with("1 keys"), "{run:?}");
    assert_eq!(ingest_keys::list(&services, &ROOT).await?.keys.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_a_task_would_delete_is_counted_and_has_to_be_agreed_to() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
    send(&services, report("2026-11-21T02:00:00Z", "Success")).await?;
    let made = ingest_keys::create(&services, &Actor::CommandLine, "nas").await?;
    ingest_keys::revoke(&services, &Actor::CommandLine, made.id).await?;
    services.clock.set(noon(400 * DAY));
    let count = async |name: &str| -> Result<Option<i64>, Error> {
        Ok(losses(&services, &Actor::System, name).await?.map(|(count, _)| count))
    };
    settings::adjust(&services, &Actor::CommandLine, |settings| {
        settings.retention_days = Some(30);
        settings.retention_keep_last = 1;
    })
    .await?;
    for known in TASKS {
        let before = count(known.name).await?;
        assert_eq!(before.is_some(), known.deletes.is_some(), "{}", known.name);
        let Some(before) = before else { continue };
        assert!(before > 0, "{}: there is something to delete", known.name);
        for too_few in [None, Some(before - 1)] {
            let refused = agreed(&services, &Actor::System, known.name, too_few).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: "at_most", .. })),
                "{}: {refused:?}",
                known.name
            );
        }
        agreed(&services, &Actor::System, known.name, Some(before)).await?;
        // The database lets nobody delete young entries, by its own clock.
        if known.name == "audit" {
            continue;
        }
        run_now(&services, &Actor::System, known.name).await?;
        assert_eq!(count(known.name).await?, Some(0), "{}: as many as were counted", known.name);
        agreed(&services, &Actor::System, known.name, None).await?;
    }
    let viewer = member(&services, "kim", Role::Viewer).await?;
    assert!(matches!(losses(&services, &viewer, "retention").await, Err(Error::Forbidden)));
    assert!(matches!(losses(&services, &Actor::System, "none").await, Err(Error::NotFound)));
    Ok(())
}
