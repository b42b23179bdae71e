//! The database: one SQLite file, a pool of readers and one writer. [`Db::read`] and [`Db::write`] are the only doors.
//! Everything that knows SQL is below this module, and only services call it.

pub mod adopt;
pub mod api_keys;
pub mod audit;
pub mod audit_repeats;
pub mod backup_ids;
pub mod belongings;
pub mod bulk;
pub mod candidate;
pub mod checks;
pub mod connection;
mod content;
pub mod copies;
mod copy_name;
pub mod counts;
pub mod days;
pub mod derived;
pub mod dump;
pub mod dynamic;
mod error;
pub mod export;
pub mod figures;
pub mod files;
mod free_name;
mod generation;
pub mod growth;
pub mod health;
pub mod identity;
pub mod invariants;
pub mod jobs;
mod kept;
pub mod keys;
pub mod login_failures;
mod lossy;
pub mod lost;
pub mod machine_names;
pub mod mend;
pub mod migrate;
pub mod must_stay;
pub mod node;
pub mod notifications;
pub mod operations;
pub mod outcomes;
pub mod place;
mod query_log;
pub mod raw;
mod reading;
pub mod rejected;
pub mod repair;
mod replace;
pub mod restore;
pub mod retention;
pub mod retention_rules;
pub mod run_checks;
pub mod run_copies;
pub mod run_lists;
pub mod runs;
pub mod salvage;
#[rustfmt::skip]
pub mod schema;
pub mod server_changes;
pub mod servers;
pub mod sessions;
pub mod settings;
pub mod space;
pub mod state;
mod summary;
pub mod swap;
mod take_over;
pub mod tasks;
pub mod temp_folder;
pub mod totals;
mod turns;
pub mod unfinished;
pub mod upkeep;
pub mod users;
pub mod versions;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

pub use error::{StoreError, StoreErrorKind};
use generation::Generation;
pub use query_log::QueryLog;
pub use state::Frozen;
pub use swap::Swapped;
use tokio::sync::{OwnedRwLockReadGuard, RwLock, watch};
pub use writer::Tx;

use crate::dto::database::PoolState;

/// The only place that names the dialect, so that another build could use another one.
pub type Connection = diesel::SqliteConnection;

/// How long somebody waits while the file is being replaced.
const REPLACING: Duration = Duration::from_secs(20);

/// The database. Clones share it.
#[derive(Debug, Clone)]
pub struct Db(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    /// Held for reading by every query, so that nothing is under way while the file is replaced; whoever comes meanwhile
    /// waits. None when neither the new nor the old file could be opened.
    current: Arc<RwLock<Option<Generation>>>,
    /// Held for reading by what works on a connection of its own.
    apart: Arc<RwLock<()>>,
    state: state::State,
    revision: watch::Sender<u64>,
    queries: QueryLog,
    /// What tries to open the file again that could not be opened.
    trying: Mutex<Option<tokio::task::AbortHandle>>,
    /// Queries that wait for a reader.
    waiting: AtomicU64,
}

impl Db {
    /// Opens the file, makes it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged so that nothing can be read, or was written by a newer program. One that can
    /// be read and must not be written is open: see [`Self::frozen`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        // Not zero: a page that was open during a restart must see another number than before.
        let boot = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let revision = watch::Sender::new(boot * 1000);
        let queries = QueryLog::default();
        let (generation, frozen) = Generation::open(path, &queries, revision.clone())?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            current: Arc::new(RwLock::new(Some(generation))),
            apart: Arc::default(),
            state: state::State::new(frozen),
            revision,
            queries,
            trying: Mutex::default(),
            waiting: AtomicU64::new(0),
        })))
    }

    /// Runs a write in the next group and waits until it is on the disk.
    ///
    /// # Errors
    /// [`StoreErrorKind::Busy`] when too much waits; [`StoreErrorKind::ReadOnly`] while the file is [frozen](Self::frozen); else
    /// what the work or the commit failed with.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.write_as(work, false).await
    }

    /// The same for what no page shows, as when somebody was last seen: open pages need not ask again.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_quietly<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.write_as(work, true).await
    }

    async fn write_as<T, F>(&self, work: F, quiet: bool) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let current = self.current().await?;
        self.0.state.writable()?;
        let unwritable = || StoreError::new(StoreErrorKind::ReadOnly, "it was not opened for writing");
        let result = current.writer.as_ref().ok_or_else(unwritable)?.write(work, quiet).await;
        self.0.state.learn_of_write(&result);
        result
    }

    /// Changes whenever something was stored.
    pub fn revision(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }

    /// What queries cost.
    pub fn queries(&self) -> &QueryLog {
        &self.0.queries
    }

    /// How many connections there are, and who waits for one.
    pub fn pool(&self) -> PoolState {
        let waiting = self.0.waiting.load(Ordering::Relaxed);
        let current = self.0.current.try_read();
        let Some(open) = current.as_ref().ok().and_then(|current| current.as_ref()) else {
            return PoolState { waiting, ..PoolState::default() };
        };
        let state = open.readers.state();
        PoolState {
            readers: open.readers.max_size(),
            in_use: state.connections.saturating_sub(state.idle_connections),
            idle: state.idle_connections,
            waiting,
            writes_waiting: open.writer.as_ref().map_or(0, writer::Writer::waiting),
        }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Finishes what was accepted and checkpoints the WAL; later writes are answered "busy".
    pub async fn close(&self) {
        if let Ok(current) = self.current().await {
            let stop = move || {
                current.stop();
                Ok(())
            };
            let _ = blocking(stop).await;
        }
    }

    /// The open file, which is not replaced while this is held.
    async fn current(&self) -> Result<OwnedRwLockReadGuard<Option<Generation>, Generation>, StoreError> {
        let busy = || StoreError::new(StoreErrorKind::Busy, "the database is being replaced");
        let current = match Arc::clone(&self.0.current).try_read_owned() {
            Ok(current) => current,
            Err(_) => tokio::time::timeout(REPLACING, Arc::clone(&self.0.current).read_owned())
                .await
                .map_err(|_| busy())?,
        };
        OwnedRwLockReadGuard::try_map(current, Option::as_ref).map_err(|_| {
            let why = self.closed().unwrap_or_default();
            StoreError::new(
                StoreErrorKind::Busy,
                format!("the database is not open, and is tried again: {why}"),
            )
        })
    }
}

/// Does something that takes long on a thread where that holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(StoreError::new(StoreErrorKind::Other, error.to_string())))
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod plan_tests;
