//! The connections to one file. When the file is replaced, the new one gets new connections: see [`super::Db::replace`].

use std::{path::Path, time::Duration};

use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use tokio::sync::watch;

use super::{
    Connection, QueryLog, StoreError, StoreErrorKind, connection, file_state::ReadOnlyCause, files, header,
    migrate, migrations, owner, schema_check, writer::Writer,
};
use crate::dto::health::ReadOnly;

/// Number of reading connections.
const READERS: u32 = 4;

/// A pool of readers and one writer.
#[derive(Debug)]
pub(in crate::db) struct OpenFile {
    pub readers: Pool<ConnectionManager<Connection>>,
    /// `None` if the file cannot be opened for writing.
    pub writer: Option<Writer>,
    /// The file at the time it was opened.
    pub file: files::Presence,
}

#[derive(Debug)]
struct ReaderPragmas(QueryLog);

impl CustomizeConnection<Connection, diesel::r2d2::Error> for ReaderPragmas {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), diesel::r2d2::Error> {
        self.0.watch(connection);
        connection::prepare_reader(connection).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// Advice for a file that cannot even be read.
const RESCUE: &str =
    ": `duplistatus db restore` replaces it with a backup, `duplistatus db salvage` recovers readable data";

impl OpenFile {
    /// Opens the file, creates it if there is none, and brings its schema up to date. A file that can be read but must not
    /// be written is opened read-only, with the cause.
    pub fn open(
        path: &Path,
        queries: &QueryLog,
        revision: watch::Sender<u64>,
        rebuild: migrate::Rebuild,
    ) -> Result<(Self, Option<ReadOnlyCause>), StoreError> {
        // SQLite would delete the log of a file that it does not recognize.
        if files::length(path) > 0 && !header::has_sound_header(path)? {
            return Err(StoreError::new(
                StoreErrorKind::Corrupt,
                format!("its first page cannot be read{RESCUE}"),
            ));
        }
        if files::is_emptied(path) {
            return Err(StoreError::new(StoreErrorKind::Corrupt, connection::EMPTIED));
        }
        let why = match Self::open_to_write(path, queries, revision, rebuild) {
            Ok(opened) => return Ok(opened),
            Err(error) => error,
        };
        let reason = match why.kind {
            StoreErrorKind::Corrupt => ReadOnly::Damaged,
            StoreErrorKind::ReadOnly | StoreErrorKind::Io | StoreErrorKind::Full => ReadOnly::Unwritable,
            _ => return Err(why.naming_others(path)),
        };
        match Self::open_to_read(path, queries) {
            Ok(opened) => Ok((opened, Some(ReadOnlyCause { why: reason, what: why.to_string() }))),
            // The first error says more.
            Err(_) if why.kind == StoreErrorKind::Corrupt => Err(why.with_advice(RESCUE)),
            Err(_) => Err(why),
        }
    }

    fn open_to_write(
        path: &Path,
        queries: &QueryLog,
        revision: watch::Sender<u64>,
        rebuild: migrate::Rebuild,
    ) -> Result<(Self, Option<ReadOnlyCause>), StoreError> {
        let mut writing = connection::open_writer(path)?;
        // Needed before the copy that a migration makes; a new file has the table for it only after the migration.
        owner::ensure(&mut writing)?;
        let is_as_it_was = migrate::upgrade(&mut writing, path, rebuild)?.applied.is_empty();
        owner::ensure(&mut writing)?;
        let read_only_cause = if is_as_it_was { lacking(&mut writing)? } else { None };
        queries.watch(&mut writing);
        let readers = readers(path, queries)?;
        let writer = Some(Writer::start(path.to_owned(), writing, queries.clone(), revision)?);
        Ok((Self { readers, writer, file: files::Presence::of(path) }, read_only_cause))
    }

    /// Finishes accepted writes; blocks until they are done.
    pub fn stop(&self) {
        if let Some(writer) = &self.writer {
            writer.stop();
        }
    }

    /// Opens a file read-only. Requires the current schema, because it cannot be migrated.
    pub(in crate::db) fn open_to_read(path: &Path, queries: &QueryLog) -> Result<Self, StoreError> {
        if !path.is_file() || !migrations::is_current(&mut connection::open_reader(path)?)? {
            return Err(StoreError::new(StoreErrorKind::Other, "it cannot be read"));
        }
        let readers = readers(&connection::readable(path), queries)?;
        Ok(Self { readers, writer: None, file: files::Presence::of(path) })
    }
}

fn readers(path: &Path, queries: &QueryLog) -> Result<Pool<ConnectionManager<Connection>>, StoreError> {
    Ok(Pool::builder()
        .max_size(READERS)
        .min_idle(Some(1))
        .connection_timeout(Duration::from_secs(5))
        .test_on_check_out(false)
        .connection_customizer(Box::new(ReaderPragmas(queries.clone())))
        .build(ConnectionManager::new(path.to_string_lossy()))?)
}

/// Compares the schema. A missing table counts as damage: its rows are lost, and rows that refer to them would be lost,
/// too. Other differences are only logged.
fn lacking(conn: &mut Connection) -> Result<Option<ReadOnlyCause>, StoreError> {
    let differences = schema_check::compare(conn)?;
    for difference in &differences {
        tracing::warn!(
            "{}; `duplistatus db repair` creates the missing parts of the schema",
            difference.what
        );
    }
    let lost: Vec<String> =
        differences.into_iter().filter(|found| found.is_lost_table).map(|found| found.what).collect();
    Ok((!lost.is_empty()).then(|| ReadOnlyCause { why: ReadOnly::Damaged, what: lost.join(", ") }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{engine::Db, tables::servers};

    #[tokio::test]
    async fn a_file_that_nobody_may_write_is_read() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a b?#.db");
        let db = Db::open(&path)?;
        db.write(|tx| servers::create(tx.conn, "nas", Default::default())).await?;
        db.close().await;
        drop(db);
        let open = OpenFile::open_to_read(&path, &QueryLog::default())?;
        assert!(open.writer.is_none());
        let mut reader = open.readers.get()?;
        assert_eq!(servers::all(&mut reader)?.len(), 1);
        assert!(servers::create(&mut reader, "other", Default::default()).is_err());
        assert!(OpenFile::open_to_read(&folder.path().join("none.db"), &QueryLog::default()).is_err());
        Ok(())
    }

    #[tokio::test]
    async fn once_it_can_be_written_again_it_is() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let db = Db::open(&folder.path().join("duplistatus.db"))?;
        db.write(|tx| servers::create(tx.conn, "nas", Default::default())).await?;
        db.close().await;
        let read_only_cause = ReadOnlyCause { why: ReadOnly::Unwritable, what: "permission denied".into() };
        *db.0.current.write().await = Some(OpenFile::open_to_read(db.path(), &QueryLog::default())?);
        db.0.state.set(Some(read_only_cause));
        assert_eq!(db.read(servers::all).await?.len(), 1);
        let refused = db.write(|tx| servers::create(tx.conn, "other", Default::default())).await;
        assert_eq!(refused.err().map(|error| error.kind), Some(StoreErrorKind::ReadOnly));
        db.resume_writing().await?;
        assert_eq!(db.read_only_cause(), None);
        db.write(|tx| servers::create(tx.conn, "other", Default::default())).await?;
        assert_eq!(db.read(servers::all).await?.len(), 2);
        Ok(())
    }
}
