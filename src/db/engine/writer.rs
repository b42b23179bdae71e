//! The one writer: a thread that owns the writing connection and commits in groups.
//!
//! Whatever waits while a commit is under way shares the next transaction and its one `fsync`. Each of several members runs in a
//! savepoint of its own, so a failing one takes nobody along, and each is answered only after the commit: an `Ok`
//! means that it is on the disk. When SQLite gives the whole transaction up (full, I/O error, busy), every member is
//! told so and the connection is replaced, since its state can no longer be known.

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

/// Requests that may wait for the writer; more are answered "busy" at once.
const QUEUE: usize = 1024;
/// Members of one transaction. More would not save much and make the first one wait.
const GROUP: usize = 64;

/// What the thread is asked for.
enum Message {
    /// To write.
    Write(Box<dyn Work>),
    /// To look whether another program has written.
    Look(oneshot::Sender<()>),
}

/// Handle of the writing thread.
#[derive(Debug)]
pub struct Writer {
    /// Gone once the writer was stopped.
    queue: Mutex<Option<mpsc::Sender<Message>>>,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread with its connection. `revision` counts its commits.
    ///
    /// # Errors
    /// When no thread can be made.
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

    /// Runs one unit of work in the next group and waits for its commit. `quiet` work does not count as a change.
    ///
    /// # Errors
    /// [`StoreErrorKind::Busy`] when too much is waiting; else what the work or the commit failed with.
    pub async fn write<T, F>(&self, work: F, quiet: bool) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (request, answer) = Request::new(work, quiet);
        self.enqueue(Message::Write(Box::new(request)))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Busy, "the writer has stopped")))
    }

    /// Counts a change when another program has written since the last look. SQLite tells that to the connection that writes here,
    /// so what is written here is none.
    pub async fn look_for_others(&self) {
        let (reply, answer) = oneshot::channel();
        if self.enqueue(Message::Look(reply)).is_ok() {
            let _ = answer.await;
        }
    }

    /// How many writes wait.
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

    /// Finishes what was accepted, checkpoints the WAL and ends the thread. Blocks until that is done.
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
        // Where the file is gone, to connect would make an empty one.
        let open = still_at(path, home).and_then(|()| reconnect(&mut connection, path, queries));
        let committed = open.and_then(|open| {
            let asked = Instant::now();
            // A program that ends waits for others once.
            let mut tries = (0..tries).take_while(|tried| *tried == 0 || !inbox.is_closed());
            write_lock::begin(open, &mut tries)?;
            commit_group(open, &mut group, &mut turns, asked)
        });
        let committed =
            committed.and_then(|()| still_at(path, home)).map_err(|error| error.naming_others(path));
        // Who waits behind a group that was refused has waited as long.
        let is_locked = committed.as_ref().is_err_and(|error| error.kind == StoreErrorKind::Locked);
        tries = if is_locked { 1 } else { TRIES };
        if let Err(error) = &committed {
            // What may last is told once, by the state of the file: the log may be on the same full disk.
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
        // No `PRAGMA optimize`: where there are statistics, SQLite plans each query anew for the values that are bound,
        // which took a quarter of a report's time. All queries find their index without (plan_tests.rs).
        let _ = open.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);");
    }
}

/// What other programs have written, as one connection sees it.
#[derive(Debug, Default)]
struct DataVersion {
    /// `data_version` at the last look; none when there was no connection.
    version: Option<i64>,
}

impl DataVersion {
    /// Whether another program has written since the last look. A new connection knows nothing of before: then it may be.
    fn have_written(&mut self, connection: Option<&mut Connection>) -> bool {
        let now = connection.and_then(|open| pragma(open, "data_version").ok());
        let before = std::mem::replace(&mut self.version, now);
        before != now
    }
}

/// Whoever moved or deleted the file meanwhile took along what was committed: nothing of it may be acknowledged.
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
