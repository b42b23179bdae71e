//! Runs go in, a few thousand a second and never more than the one writer can take beside its reports.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, watch};

use super::ImportError;
use crate::{
    db::{
        StoreError, Tx,
        bulk::{self, Added},
        connection::pragma,
        jobs,
        runs::RunRecord,
        servers::{self, Sighting},
    },
    dto::import::{ImportPhase, ImportProgress, Tally},
    ids::{JobRef, RunId, ServerId},
    report::Identity,
    service::{
        Actor, Services,
        ingest::{Start, by_name, known_copy},
    },
    time::{Day, Timestamp},
    zone::Zone,
};

/// How long one piece may hold the writer before what is derived from it is made: with that, about half of what a
/// report may have to wait.
const HOLD: Duration = Duration::from_millis(20);
/// Runs that are handed over at once.
pub(super) const BATCH_RUNS: usize = 500;
/// Bytes of their logs.
pub(super) const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// Batches that wait for the writer.
const WAITING: usize = 4;
/// What the writer is left alone for between two pieces, so that another process gets its turn.
const PAUSE: Duration = Duration::from_millis(1);
/// The same while another process writes.
const LONG_PAUSE: Duration = Duration::from_millis(25);
/// Pieces for which another process counts as writing after it did.
const REMEMBERED: u32 = 40;
/// How often a piece is tried when the database is busy, half a second apart.
const TRIES: u32 = 60;

/// What every kind of import works with.
#[derive(Debug, Clone)]
pub(super) struct Import {
    pub services: Services,
    pub actor: Actor,
    pub zone: Zone,
    pub progress: watch::Sender<ImportProgress>,
}

/// A run, ready to be stored but for the ids of its server and job.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    /// Its server and job.
    pub identity: Identity,
    /// Name of its job.
    pub job: String,
    /// When it began, as far as that is known.
    pub start: Start,
    /// When it was received.
    pub received: Timestamp,
    /// Everything else.
    pub record: RunRecord,
}

/// What became of servers and runs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stored {
    pub servers: Tally,
    pub runs: Tally,
}

/// A way for batches to the writer.
pub(super) type Batches = mpsc::Sender<Vec<Incoming>>;

/// A channel for batches that does not run full of memory.
pub(super) fn channel() -> (Batches, mpsc::Receiver<Vec<Incoming>>) {
    mpsc::channel(WAITING)
}

/// What was looked up before.
#[derive(Debug, Default)]
struct Known {
    servers: HashMap<(Option<String>, Option<String>), ServerId>,
    seen: HashMap<ServerId, Option<Timestamp>>,
    jobs: HashMap<(ServerId, String), Job>,
}

#[derive(Debug, Clone, Copy)]
struct Job {
    place: JobRef,
    /// What Duplicati said about its next run before the import.
    scheduled: Option<Timestamp>,
}

/// One batch and what is known, shared with the writer's thread.
#[derive(Debug, Default)]
struct Work {
    batch: Vec<Incoming>,
    done: usize,
    known: Known,
}

/// What one piece did.
#[derive(Debug, Clone, Copy)]
struct Piece {
    stored: Stored,
    done: usize,
    /// Changes when another process has written.
    version: i64,
}

impl Import {
    /// Says how far it is.
    pub fn tell(&self, phase: ImportPhase, done: i64, total: Option<i64>) {
        self.progress.send_replace(ImportProgress { phase, done, total });
    }

    /// Stores batches until there are no more.
    pub async fn store(
        &self,
        mut batches: mpsc::Receiver<Vec<Incoming>>,
        total: Option<i64>,
    ) -> Result<Stored, ImportError> {
        let work = Arc::new(Mutex::new(Work::default()));
        let mut stored = Stored::default();
        let (mut version, mut busy_for) = (None, 0_u32);
        while let Some(batch) = batches.recv().await {
            let count = batch.len();
            {
                let mut work = work.lock().unwrap_or_else(PoisonError::into_inner);
                work.batch = batch;
                work.done = 0;
            }
            let mut done = 0;
            while done < count {
                let piece = self.store_piece(&work).await?;
                done = piece.done;
                stored.add(&piece.stored);
                self.tell(ImportPhase::Runs, stored.runs.found, total);
                if version.replace(piece.version).is_some_and(|version| version != piece.version) {
                    busy_for = REMEMBERED;
                }
                tokio::time::sleep(if busy_for > 0 { LONG_PAUSE } else { PAUSE }).await;
                busy_for = busy_for.saturating_sub(1);
            }
        }
        Ok(stored)
    }

    async fn store_piece(&self, work: &Arc<Mutex<Work>>) -> Result<Piece, ImportError> {
        let mut tries = 0;
        loop {
            let (shared, zone) = (Arc::clone(work), self.zone.clone());
            let result = self
                .services
                .db
                .write(move |tx| {
                    let mut work = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    let work = &mut *work;
                    let (done, stored) = piece(tx, &zone, &mut work.known, &mut work.batch, work.done)?;
                    let version = pragma(tx.conn, "data_version")?;
                    Ok(Piece { stored, done, version })
                })
                .await;
            let mut work = work.lock().unwrap_or_else(PoisonError::into_inner);
            match result {
                Ok(piece) => {
                    work.done = piece.done;
                    return Ok(piece);
                }
                Err(error) => {
                    // What was looked up may have been made in a transaction that was rolled back.
                    work.known = Known::default();
                    drop(work);
                    tries += 1;
                    if !error.is_busy() || tries == TRIES {
                        return Err(error.into());
                    }
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
        }
    }
}

impl Stored {
    fn add(&mut self, other: &Self) {
        for (sum, part) in [(&mut self.servers, &other.servers), (&mut self.runs, &other.runs)] {
            sum.found += part.found;
            sum.added += part.added;
            sum.completed += part.completed;
            sum.known += part.known;
            sum.left_out += part.left_out;
        }
    }
}

/// Stores runs from a place in the batch on until time is up; returns how far it came.
fn piece(
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
            incoming.record.job_id = job.place.id.0;
            let became = store_one(tx, job.place, incoming)?;
            stored.runs.found += 1;
            changes.note(zone, &became, incoming, &mut stored.runs);
            done += 1;
            if begun.elapsed() >= HOLD {
                break;
            }
        }
        changes.apply(tx, zone, known, &job)?;
        if begun.elapsed() >= HOLD {
            break;
        }
    }
    Ok((done, stored))
}

enum Became {
    Added(Timestamp),
    Completed(Timestamp),
    Known,
}

/// What was done to one job.
#[derive(Default)]
struct Changes {
    days: BTreeSet<Day>,
    count: i64,
    uploaded: i64,
    completed: bool,
    newest: Option<(Timestamp, Option<String>)>,
}

impl Changes {
    fn note(&mut self, zone: &Zone, became: &Became, incoming: &Incoming, tally: &mut Tally) {
        match became {
            Became::Added(at) => {
                tally.added += 1;
                self.count += 1;
                self.uploaded = self.uploaded.saturating_add(incoming.record.uploaded_size.unwrap_or(0));
                self.days.insert(zone.day(*at));
                if self.newest.as_ref().is_none_or(|(newest, _)| *newest <= incoming.received) {
                    self.newest = Some((incoming.received, incoming.record.duplicati_version.clone()));
                }
            }
            Became::Completed(at) => {
                tally.completed += 1;
                self.completed = true;
                self.days.insert(zone.day(*at));
            }
            Became::Known => tally.known += 1,
        }
    }

    fn apply(self, tx: &mut Tx<'_>, zone: &Zone, known: &mut Known, job: &Job) -> Result<(), StoreError> {
        let Self { days, count, uploaded, completed, newest } = self;
        if days.is_empty() {
            return Ok(());
        }
        let added = if completed { Added::Anything } else { Added::Runs { count, uploaded } };
        bulk::refresh(tx.conn, zone, job.place, &days, added, job.scheduled)?;
        let Some((received, version)) = newest else { return Ok(()) };
        let server = job.place.server;
        let seen = match known.seen.get(&server) {
            Some(seen) => *seen,
            None => jobs::time(servers::find(tx.conn, server)?.last_seen.as_deref()),
        };
        if seen.is_none_or(|seen| seen < received) {
            let sighting = Sighting {
                last_seen: Some(received.to_string()),
                duplicati_version: version,
                ..Sighting::default()
            };
            servers::see(tx.conn, server, &sighting)?;
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
    let by_machine = match machine_id {
        Some(machine) => servers::find_by_machine(tx.conn, machine)?,
        None => None,
    };
    let server = match by_machine {
        Some(server) => server,
        None => {
            let before = servers::count(tx.conn)?;
            let server = by_name(tx.conn, &of.identity, "import", of.received)?;
            if let Some(machine) = machine_id {
                servers::see_machine(tx.conn, machine, machine_name.as_deref(), server, of.received)?;
            }
            stored.servers.added += servers::count(tx.conn)? - before;
            server
        }
    };
    stored.servers.found += 1;
    known.servers.insert(key, server);
    Ok(server)
}

fn job(tx: &mut Tx<'_>, known: &mut Known, server: ServerId, of: &Incoming) -> Result<Job, StoreError> {
    let key = (server, of.job.clone());
    if let Some(job) = known.jobs.get(&key) {
        return Ok(*job);
    }
    let backup_id = of.identity.backup_id.as_deref();
    let place = jobs::find_or_create(tx.conn, server, &of.job, backup_id, of.received)?;
    let job = Job { place, scheduled: bulk::told_schedule(tx.conn, place)? };
    known.jobs.insert(key, job);
    Ok(job)
}

fn store_one(tx: &mut Tx<'_>, job: JobRef, incoming: &mut Incoming) -> Result<Became, StoreError> {
    let Incoming { start, record, .. } = incoming;
    if !start.assumed && record.insert_if_new(tx.conn)?.is_some() {
        return Ok(Became::Added(start.at));
    }
    if let Some((id, known)) = known_copy(tx.conn, job, *start, record.exception.as_deref())? {
        let at = known.start_time.parse().unwrap_or(start.at);
        let mut completed = known.clone().completed_by(record.clone());
        // The identity of the run stays.
        completed.claimed_start.clone_from(&known.claimed_start);
        if completed == known {
            return Ok(Became::Known);
        }
        completed.replace(tx.conn, RunId(id))?;
        return Ok(Became::Completed(at));
    }
    // Two runs without times of their own in the same second are two runs.
    while record.insert_if_new(tx.conn)?.is_none() {
        start.at = start.at.plus(1);
        record.start_time = start.at.to_string();
    }
    Ok(Became::Added(start.at))
}
