//! Maintenance by SQLite itself. Each function opens its own connection, because these statements cannot run inside the shared
//! transaction of the writer.

use std::path::{Path, PathBuf};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::BigInt};

use crate::db::{
    Connection, StoreError,
    engine::{connection::open_writer, copy, disk_space},
};

/// Number of index entries sampled for statistics: enough to recognize useful indexes, and read in milliseconds whatever the
/// size of the file.
const LOOKED_AT: u32 = 1000;

/// Rewrites the file without its free pages. Writes wait, and fail as busy after half a minute.
///
/// # Errors
/// [`StoreErrorKind::Full`](crate::db::StoreErrorKind::Full) if there is too little space; database errors if another process
/// holds the lock for too long.
pub fn vacuum(path: &Path) -> Result<(), StoreError> {
    rewrite(path).map_err(|error| error.naming_others(path))
}

fn rewrite(path: &Path) -> Result<(), StoreError> {
    let mut conn = open_writer(path)?;
    let size = copy::size(&mut conn)?;
    // SQLite first creates the new file as a temporary file, then copies it through the log into the old one.
    disk_space::ensure(path.parent().unwrap_or(Path::new(".")), size.saturating_mul(2))?;
    disk_space::ensure(&temporary_folder(), size)?;
    // Temporary files are otherwise kept in memory, and this one is as large as the database.
    conn.batch_execute("PRAGMA temp_store = FILE; VACUUM;")?;
    drop(conn);
    checkpoint(path).map(drop)
}

/// Returns the folder in which SQLite creates temporary files.
fn temporary_folder() -> PathBuf {
    let named = ["SQLITE_TMPDIR", "TMPDIR"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
    let usual = ["/var/tmp", "/usr/tmp", "/tmp"].into_iter().map(PathBuf::from);
    named.chain(usual).find(|folder| folder.is_dir()).unwrap_or_else(std::env::temp_dir)
}

/// Collects statistics for the query planner.
///
/// # Errors
///
/// Database errors.
pub fn analyze(path: &Path) -> Result<(), StoreError> {
    with_statistics(path, "ANALYZE;").map_err(|error| error.naming_others(path))
}

/// Collects statistics that are missing or outdated.
///
/// # Errors
///
/// Database errors.
pub fn optimize(path: &Path) -> Result<(), StoreError> {
    // For all tables, even those that this connection has not used.
    with_statistics(path, "PRAGMA optimize = 0x10002;").map_err(|error| error.naming_others(path))
}

/// Collects statistics without samples of values. With samples, SQLite plans each query again for its bound values, which took
/// a quarter of a report's time. A limit on the number of entries prevents samples; those of older versions are deleted.
fn with_statistics(path: &Path, work: &str) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        value: i64,
    }
    let mut conn = open_writer(path)?;
    conn.batch_execute(&format!("PRAGMA analysis_limit = {LOOKED_AT}; {work}"))?;
    let samples: Count =
        diesel::sql_query("SELECT count(*) AS value FROM sqlite_schema WHERE name = 'sqlite_stat4'")
            .get_result(&mut conn)?;
    if samples.value > 0 {
        conn.batch_execute("DELETE FROM sqlite_stat4;")?;
    }
    Ok(())
}

/// Moves the log into the file and truncates it. Returns false if another connection still uses it; then only a part may have
/// been moved.
///
/// # Errors
///
/// Database errors.
pub fn checkpoint(path: &Path) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = BigInt)]
        busy: i64,
    }
    let mut conn: Connection = open_writer(path)?;
    let answer: Answer = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(&mut conn)?;
    Ok(answer.busy == 0)
}
