//! The write-ahead log (WAL) of a damaged file.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::BigInt};

use crate::db::{Connection, StoreError, StoreErrorKind};

/// What SQLite did not read from a WAL. It silently stops at the first damaged frame.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::db) enum WalRemainder {
    Nothing,
    Everything,
    Transactions(u64),
}

/// Determines what is left in a WAL of which `taken` frames were read. The last transaction may be incomplete: it was not
/// acknowledged and has no final frame. Frames of an earlier use of the WAL have another salt
/// (`https://sqlite.org/fileformat2.html#walformat`).
pub(in crate::db) fn left(wal: &Path, taken: u64) -> io::Result<WalRemainder> {
    let mut file = File::open(wal)?;
    let mut header = [0; 32];
    if file.read_exact(&mut header).is_err() {
        // The WAL does not even have a header.
        return Ok(WalRemainder::Nothing);
    }
    let (magic, salt) = (&header[..4], &header[16..24]);
    let page = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);
    if !matches!(magic, [0x37, 0x7f, 0x06, 0x82 | 0x83]) || !has_sum(&header) {
        return Ok(WalRemainder::Everything);
    }
    let page = u64::from(page);
    let mut count = 0;
    let mut at = 32 + taken * (24 + page);
    while let Some(ends) = ends_transaction(&mut file, at, salt)? {
        count += u64::from(ends);
        at += 24 + page;
    }
    Ok(if count == 0 { WalRemainder::Nothing } else { WalRemainder::Transactions(count) })
}

/// Verifies the checksum of the header. The checksum itself is always big-endian, whatever the byte order of its input.
fn has_sum(header: &[u8; 32]) -> bool {
    let is_big_endian = header[3] & 1 == 1;
    let [rest @ .., sum] = header.as_chunks::<8>().0 else { return false };
    let (mut first, mut second) = (0_u32, 0_u32);
    for pair in rest {
        let [one, other] = words(pair).map(|word| if is_big_endian { word } else { word.swap_bytes() });
        first = first.wrapping_add(one).wrapping_add(second);
        second = second.wrapping_add(other).wrapping_add(first);
    }
    [first, second] == words(sum)
}

/// Reads two big-endian numbers.
fn words(pair: &[u8; 8]) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = *pair;
    [u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h])]
}

/// Returns whether the frame at `at` ends a transaction; `None` if there is no frame of the current use.
fn ends_transaction(file: &mut File, at: u64, salt: &[u8]) -> io::Result<Option<bool>> {
    file.seek(SeekFrom::Start(at))?;
    let mut frame = [0; 24];
    if file.read_exact(&mut frame).is_err() || &frame[8..16] != salt {
        return Ok(None);
    }
    Ok(Some(frame[4..8] != [0; 4]))
}

/// Moves the WAL of the working copy into the file. Returns the number of frames.
pub(in crate::db) fn take(copy: &Path) -> Result<u64, StoreError> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = BigInt)]
        log: i64,
    }
    let path = copy.to_str().ok_or_else(|| StoreError::new(StoreErrorKind::Io, "the path is not UTF-8"))?;
    let mut conn = <Connection as diesel::Connection>::establish(path)?;
    // Otherwise a file shorter than its header says could not be opened.
    conn.batch_execute("PRAGMA writable_schema = ON; PRAGMA synchronous = OFF;")?;
    let taken: Answer = diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(&mut conn)?;
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(u64::try_from(taken.log).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::db::engine::{connection::open_writer, dynamic, files};

    const FRAME: usize = 24 + 16_384;

    /// Creates a database with a WAL of several transactions, as left by a killed server.
    fn killed() -> Result<(tempfile::TempDir, std::path::PathBuf), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("live.db");
        let mut conn = open_writer(&path)?;
        conn.batch_execute("CREATE TABLE t (a)")?;
        dynamic::number(&mut conn, "PRAGMA wal_checkpoint(TRUNCATE)")?;
        for number in 0..6 {
            conn.batch_execute(&format!("INSERT INTO t VALUES ({number})"))?;
        }
        let copy = folder.path().join("copy.db");
        fs::copy(&path, &copy)?;
        fs::copy(files::log(&path), files::log(&copy))?;
        Ok((folder, copy))
    }

    fn spoil(path: &Path, at: usize) -> Result<(), Box<dyn std::error::Error>> {
        let mut bytes = fs::read(path)?;
        *bytes.get_mut(at).ok_or("too short")? ^= 0x55;
        Ok(fs::write(path, bytes)?)
    }

    /// Returns what is left of a WAL after `spoil` damaged it.
    fn after(
        spoil: impl Fn(&Path) -> Result<(), Box<dyn std::error::Error>>,
    ) -> Result<WalRemainder, Box<dyn std::error::Error>> {
        let (_folder, copy) = killed()?;
        let log = files::log(&copy);
        spoil(&log)?;
        let kept = log.with_extension("kept");
        fs::copy(&log, &kept)?;
        Ok(left(&kept, take(&copy)?)?)
    }

    #[test]
    fn what_sqlite_leaves_out_is_counted() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(after(|_| Ok(()))?, WalRemainder::Nothing);
        assert_eq!(after(|log| spoil(log, 32 + 2 * FRAME + 1000))?, WalRemainder::Transactions(4));
        assert_eq!(after(|log| spoil(log, 32 + 1000))?, WalRemainder::Transactions(6));
        for place in [0, 9, 17, 30] {
            assert_eq!(
                after(|log| spoil(log, place))?,
                WalRemainder::Everything,
                "byte {place} of the header"
            );
        }
        // The last transaction is cut; it was not acknowledged.
        let cut =
            |log: &Path| Ok(File::options().write(true).open(log)?.set_len((32 + 5 * FRAME + 100) as u64)?);
        assert_eq!(after(cut)?, WalRemainder::Transactions(1));
        let cut =
            |log: &Path| Ok(File::options().write(true).open(log)?.set_len((32 + 5 * FRAME + 10) as u64)?);
        assert_eq!(after(cut)?, WalRemainder::Nothing);
        Ok(())
    }
}
