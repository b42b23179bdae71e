//! Slow queries, with a threshold of zero.

use super::*;
use crate::{
    db::{
        engine::{Db, connection::open_writer},
        tables::servers,
    },
    time::Timestamp,
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

async fn everything_is_slow() -> Result<(tempfile::TempDir, Db), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let db = Db::open(&folder.path().join("duplistatus.db"))?;
    assert_eq!(db.queries().slowest(), []);
    db.queries().set_threshold(Duration::ZERO);
    Ok((folder, db))
}

#[tokio::test]
async fn slow_queries_are_kept_with_their_plan_and_without_their_values() -> TestResult {
    let (_folder, db) = everything_is_slow().await?;
    for name in ["secret name", "another secret"] {
        db.read(move |conn| servers::find_by_name(conn, name)).await?;
    }
    let slow = db.queries().slowest();
    let found = slow.iter().find(|query| query.sql.contains("`servers`.`name` = ?")).ok_or("not kept")?;
    assert_eq!(found.times, 2, "{slow:?}");
    let plan = found.plan.as_deref().ok_or("no plan")?;
    assert!(plan.starts_with("SEARCH servers USING COVERING INDEX"), "{plan}");
    assert!(!format!("{slow:?}").contains("secret"), "{slow:?}");
    Ok(())
}

#[tokio::test]
async fn writes_are_watched_too_also_on_a_new_connection() -> TestResult {
    let (_folder, db) = everything_is_slow().await?;
    let inserted = async |name: &'static str| -> Result<Vec<SlowQuery>, crate::db::engine::StoreError> {
        db.write(move |tx| servers::create(tx.conn, name, Timestamp::default())).await?;
        // The writer explains slow queries after it has replied; the next write comes after that.
        db.write(|_| Ok(())).await?;
        Ok(db.queries().slowest())
    };
    let times = |slow: &[SlowQuery]| {
        slow.iter().find(|query| query.sql.starts_with("INSERT INTO `servers`")).map(|query| query.times)
    };
    let slow = inserted("nas").await?;
    assert_eq!(times(&slow), Some(1), "{slow:?}");
    let commit = slow.iter().find(|query| query.sql == "COMMIT").ok_or("not kept")?;
    assert_eq!(commit.plan.as_deref(), None);
    // After an error that ends the transaction, the writer opens a new connection.
    let io = || crate::db::engine::StoreError::new(crate::db::engine::StoreErrorKind::Io, "made up");
    assert!(db.write(move |_| Err::<(), _>(io())).await.is_err());
    assert_eq!(times(&inserted("office").await?), Some(2));
    Ok(())
}

#[test]
fn what_is_fast_is_only_counted() -> TestResult {
    let folder = tempfile::tempdir()?;
    let mut conn = open_writer(&folder.path().join("duplistatus.db"))?;
    crate::db::engine::migrate::migrate(&mut conn, crate::db::care::derived::after_migration)?;
    let log = QueryLog::default();
    log.set_threshold(Duration::from_secs(3600));
    log.watch(&mut conn);
    for _ in 0..10 {
        servers::find_by_name(&mut conn, "nas")?;
        log.explain_waiting(&mut conn);
    }
    assert_eq!((log.run(), log.prepared()), (10, 1), "prepared once, and run ten times");
    assert_eq!(log.slowest(), []);
    Ok(())
}

#[test]
fn memory_is_bounded_and_the_slowest_stay() -> TestResult {
    let folder = tempfile::tempdir()?;
    let mut conn = open_writer(&folder.path().join("duplistatus.db"))?;
    let log = QueryLog::default();
    for number in 0..100 {
        log.note(format!("SELECT {number} AS {}", "x".repeat(5000)), Duration::from_millis(number));
        log.explain_waiting(&mut conn);
    }
    let slow = log.slowest();
    assert_eq!((slow.len(), slow[0].longest, slow[KEPT - 1].longest), (KEPT, 99, 80));
    assert!(slow.iter().all(|query| query.sql.chars().count() <= TEXT));
    for number in 0..100 {
        log.note(format!("SELECT {number}"), Duration::from_secs(1));
    }
    assert_eq!(log.kept().waiting.len(), WAITING);
    Ok(())
}

#[test]
fn lists_of_any_length_are_one_kind_and_pragmas_are_not_explained() -> TestResult {
    let folder = tempfile::tempdir()?;
    let mut conn = open_writer(&folder.path().join("duplistatus.db"))?;
    assert_eq!(one_list_for_all("a IN (?, ?, ?, ?) AND b = ?"), "a IN (?) AND b = ?");
    assert_eq!(without_values("SELECT ? -- binds: [\"x -- binds: y\"]"), "SELECT ?");
    assert_eq!(plan(&mut conn, "PRAGMA user_version = 7"), None);
    assert_eq!(crate::db::engine::connection::pragma(&mut conn, "user_version")?, 0);
    assert_eq!(plan(&mut conn, "SELECT nonsense FROM nowhere"), None);
    Ok(())
}
