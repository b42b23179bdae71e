//! `duplistatus rehearse`: the built program on scenario files.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/scenarios/recorded").join(name)
}

fn rehearse(files: &[PathBuf]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        .args(["--log", "error", "--time-zone", "UTC", "--data-dir"])
        .arg(folder.path().join("none"))
        .arg("rehearse")
        .args(files)
        .output()
        .unwrap();
    assert!(!folder.path().join("none").exists(), "it opens no database");
    output
}

#[test]
fn one_line_for_each_file_and_success_when_all_of_it_holds() {
    let output = rehearse(&[recorded("office.json"), recorded("sixhours.json")]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["alarms"], serde_json::json!([]));
    assert_eq!(lines[1]["alarms"][0]["job"], "mail-03/Mailboxes");
    assert_eq!(lines[1]["alarms"][0]["kind"], "late");
}

#[test]
fn what_does_not_hold_or_cannot_be_read_is_named_and_the_others_are_rehearsed() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.json");
    let text = fs::read_to_string(recorded("sixhours.json")).unwrap();
    fs::write(&wrong, text.replace("\"kind\": \"late\"", "\"kind\": \"failed\"")).unwrap();
    let broken = folder.path().join("broken.json");
    fs::write(&broken, "{}").unwrap();
    let output = rehearse(&[wrong, broken, folder.path().join("missing.json"), recorded("rot.json")]);
    assert_eq!(output.status.code(), Some(1));
    let named = String::from_utf8(output.stderr).unwrap();
    assert!(named.contains("wrong.json: missing: mail-03/Mailboxes failed"), "{named}");
    assert!(named.contains("wrong.json: not expected: mail-03/Mailboxes late"), "{named}");
    assert!(named.contains("broken.json: ") && named.contains("missing.json: "), "{named}");
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
}
