//! Shares SQLite's write lock between the writer and other processes.

use std::time::{Duration, Instant};

use diesel::RunQueryDsl as _;

use super::{Connection, StoreError, StoreErrorKind, prepared::PreparedSql};

/// Number of attempts to get the lock before a group fails; SQLite waits five seconds in each. A `VACUUM` can take that long.
/// Duplicati before 2.3 never repeats a report, and no version waits less than a minute for the response.
pub(in crate::db) const TRIES: u32 = 6;

/// Leaves other processes time to write. While SQLite waits for its lock, it only tries every few milliseconds, and anyone else may
/// get the lock in between; without pauses, a server under load would never let a command write.
#[derive(Debug, Default)]
pub(in crate::db) struct LockFairness {
    others_wrote: Option<Instant>,
    took: Duration,
}

impl LockFairness {
    /// A `BEGIN` that takes longer than this waited for another process.
    const WAITED: Duration = Duration::from_micros(500);
    /// How long after that other processes count as writing.
    const REMEMBERED: Duration = Duration::from_millis(500);
    /// Maximum pause, because other processes may have nothing more to write.
    const LONGEST: Duration = Duration::from_millis(2);
    /// Others get one part of the time for this many parts of our own.
    const SHARE: u32 = 4;

    /// Records how long a transaction waited to begin, and how long it then took.
    pub fn record(&mut self, waited: Duration, took: Duration) {
        self.took = took;
        if waited > Self::WAITED {
            self.others_wrote = Some(Instant::now());
        }
    }

    /// Returns the pause to make for other processes, if they are writing.
    pub fn pause(&self) -> Option<Duration> {
        let others_write = self.others_wrote.is_some_and(|at| at.elapsed() < Self::REMEMBERED);
        others_write.then(|| (self.took / Self::SHARE).min(Self::LONGEST))
    }
}

/// Begins a transaction. Tries again while another process holds the lock, for as long as `tries` has elements.
pub(in crate::db) fn begin(
    connection: &mut Connection,
    tries: &mut dyn Iterator<Item = u32>,
) -> Result<(), StoreError> {
    let mut refused = None;
    for _ in tries {
        // Immediate, because a deferred transaction that becomes a write fails at once, whatever the busy timeout.
        match PreparedSql("BEGIN IMMEDIATE").execute(connection).map_err(StoreError::from) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind == StoreErrorKind::Locked => refused = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(refused.unwrap_or_else(|| StoreError::new(StoreErrorKind::Busy, "the writer has stopped")))
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;

    use super::*;
    use crate::db::engine::connection::open_writer;

    #[test]
    fn others_get_a_turn_while_they_write() {
        let (short, long) = (Duration::from_micros(20), Duration::from_millis(4));
        let mut turns = LockFairness::default();
        turns.record(short, long);
        assert_eq!(turns.pause(), None, "nobody else writes");
        turns.record(Duration::from_millis(15), long);
        assert_eq!(turns.pause(), Some(Duration::from_millis(1)));
        turns.record(short, Duration::from_secs(1));
        assert_eq!(turns.pause(), Some(LockFairness::LONGEST), "remembered, and bounded");
        turns.others_wrote = Instant::now().checked_sub(LockFairness::REMEMBERED);
        assert_eq!(turns.pause(), None);
    }

    #[test]
    fn a_lock_is_asked_for_as_often_as_there_are_tries() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("duplistatus.db");
        let (mut ours, mut other) = (open_writer(&path)?, open_writer(&path)?);
        ours.batch_execute("PRAGMA busy_timeout = 20")?;
        other.batch_execute("BEGIN IMMEDIATE")?;
        assert_eq!(begin(&mut ours, &mut (0..3)).map_err(|error| error.kind), Err(StoreErrorKind::Locked));
        // Releases the lock between the second and the third attempt.
        let mut tries = (0..3).inspect(|tried| {
            if *tried == 2 {
                assert_eq!(other.batch_execute("ROLLBACK"), Ok(()));
            }
        });
        assert_eq!(begin(&mut ours, &mut tries), Ok(()));
        assert_eq!(tries.next(), None);
        Ok(())
    }
}
