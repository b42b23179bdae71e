//! How the file is opened, read, written, copied, replaced and migrated. Knows no table but the schema's own and the one
//! row that holds the database's id; knows neither [`tables`](super::tables) nor [`care`](super::care).
//!
//! [`Db::read`] and [`Db::write`] are the only doors to it.

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
    current: Arc<RwLock<Option<OpenFile>>>,
    /// Held for reading by what works on a connection of its own.
    apart: Arc<RwLock<()>>,
    state: file_state::State,
    revision: watch::Sender<u64>,
    rebuild: migrate::Rebuild,
    /// Told when somebody asks for the revision.
    followed: Notify,
    queries: QueryLog,
    /// What tries to open the file again that could not be opened.
    reopening: Mutex<Option<tokio::task::AbortHandle>>,
    /// Queries that wait for a reader.
    waiting: AtomicU64,
}

impl Db {
    /// Opens the file; `rebuild` follows a migration that changes what runs say. [`Self::open`] is the way in.
    pub(in crate::db) fn open_with(path: &Path, rebuild: migrate::Rebuild) -> Result<Self, StoreError> {
        // Not zero: a page that was open during a restart must see another number than before.
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
    /// [`StoreErrorKind::Busy`] when too much waits; [`StoreErrorKind::ReadOnly`] while the file is [read-only](Self::read_only_cause); else
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

    /// Changes whenever something was stored, by this program or, while somebody [follows](Self::follow_others), by another one.
    pub fn revision(&self) -> watch::Receiver<u64> {
        let revision = self.0.revision.subscribe();
        self.0.followed.notify_one();
        revision
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

/// Does something that takes long on a thread where that holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(StoreError::new(StoreErrorKind::Other, error.to_string())))
}
