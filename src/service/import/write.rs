//! Writes imported runs, a few thousand a second, without delaying reports.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{mpsc, watch};

use super::{
    ImportError,
    piece::{Known, store_piece},
};
use crate::{
    db::{
        Tx,
        engine::connection::pragma,
        tables::{noticing::Judge, runs::RunRecord},
    },
    dto::import::{ImportPhase, ImportProgress, Tally},
    ids::JobRef,
    report::Identity,
    service::{Actor, Services, ingest::Start},
    time::Timestamp,
    zone::Zone,
};

/// Number of runs in a batch.
pub(super) const BATCH_RUNS: usize = 500;
/// Maximum bytes of the logs in a batch.
pub(super) const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// Maximum number of batches waiting for the writer.
const WAITING: usize = 4;
/// Pause between two pieces, so that another process can get the lock.
const PAUSE: Duration = Duration::from_millis(1);
/// The pause while another process writes.
const LONG_PAUSE: Duration = Duration::from_millis(25);
/// Number of pieces for which another process counts as writing.
const REMEMBERED: u32 = 40;
/// Number of jobs evaluated at once after their runs were stored.
const JUDGED: usize = 10;
/// Maximum attempts for a piece while the database is busy, half a second apart.
const TRIES: u32 = 60;

/// The context of an import.
#[derive(Debug, Clone)]
pub(super) struct Import {
    pub services: Services,
    pub actor: Actor,
    pub zone: Zone,
    pub progress: watch::Sender<ImportProgress>,
}

/// A run to be stored, except for the ids of its server and job.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    /// The identity of its server and job.
    pub identity: Identity,
    /// The name of its job.
    pub job: String,
    /// When it began, as far as known.
    pub start: Start,
    /// When it was received.
    pub received: Timestamp,
    /// The rest of the run.
    pub record: RunRecord,
}

/// The results for servers and runs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stored {
    pub servers: Tally,
    pub runs: Tally,
}

/// Sends batches to the writer.
pub(super) type Batches = mpsc::Sender<Vec<Incoming>>;

/// Creates a bounded channel for batches.
pub(super) fn channel() -> (Batches, mpsc::Receiver<Vec<Incoming>>) {
    mpsc::channel(WAITING)
}

/// A batch with the cache, shared with the writer's thread.
#[derive(Debug, Default)]
struct Work {
    batch: Vec<Incoming>,
    done: usize,
    known: Known,
}

/// The result of one piece.
#[derive(Debug, Clone, Copy)]
struct Piece {
    stored: Stored,
    done: usize,
    /// Changes when another process has written.
    version: i64,
}

impl Import {
    /// Reports progress.
    pub fn tell(&self, phase: ImportPhase, done: i64, total: Option<i64>) {
        self.progress.send_replace(ImportProgress { phase, done, total });
    }

    /// Stores batches until the channel is closed.
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
                let mut work = locked(&work);
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
        let touched: Vec<JobRef> = locked(&work).known.touched().collect();
        self.judge(&touched).await?;
        Ok(stored)
    }

    /// Evaluates the state of jobs from all their runs.
    async fn judge(&self, touched: &[JobRef]) -> Result<(), ImportError> {
        for jobs in touched.chunks(JUDGED) {
            let (jobs, zone, now) = (jobs.to_vec(), self.zone.clone(), self.services.clock.now());
            let work = move |tx: &mut Tx<'_>| {
                let judge = Judge::at(tx.conn, &zone, now)?;
                jobs.iter().try_for_each(|job| judge.rebuild(tx.conn, *job, None))
            };
            self.services.db.write(work).await?;
        }
        Ok(())
    }

    async fn store_piece(&self, work: &Arc<Mutex<Work>>) -> Result<Piece, ImportError> {
        let mut tries = 0;
        loop {
            let (shared, zone) = (Arc::clone(work), self.zone.clone());
            let result = self
                .services
                .db
                .write(move |tx| {
                    let mut work = locked(&shared);
                    let work = &mut *work;
                    let (done, stored) = store_piece(tx, &zone, &mut work.known, &mut work.batch, work.done)?;
                    let version = pragma(tx.conn, "data_version")?;
                    Ok(Piece { stored, done, version })
                })
                .await;
            match result {
                Ok(piece) => {
                    locked(work).done = piece.done;
                    return Ok(piece);
                }
                Err(error) => {
                    // Cached ids may have been created in a transaction that was rolled back.
                    locked(work).known.forget();
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

fn locked(work: &Mutex<Work>) -> MutexGuard<'_, Work> {
    work.lock().unwrap_or_else(PoisonError::into_inner)
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
