//! Very many messages, a kill while one is on its way, and a receiver that does not answer.

use std::{
    future::Future,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};

use super::{dispatcher, tests::*};
use crate::{
    db::{
        Db,
        engine::dynamic,
        tables::{
            channels as rows,
            notifications::{
                claim::{self, LEASE},
                outcome,
            },
        },
    },
    dto::channel::ChannelForm,
    ids::ChannelId,
    notify::Combine,
    outgoing::testing::Server,
    service::{
        Services,
        testing::{NOON, TestResult, at, report, send, services},
    },
    time::Timestamp,
};

const DAY: i64 = 86_400;
const QUEUED: i64 = 100_000;

/// A receiver that answers when it is allowed to.
struct Held {
    server: Server,
    bodies: Arc<Mutex<Vec<Value>>>,
    gate: Arc<(Mutex<bool>, Condvar)>,
}

impl Held {
    fn start() -> Self {
        let (bodies, gate) = (Arc::<Mutex<Vec<Value>>>::default(), Arc::<(Mutex<bool>, Condvar)>::default());
        let (kept, waits) = (bodies.clone(), gate.clone());
        let server = Server::start_with_bodies(move |_, body| {
            kept.lock().unwrap().push(serde_json::from_slice(body).unwrap_or(Value::Null));
            let (open, changed) = &*waits;
            let is_open = open.lock().unwrap_or_else(PoisonError::into_inner);
            drop(changed.wait_while(is_open, |open| !*open).unwrap_or_else(PoisonError::into_inner));
            Server::ok("")
        });
        Self { server, bodies, gate }
    }

    fn release(&self) {
        *self.gate.0.lock().unwrap() = true;
        self.gate.1.notify_all();
    }

    fn count(&self) -> usize {
        self.bodies.lock().unwrap().len()
    }
}

/// Waits for something that other tasks do.
async fn until(is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(60), wait).await.is_ok(), "it does not happen");
}

/// Does something, and ends it in the middle as a kill would: nothing of what follows is done.
async fn killed_when(doing: impl Future<Output = TestResult>, is_so: impl Fn() -> bool) {
    tokio::select! {
        ended = doing => assert!(ended.is_err(), "it ended by itself"),
        () = until(is_so) => {}
    }
}

async fn number(services: &Services, sql: &'static str) -> Result<i64, Box<dyn std::error::Error>> {
    Ok(services.db.read(move |conn| dynamic::number(conn, sql)).await?.unwrap_or_default())
}

/// Queues messages about ten jobs for a new channel.
async fn queue(
    services: &Services,
    server: &Server,
    count: i64,
) -> Result<ChannelId, Box<dyn std::error::Error>> {
    for server in 0..10 {
        let mut sent = report(&Timestamp::from_unix(NOON).to_string(), "Error");
        sent["Extra"]["machine-id"] = json!(format!("{server:032x}"));
        sent["Extra"]["machine-name"] = json!(format!("nas {server}"));
        at(services, 600);
        send(services, sent).await?;
    }
    let channel = create(services, form(server)).await?;
    let now = services.clock.now();
    services
        .db
        .write(move |tx| {
            let sql = format!(
                "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
                INSERT INTO notifications (channel_id, channel_name, server_id, incident_id, type, status, dedupe_key, next_attempt_at, created_at)
                SELECT channels.id, channels.name, incidents.server_id, incidents.id, 'failed', 'queued', 'load ' || n, '{now}', '{now}'
                FROM numbers, channels JOIN incidents ON incidents.id = 1 + n % 10"
            );
            dynamic::execute(tx.conn, &sql, &[])
        })
        .await?;
    Ok(channel)
}

#[tokio::test]
async fn a_kill_between_two_transactions_loses_and_repeats_nothing() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    let channel = queue(&services, &receiver.server, 2500).await?;
    let begin = services.clock.now();
    // The first one is killed while it takes the rows of its message: another one sends the other rows at once, and these when the
    // lease is over.
    let taken =
        services.db.write(move |tx| claim::next(tx.conn, channel, (None, Combine::Server), begin)).await?;
    assert!(taken.is_some_and(|claim| !claim.is_whole));
    dispatch(&services).await?;
    assert_eq!(receiver.titles().len(), 1);
    // It is killed when some of the rows have their outcome.
    services.clock.set(begin.plus(LEASE));
    let now = services.clock.now();
    let taken =
        services.db.write(move |tx| claim::next(tx.conn, channel, (None, Combine::Server), now)).await?;
    let claim = taken.ok_or("nothing is due")?;
    assert!(claim.was_interrupted);
    let has_more = services
        .db
        .write(move |tx| outcome::sent(tx.conn, claim.message, ("text", "200 OK"), false, now))
        .await?;
    assert!(has_more);
    dispatch(&services).await?;
    dispatch(&services).await?;
    assert_eq!(receiver.titles().len(), 1, "the receiver has it");
    for (sql, expected) in [
        ("SELECT count(*) FROM notifications WHERE status = 'sent'", 2500),
        ("SELECT count(DISTINCT dedupe_key) FROM notifications", 2500),
        (
            "SELECT count(*) FROM notifications WHERE next_attempt_at IS NOT NULL OR leased_until IS NOT NULL",
            0,
        ),
        ("SELECT count(DISTINCT message_id) FROM notifications", 2),
        ("SELECT count(message) FROM notifications", 2),
    ] {
        assert_eq!(number(&services, sql).await?, expected, "{sql}");
    }
    Ok(())
}

#[tokio::test]
async fn a_failure_is_noted_on_each_row_of_a_long_message() -> TestResult {
    let (_folder, services) = services()?;
    let receiver = Receiver::start();
    receiver.answers("503 Busy");
    queue(&services, &receiver.server, 2500).await?;
    dispatch(&services).await?;
    let waits = "SELECT count(*) FROM notifications WHERE status = 'queued' AND answer IS NOT NULL AND leased_until IS NULL";
    assert_eq!(number(&services, waits).await?, 2500);
    receiver.answers("200 OK");
    services.clock.set(services.clock.now().plus(3600));
    dispatch(&services).await?;
    assert_eq!(receiver.titles().len(), 2, "one attempt, and another one");
    assert_eq!(
        number(&services, "SELECT count(*) FROM notifications WHERE status = 'sent' AND attempts = 2")
            .await?,
        2500
    );
    Ok(())
}

#[tokio::test]
async fn a_hundred_thousand_queued_notifications_survive_a_kill() -> TestResult {
    let (folder, services) = services()?;
    let held = Held::start();
    queue(&services, &held.server, QUEUED).await?;
    let waits = "SELECT count(*) FROM notifications WHERE status = 'queued'";
    assert_eq!(number(&services, waits).await?, QUEUED);
    killed_when(dispatch(&services), || held.count() == 1).await;
    // Another process opens the file.
    let services = Services { db: Db::open(&folder.path().join("duplistatus.db"))?, ..services };
    assert_eq!(number(&services, waits).await?, QUEUED, "none is lost");
    dispatch(&services).await?;
    assert_eq!(held.count(), 1, "the first process may still be sending");
    held.release();
    at(&services, 600 + LEASE);
    dispatch(&services).await?;
    dispatch(&services).await?;
    assert_eq!(held.count(), 2, "and it is sent once more");
    let bodies = held.bodies.lock().unwrap().clone();
    assert_eq!(bodies[0]["title"], "10 jobs need attention", "whatever happened to each");
    let text = bodies[1]["message"].as_str().unwrap_or_default();
    assert!(text.ends_with("You may have received this message before."), "{text}");
    assert!(!bodies[0]["message"].as_str().unwrap_or_default().contains("before."));
    for (sql, expected) in [
        ("SELECT count(*) FROM notifications WHERE status = 'sent' AND attempts = 2", QUEUED),
        ("SELECT count(DISTINCT dedupe_key) FROM notifications", QUEUED),
        ("SELECT count(DISTINCT message_id) FROM notifications", 1),
        ("SELECT count(message) FROM notifications", 1),
    ] {
        assert_eq!(number(&services, sql).await?, expected, "{sql}");
    }
    Ok(())
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_delays_no_other() -> TestResult {
    let (_folder, services) = services()?;
    let (held, other) = (Held::start(), Receiver::start());
    create(&services, form(&held.server)).await?;
    create(&services, ChannelForm { name: "boss".into(), ..form(&other.server) }).await?;
    let sending = tokio::spawn({
        let services = services.clone();
        async move { dispatcher::run(&services).await }
    });
    run(&services, "photos", 0, "Error").await?;
    until(|| other.titles().len() == 1 && held.count() == 1).await;
    // While it does not answer, the other is told what happens.
    for day in 1..4 {
        run(&services, "photos", day * DAY, if day % 2 == 1 { "Success" } else { "Error" }).await?;
        until(|| other.titles().len() == usize::try_from(day).unwrap_or(0) + 1).await;
    }
    assert_eq!(held.count(), 1, "one message is on its way at a time");
    held.release();
    // It gets what it missed, and nothing of what is over.
    until(|| held.count() > 1).await;
    sending.abort();
    let failing = services.db.read(rows::failing).await?;
    assert!(failing.is_empty());
    Ok(())
}
