//! Tells problems of this program itself: once when they begin, and once when they are over. What lasts is stored, so that a restart
//! repeats nothing.
//!
//! While nothing can be stored, nothing can be queued either. Then the channels are told from memory (`direct`).

mod direct;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use self::direct::Direct;
use crate::{
    db::{
        Tx,
        tables::{
            notifications::own,
            system_problems::{self, ProblemRow},
        },
    },
    error::Error,
    notify::{
        Item,
        own::{OwnProblem, of_channel, problems},
    },
    service::{Services, health},
    time::Timestamp,
    topic::Topic,
    units::span,
    zone::Zone,
};

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(60);
/// A problem that comes and goes is one: seconds without it, until it is over.
const OVER_AFTER: i64 = 300;
/// A receiver that cannot be reached for so many seconds is worth a message to others.
const CHANNEL_PATIENCE: i64 = 300;

/// What was seen, and is not stored yet.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Problems that do not last long enough, and since when they are there.
    first_seen: BTreeMap<String, Timestamp>,
    /// Stored problems that are not there, and since when.
    gone_since: BTreeMap<String, Timestamp>,
    /// What is told while nothing can be stored.
    direct: Direct,
}

/// Looks for as long as it is polled.
pub async fn run(services: &Services) {
    let mut watch = Watch::default();
    loop {
        if let Err(error) = look(services, &mut watch).await {
            tracing::warn!(%error, "the health of the program could not be checked; it is tried again");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Looks once.
///
/// # Errors
/// Database errors.
pub(super) async fn look(services: &Services, watch: &mut Watch) -> Result<(), Error> {
    let now = services.clock.now();
    if let Some(why) = services.db.read_only() {
        return watch.direct.tell(services, why, now).await;
    }
    watch.direct.store(services, now).await?;
    let (checks, channels) = health::itself(services).await?;
    let mut found = problems(&checks);
    let failing = channels.iter().filter(|channel| now.since(channel.since) >= CHANNEL_PATIENCE);
    found.extend(failing.map(|channel| {
        let problem = of_channel(channel);
        (problem.key.clone(), problem)
    }));
    let open = services.db.read(system_problems::open).await?;
    let changes = watch.changes(found, open, now);
    if !changes.is_empty() {
        services.db.write(move |tx| changes.store(tx, now)).await?;
    }
    Ok(())
}

/// What has to be stored and told.
#[derive(Debug, Default)]
struct Changes {
    begun: Vec<(OwnProblem, Timestamp)>,
    worse: Vec<(ProblemRow, OwnProblem)>,
    over: Vec<ProblemRow>,
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.worse.is_empty() && self.over.is_empty()
    }

    fn store(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), crate::db::StoreError> {
        for (problem, since) in &self.begun {
            if let Some(row) = system_problems::begin(tx.conn, problem, *since)? {
                own::began(tx.conn, &row, now)?;
            }
        }
        for (row, problem) in &self.worse {
            system_problems::grow(tx.conn, row.id, problem)?;
            if let Some(row) = system_problems::find(tx.conn, row.id)? {
                own::began(tx.conn, &row, now)?;
            }
        }
        for row in &self.over {
            system_problems::end(tx.conn, row.id, now)?;
            own::over(tx.conn, row, now)?;
        }
        Ok(())
    }
}

impl Watch {
    /// Compares what is there with what is stored.
    fn changes(
        &mut self,
        found: BTreeMap<String, OwnProblem>,
        open: Vec<ProblemRow>,
        now: Timestamp,
    ) -> Changes {
        let mut changes = Changes::default();
        let stored: BTreeSet<String> = open.iter().map(|row| row.problem_key.clone()).collect();
        self.first_seen.retain(|key, _| found.contains_key(key));
        self.gone_since.retain(|key, _| stored.contains(key) && !found.contains_key(key));
        for row in open {
            match found.get(&row.problem_key) {
                Some(problem) if problem.state == crate::dto::health::State::Failing && !row.is_failing() => {
                    changes.worse.push((row, problem.clone()));
                }
                Some(_) => {}
                None => {
                    let gone = *self.gone_since.entry(row.problem_key.clone()).or_insert(now);
                    // A clock that was set back begins anew.
                    match now.since(gone) {
                        OVER_AFTER.. => changes.over.push(row),
                        ..0 => drop(self.gone_since.insert(row.problem_key.clone(), now)),
                        _ => {}
                    }
                }
            }
        }
        for (key, problem) in found {
            if stored.contains(&key) {
                continue;
            }
            let since = *self.first_seen.entry(key.clone()).or_insert(now);
            if since > now {
                self.first_seen.insert(key, now);
            } else if now.since(since) >= problem.patience {
                changes.begun.push((problem, since));
            }
        }
        changes
    }
}

/// What a message lists of a problem, as things stand now.
pub(super) fn item(row: &ProblemRow, (topic, is_reminder): (Topic, bool), zone: &Zone) -> Item {
    let time = |text: &str| -> Timestamp { text.parse().unwrap_or_default() };
    let at = |time: Timestamp| zone.moment(time).zoned();
    let since = time(&row.since);
    let facts = match row.ended_at.as_deref().map(time) {
        Some(ended) => vec![format!(
            "It is over. It lasted {}, from {} to {}.",
            span(ended.since(since)),
            at(since),
            at(ended)
        )],
        None => vec![row.detail.clone(), format!("Since {}.", at(since))],
    };
    let path = if row.channel().is_some() { "/settings/notifications" } else { "/settings/health" };
    Item { is_reminder, ..item_of(topic, &row.name, facts, path) }
}

fn item_of(topic: Topic, name: &str, facts: Vec<String>, path: &str) -> Item {
    Item {
        topic,
        is_reminder: false,
        server: NAME.to_owned(),
        job: name.to_owned(),
        facts,
        incident: None,
        path: path.to_owned(),
    }
}

/// What this program is called where messages name a server.
pub(super) const NAME: &str = "duplistatus";
