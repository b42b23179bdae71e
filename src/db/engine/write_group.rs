//! The writes that share one transaction, and how they are executed.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use diesel::RunQueryDsl as _;
use tokio::sync::oneshot;

use super::{Connection, StoreError, StoreErrorKind, prepared::PreparedSql, write_lock::LockFairness};

/// A write's view of the shared transaction. It must not begin or end transactions itself.
pub struct Tx<'c> {
    /// The writing connection, inside a transaction.
    pub conn: &'c mut Connection,
}

/// A write, independent of its result type.
pub(super) trait Work: Send {
    /// Runs inside a transaction. If it fails, its changes are rolled back.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError>;
    /// Returns whether it changes nothing that pages show.
    fn is_quiet(&self) -> bool;
    /// Sends the result to the caller.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// A write and the channel to its caller.
pub(super) struct Request<T, F> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
    quiet: bool,
}

impl<T, F> Request<T, F> {
    /// Creates the request and the receiver of its result.
    pub(super) fn new(work: F, quiet: bool) -> (Self, oneshot::Receiver<Result<T, StoreError>>) {
        let (reply, answer) = oneshot::channel();
        (Self { work: Some(work), result: None, reply, quiet }, answer)
    }
}

impl<T: Send, F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send> Work for Request<T, F> {
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let result = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Other, "a write panicked")));
        let outcome = result.as_ref().map(|_| ()).map_err(Clone::clone);
        self.result = Some(result);
        outcome
    }

    fn is_quiet(&self) -> bool {
        self.quiet
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) | (Err(_), Some(result @ Err(_))) => result,
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(StoreError::new(StoreErrorKind::Other, "a write was not run")),
        };
        // The caller may no longer wait; the write is still valid.
        let _ = self.reply.send(result);
    }
}

/// Runs and commits a group in the transaction that has begun; the lock was requested at `asked`.
pub(super) fn commit_group(
    connection: &mut Connection,
    group: &mut [Box<dyn Work>],
    turns: &mut LockFairness,
    asked: Instant,
) -> Result<(), StoreError> {
    let begun = Instant::now();
    let done = run_group(connection, group);
    turns.record(begun - asked, begun.elapsed());
    done
}

fn run_group(connection: &mut Connection, group: &mut [Box<dyn Work>]) -> Result<(), StoreError> {
    // A single write needs no savepoint, and without one SQLite does not copy pages before it
    // changes them.
    if let [only] = group {
        return match only.run(&mut Tx { conn: connection }) {
            Err(error) if error.ends_transaction() => Err(error),
            Err(_) => end(connection, "ROLLBACK"),
            Ok(()) => end(connection, "COMMIT"),
        };
    }
    for member in group.iter_mut() {
        PreparedSql("SAVEPOINT member").execute(connection)?;
        match member.run(&mut Tx { conn: connection }) {
            Ok(()) => {}
            Err(error) if error.ends_transaction() => return Err(error),
            Err(_) => {
                PreparedSql("ROLLBACK TO member").execute(connection)?;
            }
        }
        PreparedSql("RELEASE member").execute(connection)?;
    }
    end(connection, "COMMIT")
}

fn end(connection: &mut Connection, how: &'static str) -> Result<(), StoreError> {
    PreparedSql(how).execute(connection)?;
    Ok(())
}
