//! Sends what is queued. Each channel has at most one message on its way, so that a slow one delays no other.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{
    channels::{open, outgoing},
    compose, digests, link, push,
    send::{Attempt, Turn, attempt},
};
use crate::{
    db::{
        Tx,
        tables::{
            channels::{self, ChannelRow},
            notifications::{
                claim::{self, Claim},
                history, outcome,
            },
        },
    },
    error::Error,
    ids::ChannelId,
    notify::Message,
    service::Services,
    time::Timestamp,
};

/// The longest time without a look at the queue: another process may have filled it.
const LOOK: Duration = Duration::from_secs(30);
/// The first pause after a failure: seconds. Each further one is twice as long.
const FIRST_PAUSE: i64 = 15;
/// The longest pause: seconds.
const LONGEST_PAUSE: i64 = 3600;
/// Attempts before a message is given up: about a day.
const ATTEMPTS: i64 = 32;

/// Sends for as long as it is polled.
pub async fn run(services: &Services) {
    let mut changed = services.db.revision();
    let mut sending = JoinSet::new();
    let mut busy = BTreeSet::new();
    loop {
        changed.mark_unchanged();
        let wait = match services.db.read_only_cause() {
            Some(_) => LOOK,
            None => begin(services, &mut busy, &mut sending).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the queue of notifications could not be read; it is tried again");
                LOOK
            }),
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            Some(ended) = sending.join_next() => match ended {
                Ok(channel) => { busy.remove(&channel); }
                // Nobody knows which channel it was: all are looked at again when their leases are over.
                Err(error) => {
                    tracing::error!(%error, "sending a notification ended unexpectedly");
                    busy.clear();
                }
            },
            result = changed.changed() => if result.is_err() { return },
        }
    }
}

/// Begins to send for each channel that has something due. Returns how long there is nothing else to do.
async fn begin(
    services: &Services,
    busy: &mut BTreeSet<ChannelId>,
    sending: &mut JoinSet<ChannelId>,
) -> Result<Duration, Error> {
    let queued = services
        .db
        .read(|conn| {
            let mut queued = Vec::new();
            for channel in channels::all(conn)? {
                if let Some(due) = claim::next_due(conn, ChannelId(channel.id))? {
                    queued.push((channel, due));
                }
            }
            Ok(queued)
        })
        .await?;
    let now = services.clock.now();
    let mut wait = LOOK;
    for (channel, due) in queued {
        let id = ChannelId(channel.id);
        if due > now {
            wait = wait.min(Duration::from_secs(u64::try_from(due.since(now)).unwrap_or(1)));
        } else if busy.insert(id) {
            let services = services.clone();
            sending.spawn(async move {
                if let Err(error) = send_due(&services, &channel).await {
                    tracing::warn!(%error, channel = channel.id, "a notification could not be sent");
                }
                id
            });
        }
    }
    Ok(wait)
}

/// Sends everything that is due for a channel, one message after the other.
///
/// # Errors
/// Database errors.
pub async fn send_due(services: &Services, channel: &ChannelRow) -> Result<(), Error> {
    let outgoing = outgoing(channel);
    loop {
        let now = services.clock.now();
        let Some((claim, message, incidents)) = take(services, channel, now).await? else {
            return Ok(());
        };
        let Some(mut message) = digests::fill(services, message).await? else { continue };
        message.mute = link::url(services, claim.message, &incidents, now);
        let attempt = match open(services, channel) {
            Some(channel) => {
                message.may_be_repeated &= !channel.config().drops_repeated();
                attempt(&outgoing, &channel, &message, now).await
            }
            None => Attempt::Never("the secrets of the channel cannot be read: enter them again".to_owned()),
        };
        // The link is a secret of its receiver.
        let text = format!("{}\n{}", message.title(), message.without_mute().text());
        let is_over = matches!(attempt, Attempt::Later(..));
        record(services, channel, claim, Done { attempt, text, is_repeated: message.may_be_repeated })
            .await?;
        // A receiver that cannot be reached now is left alone until the next attempt is due.
        if is_over {
            return Ok(());
        }
    }
}

/// Takes the next message of a channel, with the open incidents that it is about.
async fn take(
    services: &Services,
    channel: &ChannelRow,
    now: Timestamp,
) -> Result<Option<(Claim, Message, Vec<i64>)>, Error> {
    let (id, combine) = (ChannelId(channel.id), channel.combine());
    let mut begun: Option<Claim> = None;
    loop {
        let (zone, address) = (services.zone.clone(), services.options.public_url.clone());
        let quiet = channel.quiet();
        let work = move |tx: &mut Tx<'_>| {
            let claim = match begun {
                Some(claim) => Some(claim::rest(tx.conn, claim, now)?),
                None => claim::next(tx.conn, id, (quiet.as_ref(), combine), now)?,
            };
            let Some(claim) = claim else { return Ok(None) };
            if !claim.is_whole {
                return Ok(Some((claim, None)));
            }
            let incidents = history::open_incidents(tx.conn, claim.message, link::MOST + 1)?;
            let message = compose::message(tx.conn, claim, &zone, address)?;
            Ok(Some((claim, Some((message, incidents)))))
        };
        match services.db.write_unseen(work).await? {
            None => return Ok(None),
            Some((claim, Some((message, incidents)))) => return Ok(Some((claim, message, incidents))),
            Some((claim, None)) => begun = Some(claim),
        }
    }
}

/// What became of an attempt.
struct Done {
    attempt: Attempt,
    /// What was sent.
    text: String,
    /// Whether the receiver may have it twice.
    is_repeated: bool,
}

/// Stores what became of an attempt, and the text that was sent.
async fn record(services: &Services, channel: &ChannelRow, claim: Claim, done: Done) -> Result<(), Error> {
    let (now, id, message) = (services.clock.now(), ChannelId(channel.id), claim.message);
    let done = Arc::new(done);
    loop {
        let done = Arc::clone(&done);
        let work = move |tx: &mut Tx<'_>| {
            let (attempt, answer) = (&done.attempt, done.attempt.answer());
            let turn = Turn::note(tx.conn, id, attempt, now)?;
            let again = match attempt {
                Attempt::Delivered(_) => {
                    let sent = (done.text.as_str(), answer);
                    return Ok((turn, outcome::sent(tx.conn, message, sent, done.is_repeated, now)?));
                }
                Attempt::Later(_, after) if claim.attempt < ATTEMPTS => {
                    Some(later(claim.attempt, *after, message, now))
                }
                Attempt::Later(..) | Attempt::Never(_) | Attempt::Gone(_) => None,
            };
            let has_more = outcome::failed(tx.conn, message, answer, again, now)?;
            if let Attempt::Gone(_) = attempt
                && !has_more
            {
                push::ended(tx, id, answer, now)?;
            }
            Ok((turn, has_more))
        };
        let (turn, has_more) = services.db.write(work).await?;
        turn.log(&channel.name);
        if !has_more {
            return Ok(());
        }
    }
}

/// When the next attempt is: twice as long after each failure, and not all messages at once.
fn later(attempt: i64, after: Option<i64>, message: i64, now: Timestamp) -> Timestamp {
    let doubled = FIRST_PAUSE << attempt.clamp(1, 12).saturating_sub(1);
    let pause = doubled.min(LONGEST_PAUSE);
    let spread = message.rem_euclid(pause / 4 + 1);
    now.plus(after.map_or(pause + spread, |after| after.clamp(1, 6 * LONGEST_PAUSE)))
}

#[cfg(test)]
mod pause_tests {
    use super::*;

    #[test]
    fn pauses_grow_and_the_receiver_may_set_them() {
        let now = Timestamp::from_unix(1_800_000_000);
        let pause = |attempt, after| later(attempt, after, 0, now).since(now);
        assert_eq!([1, 2, 3, 9, 40].map(|attempt| pause(attempt, None)), [15, 30, 60, 3600, 3600]);
        assert_eq!(pause(1, Some(90)), 90);
        assert_eq!(pause(1, Some(10_000_000)), 6 * LONGEST_PAUSE);
    }
}
