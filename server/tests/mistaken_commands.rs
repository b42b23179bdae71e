//! Commands in the wrong folder, on the wrong file, as the wrong user: nothing is lost, and the message says what to do.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use duplistatus::{
    crypto::SecretKeys,
    db::{Db, engine::dynamic, tables::servers},
    time::Timestamp,
};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        .args(["--log", "error", "--time-zone", "UTC", "--data-dir"])
        .arg(folder)
        .args(arguments)
        .env_remove("DUPLISTATUS_SECRET_KEY")
        .output()
        .unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(!output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

async fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("duplistatus.db")).unwrap();
    db.write(|tx| servers::create(tx.conn, "nas", Timestamp::from_unix(1_795_435_200))).await.unwrap();
    db.close().await;
    SecretKeys::load(folder.path(), None).unwrap();
    folder
}

#[test]
fn in_the_wrong_folder_no_command_makes_an_empty_database() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let backup = folder.path().join("backup.db");
    for arguments in [
        &["db", "backup", backup.to_str().unwrap()][..],
        &["db", "export", backup.to_str().unwrap()],
        &["db", "integrity"],
        &["db", "repair"],
        &["db", "status"],
        &["db", "cleanup", "--days", "90"],
        &["config", "get", "retention.days"],
        &["server", "list"],
        &["user", "list"],
        &["key", "list"],
        &["secret", "rotate"],
    ] {
        let why = refused(&data, arguments);
        assert!(
            why.contains("there is no database in") && why.contains("--data-dir"),
            "{arguments:?}: {why}"
        );
        assert!(!data.exists() && !backup.exists(), "{arguments:?}");
    }
}

/// Anyone could set it up as a new one.
#[tokio::test]
async fn a_database_that_somebody_emptied_is_not_taken_for_a_new_one() {
    let folder = filled().await;
    let path = folder.path().join("duplistatus.db");
    let backup = folder.path().join("kept.db");
    assert!(run(folder.path(), &["db", "backup", backup.to_str().unwrap()]).status.success());
    fs::write(&path, "").unwrap();
    for command in
        [&["serve"][..], &["db", "migrate"], &["db", "integrity"], &["user", "create", "x", "--temporary"]]
    {
        let why = refused(folder.path(), command);
        assert!(why.contains("it is empty") || why.contains("is empty, although"), "{command:?}: {why}");
        assert!(why.contains("db restore"), "{command:?}: {why}");
        assert_eq!(fs::metadata(&path).unwrap().len(), 0, "{command:?}");
    }
    let restored = run(folder.path(), &["db", "restore", "--yes", backup.to_str().unwrap()]);
    assert!(restored.status.success(), "{restored:?}");
    assert!(run(folder.path(), &["db", "integrity"]).status.success());
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_written_in_the_place_of_a_link_or_a_device() {
    let folder = filled().await;
    let other = tempfile::tempdir().unwrap();
    let (file, link, pipe) =
        (other.path().join("file"), other.path().join("link"), other.path().join("pipe"));
    fs::write(&file, "mine").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for command in ["backup", "dump", "export"] {
        for (path, words) in
            [(&link, "is a link"), (&pipe, "is not a file"), (&other.path().to_owned(), "is not a file")]
        {
            let why = refused(folder.path(), &["db", command, path.to_str().unwrap()]);
            assert!(why.contains(words), "{command}: {why}");
        }
        let why = refused(folder.path(), &["db", command, other.path().join("none/x").to_str().unwrap()]);
        assert!(why.contains("does not exist"), "{command}: {why}");
    }
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink() && fs::read(&file).unwrap() == b"mine");
}

/// As the README says: before the first start.
#[test]
fn people_and_keys_can_be_the_first_that_are_made() {
    for arguments in [&["user", "create", "anna", "--temporary"][..], &["key", "create", "--server", "nas"]] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let output = run(&data, arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        assert!(data.join("duplistatus.db").is_file() && data.join("secret.key").is_file());
    }
}

#[tokio::test]
async fn nothing_is_written_onto_what_the_program_lives_on() {
    let folder = filled().await;
    let read = || ["duplistatus.db", "secret.key"].map(|name| fs::read(folder.path().join(name)).unwrap());
    let before = read();
    for name in ["duplistatus.db", "secret.key"] {
        let path = folder.path().join(name);
        for command in
            [&["db", "backup"][..], &["db", "backup", "--compress"], &["db", "dump"], &["db", "export"]]
        {
            let why = refused(folder.path(), &[command, &[path.to_str().unwrap()]].concat());
            assert!(why.contains("choose another file"), "{command:?} {name}: {why}");
            assert!(read() == before, "{command:?} {name}");
        }
    }
}

#[tokio::test]
async fn a_text_that_could_not_be_written_leaves_the_one_before() {
    let (folder, good) = (filled().await, tempfile::tempdir().unwrap());
    let path = good.path().join("runs.json");
    fs::write(&path, "of yesterday").unwrap();
    let db = Db::open(&folder.path().join("duplistatus.db")).unwrap();
    db.write(|tx| dynamic::execute(tx.conn, "DROP TABLE jobs", &[])).await.unwrap();
    db.close().await;
    let why = refused(folder.path(), &["db", "export", path.to_str().unwrap(), "--yes"]);
    assert!(!why.contains("not confirmed"), "{why}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "of yesterday");
    assert_eq!(fs::read_dir(good.path()).unwrap().count(), 1, "nothing unfinished is left");
}

/// Turns a database into one of the previous version.
fn without_newest_migration(path: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let newest = all.filter(|path| path.is_dir()).max().unwrap();
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(&fs::read_to_string(newest.join("down.sql")).unwrap()).unwrap();
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
    conn.execute_batch(forget).unwrap();
}

#[tokio::test]
async fn an_older_database_is_brought_up_to_date_by_who_is_asked_to() {
    let folder = filled().await;
    let path = folder.path().join("duplistatus.db");
    without_newest_migration(&path);
    let backup = folder.path().join("backup.db");
    let why = refused(folder.path(), &["db", "backup", backup.to_str().unwrap()]);
    assert!(why.contains("older duplistatus") && why.contains("db migrate"), "{why}");
    assert!(run(folder.path(), &["db", "migrate"]).status.success());
    assert!(run(folder.path(), &["db", "backup", backup.to_str().unwrap()]).status.success());
}

#[tokio::test]
async fn whoever_reads_may_stop_reading() {
    let folder = filled().await;
    let mut child = Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        .args(["--log", "error", "--data-dir"])
        .arg(folder.path())
        .args(["db", "status"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
