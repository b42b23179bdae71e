//! How the writer and other processes share SQLite's lock.

use std::time::{Duration, Instant};

use diesel::RunQueryDsl as _;

use super::{Connection, StoreError, StoreErrorKind, prepared::PreparedSql};

/// How often the lock is asked for before a group is refused: each time SQLite waits for five seconds. A `VACUUM` takes as
/// long as that, and a Duplicati older than 2.3 sends nothing twice; none waits for an answer for less than a minute.
pub(in crate::db) const TRIES: u32 = 6;

/// Turns with other processes. SQLite lets who waits for its lock ask for it every few milliseconds only, and whoever comes in between
/// has it: a server under load would let no command write.
#[derive(Debug, Default)]
pub(in crate::db) struct LockFairness {
    others_wrote: Option<Instant>,
    took: Duration,
}

impl LockFairness {
    /// A `BEGIN` that waits so long waited for somebody.
    const WAITED: Duration = Duration::from_micros(500);
    /// For so long others count as writing.
    const REMEMBERED: Duration = Duration::from_millis(500);
    /// No longer do reports wait for others who may have nothing to write.
    const LONGEST: Duration = Duration::from_millis(2);
    /// Reports come first: others get one part of so many.
    const SHARE: u32 = 4;

    /// Learns from a transaction: how long it waited to begin, and how long it took then.
    pub fn record(&mut self, waited: Duration, took: Duration) {
        self.took = took;
        if waited > Self::WAITED {
            self.others_wrote = Some(Instant::now());
        }
    }

    /// While others write, a share of the time for them.
    pub fn pause(&self) -> Option<Duration> {
        let others_write = self.others_wrote.is_some_and(|at| at.elapsed() < Self::REMEMBERED);
        others_write.then(|| (self.took / Self::SHARE).min(Self::LONGEST))
    }
}

/// Begins a transaction, and asks again for as many tries as there are when another process holds the lock.
pub(in crate::db) fn begin(
    connection: &mut Connection,
    tries: &mut dyn Iterator<Item = u32>,
) -> Result<(), StoreError> {
    let mut refused = None;
    for _ in tries {
        // Immediate: a deferred transaction that turns into a write fails at once, whatever the busy timeout.
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
        // Let go of between the second try and the third.
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
