//! Replaces the database and puts it back, while others read and write.

use std::{fs, time::Duration};

use super::*;
use crate::{
    db::{
        engine::{Db, connection::open_unpooled, copy},
        tables::settings,
    },
    time::Timestamp,
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn now() -> Timestamp {
    Timestamp::from_unix(1_795_435_200)
}

async fn set(db: &Db, value: &'static str) -> Result<(), StoreError> {
    db.write(move |tx| settings::set(tx.conn, "test", value, now())).await
}

async fn value(db: &Db) -> Result<Option<String>, StoreError> {
    db.read(|conn| settings::get(conn, "test")).await
}

/// Creates a database with the value "old", and a file with the value "new".
async fn two() -> Result<(tempfile::TempDir, Db, PathBuf), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let db = Db::open(&folder.path().join("duplistatus.db"))?;
    set(&db, "new").await?;
    let new = folder.path().join("new.db");
    let target = new.clone();
    db.apart(move |conn| copy::copy_into(conn, &target)).await?;
    set(&db, "old").await?;
    Ok((folder, db, new))
}

fn text(path: &Path) -> Result<Option<String>, StoreError> {
    settings::get(&mut open_unpooled(path)?, "test")
}

#[tokio::test]
async fn another_file_takes_the_place_and_the_old_one_is_kept() -> TestResult {
    let (_folder, db, new) = two().await?;
    let before = *db.revision().borrow();
    let kept = db.replace(move |path| Ok((put(path, &new, now())?.kept, put_nothing()))).await?;
    assert_eq!(value(&db).await?.as_deref(), Some("new"));
    assert!(*db.revision().borrow() > before, "open pages ask again");
    let kept = kept.ok_or("not kept")?;
    assert_eq!(text(&kept)?.as_deref(), Some("old"), "with what was in its log");
    set(&db, "newer").await?;
    assert_eq!(value(&db).await?.as_deref(), Some("newer"));
    Ok(())
}

/// Nothing to put back.
fn put_nothing() -> Swapped {
    Swapped { kept: None }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_goes_again() -> TestResult {
    let (folder, db, _new) = two().await?;
    let bad = folder.path().join("bad.db");
    fs::write(&bad, vec![7; 50_000])?;
    let refused = db.replace(move |path| Ok(((), put(path, &bad, now())?))).await;
    assert!(refused.is_err());
    assert_eq!(value(&db).await?.as_deref(), Some("old"));
    set(&db, "older").await?;
    db.close().await;
    assert_eq!(text(&folder.path().join("duplistatus.db"))?.as_deref(), Some("older"));
    Ok(())
}

#[tokio::test]
async fn a_swap_that_fails_leaves_the_database_open() -> TestResult {
    let (_folder, db, _new) = two().await?;
    let refused = db.replace(|_| Err::<((), Swapped), _>(StoreError::new(StoreErrorKind::Other, "no"))).await;
    assert!(refused.is_err());
    assert_eq!(value(&db).await?.as_deref(), Some("old"));
    Ok(())
}

#[tokio::test]
async fn nothing_is_swapped_while_another_program_has_the_file_open() -> TestResult {
    let (_folder, db, new) = two().await?;
    let mut other = open_unpooled(db.path())?;
    other.batch_execute("BEGIN; SELECT count(*) FROM configuration; ")?;
    let refused = db.replace(move |path| Ok(((), put(path, &new, now())?))).await;
    assert!(refused.is_err_and(|error| error.is_busy()));
    assert_eq!(value(&db).await?.as_deref(), Some("old"));
    drop(other);
    Ok(())
}

#[tokio::test]
async fn a_damaged_file_is_kept_with_its_log() -> TestResult {
    let (folder, db, new) = two().await?;
    let path = db.path().to_owned();
    db.close().await;
    drop(db);
    fs::write(&path, vec![7; 50_000])?;
    fs::write(files::log(&path), b"log")?;
    let swapped = put(&path, &new, now())?;
    assert_eq!(text(&path)?.as_deref(), Some("new"));
    let kept = swapped.kept.as_ref().ok_or("not kept")?;
    assert_eq!((files::length(kept), files::length(&files::log(kept))), (50_000, 3));
    swapped.back(&path)?;
    assert_eq!((files::length(&path), files::length(&files::log(&path))), (50_000, 3));
    drop(folder);
    Ok(())
}

#[test]
fn a_missing_file_is_no_obstacle() -> TestResult {
    let folder = tempfile::tempdir()?;
    let (path, new) = (folder.path().join("duplistatus.db"), folder.path().join("new.db"));
    fs::write(&new, b"new")?;
    fs::write(files::log(&path), b"a log without its file")?;
    let swapped = put(&path, &new, now())?;
    assert_eq!((fs::read(&path)?.as_slice(), files::log(&path).exists()), (b"new".as_slice(), false));
    swapped.back(&path)?;
    assert!(!path.exists());
    Ok(())
}

/// Expects the database to be open again within half a minute after `mend`.
async fn opened(db: &Db, mend: impl FnOnce() -> std::io::Result<()>) -> TestResult {
    let refused = value(db).await.err().ok_or("it is open")?;
    assert!(refused.is_busy() && refused.to_string().contains("retrying"), "{refused}");
    assert!(db.closed().is_some());
    let mut revision = db.revision();
    revision.mark_unchanged();
    mend()?;
    tokio::time::timeout(Duration::from_secs(30), revision.changed()).await??;
    assert_eq!((db.closed(), value(db).await?.as_deref()), (None, Some("old")));
    set(db, "older").await?;
    Ok(())
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_again_is_tried_until_it_can() -> TestResult {
    let (folder, db, _new) = two().await?;
    let (path, away) = (db.path().to_owned(), folder.path().join("away"));
    let hidden = away.clone();
    let swap = move |path: &Path| {
        let moved = fs::rename(path, &hidden).and_then(|()| fs::create_dir(path));
        moved.map_err(|error| files::io_error(path, &error))?;
        Err::<((), Swapped), _>(StoreError::new(StoreErrorKind::Other, "no"))
    };
    assert!(db.replace(swap).await.is_err());
    opened(&db, || fs::remove_dir(&path).and_then(|()| fs::rename(&away, &path))).await
}

#[tokio::test]
async fn the_former_file_is_put_back_before_anything_is_opened_again() -> TestResult {
    let (folder, db, _new) = two().await?;
    let (path, bad) = (db.path().to_owned(), folder.path().join("bad.db"));
    fs::write(&bad, vec![7; 50_000])?;
    let swap = move |path: &Path| {
        let swapped = put(path, &bad, now())?;
        // A file cannot be renamed to the name of a folder.
        let blocked = fs::remove_file(path).and_then(|()| fs::create_dir(path));
        blocked.map_err(|error| files::io_error(path, &error))?;
        Ok(((), swapped))
    };
    let why = db.replace(swap).await.err().ok_or("it was replaced")?;
    assert!(why.to_string().contains("could not be restored"), "{why}");
    opened(&db, || fs::remove_dir(&path)).await
}

#[tokio::test]
async fn while_nothing_is_open_another_file_can_be_put_in_place_and_no_empty_one_is_made() -> TestResult {
    let (folder, db, new) = two().await?;
    let away = folder.path().join("away");
    let swap = move |path: &Path| {
        fs::rename(path, &away).map_err(|error| files::io_error(path, &error))?;
        Err::<((), Swapped), _>(StoreError::new(StoreErrorKind::Other, "no"))
    };
    assert!(db.replace(swap).await.is_err());
    assert!(db.closed().is_some_and(|why| why.contains("does not exist")) && !db.path().exists());
    db.replace(move |path| Ok(((), put(path, &new, now())?))).await?;
    assert_eq!((db.closed(), value(&db).await?.as_deref()), (None, Some("new")));
    Ok(())
}
