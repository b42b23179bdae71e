//! The database: one SQLite file, a pool of readers and one writer. [`Db::read`] and [`Db::write`] are the only doors.
//! Everything that knows SQL is below this module, and only services call it.

pub mod api_keys;
pub mod audit;
pub mod checks;
pub mod connection;
pub mod days;
mod error;
pub mod jobs;
mod kept;
pub mod keys;
pub mod login_failures;
pub mod migrate;
pub mod notifications;
pub mod operations;
pub mod outcomes;
pub mod raw;
pub mod rejected;
pub mod retention;
pub mod run_lists;
pub mod runs;
#[rustfmt::skip]
pub mod schema;
pub mod server_changes;
pub mod servers;
pub mod sessions;
pub mod settings;
mod summary;
pub mod tasks;
pub mod users;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
pub use error::{StoreError, StoreErrorKind};
use tokio::sync::watch;
pub use writer::Tx;
use writer::Writer;

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
}

#[derive(Debug)]
struct ReaderPragmas;

impl CustomizeConnection<Connection, diesel::r2d2::Error> for ReaderPragmas {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), diesel::r2d2::Error> {
        connection::prepare_reader(connection).map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Db {
    /// Opens the file, makes it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged, or was written by a newer program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut writing = connection::open_writer(path)?;
        migrate::migrate(&mut writing)?;
        let manager = ConnectionManager::new(path.to_string_lossy());
        let readers = Pool::builder()
            .max_size(READERS)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(5))
            .test_on_check_out(false)
            .connection_customizer(Box::new(ReaderPragmas))
            .build(manager)?;
        let writer = Writer::start(path.to_owned(), writing)?;
        Ok(Self(Arc::new(Inner { path: path.to_owned(), readers, writer })))
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
        let readers = self.0.readers.clone();
        tokio::task::spawn_blocking(move || query(&mut *readers.get()?))
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
            return query(&mut reader);
        }
        self.read(query).await
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
