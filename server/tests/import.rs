//! `duplistatus import` on the command line.
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

fn import(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        .args(["--data-dir", "data", "--time-zone", "UTC", "import"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn runs_come_from_a_table_and_what_is_wrong_in_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    let row = "nas,Documents,2026-01-20T02:00:00Z,success\n";
    fs::write(folder.path().join("runs.csv"), format!("server,job,start,status\n{row}")).unwrap();
    let dry = import(folder.path(), &["runs.csv", "--dry-run", "--json"]);
    let report: Value = serde_json::from_slice(&dry.stdout).unwrap();
    assert_eq!((&report["dry_run"], &report["runs"]["added"]), (&true.into(), &1.into()));
    let real = import(folder.path(), &["runs.csv"]);
    assert!(real.status.success(), "{real:?}");
    let text = String::from_utf8(real.stdout).unwrap();
    let runs: Vec<&str> =
        text.lines().find(|line| line.starts_with("runs ")).unwrap().split_whitespace().collect();
    assert_eq!(runs, ["runs", "1", "1", "0", "0", "0"], "{text}");

    fs::write(folder.path().join("runs.csv"), format!("server,job,start,status\n{row}nas,,,\n")).unwrap();
    let wrong = import(folder.path(), &["runs.csv"]);
    assert!(!wrong.status.success());
    let text = String::from_utf8(wrong.stdout).unwrap();
    assert!(text.contains("line 3: the job is missing"), "{text}");
}

#[test]
fn what_cannot_be_imported_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("photo.jpg"), b"\xff\xd8\xff\xe0\0\x10JFIF").unwrap();
    for (file, why) in [("photo.jpg", "neither a database of the Node application"), ("missing", "missing")] {
        let refused = import(folder.path(), &[file]);
        let said = [refused.stdout, refused.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!refused.status.success() && said.contains(why), "{said}");
        assert!(said.matches("os error").count() <= 1, "{said}");
    }
    // The database that was created above belongs to this program.
    let ours = import(folder.path(), &["data/duplistatus.db"]);
    assert!(
        String::from_utf8_lossy(&[ours.stdout, ours.stderr].concat()).contains("`duplistatus db restore`")
    );
}
