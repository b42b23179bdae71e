//! The writer: a thread that owns the writing connection and commits in groups.
//!
//! Writes that arrive during a commit share the next transaction and its `fsync`. If there are several, each runs in its own
//! savepoint, so a failing one does not affect the others. Results are sent only after the commit, so `Ok` means that the data is
//! on the disk. If SQLite aborts the whole transaction (full, I/O error, busy), every write of the group fails and the connection
//! is replaced, because its state is unknown.

use std::{path::PathBuf, sync::Mutex, thread, time::Instant};

use diesel::connection::SimpleConnection as _;
use tokio::sync::{mpsc, oneshot, watch};

pub use super::write_group::Tx;
use super::{
    Connection, QueryLog, StoreError, StoreErrorKind,
    connection::{open_writer, pragma},
    files::Presence,
    write_group::{Request, Work, commit_group},
    write_lock::{self, LockFairness, TRIES},
};

/// Maximum number of waiting writes. Further ones fail as busy at once.
const QUEUE: usize = 1024;
/// Maximum number of writes in a transaction. More would save little and delay the first one.
const GROUP: usize = 64;

/// A request to the thread.
enum Message {
    /// Execute a write.
    Write(Box<dyn Work>),
    /// Check whether another program has written.
    Look(oneshot::Sender<()>),
}

/// Handle of the writer thread.
#[derive(Debug)]
pub struct Writer {
    /// `None` after the writer was stopped.
    queue: Mutex<Option<mpsc::Sender<Message>>>,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread with its connection. `revision` is incremented by its commits.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(
        path: PathBuf,
        connection: Connection,
        queries: QueryLog,
        revision: watch::Sender<u64>,
    ) -> Result<Self, StoreError> {
        let (queue, inbox) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("writer".into())
            .spawn(move || write_groups(&path, connection, inbox, &revision, &queries))
            .map_err(|error| StoreError::new(StoreErrorKind::Other, error.to_string()))?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs a write in the next group and waits for its commit. `quiet` writes do not change the revision.
    ///
    /// # Errors
    /// [`StoreErrorKind::Busy`] if too many writes are waiting; otherwise the error of the work or the commit.
    pub async fn write<T, F>(&self, work: F, quiet: bool) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (request, answer) = Request::new(work, quiet);
        self.enqueue(Message::Write(Box::new(request)))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Busy, "the writer has stopped")))
    }

    /// Changes the revision if another program has written since the last check. SQLite reports only writes of other connections,
    /// so our own do not count.
    pub async fn check_other_processes(&self) {
        let (reply, answer) = oneshot::channel();
        if self.enqueue(Message::Look(reply)).is_ok() {
            let _ = answer.await;
        }
    }

    /// Returns the number of waiting writes.
    pub fn waiting(&self) -> u64 {
        let Ok(queue) = self.queue.lock() else { return 0 };
        queue.as_ref().map_or(0, |queue| (queue.max_capacity() - queue.capacity()) as u64)
    }

    fn enqueue(&self, ask: Message) -> Result<(), StoreError> {
        let busy = |why: &str| StoreError::new(StoreErrorKind::Busy, why);
        let queue = self.queue.lock().map_err(|_| busy("the queue is broken"))?;
        let queue = queue.as_ref().ok_or_else(|| busy("the writer has stopped"))?;
        queue.try_send(ask).map_err(|_| busy("the writer is overloaded"))
    }

    /// Finishes accepted writes, checkpoints the WAL and ends the thread. Blocks until that is done.
    pub fn stop(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            *queue = None;
        }
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

fn write_groups(
    path: &std::path::Path,
    connection: Connection,
    mut inbox: mpsc::Receiver<Message>,
    revision: &watch::Sender<u64>,
    queries: &QueryLog,
) {
    let mut connection = Some(connection);
    let (home, mut turns, mut tries) = (Presence::of(path), LockFairness::default(), TRIES);
    let mut others = DataVersion::default();
    others.have_written(connection.as_mut());
    let mut next: Option<Message> = None;
    while let Some(first) = next.take().or_else(|| inbox.blocking_recv()) {
        let mut group = match first {
            Message::Write(work) => vec![work],
            Message::Look(reply) => {
                if others.have_written(connection.as_mut()) {
                    revision.send_modify(|number| *number += 1);
                }
                let _ = reply.send(());
                continue;
            }
        };
        while group.len() < GROUP
            && let Ok(ask) = inbox.try_recv()
        {
            match ask {
                Message::Write(work) => group.push(work),
                look @ Message::Look(_) => {
                    next = Some(look);
                    break;
                }
            }
        }
        // If the file is missing, connecting would create an empty one.
        let open = still_at(path, home).and_then(|()| reconnect(&mut connection, path, queries));
        let committed = open.and_then(|open| {
            let asked = Instant::now();
            // When the program is stopping, it tries to get the lock only once.
            let mut tries = (0..tries).take_while(|tried| *tried == 0 || !inbox.is_closed());
            write_lock::begin(open, &mut tries)?;
            commit_group(open, &mut group, &mut turns, asked)
        });
        let committed =
            committed.and_then(|()| still_at(path, home)).map_err(|error| error.naming_others(path));
        // The next group was waiting as long as the failed one, so it gets one attempt.
        let is_locked = committed.as_ref().is_err_and(|error| error.kind == StoreErrorKind::Locked);
        tries = if is_locked { 1 } else { TRIES };
        if let Err(error) = &committed {
            // Lasting conditions are logged once, by the state of the file: the log may be on the same full disk.
            if !matches!(error.kind, StoreErrorKind::Full | StoreErrorKind::Locked) {
                tracing::warn!(%error, members = group.len(), "a group of writes was not committed");
            }
            if let Some(open) = &mut connection {
                let _ = open.batch_execute("ROLLBACK");
            }
            (connection, others) = (None, DataVersion::default());
        } else if !group.iter().all(|member| member.is_quiet()) {
            revision.send_modify(|number| *number += 1);
        }
        for member in group {
            member.answer(committed.clone());
        }
        if let Some(pause) = turns.pause() {
            thread::sleep(pause);
        }
        if let Some(open) = &mut connection {
            queries.explain_waiting(open);
        }
    }
    if let Some(open) = &mut connection {
        // No `PRAGMA optimize`: with statistics, SQLite plans each query again for its bound values, which took a quarter of a
        // report's time. All queries find their index without statistics (plan_tests.rs).
        let _ = open.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);");
    }
}

/// Detects writes of other programs, on one connection.
#[derive(Debug, Default)]
struct DataVersion {
    /// `data_version` at the last check; `None` if there was no connection.
    version: Option<i64>,
}

impl DataVersion {
    /// Returns whether another program has written since the last check. With a new connection, that is assumed.
    fn have_written(&mut self, connection: Option<&mut Connection>) -> bool {
        let now = connection.and_then(|open| pragma(open, "data_version").ok());
        let before = std::mem::replace(&mut self.version, now);
        before != now
    }
}

/// Checks that the file is still in place. If it was moved or deleted meanwhile, the committed data is lost with it and must not
/// be acknowledged.
fn still_at(path: &std::path::Path, home: Presence) -> Result<(), StoreError> {
    if home.may_be(Presence::of(path)) {
        return Ok(());
    }
    let what = format!(
        "{} was moved or deleted while it was open: stop the server, put the file back, and start the server",
        path.display()
    );
    Err(StoreError::new(StoreErrorKind::Gone, what))
}

fn reconnect<'c>(
    connection: &'c mut Option<Connection>,
    path: &std::path::Path,
    queries: &QueryLog,
) -> Result<&'c mut Connection, StoreError> {
    match connection {
        Some(open) => Ok(open),
        None => {
            let open = connection.insert(open_writer(path)?);
            queries.watch(open);
            Ok(open)
        }
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
