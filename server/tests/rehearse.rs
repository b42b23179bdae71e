//! `duplistatus rehearse`: the built program on scenario files.
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use duplistatus::{
    clock::Clock,
    db::Db,
    service::{Crypto, Options, Services, ingest},
    zone::Zone,
};
use serde_json::{Value, json};

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

/// Returns a database with daily runs of a job until an hour ago, of which one is missing.
async fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("duplistatus.db")).unwrap();
    let options = Options { open_ingest: true, ..Options::default() };
    let clock = Clock::manual(Clock::system().now());
    let services = Services::new(db, clock, Zone::utc(), options, Crypto::for_made_up_data().unwrap());
    // The program that is started reads the real clock, so the next run must not be due at any time of the day.
    let last = services.clock().now().plus(-3600);
    for day in (0..20).rev().filter(|day| *day != 7) {
        let begin = last.plus(-day * 86_400);
        services.clock().set(begin.plus(60));
        let body = json!({
            "Data": { "MainOperation": "Backup", "ParsedResult": "Success", "BeginTime": begin.to_string(), "Duration": "00:01:00" },
            "Extra": { "OperationName": "Backup", "backup-name": "Documents", "machine-id": "m-1", "machine-name": "nas" },
        });
        let actor = ingest::authenticate(&services, None).await.unwrap();
        let upload = ingest::Upload {
            content_type: None,
            body: body.to_string().into_bytes(),
            key: None,
            source: "192.0.2.7".into(),
        };
        ingest::accept(&services, &actor, upload).await.unwrap();
    }
    services.db().close().await;
    folder
}

fn of_job(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duplistatus"))
        .args(["--log", "error", "--time-zone", "UTC", "--data-dir"])
        .arg(folder)
        .arg("rehearse")
        .args(arguments)
        .output()
        .unwrap()
}

#[tokio::test]
async fn the_past_of_a_job_is_rehearsed_with_other_settings_and_with_those_that_are_set() {
    let folder = filled().await;
    let json = |arguments: &[&str]| -> Value {
        let output = of_job(folder.path(), &[&["--job", "nas/Documents", "--json"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let count = |told: &Value, which: &str| told[which].as_array().unwrap().len();
    let told = json(&[]);
    assert_eq!((told["job"].as_str(), told["days"].as_i64()), (Some("nas/Documents"), Some(90)));
    assert_eq!(told["set"][0]["kind"], "late", "{told}");
    assert_eq!(count(&told, "set"), count(&told, "tried"), "nothing else was tried");
    let before = count(&told, "set");
    // Three days from the slot on: one missing run is none.
    let patient = json(&["--tolerance", "laptop", "--days", "30"]);
    assert!(count(&patient, "tried") < before, "{patient}");
    assert_eq!(count(&patient, "set"), before);
    assert_eq!(count(&json(&["--no-schedule"]), "tried"), 0);
    assert_eq!(count(&json(&["--days", "3"]), "set"), 0, "before that");
    let text = of_job(folder.path(), &["--job", "nas/Documents", "--cron", "0 12 * * *"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("With these settings: ") && text.contains("With the present settings: "), "{text}");
}

#[tokio::test]
async fn what_cannot_be_rehearsed_is_said() {
    let folder = filled().await;
    for (arguments, why) in [
        (vec!["--job", "nas/Music"], "there is no job"),
        (vec!["--job", "nas/Documents", "--tolerance", "soon"], "soon"),
        (vec!["--job", "nas/Documents", "--cron", "* *"], "five fields"),
        (vec!["--job", "nas/Documents", "--every", "2D", "--weekdays", "mon"], "weekdays"),
        (vec!["--job", "nas/Documents", "--days", "0"], "0"),
    ] {
        let output = of_job(folder.path(), &arguments);
        assert!(!output.status.success(), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(why), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}
