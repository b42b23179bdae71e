//! Replaces the open file by another one, and reopens a file after a failure.

use std::{
    path::Path,
    sync::{Arc, PoisonError, Weak},
    time::Duration,
};

use tokio::{sync::OwnedRwLockWriteGuard, task::AbortHandle};

use super::{Db, Inner, ReadOnlyCause, StoreError, StoreErrorKind, Swapped, blocking, open_file::OpenFile};

/// How long a replacement waits for running queries.
const DRAINING: Duration = Duration::from_secs(10);

/// Wait before the first attempt to open a file again. It doubles with each attempt, up to [`LONGEST_WAIT`].
const FIRST_TRY: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The locks of a database that nobody uses at the moment.
type Drained = (OwnedRwLockWriteGuard<()>, OwnedRwLockWriteGuard<Option<OpenFile>>);

impl Db {
    /// Waits until no query runs, and blocks new ones while the result is held.
    pub(in crate::db) async fn drained(&self) -> Result<Drained, StoreError> {
        let busy = |what: &str| StoreError::new(StoreErrorKind::Busy, what);
        let apart = Arc::clone(&self.0.apart)
            .try_write_owned()
            .map_err(|_| busy("the whole database is being read; try again when this has finished"))?;
        let current = Arc::clone(&self.0.current).write_owned();
        let current = tokio::time::timeout(DRAINING, current)
            .await
            .map_err(|_| busy("running queries did not finish in time; try again"))?;
        Ok((apart, current))
    }

    /// Closes all connections, lets `swap` put another file at this path, and opens it. If it cannot be opened, puts the old
    /// file back, using the result of `swap`. New queries wait meanwhile, and running ones are waited for. If not even the old
    /// file can be opened, retries for as long as the program runs.
    ///
    /// # Errors
    /// [`StoreErrorKind::Busy`] if running queries do not end in time; the error of `swap`; or the reason why the new file
    /// cannot be opened, in which case the old one is open again.
    pub async fn replace<T: Send + 'static>(
        &self,
        swap: impl FnOnce(&Path) -> Result<(T, Swapped), StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (apart, mut current) = self.drained().await?;
        // An earlier attempt to reopen the file is obsolete.
        if let Some(reopening) = self.reopening().take() {
            reopening.abort();
        }
        let inner = Arc::clone(&self.0);
        let (result, unfinished) = blocking(move || {
            let _apart = apart;
            if let Some(old) = current.take() {
                old.stop();
            }
            let mut unfinished = None;
            let mut back = |swapped: Swapped, why: StoreError| match swapped.back(&inner.path) {
                Ok(()) => why,
                Err(error) => {
                    unfinished = Some(swapped);
                    error.while_doing(format_args!("{why}, and the previous database could not be restored"))
                }
            };
            let result = swap(&inner.path).and_then(|(answer, swapped)| match inner.open_current() {
                Ok((new, None)) => {
                    *current = Some(new);
                    inner.state.set(None);
                    inner.state.set_closed(None);
                    Ok(answer)
                }
                Ok((new, Some(read_only_cause))) => {
                    new.stop();
                    drop(new);
                    Err(back(swapped, StoreError::new(StoreErrorKind::ReadOnly, read_only_cause.what)))
                }
                Err(error) => Err(back(swapped, error)),
            });
            // No other file is opened until the previous one is back in place.
            if current.is_none() && unfinished.is_none() {
                inner.open_again(&mut current);
            }
            if let (Some(_), Err(error)) = (&unfinished, &result) {
                inner.state.set_closed(Some(error.to_string()));
            }
            inner.revision.send_modify(|number| *number += 1);
            Ok((result, unfinished))
        })
        .await?;
        if self.closed().is_some() {
            let reopening = tokio::spawn(keep_reopening(Arc::downgrade(&self.0), unfinished));
            *self.reopening() = Some(reopening.abort_handle());
        }
        result
    }

    fn reopening(&self) -> std::sync::MutexGuard<'_, Option<AbortHandle>> {
        self.0.reopening.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns why the file is not open, while it is being retried; `None` if it is open.
    pub fn closed(&self) -> Option<String> {
        self.0.state.closed()
    }
}

impl Inner {
    fn open_current(&self) -> Result<(OpenFile, Option<ReadOnlyCause>), StoreError> {
        OpenFile::open(&self.path, &self.queries, self.revision.clone(), self.rebuild)
    }

    /// Opens the existing file. Returns whether it is open.
    fn open_again(&self, current: &mut Option<OpenFile>) -> bool {
        let there = if self.path.is_file() {
            self.open_current()
        } else {
            // In a new file anyone could create the first administrator.
            Err(StoreError::new(StoreErrorKind::Gone, "the file does not exist"))
        };
        match there {
            Ok((new, read_only_cause)) => {
                *current = Some(new);
                if let Some(read_only_cause) = read_only_cause {
                    self.state.set(Some(read_only_cause));
                }
                self.state.set_closed(None);
                self.revision.send_modify(|number| *number += 1);
                true
            }
            Err(error) => {
                self.state.set_closed(Some(error.to_string()));
                false
            }
        }
    }
}

/// Tries to open a file until it is open or the database is dropped. Puts the previous file back first, if that is still to be
/// done.
async fn keep_reopening(database: Weak<Inner>, mut unfinished: Option<Swapped>) {
    let mut wait = FIRST_TRY;
    loop {
        tokio::time::sleep(wait).await;
        wait = wait.saturating_mul(2).min(LONGEST_WAIT);
        let Some(inner) = database.upgrade() else { return };
        let mut current = Arc::clone(&inner.current).write_owned().await;
        if current.is_some() {
            return;
        }
        let swapped = unfinished.take();
        let tried = blocking(move || {
            if let Some(swapped) = swapped
                && let Err(error) = swapped.back(&inner.path)
            {
                inner.state.set_closed(Some(error.to_string()));
                return Ok((Some(swapped), false));
            }
            Ok((None, inner.open_again(&mut current)))
        });
        match tried.await {
            Ok((_, true)) => return,
            Ok((swapped, false)) => unfinished = swapped,
            Err(error) => tracing::error!(%error, "the database could not be opened again"),
        }
    }
}
