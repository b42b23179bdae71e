//! What is set for a group, as the jobs of its servers follow it, through the real database.

use super::{
    Change, RuleChange, SetSchedule, Target, add_window, end_window, pause, resume, set, set_target_checks,
    tests::{DAY, HOUR, JOB, ME, actions, after_noon, daily, daily_at, run_until, tolerance, verdict},
};
use crate::{
    access::Role,
    db::tables::{
        jobs, labels,
        noticing::{
            settings::{self, Scope},
            windows,
        },
    },
    error::Error,
    ids::{GroupId, ServerId},
    noticing::{
        checks::CheckKind,
        schedule::{Period, Schedule},
        settings::{Span, Tolerance, Window},
    },
    service::{
        Actor, Services, labels as service, servers,
        testing::{NOON, TestResult, accounts, report, send, services},
    },
    time::Timestamp,
    verdict::Verdict,
};

type Failure = Box<dyn std::error::Error>;

/// Puts a server into a group.
async fn put(services: &Services, server: i64, group: &str) -> TestResult {
    Ok(service::set_of_server(services, &ME, ServerId(server), group, "").await?)
}

async fn group(services: &Services, name: &'static str) -> Result<GroupId, Failure> {
    let found = services.db.read(move |conn| labels::find_group(conn, name)).await?;
    Ok(found.ok_or("no such group")?)
}

/// A second server with a job of its own.
async fn other(services: &Services) -> TestResult {
    let now = services.clock.now();
    let mut sent = report(&now.plus(-700).to_string(), "Success");
    sent["Extra"]["machine-id"] = serde_json::json!("other");
    sent["Extra"]["machine-name"] = serde_json::json!("other");
    Ok(send(services, sent).await.map(drop)?)
}

async fn resolved(services: &Services) -> Result<crate::noticing::settings::StoredSettings, Failure> {
    Ok(services.db.read(|conn| settings::resolve(conn, JOB)).await?)
}

fn inherit() -> RuleChange {
    RuleChange { tolerance: Change::Inherit, ..RuleChange::default() }
}

#[tokio::test]
async fn a_group_counts_between_the_server_and_everything() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -2..0).await?;
    put(&services, 1, "Müller").await?;
    let of_group = Target::Group(group(&services, "müller").await?);
    set(&services, &ME, Target::Site, tolerance(Tolerance::Archive)).await?;
    assert_eq!(resolved(&services).await?.tolerance, Some(Tolerance::Archive));
    set(&services, &ME, of_group.clone(), tolerance(Tolerance::Desktop)).await?;
    assert_eq!(resolved(&services).await?.tolerance, Some(Tolerance::Desktop));
    set(&services, &ME, Target::Server(JOB.server), tolerance(Tolerance::Laptop)).await?;
    assert_eq!(resolved(&services).await?.tolerance, Some(Tolerance::Laptop));
    set(&services, &ME, Target::Jobs(vec![JOB.id]), tolerance(Tolerance::Server)).await?;
    assert_eq!(resolved(&services).await?.tolerance, Some(Tolerance::Server));
    for target in [Target::Jobs(vec![JOB.id]), Target::Server(JOB.server), of_group.clone()] {
        set(&services, &ME, target, inherit()).await?;
    }
    assert_eq!(resolved(&services).await?.tolerance, Some(Tolerance::Archive));
    // What is off anywhere is off.
    set_target_checks(&services, &ME, of_group, &["shrank".to_owned()]).await?;
    assert!(!resolved(&services).await?.off.contains(&CheckKind::Shrank));
    assert_eq!(resolved(&services).await?.off.len(), CheckKind::ALL.len() - 1);
    // Nothing of the group is set for another one.
    other(&services).await?;
    let stranger = services.db.read(|conn| jobs::find(conn, crate::ids::JobId(2))).await?.job_ref();
    let of_stranger = services.db.read(move |conn| settings::resolve(conn, stranger)).await?;
    assert_eq!((of_stranger.off.len(), of_stranger.tolerance), (0, Some(Tolerance::Archive)));
    Ok(())
}

#[tokio::test]
async fn what_is_set_for_a_group_is_judged_at_once_and_noted_once() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    put(&services, 1, "A").await?;
    let of_group = Target::Group(group(&services, "A").await?);
    run_until(&services, 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    set(&services, &ME, of_group.clone(), tolerance(Tolerance::Desktop)).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "in the same transaction");
    set(&services, &ME, of_group.clone(), inherit()).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    pause(&services, &ME, of_group.clone(), None, "moving").await?;
    assert_eq!(verdict(&services).await?, Verdict::Paused);
    run_until(&services, 8 * HOUR).await?;
    let own = resume(&services, &ME, Target::Jobs(vec![JOB.id])).await;
    assert!(matches!(&own, Err(Error::Invalid { hint, .. }) if hint.contains("its group")), "{own:?}");
    assert_eq!(resume(&services, &ME, of_group.clone()).await?, 1);
    assert_eq!(verdict(&services).await?, Verdict::Ok, "the next slot counts");
    let once = Window::Once(Span { from: after_noon(DAY - HOUR), until: Some(after_noon(DAY + HOUR)) });
    add_window(&services, &ME, of_group.clone(), once, "update").await?;
    run_until(&services, DAY + 8 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "the slot was in it");
    let id = group(&services, "A").await?;
    let known = services.db.read(move |conn| windows::of(conn, Scope::Group(id))).await?;
    end_window(&services, &ME, known[0].id).await?;
    let expected = [
        "server.label",
        "monitoring.set",
        "monitoring.set",
        "monitoring.pause",
        "monitoring.resume",
        "maintenance.add",
        "maintenance.delete",
    ];
    assert_eq!(actions(&services).await?, expected);
    let gone = set(&services, &ME, Target::Group(GroupId(99)), tolerance(Tolerance::Laptop)).await;
    assert!(matches!(gone, Err(Error::NotFound)));
    Ok(())
}

#[tokio::test]
async fn what_was_excused_with_a_group_stays_excused_when_the_server_leaves_it() -> TestResult {
    for leaves in ["to none", "to another", "deleted"] {
        let (_folder, services) = services()?;
        daily(&services, -8..0).await?;
        put(&services, 1, "A").await?;
        let id = group(&services, "A").await?;
        run_until(&services, -HOUR).await?;
        pause(&services, &ME, Target::Group(id), None, "").await?;
        run_until(&services, DAY + 8 * HOUR).await?;
        assert_eq!(verdict(&services).await?, Verdict::Paused);
        match leaves {
            "to none" => put(&services, 1, "").await?,
            "to another" => put(&services, 1, "B").await?,
            _ => service::delete_group(&services, &ME, id, "A").await?,
        }
        assert_eq!(verdict(&services).await?, Verdict::Ok, "{leaves}: no alarm for the past");
        run_until(&services, 2 * DAY + 7 * HOUR).await?;
        assert_eq!(verdict(&services).await?, Verdict::Late, "{leaves}: the next slot counts");
    }
    Ok(())
}

#[tokio::test]
async fn the_schedule_of_a_group_counts_from_when_the_server_came_into_it() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    other(&services).await?;
    put(&services, 2, "A").await?;
    let of_group = Target::Group(group(&services, "A").await?);
    let hourly = Schedule::Every { period: Period::Seconds(HOUR), at: None, weekdays: None, anchor: None };
    let hourly = RuleChange {
        schedule: Change::Set(SetSchedule { schedule: hourly, zone: None }),
        ..RuleChange::default()
    };
    set(&services, &ME, of_group, hourly).await?;
    run_until(&services, HOUR).await?;
    put(&services, 1, "A").await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok, "the hours before are no slots");
    run_until(&services, 4 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    // And back to what was learnt: daily at noon.
    put(&services, 1, "").await?;
    assert_eq!(verdict(&services).await?, Verdict::Ok);
    run_until(&services, DAY + 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    Ok(())
}

#[tokio::test]
async fn what_was_over_before_a_server_came_into_the_group_excuses_nothing() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    other(&services).await?;
    put(&services, 2, "A").await?;
    let of_group = Target::Group(group(&services, "A").await?);
    run_until(&services, -HOUR).await?;
    pause(&services, &ME, of_group.clone(), Some(after_noon(6 * HOUR)), "").await?;
    let once = Window::Once(Span { from: after_noon(-HOUR), until: Some(after_noon(HOUR)) });
    add_window(&services, &ME, of_group, once, "").await?;
    run_until(&services, 7 * HOUR).await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    put(&services, 1, "A").await?;
    assert_eq!(verdict(&services).await?, Verdict::Late, "an alarm is not swallowed");
    Ok(())
}

#[tokio::test]
async fn a_group_for_which_nothing_is_set_changes_no_state() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    run_until(&services, 7 * HOUR).await?;
    put(&services, 1, "A").await?;
    put(&services, 1, "B").await?;
    assert_eq!(verdict(&services).await?, Verdict::Late);
    let own = services.db.read(|conn| settings::rule(conn, Scope::Server(JOB.server))).await?;
    assert_eq!(own, settings::Rule::default());
    Ok(())
}

#[tokio::test]
async fn a_group_for_which_something_is_set_outlives_its_last_server() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -2..0).await?;
    put(&services, 1, "A").await?;
    let id = group(&services, "A").await?;
    set(&services, &ME, Target::Group(id), tolerance(Tolerance::Laptop)).await?;
    servers::delete(&services, &ME, JOB.server).await?;
    assert_eq!(group(&services, "A").await?, id);
    let rule = services.db.read(move |conn| settings::rule(conn, Scope::Group(id))).await?;
    assert_eq!(rule.tolerance, Some(Tolerance::Laptop));
    let other_name = service::delete_group(&services, &ME, id, "B").await;
    assert!(matches!(other_name, Err(Error::Invalid { field: "name", .. })), "it is called otherwise");
    service::delete_group(&services, &ME, id, "A").await?;
    assert!(group(&services, "A").await.is_err());
    assert!(matches!(service::delete_group(&services, &ME, id, "A").await, Err(Error::NotFound)));
    Ok(())
}

#[tokio::test]
async fn a_group_that_is_renamed_keeps_what_is_set_for_it() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -2..0).await?;
    put(&services, 1, "A").await?;
    let id = group(&services, "A").await?;
    set(&services, &ME, Target::Group(id), tolerance(Tolerance::Laptop)).await?;
    assert_eq!(service::rename_group(&services, &ME, id, " a ").await?, id, "in small letters");
    assert_eq!(service::rename_group(&services, &ME, id, "Zoo").await?, id);
    assert_eq!(group(&services, "zoo").await?, id);
    assert_eq!(resolved(&services).await?.tolerance, Some(Tolerance::Laptop));
    for wrong in ["", " \t", "a\u{202e}b"] {
        let refused = service::rename_group(&services, &ME, id, wrong).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "name", .. })), "{wrong:?}: {refused:?}");
    }
    assert!(actions(&services).await?.ends_with(&["group.rename".to_owned(), "group.rename".to_owned()]));
    Ok(())
}

#[tokio::test]
async fn groups_that_become_one_lose_nothing_that_was_set() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    other(&services).await?;
    put(&services, 1, "A").await?;
    put(&services, 2, "B").await?;
    let (one, two) = (group(&services, "A").await?, group(&services, "B").await?);
    set(&services, &ME, Target::Group(one), tolerance(Tolerance::Laptop)).await?;
    set_target_checks(&services, &ME, Target::Group(one), &["shrank".to_owned()]).await?;
    set(&services, &ME, Target::Group(two), tolerance(Tolerance::Archive)).await?;
    pause(&services, &ME, Target::Group(one), None, "moving").await?;
    let before = resolved(&services).await?;
    assert_eq!(service::rename_group(&services, &ME, one, "b").await?, two);
    assert!(group(&services, "A").await.is_err());
    let after = resolved(&services).await?;
    assert_eq!((after.tolerance, &after.off, &after.pauses), (before.tolerance, &before.off, &before.pauses));
    assert_eq!(verdict(&services).await?, Verdict::Paused);
    assert_eq!(resume(&services, &ME, Target::Server(JOB.server)).await?, 1, "it is the server's now");
    let of_two = services.db.read(move |conn| settings::rule(conn, Scope::Group(two))).await?;
    assert_eq!((of_two.tolerance, of_two.off), (Some(Tolerance::Archive), None), "its own stays");
    assert_eq!(actions(&services).await?.iter().filter(|action| *action == "group.merge").count(), 1);
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_merged_takes_along_what_is_set_for_its_group() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    other(&services).await?;
    put(&services, 1, "A").await?;
    put(&services, 2, "B").await?;
    let one = group(&services, "A").await?;
    set(&services, &ME, Target::Group(one), tolerance(Tolerance::Laptop)).await?;
    let past = Span { from: after_noon(-9 * DAY), until: Some(after_noon(9 * DAY)) };
    pause(&services, &ME, Target::Group(one), past.until, "moving").await?;
    servers::merge(&services, &ME, JOB.server, ServerId(2)).await?;
    let all = services.db.read(|conn| jobs::all(conn, Some(ServerId(2)))).await?;
    for job in all {
        let place = job.job_ref();
        let found = services.db.read(move |conn| settings::resolve(conn, place)).await?;
        assert_eq!(found.tolerance, Some(Tolerance::Laptop));
        assert_eq!(found.pauses.iter().map(|span| span.until).collect::<Vec<_>>(), [past.until]);
    }
    Ok(())
}

#[tokio::test]
async fn a_viewer_sets_nothing_for_a_group() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -2..0).await?;
    put(&services, 1, "A").await?;
    let id = group(&services, "A").await?;
    let viewer = accounts::member(&services, "vera", Role::Viewer).await?;
    let denied = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Forbidden)));
    denied(set(&services, &viewer, Target::Group(id), tolerance(Tolerance::Laptop)).await.map(drop));
    denied(pause(&services, &viewer, Target::Group(id), None, "").await.map(drop));
    denied(service::rename_group(&services, &viewer, id, "B").await.map(drop));
    denied(service::delete_group(&services, &viewer, id, "A").await);
    let operator: Actor = accounts::member(&services, "otto", Role::Operator).await?;
    set(&services, &operator, Target::Group(id), tolerance(Tolerance::Laptop)).await?;
    // A schedule at a time of the day, as its form sends it.
    let change = RuleChange {
        schedule: Change::Set(SetSchedule { schedule: daily_at(12), zone: None }),
        ..RuleChange::default()
    };
    set(&services, &operator, Target::Group(id), change).await?;
    assert!(resolved(&services).await?.schedule_set >= Some(Timestamp::from_unix(NOON - 2 * DAY)));
    Ok(())
}
