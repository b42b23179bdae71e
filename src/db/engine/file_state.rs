//! Whether the file may be written. After SQLite reported it as damaged, or the system denied writing, it is still read but
//! not written until it was checked again.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use super::{Db, StoreError, StoreErrorKind, blocking, files, open_file::OpenFile};
use crate::{dto::health::ReadOnly, time::Timestamp};

/// Seconds until a damaged, unchanged file is checked again; the check reads the whole file.
const LOOK_AGAIN: i64 = 3600;
/// Seconds until a file that could not be written is tried again; this is cheap.
const TRY_AGAIN: i64 = 60;

/// Why the database is read-only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOnlyCause {
    /// The kind of problem.
    pub why: ReadOnly,
    /// The message of SQLite or of the system, for the log.
    pub what: String,
}

/// Sizes and times of the file and its log, to detect changes.
type FileStamp = [Option<(u64, SystemTime)>; 2];

#[derive(Debug, Default)]
struct Inner {
    read_only_cause: Option<ReadOnlyCause>,
    /// Why the last write failed, if the cause is temporary: a full disk, or a lock of another process.
    refused: Option<ReadOnly>,
    looked: Option<(Timestamp, FileStamp)>,
    /// Why the file is not open.
    closed: Option<String>,
}

/// The state of an open file.
#[derive(Debug, Default)]
pub(in crate::db) struct State(RwLock<Inner>);

impl State {
    pub fn new(read_only_cause: Option<ReadOnlyCause>) -> Self {
        let state = Self::default();
        state.set(read_only_cause);
        state
    }

    pub fn read_only_cause(&self) -> Option<ReadOnlyCause> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).read_only_cause.clone()
    }

    /// Sets the cause. An earlier cause is kept, because later ones are usually consequences.
    pub fn set(&self, read_only_cause: Option<ReadOnlyCause>) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match (&inner.read_only_cause, read_only_cause) {
            (Some(_), Some(_)) | (None, None) => {}
            (None, Some(new)) => {
                *inner =
                    Inner { read_only_cause: Some(new), closed: inner.closed.take(), ..Inner::default() };
            }
            (Some(_), None) => *inner = Inner { closed: inner.closed.take(), ..Inner::default() },
        }
    }

    /// Returns why the file is not open.
    pub fn closed(&self) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).closed.clone()
    }

    /// Sets why the file is not open, and logs every change.
    pub fn set_closed(&self, why: Option<String>) {
        let before = {
            let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut inner.closed, why.clone())
        };
        match (before, why) {
            (None, Some(why)) => {
                tracing::error!(why, "the database could not be reopened after it was replaced; retrying")
            }
            (Some(_), None) => tracing::warn!("the database is open again"),
            _ => {}
        }
    }

    /// Records the error of an operation.
    pub fn record<T>(&self, result: &Result<T, StoreError>) {
        let Err(error) = result else { return };
        let why = match error.kind {
            StoreErrorKind::Corrupt => ReadOnly::Damaged,
            StoreErrorKind::Gone => ReadOnly::Gone,
            _ => return,
        };
        self.set(Some(ReadOnlyCause { why, what: error.to_string() }));
    }

    /// Records the result of a write and logs only changes: one line per failed report would fill a full disk even more.
    pub fn record_write<T>(&self, result: &Result<T, StoreError>) {
        self.record(result);
        let refused = match result {
            Ok(_) => None,
            Err(error) if error.kind == StoreErrorKind::Full => Some(ReadOnly::Full),
            Err(error) if error.kind == StoreErrorKind::Locked => Some(ReadOnly::Locked),
            // Other errors say nothing about the disk or other processes.
            Err(_) => return,
        };
        if self.refused() == refused {
            return;
        }
        self.0.write().unwrap_or_else(PoisonError::into_inner).refused = refused;
        match result {
            Ok(_) => tracing::info!("the database is writable again"),
            Err(error) => tracing::error!(%error, "reports are refused until that has passed"),
        }
    }

    /// Returns why the last write failed, if the cause is temporary. Writes are still tried.
    pub fn refused(&self) -> Option<ReadOnly> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).refused
    }

    /// Returns an error while the database is read-only.
    pub fn writable(&self) -> Result<(), StoreError> {
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match &inner.read_only_cause {
            None => Ok(()),
            Some(read_only_cause) => Err(StoreError::new(
                StoreErrorKind::ReadOnly,
                format!("it is read-only: {}", read_only_cause.what),
            )),
        }
    }

    /// Returns whether a read-only file should be checked again: it was not checked yet, has changed since, or enough time
    /// has passed.
    pub fn may_reopen(&self, path: &Path, now: Timestamp) -> bool {
        let look = look(path);
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let wait = match &inner.read_only_cause {
            None => return false,
            Some(ReadOnlyCause { why: ReadOnly::Damaged, .. }) => LOOK_AGAIN,
            Some(_) => TRY_AGAIN,
        };
        let is_old = |(at, seen): &(Timestamp, FileStamp)| *seen != look || now.since(*at).abs() >= wait;
        let is_worth = inner.looked.as_ref().is_none_or(is_old);
        if is_worth {
            inner.looked = Some((now, look));
        }
        is_worth
    }
}

impl Db {
    /// Returns why the database is read-only; `None` while it can be written.
    pub fn read_only_cause(&self) -> Option<ReadOnlyCause> {
        self.0.state.read_only_cause()
    }

    /// Returns why nothing can be stored at the moment: the database is read-only, the disk is full, or another process has
    /// locked the file.
    pub fn read_only(&self) -> Option<ReadOnly> {
        self.read_only_cause().map(|read_only_cause| read_only_cause.why).or_else(|| self.0.state.refused())
    }

    /// Returns the other processes that have the file open, as "name (process 123)"; empty if the system cannot tell.
    ///
    /// # Errors
    /// If the program stops meanwhile.
    pub async fn holders(&self) -> Result<Vec<String>, StoreError> {
        let state = Arc::clone(&self.0);
        blocking(move || Ok(files::named_holders(&state.path))).await
    }

    /// Stops writing because a check found damage.
    pub fn stop_writing(&self, what: impl Into<String>) {
        self.0.state.set(Some(ReadOnlyCause { why: ReadOnly::Damaged, what: what.into() }));
    }

    /// Allows writing again, after a check found no damage. A file that was opened read-only is opened again.
    ///
    /// # Errors
    /// If running queries do not end in time, or the file cannot be opened. If it still cannot be written, it stays open for
    /// reading.
    pub async fn resume_writing(&self) -> Result<(), StoreError> {
        if self.current().await?.writer.is_some() {
            self.0.state.set(None);
            return Ok(());
        }
        let (_apart, mut current) = self.drained().await?;
        let inner = Arc::clone(&self.0);
        blocking(move || {
            let (new, read_only_cause) =
                OpenFile::open(&inner.path, &inner.queries, inner.revision.clone(), inner.rebuild)?;
            if read_only_cause.is_none() {
                *current = Some(new);
                inner.state.set(None);
            }
            Ok(())
        })
        .await
    }

    /// Returns whether the open file is still the one at its path, as far as the system can tell.
    ///
    /// # Errors
    /// [`StoreErrorKind::Busy`] while the database is being replaced.
    pub async fn is_in_place(&self) -> Result<bool, StoreError> {
        Ok(self.current().await?.file.may_be(files::Presence::of(&self.0.path)))
    }

    /// Returns whether a read-only file should be checked again: it was not checked yet, has changed since, or enough time
    /// has passed.
    pub fn may_check(&self, now: Timestamp) -> bool {
        self.0.state.may_reopen(&self.0.path, now)
    }
}

fn look(path: &Path) -> FileStamp {
    let of = |path: &Path| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.len(), data.modified().ok()?))
    };
    [of(path), of(&files::log(path))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damaged() -> Result<(), StoreError> {
        Err(StoreError::new(StoreErrorKind::Corrupt, "page 7"))
    }

    #[test]
    fn the_first_damage_is_remembered_until_the_file_is_in_order() {
        let state = State::default();
        state.record(&Err::<(), _>(StoreError::new(StoreErrorKind::Locked, "locked")));
        assert_eq!((state.read_only_cause(), state.writable()), (None, Ok(())));
        state.record(&damaged());
        state.set(Some(ReadOnlyCause { why: ReadOnly::Unwritable, what: "later".into() }));
        assert!(
            state
                .read_only_cause()
                .is_some_and(|now| now.why == ReadOnly::Damaged && now.what.contains("page 7"))
        );
        assert!(state.writable().is_err_and(|error| error.kind == StoreErrorKind::ReadOnly));
        state.set(None);
        assert_eq!(state.read_only_cause(), None);
    }

    #[test]
    fn a_full_disk_or_a_lock_is_known_until_a_write_works() {
        let state = State::default();
        let fails = |kind| state.record_write(&Err::<(), _>(StoreError::new(kind, "why")));
        fails(StoreErrorKind::Full);
        assert_eq!((state.refused(), state.writable()), (Some(ReadOnly::Full), Ok(())), "writes are tried");
        fails(StoreErrorKind::Busy);
        assert_eq!(state.refused(), Some(ReadOnly::Full), "a long queue says nothing of the disk");
        fails(StoreErrorKind::Locked);
        assert_eq!((state.refused(), state.writable()), (Some(ReadOnly::Locked), Ok(())));
        state.record_write(&Ok(()));
        assert_eq!((state.refused(), state.read_only_cause()), (None, None));
    }

    #[test]
    fn it_is_looked_at_when_it_was_changed_and_each_hour() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("duplistatus.db");
        std::fs::write(&path, "one")?;
        let (state, noon) = (State::default(), Timestamp::from_unix(1_795_435_200));
        assert!(!state.may_reopen(&path, noon), "it is in order");
        state.record(&damaged());
        assert!(state.may_reopen(&path, noon) && !state.may_reopen(&path, noon.plus(60)));
        std::fs::write(files::log(&path), "a repair")?;
        assert!(state.may_reopen(&path, noon.plus(61)) && !state.may_reopen(&path, noon.plus(62)));
        assert!(state.may_reopen(&path, noon.plus(62 + LOOK_AGAIN)));
        Ok(())
    }
}
