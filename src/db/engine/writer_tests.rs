//! Guarantees of the writer: shared commits, writes that fail alone, groups that fail together, a clean stop.

use diesel::prelude::*;
use tokio::task::JoinHandle;

use super::*;
use crate::{
    db::{
        engine::{Db, owner},
        schema::configuration,
        tables::settings,
    },
    time::Timestamp,
};

type TestResult = Result<(), Box<dyn std::error::Error>>;
type Answer<T> = JoinHandle<Result<T, StoreError>>;

fn fresh() -> Result<(tempfile::TempDir, Db), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let db = Db::open(&folder.path().join("duplistatus.db"))?;
    Ok((folder, db))
}

/// Starts a write and returns once it is waiting in the queue (or done).
async fn begin<T, F>(db: &Db, work: F) -> Answer<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
{
    let db = db.clone();
    let answer = tokio::spawn(async move { db.write(work).await });
    // These tests run on one thread, and spawned tasks run before the one that yields.
    tokio::task::yield_now().await;
    answer
}

/// Keeps the writer inside a transaction until the sender is used; writes that arrive meanwhile share the
/// next one.
async fn hold(
    db: &Db,
    first: &'static str,
) -> Result<std::sync::mpsc::Sender<()>, oneshot::error::RecvError> {
    let (begun, has_begun) = oneshot::channel();
    let (go_on, wait) = std::sync::mpsc::channel();
    begin(db, move |tx| {
        tx.conn.batch_execute(first)?;
        let _ = begun.send(());
        let _ = wait.recv();
        Ok(())
    })
    .await;
    has_begun.await?;
    Ok(go_on)
}

fn set(key: &str) -> impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static {
    let key = key.to_owned();
    move |tx| settings::set(tx.conn, &key, "value", Timestamp::default())
}

async fn keys(db: &Db) -> Result<Vec<String>, StoreError> {
    db.read(|conn| {
        Ok(configuration::table
            .filter(configuration::key.ne(owner::DATABASE))
            .order(configuration::key)
            .select(configuration::key)
            .load(conn)?)
    })
    .await
}

fn kind<T>(answer: Result<T, StoreError>) -> Option<StoreErrorKind> {
    answer.err().map(|error| error.kind)
}

#[tokio::test]
async fn writes_that_wait_share_one_commit() -> TestResult {
    let (_folder, db) = fresh()?;
    let before = *db.revision().borrow();
    let go_on = hold(&db, "").await?;
    let mut answers = Vec::new();
    for number in 0..GROUP {
        answers.push(begin(&db, set(&format!("key {number}"))).await);
    }
    go_on.send(())?;
    for answer in answers {
        answer.await??;
    }
    assert_eq!(keys(&db).await?.len(), GROUP);
    assert_eq!(*db.revision().borrow() - before, 2, "one commit for the held one, one for all others");
    Ok(())
}

#[tokio::test]
async fn a_member_that_fails_or_panics_takes_nobody_along() -> TestResult {
    let (_folder, db) = fresh()?;
    let go_on = hold(&db, "").await?;
    let one = begin(&db, set("one")).await;
    let violating = begin(&db, |tx| {
        set("half done")(tx)?;
        Ok(tx.conn.batch_execute("INSERT INTO configuration (key) VALUES ('one')")?)
    })
    .await;
    let panicking = begin(&db, |tx| -> Result<(), StoreError> {
        set("panicked")(tx)?;
        panic!("on purpose");
    })
    .await;
    let refusing =
        begin(&db, |_| Err::<(), _>(StoreError::new(StoreErrorKind::NotFound, "no such thing"))).await;
    let two = begin(&db, set("two")).await;
    go_on.send(())?;
    one.await??;
    two.await??;
    assert_eq!(kind(violating.await?), Some(StoreErrorKind::Constraint));
    assert_eq!(kind(panicking.await?), Some(StoreErrorKind::Other));
    assert_eq!(kind(refusing.await?), Some(StoreErrorKind::NotFound));
    assert_eq!(keys(&db).await?, ["one", "two"]);
    Ok(())
}

/// A single write has no savepoint.
#[tokio::test]
async fn what_a_write_that_fails_alone_did_is_undone() -> TestResult {
    let (_folder, db) = fresh()?;
    let refused = db
        .write(|tx| {
            set("half")(tx)?;
            Err::<(), _>(StoreError::new(StoreErrorKind::NotFound, "no"))
        })
        .await;
    assert_eq!(kind(refused), Some(StoreErrorKind::NotFound));
    assert!(!keys(&db).await?.contains(&"half".to_owned()));
    db.write(set("whole")).await?;
    assert!(keys(&db).await?.contains(&"whole".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_full_disk_is_told_to_the_whole_group_and_then_forgotten() -> TestResult {
    let (_folder, db) = fresh()?;
    db.write(set("before")).await?;
    // Simulates a full disk: SQLite cannot enlarge the file. Only this connection is limited.
    let go_on = hold(&db, "PRAGMA max_page_count = 1").await?;
    let first = begin(&db, set("first")).await;
    let large = begin(&db, |tx| {
        Ok(tx.conn.batch_execute(
            "INSERT INTO raw_reports (received_at, size, body) VALUES ('2026', 1, zeroblob(4000000))",
        )?)
    })
    .await;
    let last = begin(&db, set("last")).await;
    go_on.send(())?;
    for answer in [first, large, last] {
        assert_eq!(kind(answer.await?), Some(StoreErrorKind::Full));
    }
    assert_eq!(keys(&db).await?, ["before"], "nothing of the group is there");
    db.write(set("after")).await?;
    assert_eq!(keys(&db).await?, ["after", "before"]);
    Ok(())
}

#[tokio::test]
async fn another_writer_makes_us_busy_but_readers_go_on() -> TestResult {
    let (_folder, db) = fresh()?;
    // Five seconds are too long for a test; the replaced connection has the default again.
    db.write(|tx| Ok(tx.conn.batch_execute("PRAGMA busy_timeout = 20")?)).await?;
    let mut other = open_writer(db.path())?;
    other.batch_execute("BEGIN IMMEDIATE; INSERT INTO configuration (key) VALUES ('other')")?;
    assert_eq!(kind(db.write(set("refused")).await), Some(StoreErrorKind::Locked));
    assert_eq!(keys(&db).await?, Vec::<String>::new());
    other.batch_execute("COMMIT")?;
    db.write(set("ours")).await?;
    assert_eq!(keys(&db).await?, ["other", "ours"]);
    Ok(())
}

#[tokio::test]
async fn stopping_finishes_what_was_accepted_and_empties_the_wal() -> TestResult {
    let (_folder, db) = fresh()?;
    let go_on = hold(&db, "").await?;
    let mut answers = Vec::new();
    for number in 0..3 * GROUP {
        answers.push(begin(&db, set(&format!("key {number}"))).await);
    }
    let closing = tokio::spawn({
        let db = db.clone();
        async move { db.close().await }
    });
    tokio::task::yield_now().await;
    go_on.send(())?;
    closing.await?;
    for answer in answers {
        answer.await??;
    }
    let wal = db.path().with_extension("db-wal");
    assert_eq!(std::fs::metadata(wal).map_or(0, |file| file.len()), 0);
    assert_eq!(kind(db.write(set("too late")).await), Some(StoreErrorKind::Busy));
    assert_eq!(keys(&Db::open(db.path())?).await?.len(), 3 * GROUP);
    Ok(())
}

#[tokio::test]
async fn more_than_the_queue_holds_is_refused_at_once() -> TestResult {
    let (_folder, db) = fresh()?;
    let go_on = hold(&db, "").await?;
    let mut answers = Vec::new();
    for _ in 0..QUEUE {
        answers.push(begin(&db, set("same")).await);
    }
    assert_eq!(kind(db.write(set("one too many")).await), Some(StoreErrorKind::Busy));
    go_on.send(())?;
    for answer in answers {
        answer.await??;
    }
    assert_eq!(keys(&db).await?, ["same"]);
    Ok(())
}

#[tokio::test]
async fn a_write_stands_although_nobody_waits_for_it_any_more() -> TestResult {
    let (_folder, db) = fresh()?;
    let go_on = hold(&db, "").await?;
    begin(&db, set("left alone")).await.abort();
    go_on.send(())?;
    db.write(set("next")).await?;
    assert_eq!(keys(&db).await?, ["left alone", "next"]);
    Ok(())
}
