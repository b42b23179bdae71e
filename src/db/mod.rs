//! The database: one SQLite file, a pool of readers and one writer. [`Db::read`] and [`Db::write`] are the only doors.
//! Everything that knows SQL is below this module, and only services call it.

pub mod api_keys;
pub mod audit;
pub mod bulk;
pub mod checks;
pub mod connection;
mod content;
pub mod copies;
pub mod copy;
pub mod counts;
pub mod days;
pub mod derived;
pub mod dynamic;
mod error;
pub mod figures;
pub mod invariants;
pub mod jobs;
mod kept;
pub mod keys;
pub mod login_failures;
mod lossy;
pub mod mend;
pub mod migrate;
pub mod node;
pub mod notifications;
pub mod operations;
pub mod outcomes;
mod query_log;
pub mod raw;
pub mod rejected;
pub mod repair;
pub mod retention;
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
mod summary;
pub mod tasks;
pub mod upkeep;
pub mod users;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
pub use error::{StoreError, StoreErrorKind};
pub use query_log::QueryLog;
use tokio::sync::watch;
pub use writer::Tx;
use writer::Writer;

use crate::dto::database::PoolState;

/// The only place that names the dialect, so that another build could use another one.
pub type Connection = diesel::SqliteConnection;

/// Connections that read at the same time.
const READERS: u32 = 4;

/// The database. Clones share it.
#[derive(Debug, Clone)]
pub struct Db(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    readers: Pool<ConnectionManager<Connection>>,
    writer: Writer,
    queries: QueryLog,
    /// Queries that wait for a reader.
    waiting: AtomicU64,
}

#[derive(Debug)]
struct ReaderPragmas(QueryLog);

impl CustomizeConnection<Connection, diesel::r2d2::Error> for ReaderPragmas {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), diesel::r2d2::Error> {
        self.0.watch(connection);
        connection::prepare_reader(connection).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// Somebody who waits for a reader, until it is dropped.
struct Waiting(Arc<Inner>);

impl Waiting {
    fn of(inner: &Arc<Inner>) -> Self {
        inner.waiting.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(inner))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Db {
    /// Opens the file, makes it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged, or was written by a newer program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut writing = connection::open_writer(path)?;
        migrate::upgrade(&mut writing, path)?;
        let queries = QueryLog::default();
        queries.watch(&mut writing);
        let manager = ConnectionManager::new(path.to_string_lossy());
        let readers = Pool::builder()
            .max_size(READERS)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(5))
            .test_on_check_out(false)
            .connection_customizer(Box::new(ReaderPragmas(queries.clone())))
            .build(manager)?;
        let writer = Writer::start(path.to_owned(), writing, queries.clone())?;
        let waiting = AtomicU64::new(0);
        Ok(Self(Arc::new(Inner { path: path.to_owned(), readers, writer, queries, waiting })))
    }

    /// Runs a query on one of the readers.
    ///
    /// # Errors
    /// [`StoreErrorKind::Busy`] when no reader is free for five seconds; else what the query failed with.
    pub async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let waiting = Waiting::of(&self.0);
        tokio::task::spawn_blocking(move || {
            let inner = Arc::clone(&waiting.0);
            let mut reader = inner.readers.get()?;
            drop(waiting);
            let result = query(&mut reader);
            inner.queries.explain_waiting(&mut reader);
            result
        })
        .await
        .unwrap_or_else(|error| Err(StoreError::new(StoreErrorKind::Other, error.to_string())))
    }

    /// Runs a query of a few rows by index, which takes less time than to hand it to another thread. When no reader is
    /// free it waits for one there, as [`Db::read`] does.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_little<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        if let Some(mut reader) = self.0.readers.try_get() {
            let result = query(&mut reader);
            self.0.queries.explain_waiting(&mut reader);
            return result;
        }
        self.read(query).await
    }

    /// Runs what reads all of the file: on a connection of its own, so that it takes no reader from pages for as long as
    /// that lasts, and without being noted as slow.
    ///
    /// # Errors
    /// What the query failed with.
    pub async fn read_apart<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let path = self.0.path.clone();
        tokio::task::spawn_blocking(move || {
            let mut conn = connection::establish(&path)?;
            connection::prepare_reader(&mut conn)?;
            query(&mut conn)
        })
        .await
        .unwrap_or_else(|error| Err(StoreError::new(StoreErrorKind::Other, error.to_string())))
    }

    /// Runs a write in the next group and waits until it is on the disk.
    ///
    /// # Errors
    /// [`StoreErrorKind::Busy`] when too much waits; else what the work or the commit failed with.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.0.writer.write(work, false).await
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
        self.0.writer.write(work, true).await
    }

    /// Changes whenever something was stored.
    pub fn revision(&self) -> watch::Receiver<u64> {
        self.0.writer.revision()
    }

    /// What queries cost.
    pub fn queries(&self) -> &QueryLog {
        &self.0.queries
    }

    /// How many connections there are, and who waits for one.
    pub fn pool(&self) -> PoolState {
        let state = self.0.readers.state();
        PoolState {
            readers: self.0.readers.max_size(),
            in_use: state.connections.saturating_sub(state.idle_connections),
            idle: state.idle_connections,
            waiting: self.0.waiting.load(Ordering::Relaxed),
            writes_waiting: self.0.writer.waiting(),
        }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Finishes what was accepted and checkpoints the WAL; later writes are answered "busy".
    pub async fn close(&self) {
        let inner = Arc::clone(&self.0);
        let _ = tokio::task::spawn_blocking(move || inner.writer.stop()).await;
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod plan_tests;
