//! The connections to one file. Another file under the same name gets connections of its own: see [`super::Db::replace`].

use std::{path::Path, time::Duration};

use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use tokio::sync::watch;

use super::{Connection, QueryLog, StoreError, connection, migrate, writer::Writer};

/// Connections that read at the same time.
const READERS: u32 = 4;

/// A pool of readers and one writer.
#[derive(Debug)]
pub(super) struct Generation {
    pub readers: Pool<ConnectionManager<Connection>>,
    pub writer: Writer,
}

#[derive(Debug)]
struct ReaderPragmas(QueryLog);

impl CustomizeConnection<Connection, diesel::r2d2::Error> for ReaderPragmas {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), diesel::r2d2::Error> {
        self.0.watch(connection);
        connection::prepare_reader(connection).map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Generation {
    /// Opens the file, makes it if there is none, and brings its schema up to date.
    pub fn open(path: &Path, queries: &QueryLog, revision: watch::Sender<u64>) -> Result<Self, StoreError> {
        let mut writing = connection::open_writer(path)?;
        migrate::upgrade(&mut writing, path)?;
        queries.watch(&mut writing);
        let readers = Pool::builder()
            .max_size(READERS)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(5))
            .test_on_check_out(false)
            .connection_customizer(Box::new(ReaderPragmas(queries.clone())))
            .build(ConnectionManager::new(path.to_string_lossy()))?;
        let writer = Writer::start(path.to_owned(), writing, queries.clone(), revision)?;
        Ok(Self { readers, writer })
    }
}
