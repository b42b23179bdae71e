//! Opens, reads, writes, copies, replaces and migrates the database file. Knows only the schema's own tables and the row with the
//! database's id; depends on neither [`tables`](super::tables) nor [`care`](super::care).
//!
//! All access is through [`Db::read`] and [`Db::write`].

pub mod connection;
pub mod copy;
pub(in crate::db) mod copy_name;
pub mod disk_space;
pub mod dynamic;
pub(in crate::db) mod error;
pub mod file_state;
pub mod files;
pub mod folder_check;
pub mod header;
pub mod integrity;
pub(in crate::db) mod lossy_text;
pub mod migrate;
pub mod migrations;
pub(in crate::db) mod open_file;
pub(in crate::db) mod other_processes;
pub mod owner;
pub(in crate::db) mod prepared;
pub(in crate::db) mod query_log;
pub(in crate::db) mod reader;
pub(in crate::db) mod replace_file;
pub mod schema_check;
pub mod swap_file;
pub mod temp_file;
pub mod temp_folder;
mod write_group;
pub(in crate::db) mod write_lock;
pub(in crate::db) mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

pub use error::{StoreError, StoreErrorKind};
pub use file_state::ReadOnlyCause;
use open_file::OpenFile;
pub use query_log::QueryLog;
pub use swap_file::Swapped;
use tokio::sync::{Notify, OwnedRwLockReadGuard, RwLock, watch};
pub use writer::Tx;

use crate::dto::database::PoolState;

/// The connection type of diesel.
pub type Connection = diesel::SqliteConnection;

/// How long a query waits while the file is being replaced.
const REPLACING: Duration = Duration::from_secs(20);

/// The database. Clones share it.
#[derive(Debug, Clone)]
pub struct Db(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    /// Locked for reading by every query, so that no query runs while the file is replaced; new queries wait. `None` if neither the new nor
    /// the old file could be opened.
    current: Arc<RwLock<Option<OpenFile>>>,
    /// Locked for reading by work on separate connections.
    apart: Arc<RwLock<()>>,
    state: file_state::State,
    revision: watch::Sender<u64>,
    rebuild: migrate::Rebuild,
    /// Notified when the revision gets a subscriber.
    followed: Notify,
    queries: QueryLog,
    /// The task that tries to open the file again.
    reopening: Mutex<Option<tokio::task::AbortHandle>>,
    /// Number of queries waiting for a reader.
    waiting: AtomicU64,
}

impl Db {
    /// Opens the file; `rebuild` runs after migrations that require it. Use [`Self::open`].
    pub(in crate::db) fn open_with(path: &Path, rebuild: migrate::Rebuild) -> Result<Self, StoreError> {
        // Not zero: a page that was open during a restart must see a different revision.
        let boot = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let revision = watch::Sender::new(boot * 1000);
        let queries = QueryLog::default();
        let (open_file, read_only_cause) = OpenFile::open(path, &queries, revision.clone(), rebuild)?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            current: Arc::new(RwLock::new(Some(open_file))),
            apart: Arc::default(),
            state: file_state::State::new(read_only_cause),
            revision,
            rebuild,
            followed: Notify::new(),
            queries,
            reopening: Mutex::default(),
            waiting: AtomicU64::new(0),
        })))
    }

    /// Runs a write in the next group and waits until it is on the disk.
    ///
    /// # Errors
    /// [`StoreErrorKind::Busy`] if too many writes are waiting; [`StoreErrorKind::ReadOnly`] while the database is
    /// [read-only](Self::read_only_cause); otherwise the error of the work or the commit.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.write_as(work, false).await
    }

    /// Runs a write that no page shows, such as when a user was last seen: the revision does not change.
    ///
    /// # Errors
    /// Same as [`Self::write`].
    pub async fn write_unseen<T, F>(&self, work: F) -> Result<T, StoreError>
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
        self.0.state.record_write(&result);
        result
    }

    /// Returns the revision, which changes whenever data was stored: by this program, or by another one while [`Self::follow_others`] runs.
    pub fn revision(&self) -> watch::Receiver<u64> {
        let revision = self.0.revision.subscribe();
        self.0.followed.notify_one();
        revision
    }

    /// Returns the statistics of queries.
    pub fn queries(&self) -> &QueryLog {
        &self.0.queries
    }

    /// Returns the number of connections, and of queries waiting for one.
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

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Finishes accepted writes and checkpoints the WAL. Later writes fail as busy.
    pub async fn close(&self) {
        if let Ok(current) = self.current().await {
            let stop = move || {
                current.stop();
                Ok(())
            };
            let _ = blocking(stop).await;
        }
    }

    /// Returns the open file, which is not replaced while the guard is held.
    async fn current(&self) -> Result<OwnedRwLockReadGuard<Option<OpenFile>, OpenFile>, StoreError> {
        let busy = || StoreError::new(StoreErrorKind::Busy, "the database is being replaced");
        let current = match Arc::clone(&self.0.current).try_read_owned() {
            Ok(current) => current,
            Err(_) => tokio::time::timeout(REPLACING, Arc::clone(&self.0.current).read_owned())
                .await
                .map_err(|_| busy())?,
        };
        OwnedRwLockReadGuard::try_map(current, Option::as_ref).map_err(|_| {
            let why = self.closed().unwrap_or_default();
            StoreError::new(StoreErrorKind::Busy, format!("the database is not open; retrying: {why}"))
        })
    }
}

/// Runs long work on a thread for blocking tasks.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(StoreError::new(StoreErrorKind::Other, error.to_string())))
}
