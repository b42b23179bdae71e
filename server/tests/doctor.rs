//! `duplistatus doctor`: the built program on data folders in every state.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed step should fail the test")]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
};

use duplistatus::{
    crypto::SecretKeys,
    db::{Db, engine::dynamic},
};
use serde_json::Value;

fn doctor(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        // Any free port: no server answers there.
        .args(["--log", "error", "--time-zone", "UTC", "--addr", "127.0.0.1:0", "--data-dir"])
        .arg(folder)
        .arg("doctor")
        .args(arguments)
        .env_remove("DUPLISTATUS_SECRET_KEY")
        .output()
        .unwrap()
}

/// Returns the exit status, and the state and the advice of one check.
fn check(folder: &Path, name: &str) -> (Option<i32>, String, String) {
    let output = doctor(folder, &["--json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = answer["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == name).unwrap();
    let text = |key: &str| found[key].as_str().unwrap().to_owned();
    (output.status.code(), text("state"), text("advice"))
}

/// Returns a data folder as a server leaves it.
async fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    Db::open(&folder.path().join("duplistatus.db")).unwrap().close().await;
    SecretKeys::load(folder.path(), None).unwrap();
    folder
}

/// Returns the names and contents of all files.
fn content(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_folder_in_order_is_told_so_and_left_alone() {
    let folder = folder().await;
    let before = content(folder.path());
    let output = doctor(folder.path(), &[]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{shown}");
    for expected in
        ["Disk space", "Public URL", "Clock", "not running for this data folder", "Nothing needs attention."]
    {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    assert!(content(folder.path()) == before, "nothing was changed");
}

#[test]
fn a_folder_that_is_not_there_is_no_failure_and_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let (status, state, advice) = check(&path, "database");
    assert_eq!((status, state.as_str()), (Some(0), "note"));
    assert!(advice.contains("--data-dir") && !path.exists(), "{advice}");
}

#[tokio::test]
async fn what_is_wrong_is_an_exit_status() {
    let folder = folder().await;
    let path = folder.path().join("duplistatus.db");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let (status, state, advice) = check(folder.path(), "folder");
    assert_eq!((status, state.as_str()), (Some(1), "warning"));
    assert!(advice.contains("chmod"), "{advice}");
    fs::remove_file(folder.path().join("secret.key")).unwrap();
    let (status, state, _) = check(folder.path(), "secrets");
    assert_eq!((status, state.as_str()), (Some(2), "failing"));
    assert!(!folder.path().join("secret.key").exists(), "no key was made");
}

#[tokio::test]
async fn it_works_on_files_that_no_server_starts_with() {
    let newer = folder().await;
    let db = Db::open(&newer.path().join("duplistatus.db")).unwrap();
    let sql = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    db.write(|tx| dynamic::execute(tx.conn, sql, &[])).await.unwrap();
    db.close().await;
    let (status, state, advice) = check(newer.path(), "schema");
    assert_eq!((status, state.as_str()), (Some(2), "failing"));
    assert!(advice.contains("newer"), "{advice}");

    for damage in [vec![7; 40_000], b"SQLite format 3\0".to_vec()] {
        let broken = folder().await;
        fs::write(broken.path().join("duplistatus.db"), damage).unwrap();
        let (status, state, _) = check(broken.path(), "database");
        assert_eq!((status, state.as_str()), (Some(2), "failing"));
    }
}
