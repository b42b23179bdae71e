//! Another file in the place of the open one, and the same file opened anew.

use std::{path::Path, sync::Arc, time::Duration};

use tokio::sync::OwnedRwLockWriteGuard;

use super::{Db, StoreError, StoreErrorKind, Swapped, blocking, generation::Generation};

/// How long a replacement waits for the queries that run.
const DRAINING: Duration = Duration::from_secs(10);

/// The locks of a database that nobody uses at the moment.
type Drained = (OwnedRwLockWriteGuard<()>, OwnedRwLockWriteGuard<Option<Generation>>);

impl Db {
    /// Waits until nothing is under way, and lets nothing begin while this is held.
    pub(super) async fn drained(&self) -> Result<Drained, StoreError> {
        let busy = |what: &str| StoreError::new(StoreErrorKind::Busy, what);
        let apart = Arc::clone(&self.0.apart)
            .try_write_owned()
            .map_err(|_| busy("the whole database is being read; try again when that has ended"))?;
        let current = Arc::clone(&self.0.current).write_owned();
        let current = tokio::time::timeout(DRAINING, current)
            .await
            .map_err(|_| busy("queries that run did not end in time; try again"))?;
        Ok((apart, current))
    }

    /// Closes all connections, lets `swap` put another file under the name of this one, and opens that. When it cannot be
    /// opened, what `swap` answered with puts the old file back. Queries wait meanwhile; those that run are waited for.
    ///
    /// # Errors
    /// [`StoreErrorKind::Busy`] when queries do not end in time; what `swap` failed with, and why the new file cannot be
    /// opened: then the old one is open again.
    pub async fn replace<T: Send + 'static>(
        &self,
        swap: impl FnOnce(&Path) -> Result<(T, Swapped), StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (apart, mut current) = self.drained().await?;
        let inner = Arc::clone(&self.0);
        blocking(move || {
            let _apart = apart;
            if let Some(old) = current.take() {
                old.stop();
            }
            let open = || Generation::open(&inner.path, &inner.queries, inner.revision.clone());
            let result = swap(&inner.path).and_then(|(answer, swapped)| match open() {
                Ok((new, None)) => {
                    *current = Some(new);
                    inner.state.set(None);
                    Ok(answer)
                }
                Ok((new, Some(frozen))) => {
                    new.stop();
                    drop(new);
                    swapped.back(&inner.path)?;
                    Err(StoreError::new(StoreErrorKind::ReadOnly, frozen.what))
                }
                Err(error) => {
                    swapped.back(&inner.path)?;
                    Err(error)
                }
            });
            if current.is_none() {
                *current = Some(open()?.0);
            }
            inner.revision.send_modify(|number| *number += 1);
            result
        })
        .await
    }
}
