//! One piece of an import, inside the shared transaction: runs, and the data derived from them.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

use super::write::{Incoming, Stored};
use crate::{
    db::{
        StoreError, Tx,
        tables::{
            jobs,
            run_batch::{self, Added},
            runs::RunRecord,
            servers::{self, ReportedServer},
        },
    },
    dto::import::Tally,
    ids::{JobId, JobRef, RunId, ServerId},
    report::Identity,
    service::ingest::{Sender, Wanted, create_server, find_server, job_named, known_copy, learn_server},
    time::{Day, Timestamp},
    zone::Zone,
};

/// How long a piece may hold the writer before derived data is computed. Including that, it is about half of what a
/// report may have to wait.
const HOLD: Duration = Duration::from_millis(20);
/// A cache of ids that were looked up.
#[derive(Debug, Default)]
pub(super) struct Known {
    servers: HashMap<(Option<String>, Option<String>), ServerId>,
    seen: HashMap<ServerId, Option<Timestamp>>,
    jobs: HashMap<(ServerId, String, Option<String>), JobRef>,
    /// Jobs that received new runs.
    touched: BTreeSet<(ServerId, JobId)>,
}

impl Known {
    /// Clears the cache.
    pub(super) fn forget(&mut self) {
        *self = Self { touched: std::mem::take(&mut self.touched), ..Self::default() };
    }

    /// Returns the jobs that received new runs.
    pub(super) fn touched(&self) -> impl Iterator<Item = JobRef> {
        self.touched.iter().map(|(server, id)| JobRef { server: *server, id: *id })
    }
}

/// Stores runs of the batch until the time limit is reached. Returns the position reached.
pub(super) fn store_piece(
    tx: &mut Tx<'_>,
    zone: &Zone,
    known: &mut Known,
    batch: &mut [Incoming],
    from: usize,
) -> Result<(usize, Stored), StoreError> {
    let begun = Instant::now();
    let (mut done, mut stored) = (from, Stored::default());
    let rest = batch.get_mut(from..).unwrap_or_default();
    for group in rest.chunk_by_mut(|a, b| a.job == b.job && a.identity == b.identity) {
        let Some(first) = group.first() else { continue };
        let server = server(tx, known, first, &mut stored)?;
        let job = job(tx, known, server, first)?;
        let mut changes = Changes::default();
        for incoming in group.iter_mut() {
            incoming.record.server_id = server.0;
            incoming.record.job_id = job.id.0;
            let became = store_one(tx, incoming)?;
            stored.runs.found += 1;
            changes.note(zone, &became, incoming, &mut stored.runs);
            done += 1;
            if begun.elapsed() >= HOLD {
                break;
            }
        }
        changes.apply(tx, zone, known, job)?;
        if begun.elapsed() >= HOLD {
            break;
        }
    }
    Ok((done, stored))
}

enum ItemResult {
    Added(Timestamp),
    Completed(Timestamp),
    Known,
}

/// Changes of one job.
#[derive(Default)]
struct Changes {
    days: BTreeSet<Day>,
    count: i64,
    uploaded: i64,
    completed: bool,
    newest: Option<(Timestamp, Option<String>)>,
}

impl Changes {
    fn note(&mut self, zone: &Zone, became: &ItemResult, incoming: &Incoming, tally: &mut Tally) {
        match became {
            ItemResult::Added(at) => {
                tally.added += 1;
                self.count += 1;
                self.uploaded = self
                    .uploaded
                    .saturating_add(incoming.record.outcome().uploaded(incoming.record.uploaded_size));
                self.days.insert(zone.day(*at));
                if self.newest.as_ref().is_none_or(|(newest, _)| *newest <= incoming.received) {
                    self.newest = Some((incoming.received, incoming.record.duplicati_version.clone()));
                }
            }
            ItemResult::Completed(at) => {
                tally.completed += 1;
                self.completed = true;
                self.days.insert(zone.day(*at));
            }
            ItemResult::Known => tally.known += 1,
        }
    }

    fn apply(self, tx: &mut Tx<'_>, zone: &Zone, known: &mut Known, job: JobRef) -> Result<(), StoreError> {
        let Self { days, count, uploaded, completed, newest } = self;
        if days.is_empty() {
            return Ok(());
        }
        let added = if completed { Added::Anything } else { Added::Runs { count, uploaded } };
        run_batch::refresh(tx.conn, zone, job, &days, added)?;
        known.touched.insert((job.server, job.id));
        let Some((received, version)) = newest else { return Ok(()) };
        let server = job.server;
        let seen = match known.seen.get(&server) {
            Some(seen) => *seen,
            None => jobs::time(servers::find(tx.conn, server)?.last_seen.as_deref()),
        };
        if seen.is_none_or(|seen| seen < received) {
            let sighting = ReportedServer {
                last_seen: Some(received.to_string()),
                duplicati_version: version,
                ..ReportedServer::default()
            };
            servers::note_report(tx.conn, server, &sighting)?;
        }
        known.seen.insert(server, seen.max(Some(received)));
        Ok(())
    }
}

fn server(
    tx: &mut Tx<'_>,
    known: &mut Known,
    of: &Incoming,
    stored: &mut Stored,
) -> Result<ServerId, StoreError> {
    let Identity { machine_id, machine_name, .. } = &of.identity;
    let key = (machine_id.clone(), machine_name.clone());
    if let Some(server) = known.servers.get(&key) {
        return Ok(*server);
    }
    let sender = Sender::named("import");
    let server = match find_server(tx.conn, &of.identity, &sender, of.received)? {
        Some(server) => server,
        None => {
            stored.servers.added += 1;
            create_server(tx.conn, &of.identity, &sender, of.received)?
        }
    };
    learn_server(tx.conn, &of.identity, &sender, server, of.received)?;
    stored.servers.found += 1;
    known.servers.insert(key, server);
    Ok(server)
}

fn job(tx: &mut Tx<'_>, known: &mut Known, server: ServerId, of: &Incoming) -> Result<JobRef, StoreError> {
    let key = (server, of.job.clone(), of.identity.backup_id.clone());
    if let Some(job) = known.jobs.get(&key) {
        return Ok(*job);
    }
    let job = job_named(tx.conn, server, &Wanted::named(&of.identity), of.received)?.job;
    known.jobs.insert(key, job);
    Ok(job)
}

fn store_one(tx: &mut Tx<'_>, incoming: &mut Incoming) -> Result<ItemResult, StoreError> {
    let Incoming { start, record, .. } = incoming;
    if !start.assumed && record.insert_if_new(tx.conn)? {
        return Ok(ItemResult::Added(start.at));
    }
    // The stored run takes precedence, because figures of the source may be wrong where they stand for unknown.
    let known = match RunRecord::find_by_start(tx.conn, record.job_ref().id, &record.start_time)? {
        Some(known) if !start.assumed => Some(known),
        _ => known_copy(tx.conn, record)?,
    };
    if let Some((id, known)) = known {
        let at = known.start_time.parse().unwrap_or(start.at);
        let mut completed = known.clone().completed_by(record.clone());
        // The identity of the run does not change.
        completed.claimed_start.clone_from(&known.claimed_start);
        if completed == known {
            return Ok(ItemResult::Known);
        }
        completed.replace(tx.conn, RunId(id))?;
        return Ok(ItemResult::Completed(at));
    }
    // Two runs in the same second are kept as two.
    record.insert_placed(tx.conn)?;
    start.at = record.start_time.parse().unwrap_or(start.at);
    Ok(ItemResult::Added(start.at))
}
