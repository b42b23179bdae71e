//! What SQLite can do for its file. Each opens a connection of its own, because none of it works inside the shared
//! transaction of the writer.

use std::path::{Path, PathBuf};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::BigInt};

use crate::db::{
    Connection, StoreError,
    engine::{connection::open_writer, copy, disk_space},
};

/// Entries of an index that are looked at for statistics: enough to tell a useful index from a useless one, and read in
/// milliseconds whatever the size of the file.
const LOOKED_AT: u32 = 1000;

/// Writes the file anew without its free pages. Writers wait, and are answered "busy" after half a minute.
///
/// # Errors
/// When there is not enough space for it, or somebody else writes for too long.
pub fn vacuum(path: &Path) -> Result<(), StoreError> {
    rewrite(path).map_err(|error| error.naming_others(path))
}

fn rewrite(path: &Path) -> Result<(), StoreError> {
    let mut conn = open_writer(path)?;
    let size = copy::size(&mut conn)?;
    // The new file is made among the temporary files, and then goes through the log into the old one.
    disk_space::ensure(path.parent().unwrap_or(Path::new(".")), size.saturating_mul(2))?;
    disk_space::ensure(&temporary_folder(), size)?;
    // Temporary files are kept in memory otherwise, and this one is as large as the database.
    conn.batch_execute("PRAGMA temp_store = FILE; VACUUM;")?;
    drop(conn);
    checkpoint(path).map(drop)
}

/// Where SQLite puts temporary files.
fn temporary_folder() -> PathBuf {
    let named = ["SQLITE_TMPDIR", "TMPDIR"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
    let usual = ["/var/tmp", "/usr/tmp", "/tmp"].into_iter().map(PathBuf::from);
    named.chain(usual).find(|folder| folder.is_dir()).unwrap_or_else(std::env::temp_dir)
}

/// Collects statistics by which queries are planned.
///
/// # Errors
/// When the database refuses.
pub fn analyze(path: &Path) -> Result<(), StoreError> {
    with_statistics(path, "ANALYZE;").map_err(|error| error.naming_others(path))
}

/// Collects statistics where they are missing or too old.
///
/// # Errors
/// When the database refuses.
pub fn optimize(path: &Path) -> Result<(), StoreError> {
    // All tables, whether or not this connection has used them.
    with_statistics(path, "PRAGMA optimize = 0x10002;").map_err(|error| error.naming_others(path))
}

/// Statistics without samples of values: with samples SQLite plans each query anew for the values that are bound, which took a
/// quarter of a report's time. No samples are taken where the number of entries is limited; those of an older
/// program are deleted.
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

/// Moves what is in the log into the file and makes the log empty. False when somebody still reads or writes it: then what
/// could be moved was moved.
///
/// # Errors
/// When the database refuses.
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
