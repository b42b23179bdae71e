//! Each kind of problem, from the check to the message.

use std::sync::Arc;

use super::*;
use crate::{
    db::tables::{channels as rows, settings, tasks},
    dto::{
        channel::ChannelForm,
        health::LastIntegrity,
        notification_history::{HistoryPage, HistoryQuery},
        notification_rules::{RuleForm, RulePreview, RulesQuery},
    },
    service::{
        Actor,
        health::{DiskSpace, DiskSpaceCache},
        notifications::{
            all, channels, resend, rules, tests,
            tests::{Receiver, create, dispatch, form},
        },
        testing::{NOON, TestResult, at, services},
    },
};

const GIB: u64 = 1 << 30;

/// The same services on a disk with so much free space, at a time.
fn on_disk(services: &Services, free: u64, seconds: i64) -> Services {
    at(services, seconds);
    let space = DiskSpace { free: Some(free), database: 1 };
    let space = Arc::new(DiskSpaceCache::of(services.clock.now(), space));
    Services { space, ..services.clone() }
}

/// One look, and then the messages.
async fn look_at(services: &Services, watch: &mut Watch, free: u64, seconds: i64) -> TestResult {
    look(&on_disk(services, free, seconds), watch).await?;
    dispatch(services).await
}

/// The same with enough space.
async fn look_later(services: &Services, watch: &mut Watch, seconds: i64) -> TestResult {
    look_at(services, watch, 100 * GIB, seconds).await
}

async fn history(services: &Services) -> Result<HistoryPage, Error> {
    all(services, &Actor::System, HistoryQuery::default()).await
}

#[tokio::test]
async fn a_full_disk_is_told_once_when_it_begins_when_it_grows_worse_and_when_it_is_over() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    let mut watch = Watch::default();
    look_later(&services, &mut watch, 0).await?;
    assert_eq!(receiver.titles(), Vec::<String>::new());
    look_at(&services, &mut watch, GIB / 2, 60).await?;
    look_at(&services, &mut watch, GIB / 2, 120).await?;
    let title = "Problem: duplistatus / disk space";
    assert_eq!(receiver.titles(), [title]);
    // After a restart nothing is repeated.
    let mut watch = Watch::default();
    look_at(&services, &mut watch, GIB / 2, 180).await?;
    assert_eq!(receiver.titles(), [title]);
    look_at(&services, &mut watch, 50_000_000, 240).await?;
    look_at(&services, &mut watch, 50_000_000, 300).await?;
    assert_eq!(receiver.titles(), [title, title], "it grew worse");
    // A moment without it is not the end.
    look_later(&services, &mut watch, 360).await?;
    look_at(&services, &mut watch, GIB / 2, 420).await?;
    look_later(&services, &mut watch, 480).await?;
    look_later(&services, &mut watch, 480 + OVER_AFTER - 1).await?;
    assert_eq!(receiver.titles().len(), 2);
    look_later(&services, &mut watch, 480 + OVER_AFTER).await?;
    look_later(&services, &mut watch, 1200).await?;
    assert_eq!(receiver.titles(), [title, title, "Recovered: duplistatus / disk space"]);
    let told = history(&services).await?.rows;
    assert!(told.iter().all(|one| one.row.status == "sent" && one.can_resend), "{told:?}");
    assert!(told.iter().all(|one| one.row.subject == "duplistatus / disk space"), "{told:?}");
    // It may begin again.
    look_at(&services, &mut watch, GIB / 2, 1260).await?;
    assert_eq!(receiver.titles().len(), 4);
    // What is sent again says how it is now.
    resend(&services, &Actor::System, told[2].row.id).await?;
    dispatch(&services).await?;
    let bodies = receiver.bodies.lock().unwrap();
    let text = bodies.last().and_then(|body| body["message"].as_str().map(str::to_owned));
    assert!(text.as_deref().is_some_and(|text| text.starts_with("It is over. It lasted")), "{text:?}");
    Ok(())
}

#[tokio::test]
async fn a_backup_that_failed_or_is_overdue_is_told() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    let mut watch = Watch::default();
    let now = services.clock.now();
    services.db.write(move |tx| settings::set(tx.conn, settings::LAST_BACKUP, &now.to_string(), now)).await?;
    look_later(&services, &mut watch, 86_400).await?;
    // A machine that was off for days backs up soon after its start.
    look_later(&services, &mut watch, 4 * 86_400).await?;
    look_later(&services, &mut watch, 4 * 86_400 + 599).await?;
    assert_eq!(receiver.titles(), Vec::<String>::new());
    look_later(&services, &mut watch, 4 * 86_400 + 600).await?;
    assert_eq!(receiver.titles(), ["Problem: duplistatus / database backup"]);
    let later = services.clock.now();
    services
        .db
        .write(move |tx| settings::set(tx.conn, settings::LAST_BACKUP, &later.to_string(), later))
        .await?;
    look_later(&services, &mut watch, 4 * 86_400 + 700).await?;
    look_later(&services, &mut watch, 4 * 86_400 + 1000).await?;
    assert_eq!(receiver.titles().last().unwrap(), "Recovered: duplistatus / database backup");
    services
        .db
        .write(move |tx| {
            let next = later.plus(86_400);
            tasks::add(tx.conn, "backup", next)?;
            tasks::claim(tx.conn, "backup", "test", later)?;
            let ended = tasks::TaskEnd {
                began: later,
                duration: Some(1),
                result: "failed",
                message: "no space".into(),
            };
            tasks::end(tx.conn, "backup", "test", &ended, next).map(drop)
        })
        .await?;
    look_later(&services, &mut watch, 4 * 86_400 + 1060).await?;
    assert_eq!(receiver.titles().len(), 3, "a failure is told at once");
    Ok(())
}

#[tokio::test]
async fn a_file_with_problems_is_told() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    let now = services.clock.now();
    let last = LastIntegrity { at: now, problems: 2, damaged: false, first: "row 3 missing".into() };
    let last = serde_json::to_string(&last)?;
    services.db.write(move |tx| settings::set(tx.conn, settings::LAST_INTEGRITY, &last, now)).await?;
    look_later(&services, &mut Watch::default(), 60).await?;
    assert_eq!(receiver.titles(), ["Problem: duplistatus / database file"]);
    Ok(())
}

#[tokio::test]
async fn a_channel_that_does_not_deliver_is_told_to_the_others() -> TestResult {
    let (_folder, services) = services()?;
    let (broken, other) = (Receiver::start(), Receiver::start());
    let id = create(&services, form(&broken.server)).await?;
    create(&services, ChannelForm { name: "boss".into(), ..form(&other.server) }).await?;
    let now = services.clock.now();
    services.db.write(move |tx| rows::failed(tx.conn, id, "403: forbidden", now)).await?;
    let mut watch = Watch::default();
    look_later(&services, &mut watch, CHANNEL_PATIENCE - 1).await?;
    assert_eq!(other.titles(), Vec::<String>::new());
    look_later(&services, &mut watch, CHANNEL_PATIENCE).await?;
    look_later(&services, &mut watch, CHANNEL_PATIENCE + 60).await?;
    assert_eq!(other.titles(), ["Problem: duplistatus / channel family"]);
    assert_eq!(broken.titles(), Vec::<String>::new());
    assert!(other.bodies.lock().unwrap()[0]["message"].as_str().unwrap().contains("403: forbidden"));
    let now = services.clock.now();
    services.db.write(move |tx| rows::delivered(tx.conn, id, now)).await?;
    look_later(&services, &mut watch, 900).await?;
    look_later(&services, &mut watch, 1200).await?;
    assert_eq!(other.titles().last().unwrap(), "Recovered: duplistatus / channel family");
    assert_eq!(broken.titles(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_database_that_is_not_written_is_told_from_memory_and_stored_later() -> TestResult {
    let (_folder, services) = services()?;
    let (receiver, down) = (Receiver::start(), Receiver::start());
    create(&services, form(&receiver.server)).await?;
    create(&services, ChannelForm { name: "boss".into(), ..form(&down.server) }).await?;
    down.answers("503 Service Unavailable");
    let mut watch = Watch::default();
    look_later(&services, &mut watch, 0).await?;
    services.db.stop_writing("page 7 is damaged");
    for seconds in [60, 120] {
        look(&on_disk(&services, 100 * GIB, seconds), &mut watch).await?;
    }
    let title = "Problem: duplistatus / database";
    assert_eq!(receiver.titles(), [title], "once");
    assert_eq!(down.titles(), [title, title], "what was not taken is tried again");
    services.db.resume_writing().await?;
    look_later(&services, &mut watch, 180).await?;
    look_later(&services, &mut watch, 240).await?;
    assert_eq!(receiver.titles(), [title, "Recovered: duplistatus / database"]);
    assert_eq!(down.titles().len(), 2, "who was not told hears of no end");
    let told = history(&services).await?.rows;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().all(|one| one.row.status == "sent" && one.row.channel == "family"), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn rules_and_channels_choose_who_is_told() -> TestResult {
    let (_folder, services) = services()?;
    let (receiver, jobs_only) = (Receiver::start(), Receiver::start());
    let family = create(&services, form(&receiver.server)).await?;
    let of_jobs =
        ChannelForm { name: "jobs".into(), topics: Topic::OF_JOBS.to_vec(), ..form(&jobs_only.server) };
    let jobs = create(&services, of_jobs).await?;
    let mut watch = Watch::default();
    look_at(&services, &mut watch, GIB / 2, 60).await?;
    assert_eq!((receiver.titles().len(), jobs_only.titles().len()), (1, 0));
    look_later(&services, &mut watch, 120).await?;
    look_later(&services, &mut watch, 120 + OVER_AFTER).await?;
    let rule = |tells: &str, channels: Vec<crate::ids::ChannelId>| RuleForm {
        scope: "site".into(),
        topics: vec![Topic::System],
        tells: tells.into(),
        channels,
        ..RuleForm::default()
    };
    let id = rules::save(&services, &Actor::System, None, rule("channels", vec![jobs])).await?;
    look_at(&services, &mut watch, GIB / 2, 1000).await?;
    assert_eq!((receiver.titles().len(), jobs_only.titles().len()), (2, 1), "and the end of the first");
    look_later(&services, &mut watch, 1100).await?;
    look_later(&services, &mut watch, 1400).await?;
    rules::save(&services, &Actor::System, Some(id), rule("nobody", Vec::new())).await?;
    look_at(&services, &mut watch, GIB / 2, 2000).await?;
    assert_eq!((receiver.titles().len(), jobs_only.titles().len()), (2, 2));
    let newest = history(&services).await?.rows.remove(0);
    assert_eq!((newest.row.status.as_str(), newest.reason.as_deref()), ("dropped", Some("rule")));
    // This program is in no group.
    tests::run(&services, "photos", 0, "Success").await?;
    let of_server = RuleForm { scope: "server".into(), name: "nas".into(), ..rule("channels", vec![family]) };
    let refused = rules::save(&services, &Actor::System, None, of_server.clone()).await;
    assert!(matches!(refused, Err(Error::Invalid { field: "topics", .. })), "{refused:?}");
    let both = RuleForm { topics: vec![Topic::System, Topic::Failed], ..of_server };
    rules::save(&services, &Actor::System, None, both).await?;
    let page = rules::page(&services, &Actor::System, RulesQuery::default()).await?;
    assert_eq!(page.rules[0].topics, [Topic::Failed]);
    Ok(())
}

#[tokio::test]
async fn a_rule_reminds_of_a_problem_that_lasts_and_tells_others_and_its_preview_counts_that() -> TestResult {
    let (_folder, services) = services()?;
    let (family, boss) = (Receiver::start(), Receiver::start());
    let told = create(&services, form(&family.server)).await?;
    let of_none = ChannelForm { name: "boss".into(), topics: vec![Topic::Check], ..form(&boss.server) };
    let later = create(&services, of_none).await?;
    let rule = RuleForm {
        scope: "site".into(),
        topics: vec![Topic::System],
        tells: "channels".into(),
        channels: vec![told],
        reminder: "daily".into(),
        after: "4".into(),
        others: vec![later],
        ..RuleForm::default()
    };
    let id = rules::save(&services, &Actor::System, None, rule.clone()).await?;
    let mut watch = Watch::default();
    look_at(&services, &mut watch, GIB / 2, 60).await?;
    look_at(&services, &mut watch, GIB / 2, 3600).await?;
    let (title, still) = ("Problem: duplistatus / disk space", "Still a problem: duplistatus / disk space");
    assert_eq!((family.titles(), boss.titles()), (vec![title.to_owned()], vec![]));
    look_at(&services, &mut watch, GIB / 2, 60 + 4 * 3600).await?;
    assert_eq!((family.titles().len(), boss.titles()), (1, vec![still.to_owned()]));
    for day in 1..3 {
        look_at(&services, &mut watch, GIB / 2, 60 + day * 86_400).await?;
        look_at(&services, &mut watch, GIB / 2, 120 + day * 86_400).await?;
    }
    assert_eq!(family.titles(), [title, still, still]);
    // Who wants to hear nothing of it hears nothing more.
    let none = RuleForm { reminder: "none".into(), after: String::new(), others: Vec::new(), ..rule.clone() };
    rules::save(&services, &Actor::System, Some(id), none).await?;
    look_at(&services, &mut watch, GIB / 2, 60 + 4 * 86_400).await?;
    assert_eq!(family.titles().len(), 3);
    rules::save(&services, &Actor::System, Some(id), rule.clone()).await?;
    look_at(&services, &mut watch, GIB / 2, 120 + 4 * 86_400).await?;
    assert_eq!((family.titles().len(), boss.titles().len()), (4, 1), "the one is due, the other was told");
    look_later(&services, &mut watch, 180 + 4 * 86_400).await?;
    look_later(&services, &mut watch, 180 + 4 * 86_400 + OVER_AFTER).await?;
    look_later(&services, &mut watch, 20 * 86_400).await?;
    let over = "Recovered: duplistatus / disk space";
    assert_eq!((family.titles().len(), family.titles().last().map(String::as_str)), (5, Some(over)));
    assert_eq!(boss.titles(), [still, over]);
    let query = RulesQuery { rule: Some(id), form: Some(rule), ..RulesQuery::default() };
    let preview = rules::page(&services, &Actor::System, query).await?.preview;
    let Some(RulePreview::Messages { tried, stored, .. }) = preview else {
        return Err(format!("{preview:?}").into());
    };
    // At once, four reminders, the end; and the other channel twice.
    assert_eq!(tried, [("family".to_owned(), 6), ("boss".to_owned(), 2)]);
    assert_eq!(stored, 8);
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_set_back_ends_and_begins_nothing() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    let mut watch = Watch::default();
    look_at(&services, &mut watch, GIB / 2, 1000).await?;
    look_later(&services, &mut watch, 1060).await?;
    look_later(&services, &mut watch, -NOON / 2).await?;
    look_later(&services, &mut watch, -NOON / 2 + OVER_AFTER - 1).await?;
    assert_eq!(receiver.titles().len(), 1);
    look_later(&services, &mut watch, -NOON / 2 + OVER_AFTER).await?;
    assert_eq!(receiver.titles().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_problem_that_ends_within_the_delay_stays_silent() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let id = create(&services, ChannelForm { delay: 60, ..form(&receiver.server) }).await?;
    let mut watch = Watch::default();
    look_at(&services, &mut watch, GIB / 2, 60).await?;
    look_later(&services, &mut watch, 120).await?;
    look_later(&services, &mut watch, 120 + OVER_AFTER).await?;
    look_later(&services, &mut watch, 86_400).await?;
    assert_eq!(receiver.titles(), Vec::<String>::new());
    let told = history(&services).await?.rows;
    assert_eq!(told[0].reason.as_deref(), Some("over"), "{told:?}");
    channels::delete(&services, &Actor::System, id, "").await?;
    Ok(())
}
