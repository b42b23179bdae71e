//! Signs of life to whoever watches this program: it is pinged only after the states of jobs were judged and stored. Nothing waits for
//! it: neither the evaluator nor the dispatcher.

use std::{collections::BTreeMap, time::Duration};

use tokio::{sync::watch, task::JoinSet};

use super::{
    channels::{open, outgoing},
    send::{Attempt, Turn, attempt_request},
};
use crate::{
    db::tables::channels::{self, ChannelRow},
    ids::ChannelId,
    notify::{Config, Pulse},
    service::Services,
    time::Timestamp,
};

/// How often it is looked whether a ping is due.
const LOOK: Duration = Duration::from_secs(15);
/// A round of the evaluator is a minute after the last one; without one for so many seconds, something is wrong.
const SILENCE: i64 = 300;
/// A ping may be so many seconds early, because rounds are not exactly a minute apart.
const SLACK: i64 = 10;

/// When the evaluator last did its work: the states were judged and stored.
pub type LastRound = watch::Sender<Option<Timestamp>>;

/// What was pinged, by channel.
#[derive(Debug)]
pub(super) struct Pings {
    /// Since when this process runs.
    started: Timestamp,
    sent: BTreeMap<i64, Ping>,
}

/// A ping that was sent.
#[derive(Debug, Clone, Copy)]
struct Ping {
    at: Timestamp,
    /// The round of the evaluator that it told of; `None` when it told of a problem.
    round: Option<Timestamp>,
}

impl Pings {
    pub(super) fn since(started: Timestamp) -> Self {
        Self { started, sent: BTreeMap::new() }
    }
}

/// Pings for as long as it is polled.
pub async fn run(services: &Services) {
    let mut pings = Pings::since(services.clock.now());
    let mut rounds = services.last_round.subscribe();
    loop {
        rounds.mark_unchanged();
        beat(services, &mut pings).await;
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            result = rounds.changed() => if result.is_err() { return },
        }
    }
}

/// What there is to tell: the last round of the evaluator, or what is wrong; `None` while nobody knows.
fn pulse(services: &Services, pings: &Pings, now: Timestamp) -> Option<Result<Timestamp, &'static str>> {
    if services.db.read_only_cause().is_some() {
        return Some(Err("The database is read-only: nothing is stored, and nothing is evaluated."));
    }
    let last = *services.last_round.borrow();
    match last {
        Some(last) if now.since(last) <= SILENCE => Some(Ok(last)),
        _ if now.since(last.unwrap_or(pings.started)) > SILENCE => {
            Some(Err("The states of jobs have not been evaluated for five minutes."))
        }
        _ => None,
    }
}

/// Whether it is time for a ping. Each good one tells of a round that none told of before.
fn is_due(
    last: Option<Ping>,
    round: Option<Timestamp>,
    (minutes, is_failing): (i64, bool),
    now: Timestamp,
) -> bool {
    let Some(last) = last else { return true };
    let is_past = !(0..minutes * 60 - SLACK).contains(&now.since(last.at));
    match (last.round, round) {
        (Some(told), Some(round)) => told != round && (is_past || is_failing),
        (None, None) => is_past,
        _ => true,
    }
}

/// Pings everyone for whom it is time.
pub(super) async fn beat(services: &Services, pings: &mut Pings) {
    let now = services.clock.now();
    let Some(pulse) = pulse(services, pings, now) else { return };
    let rows = match services.db.read(channels::all).await {
        Ok(rows) => rows,
        Err(error) => {
            tracing::warn!(%error, "the channels could not be read");
            return;
        }
    };
    let mut sending = JoinSet::new();
    for row in rows.into_iter().filter(|row| row.is_enabled) {
        let Some(Config::Heartbeat { minutes, .. }) = row.config() else { continue };
        let (round, last) = (pulse.ok(), pings.sent.get(&row.id).copied());
        if is_due(last, round, (minutes, row.failing_since.is_some()), now) {
            pings.sent.insert(row.id, Ping { at: now, round });
            let services = services.clone();
            sending.spawn(async move { ping(&services, &row, pulse).await });
        }
    }
    while let Some(ended) = sending.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a ping ended unexpectedly");
        }
    }
}

async fn ping(services: &Services, row: &ChannelRow, pulse: Result<Timestamp, &str>) {
    let attempt = match open(services, row) {
        None => Attempt::Never("the secrets of the channel cannot be read: enter them again".to_owned()),
        Some(channel) => {
            let pulse = pulse.map_or_else(Pulse::Ill, |_| Pulse::Well);
            // A watcher that knows only good news hears nothing.
            let Some(request) = channel.ping(pulse) else { return };
            attempt_request(&outgoing(row), &channel, &request).await
        }
    };
    if services.db.read_only_cause().is_some() {
        return;
    }
    let (id, now) = (ChannelId(row.id), services.clock.now());
    let is_news = matches!(attempt, Attempt::Delivered(_)) == row.failing_since.is_some();
    let store = move |tx: &mut crate::db::Tx<'_>| Turn::note(tx.conn, id, &attempt, now);
    // Pages are told of what is news only.
    let stored = if is_news { services.db.write(store).await } else { services.db.write_unseen(store).await };
    match stored {
        Ok(turn) => turn.log(&row.name),
        Err(error) => tracing::warn!(%error, "the result of a ping could not be stored"),
    }
}
