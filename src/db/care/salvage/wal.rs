//! The write-ahead log of a damaged file.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::BigInt};

use crate::db::{Connection, StoreError, StoreErrorKind};

/// What SQLite did not take out of a WAL: it stops at the first damaged place without a word.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::db) enum WalRemainder {
    Nothing,
    Everything,
    Transactions(u64),
}

/// What is left in a WAL of which so many frames were taken. What was written last may be incomplete: it was not acknowledged, and
/// has no frame that ends it. Frames of a time before carry another number (`https://sqlite.org/fileformat2.html#walformat`).
pub(in crate::db) fn left(wal: &Path, taken: u64) -> io::Result<WalRemainder> {
    let mut file = File::open(wal)?;
    let mut header = [0; 32];
    if file.read_exact(&mut header).is_err() {
        // Not even begun.
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

/// Whether the header's sum is that of its other bytes. The sum itself is written with the largest byte first, whatever the rest
/// is read by.
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

/// Two numbers, the largest byte first.
fn words(pair: &[u8; 8]) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = *pair;
    [u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h])]
}

/// Whether the frame at a place ends a transaction; none when there is no frame of this time.
fn ends_transaction(file: &mut File, at: u64, salt: &[u8]) -> io::Result<Option<bool>> {
    file.seek(SeekFrom::Start(at))?;
    let mut frame = [0; 24];
    if file.read_exact(&mut frame).is_err() || &frame[8..16] != salt {
        return Ok(None);
    }
    Ok(Some(frame[4..8] != [0; 4]))
}

/// Moves what is in the WAL of the working copy into it: how many frames.
pub(in crate::db) fn take(copy: &Path) -> Result<u64, StoreError> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = BigInt)]
        log: i64,
    }
    let path = copy.to_str().ok_or_else(|| StoreError::new(StoreErrorKind::Io, "the path is not UTF-8"))?;
    let mut conn = <Connection as diesel::Connection>::establish(path)?;
    // Or a file that is shorter than its header says would not be opened.
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

    /// A log with several transactions, as a server that was killed leaves it.
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

    /// What is left of a log that was spoiled.
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
        // The end of what was written last is not there: that was not acknowledged.
        let cut =
            |log: &Path| Ok(File::options().write(true).open(log)?.set_len((32 + 5 * FRAME + 100) as u64)?);
        assert_eq!(after(cut)?, WalRemainder::Transactions(1));
        let cut =
            |log: &Path| Ok(File::options().write(true).open(log)?.set_len((32 + 5 * FRAME + 10) as u64)?);
        assert_eq!(after(cut)?, WalRemainder::Nothing);
        Ok(())
    }
}
