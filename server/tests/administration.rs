//! The built program's commands for servers, settings, old runs and tasks.
#![expect(clippy::unwrap_used, reason = "a failed step should fail the test")]

use std::{
    path::Path,
    process::{Command, Output},
};

use duplistatus::{
    clock::Clock,
    db::Db,
    service::{Crypto, Options, Services, ingest},
    time::Timestamp,
    zone::Zone,
};
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_duplistatus");

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .args(["--data-dir", folder.to_str().unwrap(), "--time-zone", "UTC"])
        .env_remove("DUPLISTATUS_DATA_DIR")
        .output()
        .unwrap()
}

/// Returns a data folder with an empty database.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    told(folder.path(), &["db", "migrate"]);
    folder
}

/// Runs a command that succeeds; returns its output.
fn told(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn json_of(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&told(folder, &[arguments, &["--json"]].concat())).unwrap()
}

/// Runs a command that fails; returns its message.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Stores a run of a job for each of the last days, as reports do.
fn report(folder: &Path, machine: &str, days_ago: std::ops::Range<i64>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let db = Db::open(&folder.join("duplistatus.db")).unwrap();
        let options = Options { open_ingest: true, ..Options::default() };
        let guards = Crypto::for_made_up_data().unwrap();
        let services = Services::new(db, Clock::system(), Zone::utc(), options, guards);
        let noon = services.zone().start(services.zone().day(services.clock().now())).unix() + 43_200;
        // The oldest first: no clean-up deletes the run that arrived last.
        for days in days_ago.rev() {
            // Noon of yesterday and of the days before: never in the future.
            let begin = Timestamp::from_unix(noon - (days + 1) * 86_400).to_string();
            let body = json!({
                "Data": { "MainOperation": "Backup", "ParsedResult": "Success", "BeginTime": begin, "Duration": "00:01:00" },
                "Extra": { "OperationName": "Backup", "backup-name": "Documents", "machine-id": machine, "machine-name": machine },
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
    });
}

#[test]
fn servers_are_added_changed_merged_and_deleted() {
    let folder = folder();
    let folder = folder.path();
    assert_eq!(json_of(folder, &["server", "list"]), json!({ "servers": [] }));
    told(folder, &["server", "add", "nas", "--alias", "The box"]);
    assert!(refused(folder, &["server", "add", "nas"]).contains("already"));
    let set = json_of(folder, &["server", "set", "nas", "--notes", "in the cellar"]);
    assert_eq!((&set["alias"], &set["notes"]), (&json!("The box"), &json!("in the cellar")));
    assert_eq!(json_of(folder, &["server", "set", "nas", "--alias", ""])["alias"], Value::Null);
    assert!(refused(folder, &["server", "set", "none", "--alias", "x"]).contains("server list"));
    report(folder, "old", 0..6);
    report(folder, "new", 4..8);
    // Without a terminal there is nobody to ask.
    let asked = refused(folder, &["server", "merge", "old", "new"]);
    assert!(asked.contains("not confirmed: use --yes, or run it in a terminal"), "{asked}");
    assert!(asked.contains("1 job and 6 runs of old"), "{asked}");
    let merged = json_of(folder, &["server", "merge", "old", "new", "--yes"]);
    assert_eq!((&merged["runs"], &merged["duplicates"]), (&json!(6), &json!(2)));
    let list = json_of(folder, &["server", "list"]);
    assert_eq!(list["servers"].as_array().unwrap().len(), 2);
    assert_eq!((&list["servers"][1]["name"], &list["servers"][1]["runs"]), (&json!("new"), &json!(8)));
    assert!(told(folder, &["server", "list"]).contains("Documents"));
    assert!(refused(folder, &["server", "delete", "new"]).contains("--yes"));
    let deleted = told(folder, &["server", "delete", "new", "--yes"]);
    assert!(deleted.contains("8 runs"), "{deleted}");
    assert!(refused(folder, &["server", "delete", "new"]).contains("server new does not exist"));
}

#[test]
fn people_keys_and_secrets_answer_programs() {
    let folder = folder();
    let folder = folder.path();
    let made = json_of(folder, &["user", "create", "anna", "--temporary"]);
    assert_eq!((&made["name"], &made["role"]), (&json!("anna"), &json!("administrator")));
    let password = made["password"].as_str().unwrap();
    assert!(password.len() > 10);
    let again = json_of(folder, &["user", "reset-password", "anna", "--temporary"]);
    assert_ne!(again["password"], made["password"]);
    json_of(folder, &["user", "create", "bo", "--temporary"]);
    assert!(refused(folder, &["user", "delete", "bo"]).contains("--yes"));
    assert_eq!(json_of(folder, &["user", "delete", "bo", "-y"])["removed"], json!(true));
    let people = json_of(folder, &["user", "list"]);
    let names: Vec<&Value> = people["users"].as_array().unwrap().iter().map(|user| &user["name"]).collect();
    assert_eq!(names, [&json!("anna")]);
    assert!(!people.to_string().contains(password));

    assert!(refused(folder, &["key", "create", "--server", ""]).contains("--server is empty"));
    let key = json_of(folder, &["key", "create", "--server", "nas", "--public-url", "https://example.org"]);
    let secret = key["secret"].as_str().unwrap();
    assert_eq!(key["upload_url"], json!(format!("https://example.org/api/upload/{secret}")));
    let id = key["id"].to_string();
    let next = json_of(folder, &["key", "rotate", &id]);
    assert_ne!(next["secret"], key["secret"]);
    assert!(refused(folder, &["key", "revoke", "99", "--yes"]).contains("key list"));
    let asked = refused(folder, &["key", "revoke", &id]);
    assert!(asked.contains("--yes") && asked.contains("of nas, 0 reports so far"), "{asked}");
    assert_eq!(json_of(folder, &["key", "list"])["keys"][1]["revoked"], Value::Null);
    assert_eq!(json_of(folder, &["key", "revoke", &id, "--yes"])["revoked"], json!(true));
    let keys = json_of(folder, &["key", "list"]);
    assert_eq!((&keys["keys"][0]["id"], &keys["keys"][1]["id"]), (&next["id"], &key["id"]));
    assert!(!keys.to_string().contains(secret));
    assert_eq!(json_of(folder, &["secret", "rotate", "--yes"])["unreadable"], json!(0));
}

#[test]
fn settings_are_shown_and_set() {
    let folder = folder();
    let folder = folder.path();
    assert_eq!(told(folder, &["config", "get", "retention.days"]), "off\n");
    assert_eq!(told(folder, &["config", "set", "retention.days", "60"]), "60\n");
    assert_eq!(json_of(folder, &["config", "get", "retention.days"])["value"], json!(60));
    let list = json_of(folder, &["config", "list"]);
    assert!(list["settings"].as_array().unwrap().len() > 4);
    assert!(refused(folder, &["config", "set", "retention.days", "never"]).contains("or off"));
    assert!(refused(folder, &["config", "set", "none", "1"]).contains("config list"));
}

#[test]
fn old_runs_go_and_rules_say_which() {
    let folder = folder();
    let folder = folder.path();
    report(folder, "nas", 0..20);
    let dry = json_of(folder, &["db", "cleanup", "--days", "10", "--dry-run"]);
    assert_eq!(
        (&dry["runs"], &dry["dry_run"], &dry["jobs"][0]["job"]),
        (&json!(10), &json!(true), &json!("Documents"))
    );
    let runs = || json_of(folder, &["server", "list"])["servers"][0]["runs"].clone();
    assert_eq!(runs(), json!(20));
    let older = ["db", "cleanup", "--days", "15", "--server", "nas", "--job", "Documents"];
    let asked = refused(folder, &older);
    assert!(
        asked.contains("--yes") && asked.contains("delete 5 runs of 1 job and 0 other operations"),
        "{asked}"
    );
    assert_eq!(runs(), json!(20), "nothing went");
    let done = told(folder, &[&older[..], &["--yes"]].concat());
    assert!(done.contains("5 runs and 0 other operations were deleted"), "{done}");
    assert_eq!(runs(), json!(15));
    assert!(told(folder, &older).contains("0 runs"), "there is nothing to ask");
    assert!(refused(folder, &["db", "cleanup", "--days", "0"]).contains("use a number from"));
    assert!(refused(folder, &["db", "cleanup", "--server", "none"]).contains("server list"));
    let shorter = ["db", "retention", "set", "--days", "5", "--keep-last", "2", "--server", "nas"];
    let asked = refused(folder, &shorter);
    assert!(asked.contains("deletes 10 runs and other operations instead of 0"), "{asked}");
    assert!(told(folder, &["db", "retention"]).lines().count() == 2, "no rule was made");
    let rules = json_of(folder, &[&shorter[..], &["--yes"]].concat());
    assert_eq!(rules["site"]["days"], Value::Null);
    assert_eq!(rules["rules"], json!([{ "server": "nas", "job": null, "days": 5, "keep_last": 2 }]));
    let asked = refused(folder, &["db", "tasks", "run", "retention"]);
    assert!(asked.contains("--yes") && asked.contains("Permanently delete 10 old runs"), "{asked}");
    let ran = json_of(folder, &["db", "tasks", "run", "retention", "--yes"]);
    assert_eq!(
        (&ran["result"], &ran["message"]),
        (&json!("ok"), &json!("10 runs and 0 other operations deleted"))
    );
    assert_eq!(runs(), json!(5));
    told(folder, &["db", "retention", "clear", "--server", "nas"]);
    assert!(told(folder, &["db", "retention"]).contains("forever"));
    told(folder, &["config", "set", "retention.keep_last", "0"]);
    let asked = refused(folder, &["config", "set", "retention.days", "2"]);
    assert!(asked.contains("--yes") && asked.contains("deletes 3 runs"), "{asked}");
    assert_eq!(told(folder, &["config", "get", "retention.days"]), "off\n");
    assert_eq!(told(folder, &["config", "set", "retention.days", "2", "--yes"]), "2\n");
}

#[test]
fn tasks_are_listed_and_changed() {
    let folder = folder();
    let folder = folder.path();
    let tasks = json_of(folder, &["db", "tasks"]);
    let names: Vec<&str> =
        tasks["tasks"].as_array().unwrap().iter().map(|task| task["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"retention") && names.contains(&"sessions"), "{names:?}");
    let set = told(folder, &["db", "tasks", "set", "retention", "--off", "--schedule", "every 12h"]);
    let line = set.lines().find(|line| line.starts_with("retention")).unwrap();
    assert!(line.contains("every 12h") && line.contains("off"), "{line}");
    assert!(refused(folder, &["db", "tasks", "run", "none"]).contains("db tasks"));
    assert!(
        refused(folder, &["db", "tasks", "set", "retention", "--schedule", "at times"])
            .contains("daily 03:10")
    );
}

#[test]
fn a_configuration_file_is_exported_previewed_and_applied() {
    let (old, new) = (folder(), folder());
    report(old.path(), "nas", 0..1);
    report(new.path(), "nas", 0..1);
    let file = old.path().join("duplistatus.toml");
    let path = file.to_str().unwrap();
    std::fs::write(
        &file,
        "[site]\ntolerance = \"4h\"\n\n[[jobs]]\nserver = \"nas\"\nname = \"Documents\"\ntags = [\"big\"]\n",
    )
    .unwrap();
    let dry = told(old.path(), &["config", "apply", path, "--dry-run"]);
    assert!(dry.contains("+ site\n    tolerance: not set → \"4h\""), "{dry}");
    assert!(dry.contains("+ job nas / Documents") && dry.contains("Dry run: 2 changes"), "{dry}");
    assert_eq!(
        told(old.path(), &["config", "apply", path]),
        dry.replace("Dry run: 2 changes would be", "2 changes")
    );
    assert_eq!(told(old.path(), &["config", "apply", path]), "Nothing to change.\n");
    told(old.path(), &["config", "export", path]);
    let changes = &json_of(new.path(), &["config", "apply", path])["changes"];
    assert_eq!(changes.as_array().unwrap().len(), 2, "{changes}");
    assert_eq!(told(new.path(), &["config", "export"]), std::fs::read_to_string(&file).unwrap());

    std::fs::write(&file, "[site]\ntolerances = 1\n").unwrap();
    let why = refused(new.path(), &["config", "apply", path]);
    assert!(
        why.contains("duplistatus.toml:2:1: unknown field `tolerances`, expected one of `schedule`"),
        "{why}"
    );
    std::fs::write(&file, "[settings.audit]\nretention_days = 30\n").unwrap();
    told(new.path(), &["config", "apply", path]);
}
