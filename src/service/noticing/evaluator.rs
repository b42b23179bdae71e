//! Changes the states whose time has come. Everything that it needs to know is stored, and a state is judged in the transaction that
//! changes it: a restart, a second process, a suspended machine or a clock that is set change nothing twice.

use std::time::{Duration, Instant};

use crate::{
    db::{
        StoreError, Tx,
        tables::noticing::{Judge, downtimes, states},
    },
    error::Error,
    service::{Services, notifications::digests},
    time::Timestamp,
    zone::Zone,
};

/// A sign of life is given so often: seconds.
const BEAT: i64 = 60;
/// After a change, others are waited for: the writer is left to reports.
const PAUSE: Duration = Duration::from_secs(1);
/// Jobs that are judged in one transaction, unless its time is up before.
const JOBS: i64 = 200;
/// What one transaction may take: uploads wait no longer.
const SLICE: Duration = Duration::from_millis(15);
/// How often it is looked for jobs without a state: seconds. It is a look at each job, and after a start or a restore none is without.
const COMPLETE_EVERY: i64 = 86_400;
/// Jobs without a state whose history is read in one transaction.
const HISTORIES: usize = 5;

/// Judges what is due, for as long as it is polled.
pub async fn run(services: &Services) {
    let mut changed = services.db.revision();
    let (mut completed, mut beaten): (Option<Timestamp>, Option<Timestamp>) = (None, None);
    loop {
        // What is stored from here on may not be seen by this round.
        changed.mark_unchanged();
        let now = services.clock.now();
        let is_past = |last: Option<Timestamp>, seconds: i64| {
            last.is_none_or(|last| !(0..seconds).contains(&now.since(last)))
        };
        let mut next = None;
        if services.db.read_only_cause().is_none() {
            let judged = async {
                if is_past(completed, COMPLETE_EVERY) {
                    complete(services).await?;
                    completed = Some(now);
                }
                // A report wakes it each second at most, and is no reason for a sign of life.
                if is_past(beaten, BEAT) {
                    beaten = Some(now);
                    tick(services).await
                } else {
                    judge(services).await
                }
            };
            next = judged.await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the states of jobs could not be judged; it is tried again");
                None
            });
        }
        let now = services.clock.now();
        let beat = beaten.map_or(BEAT, |at| BEAT - now.since(at));
        let seconds = next.map_or(beat, |at| at.since(now).min(beat)).clamp(1, BEAT);
        let wait = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            // A report or a setting may have brought the next change forward.
            result = changed.changed() => {
                if result.is_err() {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Gives a sign of life and judges what is due. Returns when the next state changes.
///
/// # Errors
/// Database errors.
pub async fn tick(services: &Services) -> Result<Option<Timestamp>, Error> {
    let now = services.clock.now();
    let was_set_back = services
        .db
        .write_unseen(move |tx| {
            let last = downtimes::beat(tx.conn, now)?;
            let was_set_back = last.is_some_and(|last| last.since(now) > states::SET_BACK);
            if was_set_back {
                states::distrust(tx.conn, now)?;
            } else if last.is_some_and(|last| last > now) {
                states::judge_again_in_time(tx.conn, now)?;
            }
            Ok(was_set_back)
        })
        .await?;
    if was_set_back {
        tracing::warn!("the clock was set back: the states of all jobs are judged again");
    }
    let next = judge(services).await?;
    services.last_round.send_replace(Some(now));
    Ok(next)
}

/// Judges what is due, and then queues the digests that are due, which say what is so now. Returns when the next state changes, or the next
/// digest is due.
///
/// # Errors
/// Database errors.
pub async fn judge(services: &Services) -> Result<Option<Timestamp>, Error> {
    while judge_some(services).await? {}
    digests::queue_due(services).await?;
    let change = services.db.read(states::next_change).await?;
    Ok(change.into_iter().chain(digests::next_due(services).await?).min())
}

/// Judges as much of what is due as one transaction may. Returns whether anything was.
///
/// # Errors
/// Database errors.
pub async fn judge_some(services: &Services) -> Result<bool, Error> {
    let now = services.clock.now();
    let next = services.db.read(states::next_change).await?;
    let is_due = next.is_some_and(|at| at <= now);
    if is_due {
        let zone = services.zone.clone();
        services.db.write(move |tx| judge_due(tx, &zone, now)).await?;
    }
    Ok(is_due)
}

/// Judges jobs that have no state by their history: the database was written before there were any, or was repaired.
///
/// # Errors
/// Database errors.
pub async fn complete(services: &Services) -> Result<(), Error> {
    let now = services.clock.now();
    while !services.db.read(states::is_complete).await? {
        let zone = services.zone.clone();
        let complete = move |tx: &mut Tx<'_>| Judge::at(tx.conn, &zone, now)?.complete(tx.conn, HISTORIES);
        services.db.write(complete).await?;
    }
    Ok(())
}

/// Catches up after another database took the place of the one that was judged: it may be older than the stored states, and the
/// time since it was written is one at which nothing of it was heard.
///
/// # Errors
/// Database errors.
pub async fn catch_up(services: &Services) -> Result<(), Error> {
    complete(services).await?;
    tick(services).await.map(drop)
}

fn judge_due(tx: &mut Tx<'_>, zone: &Zone, now: Timestamp) -> Result<(), StoreError> {
    let judge = Judge::at(tx.conn, zone, now)?;
    let until = Instant::now() + SLICE;
    for job in states::due(tx.conn, now, JOBS)? {
        judge.again(tx.conn, job)?;
        if Instant::now() >= until {
            break;
        }
    }
    Ok(())
}
