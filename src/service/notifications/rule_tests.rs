//! Who is told, when, and how often: rules, quiet hours, reminders, escalation, through the real database and receivers on loopback.

use serde_json::json;

use super::{all, channels, resend, rules, tests::*};
use crate::{
    access::Permission,
    db::tables::{channels as rows, notification_rules as stored},
    dto::{
        channel::ChannelForm,
        incidents::{IncidentFilter, IncidentQuery},
        notification_history::{HistoryPage, HistoryQuery},
        notification_rules::{HoursForm, RuleForm, RulePreview, RulesQuery},
    },
    error::Error,
    ids::{ChannelId, ServerId},
    service::{
        Actor, Services, labels,
        monitoring::{self, Target},
        noticing::{
            evaluator,
            incidents::{self, Act},
        },
        servers,
        testing::{NOON, TestResult, accounts::trail, at, report, send, services},
    },
    time::Timestamp,
    topic::Topic,
};

const ROOT: Actor = Actor::System;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// When the report of a run that began at noon arrives.
const TOLD: i64 = 600;

/// Two channels, `family` and `boss`, with their receivers.
struct Two {
    family: Receiver,
    boss: Receiver,
    ids: [ChannelId; 2],
}

async fn two(services: &Services) -> Result<Two, Box<dyn std::error::Error>> {
    let (family, boss) = (Receiver::start(), Receiver::start());
    let one = create(services, form(&family.server)).await?;
    let two = create(services, ChannelForm { name: "boss".into(), ..form(&boss.server) }).await?;
    Ok(Two { family, boss, ids: [one, two] })
}

fn rule(scope: &str, name: &str, channels: &[ChannelId]) -> RuleForm {
    RuleForm {
        scope: scope.into(),
        name: name.into(),
        topics: Topic::ALL.to_vec(),
        tells: if channels.is_empty() { "nobody" } else { "channels" }.into(),
        channels: channels.to_vec(),
        ..RuleForm::default()
    }
}

async fn add(services: &Services, form: RuleForm) -> Result<i64, Error> {
    rules::save(services, &ROOT, None, form).await
}

async fn history(services: &Services, query: HistoryQuery) -> Result<HistoryPage, Error> {
    all(services, &ROOT, query).await
}

/// `"sent"`, or `"dropped good"`, of the newest first.
async fn results(services: &Services) -> Result<Vec<String>, Error> {
    let rows = history(services, HistoryQuery::default()).await?.rows.into_iter();
    Ok(rows
        .map(|one| format!("{} {}", one.row.status, one.reason.unwrap_or_default()).trim().to_owned())
        .collect())
}

async fn wait(services: &Services, seconds: i64) -> TestResult {
    at(services, seconds);
    evaluator::judge(services).await?;
    dispatch(services).await
}

async fn act(services: &Services, act: Act) -> TestResult {
    let query = IncidentQuery { filter: IncidentFilter::Open, ..IncidentQuery::default() };
    let open = incidents::list(services, &ROOT, query).await?.rows;
    incidents::handle(services, &ROOT, open.iter().map(|row| row.id).collect(), act).await?;
    Ok(())
}

fn acknowledge() -> Act {
    Act::Acknowledge { note: String::new() }
}

#[tokio::test]
async fn the_most_specific_rule_decides_and_nobody_is_possible() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    run(&services, "photos", 0, "Success").await?;
    run(&services, "mail", 0, "Success").await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "Müller", "").await?;
    add(&services, rule("site", "", &[two.ids[0]])).await?;
    run(&services, "photos", DAY, "Error").await?;
    dispatch(&services).await?;
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (1, 0));
    run(&services, "photos", DAY + HOUR, "Success").await?;
    let of_group = add(&services, rule("group", "müller", &[two.ids[1]])).await?;
    run(&services, "photos", 2 * DAY, "Error").await?;
    wait(&services, 2 * DAY + TOLD + 60).await?;
    assert_eq!(two.boss.titles(), ["Failed: nas / photos"]);
    // A job of a muted server that is told of all the same.
    add(&services, rule("server", "nas", &[])).await?;
    add(&services, rule("job", "nas/mail", &[two.ids[1]])).await?;
    run(&services, "photos", 3 * DAY, "Success").await?;
    run(&services, "photos", 4 * DAY, "Error").await?;
    run(&services, "mail", 4 * DAY, "Error").await?;
    wait(&services, 5 * DAY).await?;
    assert_eq!(two.boss.titles()[1..], ["Failed: nas / mail"]);
    let newest = history(&services, HistoryQuery::default()).await?.rows;
    let mute = newest.iter().find(|one| one.reason.as_deref() == Some("rule")).ok_or("no row")?;
    assert_eq!((mute.row.status.as_str(), mute.row.subject.as_str()), ("dropped", "nas / photos"));
    assert!(!mute.can_resend && mute.row.channel.is_empty());
    let page = rules::page(&services, &ROOT, RulesQuery::default()).await?;
    let order: Vec<&str> = page.rules.iter().map(|row| row.scope.as_str()).collect();
    assert_eq!(order, ["job", "server", "group", "site"]);
    assert_eq!(page.rules[2].name, "Müller");
    rules::delete(&services, &ROOT, of_group, "another").await.unwrap_err();
    rules::delete(&services, &ROOT, of_group, "Müller").await?;
    assert!(matches!(rules::delete(&services, &ROOT, of_group, "").await, Err(Error::NotFound)));
    let told: Vec<String> = trail(&services).await?.into_iter().map(|entry| entry.action).collect();
    assert!(told.iter().any(|action| action == "notification_rule.delete"), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_rule_that_lost_its_channels_says_nothing_and_one_of_a_group_outlasts_the_group() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    run(&services, "photos", 0, "Success").await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "Cellar", "old").await?;
    add(&services, rule("tag", "OLD", &[two.ids[1]])).await?;
    let of_group = add(&services, rule("group", "Cellar", &[])).await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "", "").await?;
    let page =
        rules::page(&services, &ROOT, RulesQuery { rule: Some(of_group), ..RulesQuery::default() }).await?;
    assert_eq!((page.rules.len(), page.form.name.as_str()), (2, "cellar"));
    // It can be changed although nothing is in the group, and no new one can be made for a name that nothing has.
    rules::save(&services, &ROOT, Some(of_group), page.form).await?;
    let error = add(&services, rule("group", "attic", &[])).await.unwrap_err();
    assert!(error.to_string().contains("there is no group “attic”"), "{error}");
    run(&services, "photos", DAY, "Error").await?;
    dispatch(&services).await?;
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (1, 1), "both are told by default");
    run(&services, "photos", 2 * DAY, "Success").await?;
    dispatch(&services).await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "", "old").await?;
    channels::delete(&services, &ROOT, two.ids[1], "boss").await?;
    let page = rules::page(&services, &ROOT, RulesQuery::default()).await?;
    assert!(page.rules.iter().any(|row| row.scope == "tag" && row.is_void()), "{:?}", page.rules);
    run(&services, "photos", 3 * DAY, "Error").await?;
    dispatch(&services).await?;
    assert_eq!(
        two.family.titles().len(),
        3,
        "the rule of the tag tells nobody, and is not a rule that mutes"
    );
    Ok(())
}

#[tokio::test]
async fn fields_that_cannot_be_used_are_named() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    let site = || rule("site", "", &two.ids);
    for (form, field) in [
        (RuleForm { topics: Vec::new(), ..site() }, "topics"),
        (RuleForm { channels: Vec::new(), ..site() }, "channels"),
        (RuleForm { channels: vec![ChannelId(99)], ..site() }, "channels"),
        (RuleForm { tells: "all".into(), ..site() }, "tells"),
        (RuleForm { delay: "-1".into(), ..site() }, "delay"),
        (RuleForm { delay: "soon".into(), ..site() }, "delay"),
        (RuleForm { reminder: "hourly".into(), ..site() }, "reminder"),
        (RuleForm { after: "0".into(), others: two.ids.to_vec(), ..site() }, "after"),
        (RuleForm { after: "4".into(), ..site() }, "others"),
        (RuleForm { others: two.ids.to_vec(), ..site() }, "after"),
        (RuleForm { scope: "planet".into(), ..site() }, "scope"),
        (rule("server", "nas", &two.ids), "name"),
        (rule("job", "nas / photos", &two.ids), "name"),
        (rule("tag", "", &two.ids), "name"),
    ] {
        match add(&services, form.clone()).await {
            Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field, "{form:?}"),
            other => panic!("{form:?}: {other:?}"),
        }
    }
    let night = || HoursForm {
        from: "22:00".into(),
        to: "07:00".into(),
        weekdays: vec!["mon".into()],
        reminder: "none".into(),
        ..HoursForm::default()
    };
    let every = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(str::to_owned).to_vec();
    for (form, field) in [
        (HoursForm { from: String::new(), ..night() }, "from"),
        (HoursForm { to: "25:00".into(), ..night() }, "to"),
        (HoursForm { weekdays: Vec::new(), ..night() }, "weekdays"),
        (HoursForm { weekdays: vec!["noday".into()], ..night() }, "weekdays"),
        (HoursForm { zone: "Moon/Crater".into(), ..night() }, "zone"),
        (HoursForm { reminder: "hourly".into(), ..night() }, "reminder"),
        (HoursForm { to: "22:00".into(), weekdays: every, ..night() }, "to"),
    ] {
        match rules::set_hours(&services, &ROOT, two.ids[0], form.clone()).await {
            Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field, "{form:?}"),
            other => panic!("{form:?}: {other:?}"),
        }
    }
    assert!(matches!(rules::set_hours(&services, &ROOT, ChannelId(99), night()).await, Err(Error::NotFound)));
    let guest = Actor::Guest { address: String::new() };
    assert!(guest.may(Permission::ViewBackups).is_ok());
    assert!(matches!(rules::save(&services, &guest, None, site()).await, Err(Error::Forbidden)));
    assert!(matches!(rules::page(&services, &guest, RulesQuery::default()).await, Err(Error::Forbidden)));
    assert!(matches!(resend(&services, &guest, 1).await, Err(Error::Forbidden)));
    Ok(())
}

fn night(urgent: bool, reminder: &str) -> HoursForm {
    HoursForm {
        from: "11:00".into(),
        to: "18:00".into(),
        weekdays: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(str::to_owned).to_vec(),
        zone: "UTC".into(),
        urgent,
        reminder: reminder.into(),
    }
}

#[tokio::test]
async fn quiet_hours_delay_and_what_is_over_by_then_is_not_sent() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    rules::set_hours(&services, &ROOT, two.ids[0], night(false, "none")).await?;
    rules::set_hours(&services, &ROOT, two.ids[1], night(true, "none")).await?;
    // It is noon.
    run(&services, "photos", 0, "Error").await?;
    run(&services, "mail", 0, "Error").await?;
    dispatch(&services).await?;
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (0, 1));
    assert!(results(&services).await?.contains(&"queued quiet".to_owned()));
    wait(&services, TOLD + 60).await?;
    run(&services, "mail", HOUR, "Success").await?;
    wait(&services, 6 * HOUR - 1).await?;
    assert_eq!(two.family.titles(), Vec::<String>::new());
    assert_eq!(two.boss.titles().len(), 2, "the recovery is not urgent");
    wait(&services, 6 * HOUR).await?;
    assert_eq!(two.family.titles(), ["Failed: nas / photos"]);
    assert!(results(&services).await?.contains(&"dropped good".to_owned()));
    assert_eq!(two.boss.titles().last().map(String::as_str), Some("Recovered: nas / mail"));
    Ok(())
}

#[tokio::test]
async fn what_was_queued_before_quiet_hours_were_set_waits_too() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    run(&services, "photos", 0, "Error").await?;
    rules::set_hours(&services, &ROOT, two.ids[0], night(false, "none")).await?;
    let page = rules::page(&services, &ROOT, RulesQuery::default()).await?;
    let until = page.channels.iter().find(|row| row.name == "family").and_then(|row| row.quiet_until);
    assert_eq!(until.map(|until| until.at), Some(Timestamp::from_unix(NOON + 6 * HOUR)));
    wait(&services, TOLD + 1).await?;
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (0, 1));
    wait(&services, 6 * HOUR).await?;
    assert_eq!(two.family.titles().len(), 1);
    Ok(())
}

#[tokio::test]
async fn reminders_come_daily_until_somebody_acknowledges_each_once() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    add(&services, RuleForm { reminder: "daily".into(), ..rule("site", "", &[two.ids[0]]) }).await?;
    run(&services, "photos", 0, "Error").await?;
    for hour in 0..50 {
        // Twice at the same time, as after a restart.
        wait(&services, TOLD + hour * HOUR).await?;
        dispatch(&services).await?;
    }
    let still = "Still failed: nas / photos";
    assert_eq!(two.family.titles(), ["Failed: nas / photos", still, still]);
    // The machine slept for ten days: one reminder, not ten.
    wait(&services, 12 * DAY).await?;
    wait(&services, 12 * DAY + HOUR).await?;
    assert_eq!(two.family.titles().len(), 4);
    act(&services, acknowledge()).await?;
    wait(&services, 30 * DAY).await?;
    assert_eq!(two.family.titles().len(), 4);
    let waits = HistoryQuery { status: "queued".into(), ..HistoryQuery::default() };
    assert_eq!(history(&services, waits).await?.rows.len(), 0);
    Ok(())
}

#[tokio::test]
async fn the_choice_of_the_channel_counts_and_a_pause_ends_reminders() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    run(&services, "photos", 0, "Error").await?;
    wait(&services, TOLD + 60).await?;
    // Set while the incident is open: it is reminded of a day after it was told.
    rules::set_hours(
        &services,
        &ROOT,
        two.ids[0],
        HoursForm { reminder: "once".into(), ..HoursForm::default() },
    )
    .await?;
    rules::set_hours(
        &services,
        &ROOT,
        two.ids[1],
        HoursForm { reminder: "daily".into(), ..HoursForm::default() },
    )
    .await?;
    for day in 1..4 {
        wait(&services, day * DAY + HOUR).await?;
    }
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (2, 4));
    let job = crate::ids::JobId(1);
    monitoring::pause(&services, &ROOT, Target::Jobs(vec![job]), None, "").await?;
    wait(&services, 20 * DAY).await?;
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (2, 4));
    Ok(())
}

#[tokio::test]
async fn others_are_told_if_nobody_acknowledges_and_hear_of_the_end() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    let [family, boss] = two.ids;
    let escalates = RuleForm { after: "4".into(), others: vec![boss], ..rule("site", "", &[family]) };
    add(&services, escalates).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    act(&services, acknowledge()).await?;
    wait(&services, 5 * HOUR).await?;
    assert_eq!(two.boss.titles(), Vec::<String>::new());
    run(&services, "photos", DAY, "Success").await?;
    run(&services, "photos", 2 * DAY, "Error").await?;
    dispatch(&services).await?;
    wait(&services, 2 * DAY + TOLD + 4 * HOUR - 1).await?;
    assert_eq!(two.boss.titles(), Vec::<String>::new());
    wait(&services, 2 * DAY + TOLD + 4 * HOUR).await?;
    wait(&services, 2 * DAY + TOLD + 9 * HOUR).await?;
    assert_eq!(two.boss.titles(), ["Still failed: nas / photos"]);
    run(&services, "photos", 3 * DAY, "Success").await?;
    dispatch(&services).await?;
    assert_eq!(two.boss.titles(), ["Still failed: nas / photos", "Recovered: nas / photos"]);
    // What is not told any more by the rules is not escalated.
    run(&services, "photos", 4 * DAY, "Error").await?;
    let only = stored_rule(&services).await?;
    rules::delete(&services, &ROOT, only, "").await?;
    wait(&services, 6 * DAY).await?;
    assert!(!two.boss.titles()[2..].contains(&"Still failed: nas / photos".to_owned()));
    Ok(())
}

async fn stored_rule(services: &Services) -> Result<i64, Box<dyn std::error::Error>> {
    Ok(services.db.read(stored::all).await?.first().ok_or("no rule")?.id)
}

#[tokio::test]
async fn a_snooze_takes_back_what_waits_and_its_end_begins_anew() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    let [family, boss] = two.ids;
    rules::set_hours(&services, &ROOT, family, night(false, "daily")).await?;
    let escalates = RuleForm { after: "4".into(), others: vec![boss], ..rule("site", "", &[family]) };
    add(&services, escalates).await?;
    run(&services, "photos", 0, "Error").await?;
    act(&services, Act::Snooze { seconds: 2 * DAY }).await?;
    wait(&services, DAY).await?;
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (0, 0));
    assert_eq!(results(&services).await?, ["dropped snoozed"]);
    // It ends at noon; the family hears of it at six, and the boss four hours after that.
    wait(&services, 2 * DAY + TOLD).await?;
    wait(&services, 2 * DAY + 6 * HOUR).await?;
    assert_eq!(two.family.titles(), ["Still failed: nas / photos"]);
    wait(&services, 2 * DAY + 10 * HOUR - 1).await?;
    assert_eq!(two.boss.titles(), Vec::<String>::new());
    wait(&services, 2 * DAY + 10 * HOUR).await?;
    assert_eq!(two.boss.titles().len(), 1);
    Ok(())
}

#[tokio::test]
async fn nothing_is_sent_to_a_channel_that_was_turned_off_or_deleted() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    for id in two.ids {
        rules::set_hours(&services, &ROOT, id, night(false, "daily")).await?;
    }
    run(&services, "photos", 0, "Error").await?;
    let off = ChannelForm { is_enabled: false, ..form(&two.family.server) };
    channels::change(&services, &ROOT, two.ids[0], off).await?;
    channels::delete(&services, &ROOT, two.ids[1], "boss").await?;
    wait(&services, 3 * DAY).await?;
    assert_eq!((two.family.titles().len(), two.boss.titles().len()), (0, 0));
    let mut results = results(&services).await?;
    results.sort();
    assert_eq!(results, ["dropped deleted", "dropped off"]);
    Ok(())
}

#[tokio::test]
async fn a_row_is_sent_once_more_and_the_list_is_filtered() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    run(&services, "photos", 0, "Error").await?;
    dispatch(&services).await?;
    let of_boss = || HistoryQuery { channel: Some(two.ids[1]), ..HistoryQuery::default() };
    let row = history(&services, of_boss()).await?.rows.remove(0);
    assert!(row.can_resend && row.row.status == "sent");
    at(&services, DAY);
    resend(&services, &ROOT, row.row.id).await?;
    resend(&services, &ROOT, row.row.id).await?;
    dispatch(&services).await?;
    assert_eq!(
        (two.family.titles().len(), two.boss.titles().len()),
        (1, 2),
        "once, however often it is asked for"
    );
    assert!(matches!(resend(&services, &ROOT, 999).await, Err(Error::NotFound)));
    let count = async |query: HistoryQuery| history(&services, query).await.map(|page| page.paging.total);
    let all = HistoryQuery::default;
    assert_eq!(count(all()).await?, 3);
    assert_eq!(count(of_boss()).await?, 2);
    assert_eq!(count(HistoryQuery { status: "failed".into(), ..all() }).await?, 0);
    assert_eq!(count(HistoryQuery { status: "sent".into(), ..all() }).await?, 3);
    assert_eq!(count(HistoryQuery { topic: Some(Topic::Failed), ..all() }).await?, 3);
    assert_eq!(count(HistoryQuery { topic: Some(Topic::Late), ..all() }).await?, 0);
    assert_eq!(count(HistoryQuery { server: "nas".into(), ..all() }).await?, 3);
    assert_eq!(count(HistoryQuery { server: "none".into(), ..all() }).await?, 0);
    let tomorrow = Some("2026-11-24".parse()?);
    assert_eq!(count(HistoryQuery { from: tomorrow, ..all() }).await?, 1);
    assert_eq!(count(HistoryQuery { to: Some("2026-11-23".parse()?), ..all() }).await?, 2);
    let entries = trail(&services).await?;
    assert!(entries.iter().any(|entry| entry.action == "notification.resend"));
    // Who was told stands in the timeline.
    let query = IncidentQuery { filter: IncidentFilter::Open, ..IncidentQuery::default() };
    let open = incidents::list(&services, &ROOT, query).await?.rows;
    let told: Vec<_> =
        open[0].timeline.iter().map(|entry| (entry.event.as_str(), entry.actor.clone())).collect();
    assert_eq!(told[0].0, "opened");
    assert_eq!(told.iter().filter(|(event, _)| *event == "told").count(), 3, "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_rule_is_rehearsed_before_it_is_saved() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    for day in 0..4 {
        run(&services, "photos", day * DAY, if day % 2 == 0 { "Error" } else { "Success" }).await?;
    }
    at(&services, 10 * DAY);
    let tried = async |form: RuleForm| {
        let query = RulesQuery { form: Some(form), ..RulesQuery::default() };
        rules::page(&services, &ROOT, query).await.map(|page| page.preview)
    };
    let messages = |tried: &[(&str, i64)], stored| {
        let tried = tried.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        Some(RulePreview::Messages { days: 30, tried, stored })
    };
    let only = rule("job", "nas / photos", &[two.ids[1]]);
    assert_eq!(tried(only.clone()).await?, messages(&[("boss", 4)], 8));
    assert_eq!(tried(RuleForm { delay: "1440".into(), ..only.clone() }).await?, messages(&[], 8));
    assert_eq!(tried(rule("server", "nas", &[])).await?, messages(&[], 8));
    let wrong = tried(RuleForm { name: "nas / none".into(), ..only.clone() }).await?;
    assert!(matches!(wrong, Some(RulePreview::Invalid(field, _)) if field == "name"));
    // Nothing of it was stored, and a rule that is changed does not count twice.
    assert!(services.db.read(stored::all).await?.is_empty());
    let id = add(&services, only.clone()).await?;
    let query =
        RulesQuery { rule: Some(id), form: Some(rule("job", "nas / photos", &[])), ..RulesQuery::default() };
    let page = rules::page(&services, &ROOT, query).await?;
    assert_eq!((page.preview, page.changes), (messages(&[], 4), Some(id)));
    Ok(())
}

#[tokio::test]
async fn a_merge_never_tells_less_than_before() -> TestResult {
    let (_folder, services) = services()?;
    let two = two(&services).await?;
    let [family, boss] = two.ids;
    for machine in ["old", "new"] {
        for job in ["Documents", machine] {
            let mut sent = report(&Timestamp::from_unix(NOON).to_string(), "Success");
            sent["Extra"]["machine-id"] = json!(machine);
            sent["Extra"]["machine-name"] = json!(machine);
            sent["Extra"]["backup-name"] = json!(job);
            at(&services, TOLD);
            send(&services, sent).await?;
        }
    }
    add(&services, rule("site", "", &[family])).await?;
    add(&services, rule("server", "old", &[boss])).await?;
    add(&services, rule("server", "old", &[])).await?;
    add(&services, rule("job", "old / Documents", &[])).await?;
    add(&services, rule("job", "old / old", &[])).await?;
    let id = |name: &'static str| servers::find_by_name(&services, &ROOT, name);
    servers::merge(&services, &ROOT, id("old").await?, id("new").await?).await?;
    let page = rules::page(&services, &ROOT, RulesQuery::default()).await?;
    let mut told: Vec<_> = page.rules.into_iter().map(|row| (row.scope, row.name, row.tells)).collect();
    told.sort();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            // A job that only the server had that is gone: it is as it was.
            ("job".to_owned(), "new / old".to_owned(), names(&[])),
            // The server that stays was told to the family by the rule of the site, and still is.
            ("server".to_owned(), "new".to_owned(), names(&["boss", "family"])),
            ("site".to_owned(), String::new(), names(&["family"])),
        ]
    );
    servers::delete(&services, &ROOT, id("new").await?).await?;
    let left: Vec<_> = services.db.read(stored::all).await?.into_iter().map(|rule| rule.place).collect();
    assert_eq!(left, [crate::notify::routing::Place::Site]);
    assert_eq!(services.db.read(rows::all).await?.len(), 2);
    Ok(())
}
