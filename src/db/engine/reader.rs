//! How queries run: on one of the readers, or on a connection of their own.

use std::sync::{Arc, atomic::Ordering};

use super::{Connection, Db, Inner, StoreError, blocking, connection};

/// Somebody who waits for a reader, until it is dropped.
struct Waiting(Arc<Inner>);

impl Waiting {
    fn of(inner: &Arc<Inner>) -> Self {
        inner.waiting.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(inner))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Db {
    /// Runs a query on one of the readers.
    ///
    /// # Errors
    /// [`super::StoreErrorKind::Busy`] when no reader is free for five seconds; else what the query failed with.
    pub async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let waiting = Waiting::of(&self.0);
        let current = self.current().await?;
        blocking(move || {
            let inner = Arc::clone(&waiting.0);
            let mut reader = current.readers.get()?;
            drop(waiting);
            let result = query(&mut reader);
            inner.state.record(&result);
            inner.queries.explain_waiting(&mut reader);
            result
        })
        .await
    }

    /// Runs a query of a few rows by index, which takes less time than to hand it to another thread. When no reader is
    /// free it waits for one there, as [`Db::read`] does.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_little<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        if let Ok(current) = self.0.current.try_read()
            && let Some(mut reader) = current.as_ref().and_then(|open| open.readers.try_get())
        {
            let result = query(&mut reader);
            self.0.state.record(&result);
            self.0.queries.explain_waiting(&mut reader);
            return result;
        }
        self.read(query).await
    }

    /// Runs what reads all of the file: on a connection of its own, so that it takes no reader from pages for as long as
    /// that lasts, and without being noted as slow.
    ///
    /// # Errors
    /// What the query failed with.
    pub async fn read_apart<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let state = Arc::clone(&self.0);
        self.apart(move |conn| {
            connection::prepare_reader(conn)?;
            let result = query(conn);
            state.state.record(&result);
            result
        })
        .await
    }

    /// The same for what copies the file, which SQLite does not count as reading.
    ///
    /// # Errors
    /// What the work failed with.
    pub async fn apart<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let apart = Arc::clone(&self.0.apart).read_owned().await;
        let path = self.0.path.clone();
        blocking(move || {
            let _apart = apart;
            work(&mut connection::open_apart(&connection::readable(&path))?)
        })
        .await
    }
}
