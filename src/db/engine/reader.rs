//! Runs queries: on one of the readers, or on a separate connection.

use std::sync::{Arc, atomic::Ordering};

use super::{Connection, Db, Inner, StoreError, blocking, connection};

/// Counts a query as waiting for a reader until it is dropped.
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
    /// [`super::StoreErrorKind::Busy`] if no reader is free within five seconds; otherwise the error of the query.
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

    /// Runs a query of a few indexed rows on the current thread, which is faster than a switch to another one. If no
    /// reader is free, waits on another thread, as [`Db::read`] does.
    ///
    /// # Errors
    /// Same as [`Db::read`].
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

    /// Runs a query that reads the whole file on a separate connection, so that pages keep their readers. It is not
    /// logged as slow.
    ///
    /// # Errors
    /// The error of the query.
    pub async fn read_unpooled<T, F>(&self, query: F) -> Result<T, StoreError>
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

    /// Runs work that copies the file, which SQLite does not count as reading, on a separate connection.
    ///
    /// # Errors
    /// The error of the work.
    pub async fn apart<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let apart = Arc::clone(&self.0.apart).read_owned().await;
        let path = self.0.path.clone();
        blocking(move || {
            let _apart = apart;
            work(&mut connection::open_unpooled(&connection::readable(&path))?)
        })
        .await
    }
}
