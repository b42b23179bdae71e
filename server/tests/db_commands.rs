//! `duplistatus db …`: the built program on a data folder, without a running server.
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use duplistatus::{
    db::{Db, tables::servers},
    time::Timestamp,
};
use serde_json::Value;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        .args(["--log", "error", "--time-zone", "UTC", "--data-dir"])
        .arg(folder)
        .arg("db")
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns a data folder whose database has one server.
async fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("duplistatus.db")).unwrap();
    db.write(|tx| servers::create(tx.conn, "nas", Timestamp::from_unix(1_795_435_200))).await.unwrap();
    db.close().await;
    folder
}

#[tokio::test]
async fn status_and_stats_are_for_people_and_for_programs() {
    let folder = filled().await;
    let shown = text(&run(folder.path(), &["status"]));
    for expected in
        ["16384 bytes", "idx_backups_server_id", "last backup    never", "ENABLE_DBSTAT_VTAB", "4 readers"]
    {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    let status = json(folder.path(), &["status"]);
    assert_eq!(status["page_size"], 16_384);
    let tables = status["tables"].as_array().unwrap();
    let servers = tables.iter().find(|table| table["name"] == "servers").unwrap();
    assert_eq!(servers["rows"], 1);
    assert!(text(&run(folder.path(), &["stats"])).starts_with("1 server, 0 jobs, 0 users"));
    assert_eq!(json(folder.path(), &["stats"])["periods"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn the_file_is_looked_after() {
    let folder = filled().await;
    for command in ["vacuum", "analyze", "optimize", "checkpoint"] {
        assert_eq!(json(folder.path(), &[command])["is_complete"], true, "{command}");
        assert!(text(&run(folder.path(), &[command])).starts_with("Done in "), "{command}");
    }
}

#[tokio::test]
async fn what_is_not_in_order_is_an_exit_status() {
    let folder = filled().await;
    let good = run(folder.path(), &["integrity"]);
    assert!(good.status.success() && text(&good).contains("No problems found"), "{good:?}");
    // The name in the index differs from the name in the row.
    let path = folder.path().join("duplistatus.db");
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.windows(3).rposition(|window| window == b"nas").unwrap();
    bytes[last + 2] = b'x';
    fs::write(&path, bytes).unwrap();
    let bad = run(folder.path(), &["integrity"]);
    assert!(!bad.status.success() && text(&bad).contains("file: row 1 missing from index"), "{bad:?}");
    assert!(String::from_utf8_lossy(&bad.stderr).contains("db repair"), "{bad:?}");
}

#[tokio::test]
async fn migrations_are_listed_and_tried_without_touching_anything() {
    let folder = tempfile::tempdir().unwrap();
    let tried = json(folder.path(), &["migrate", "--dry-run"]);
    assert!(tried["applied"].as_array().unwrap().len() >= 3 && tried["rehearsed"] == true, "{tried}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let listed = text(&run(folder.path(), &["migrate", "--list"]));
    assert!(listed.contains("0005_deleted_jobs") && listed.contains("not yet"), "{listed}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    assert!(text(&run(folder.path(), &["migrate"])).contains("0001_foundation"));
    assert_eq!(text(&run(folder.path(), &["migrate"])).trim(), "The schema is up to date.");
    let listed = json(folder.path(), &["migrate", "--list"]);
    assert!(
        listed["migrations"].as_array().unwrap().iter().all(|row| row["applied_at"].is_string()),
        "{listed}"
    );
}
