//! What waits: quiet hours, reminders, escalation.

use super::*;

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
    // Nothing else happens: time alone ends the snooze.
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
