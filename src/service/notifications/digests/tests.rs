//! From the form of a digest to its message, through the real database and a receiver on loopback.

use super::*;
use crate::{
    dto::{channel::ChannelForm, digest::Every},
    service::{
        noticing::evaluator,
        notifications::{
            channels as channel_service,
            tests::{Receiver, create as create_channel, dispatch, form as channel_form, run},
        },
        testing::{TestResult, at, services},
    },
    topic::Topic,
};

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
const ROOT: Actor = Actor::System;

fn form(channel: ChannelId) -> DigestForm {
    DigestForm {
        name: "morning".into(),
        channel: channel.0,
        every: Every::Daily,
        at: "07:00".into(),
        month_day: 1,
        zone: "UTC".into(),
        is_enabled: true,
        ..DigestForm::default()
    }
}

/// Lets the evaluator run until a time, without breaks that count as our own downtime.
async fn watch(services: &Services, (from, until): (i64, i64)) -> TestResult {
    let mut now = from;
    while now < until {
        now = (now + 120).min(until);
        at(services, now);
        evaluator::tick(services).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_digest_is_sent_when_it_is_due_and_once() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create_channel(
        &services,
        ChannelForm { topics: vec![Topic::Stuck], ..channel_form(&receiver.server) },
    )
    .await?;
    run(&services, "photos", 0, "Success").await?;
    run(&services, "mail", 0, "Error").await?;
    create(&services, &ROOT, form(channel)).await?;
    // 07:00 of the next day is 19 hours after noon.
    watch(&services, (600, 19 * HOUR - 60)).await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), Vec::<String>::new());
    watch(&services, (19 * HOUR - 60, 19 * HOUR + 240)).await?;
    dispatch(&services).await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["Daily summary: 1 job needs attention"]);
    let text = receiver.bodies.lock().unwrap()[0]["message"].as_str().unwrap_or_default().to_owned();
    assert!(text.contains("Failed: nas / mail, since 2026-11-23 12:10 UTC"), "{text}");
    assert!(
        text.contains("\n2026-11-23 07:00 UTC to 2026-11-24 07:00 UTC:\n2 runs: 1 good, 1 failed."),
        "{text}"
    );
    let page = list(&services, &ROOT).await?;
    let (_, status, _) = page.digests[0].last.clone().unwrap_or((page.now, String::new(), None));
    assert_eq!(status, "sent");
    assert_eq!(page.digests[0].next.map(|at| at.local()).as_deref(), Some("2026-11-25 07:00"));
    Ok(())
}

#[tokio::test]
async fn a_digest_that_was_missed_comes_once_and_covers_everything_since() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create_channel(&services, channel_form(&receiver.server)).await?;
    create(&services, &ROOT, form(channel)).await?;
    // The program is off for days.
    at(&services, 4 * DAY);
    for _ in 0..3 {
        evaluator::tick(&services).await?;
        dispatch(&services).await?;
    }
    assert_eq!(receiver.titles(), ["Daily summary: no job has reported yet"]);
    let text = receiver.bodies.lock().unwrap()[0]["message"].as_str().unwrap_or_default().to_owned();
    assert!(text.contains("2026-11-23 07:00 UTC to 2026-11-27 07:00 UTC"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_crash_between_queueing_and_sending_loses_and_doubles_nothing() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create_channel(&services, channel_form(&receiver.server)).await?;
    create(&services, &ROOT, form(channel)).await?;
    at(&services, 20 * HOUR);
    queue_due(&services).await?;
    // Another process does the same.
    queue_due(&services).await?;
    receiver.answers("503 Service Unavailable");
    dispatch(&services).await?;
    receiver.answers("200 OK");
    at(&services, 21 * HOUR);
    queue_due(&services).await?;
    dispatch(&services).await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles().len(), 2, "one attempt that failed, and one that did not");
    Ok(())
}

#[tokio::test]
async fn two_digests_and_an_alarm_are_three_messages() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create_channel(&services, channel_form(&receiver.server)).await?;
    create(&services, &ROOT, form(channel)).await?;
    create(
        &services,
        &ROOT,
        DigestForm { name: "other".into(), every: Every::Monthly, month_day: 24, ..form(channel) },
    )
    .await?;
    at(&services, 19 * HOUR);
    queue_due(&services).await?;
    run(&services, "photos", 18 * HOUR + HOUR / 2, "Error").await?;
    at(&services, 19 * HOUR);
    dispatch(&services).await?;
    let mut titles = receiver.titles();
    titles.sort_unstable();
    assert_eq!(titles.len(), 3, "{titles:?}");
    assert!(titles[0].starts_with("Daily summary") && titles[1] == "Failed: nas / photos", "{titles:?}");
    Ok(())
}

#[tokio::test]
async fn a_digest_sent_now_does_not_change_when_it_is_due() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create_channel(&services, channel_form(&receiver.server)).await?;
    let id = create(&services, &ROOT, form(channel)).await?;
    at(&services, HOUR);
    let before = list(&services, &ROOT).await?.digests[0].next;
    send_now(&services, &ROOT, id).await?;
    send_now(&services, &ROOT, id).await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles().len(), 1);
    assert_eq!(list(&services, &ROOT).await?.digests[0].next, before);
    let shown = preview(&services, &ROOT, id).await?;
    assert!(shown.title.starts_with("Daily summary") && shown.path.starts_with("/report?from="), "{shown:?}");
    assert!(matches!(preview(&services, &ROOT, DigestId(9)).await, Err(Error::NotFound)));
    Ok(())
}

#[tokio::test]
async fn a_deleted_digest_is_not_sent_and_a_deleted_channel_stops_its_digests() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create_channel(&services, channel_form(&receiver.server)).await?;
    let id = create(&services, &ROOT, form(channel)).await?;
    at(&services, 20 * HOUR);
    queue_due(&services).await?;
    assert!(matches!(
        delete(&services, &ROOT, id, "evening").await,
        Err(Error::Invalid { field: "digest", .. })
    ));
    delete(&services, &ROOT, id, "morning").await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), Vec::<String>::new());

    let id = create(&services, &ROOT, form(channel)).await?;
    channel_service::delete(&services, &ROOT, channel, "").await?;
    at(&services, 3 * DAY);
    queue_due(&services).await?;
    let row = list(&services, &ROOT).await?.digests.remove(0);
    assert!(row.channel.is_none() && row.next.is_none() && row.last.is_none(), "{row:?}");
    assert!(matches!(send_now(&services, &ROOT, id).await, Err(Error::Invalid { field: "channel", .. })));
    // With another channel it goes on, with one digest.
    let channel = create_channel(&services, channel_form(&receiver.server)).await?;
    change(&services, &ROOT, id, form(channel)).await?;
    at(&services, 4 * DAY);
    queue_due(&services).await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_message_whose_digest_is_gone_is_given_up() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create_channel(&services, channel_form(&receiver.server)).await?;
    let id = create(&services, &ROOT, form(channel)).await?;
    at(&services, 20 * HOUR);
    queue_due(&services).await?;
    let message = Message { written: Some(unwritten()), ..Message::test(None, "") };
    let queued = Message { id: 1, ..message };
    assert!(fill(&services, queued.clone()).await?.is_some_and(|it| it.title().starts_with("Daily")));
    delete(&services, &ROOT, id, "").await?;
    assert_eq!(fill(&services, queued).await?, None);
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_group_that_is_gone_never_becomes_everything() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create_channel(
        &services,
        ChannelForm { topics: vec![Topic::Stuck], ..channel_form(&receiver.server) },
    )
    .await?;
    run(&services, "photos", 0, "Error").await?;
    let group = |name: &'static str| {
        let services = services.clone();
        async move {
            crate::service::labels::set_of_server(&services, &ROOT, crate::ids::ServerId(1), name, "").await
        }
    };
    group("Müller").await?;
    let digest = DigestForm { group: "müller".into(), ..form(channel) };
    create(&services, &ROOT, digest.clone()).await?;
    group("").await?;
    at(&services, 20 * HOUR);
    queue_due(&services).await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles(), ["Daily summary of müller: the group has no jobs"]);
    let body = receiver.bodies.lock().unwrap()[0].to_string();
    assert!(!body.contains("photos"), "{body}");
    assert!(list(&services, &ROOT).await?.digests[0].is_group_gone);
    // Who chose it before may keep it; nobody can choose it anew.
    let page = list(&services, &ROOT).await?;
    change(&services, &ROOT, page.digests[0].id, DigestForm { at: "08:00".into(), ..digest.clone() }).await?;
    let refused = create(&services, &ROOT, DigestForm { name: "new".into(), ..digest }).await;
    assert!(matches!(refused, Err(Error::Invalid { field: "group", .. })));
    group("Müller").await?;
    at(&services, 2 * DAY);
    queue_due(&services).await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles()[1], "Daily summary of müller: 1 job needs attention");
    Ok(())
}

#[tokio::test]
async fn a_form_names_the_field_that_cannot_be_used() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = create_channel(&services, channel_form(&receiver.server)).await?;
    create(&services, &ROOT, form(channel)).await?;
    let good = || DigestForm { name: "second".into(), ..form(channel) };
    for (field, wrong) in [
        ("name", DigestForm { name: " ".into(), ..good() }),
        ("name", DigestForm { name: "MORNING".into(), ..good() }),
        ("channel", DigestForm { channel: 0, ..good() }),
        ("channel", DigestForm { channel: 99, ..good() }),
        ("group", DigestForm { group: "nobody".into(), ..good() }),
        ("at", DigestForm { at: "7 o'clock".into(), ..good() }),
        ("at", DigestForm { at: "24:00".into(), ..good() }),
        ("weekday", DigestForm { weekday: 7, ..good() }),
        ("month_day", DigestForm { month_day: 0, ..good() }),
        ("zone", DigestForm { zone: "Middle/Earth".into(), ..good() }),
    ] {
        let refused = create(&services, &ROOT, wrong).await;
        assert!(
            matches!(&refused, Err(Error::Invalid { field: named, .. }) if *named == field),
            "{field} {refused:?}"
        );
    }
    assert_eq!(list(&services, &ROOT).await?.digests.len(), 1);
    Ok(())
}
