//! Tasks run and changed by administrators, and what tasks delete.

use super::*;
use crate::{
    access::Role,
    service::{
        ingest_keys, settings,
        testing::{
            accounts::{member, trail},
            report, send,
        },
    },
};

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
    // Turned off, it does not run; turned on again, it is not overdue.
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
    // The results of tasks are recorded, too.
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
        // The database rejects deleting young entries, by its own clock.
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
