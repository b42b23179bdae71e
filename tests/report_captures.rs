//! Every recorded request, parsed on its own, has the content that its story expects.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed step should fail the test"
)]

use std::path::{Path, PathBuf};

use duplistatus::outcome::RunOutcome;
use duplistatus::report::{Message, Report, Status, Unreadable, is_about_our_address, parse};
use rstest::rstest;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captures")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// Parses a request.
fn read(path: &Path) -> Message {
    let request = std::fs::read(path).unwrap();
    let head_end = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(request[..head_end].to_vec()).unwrap();
    let kind = head.lines().find_map(|line| line.strip_prefix("Content-Type: "));
    parse(kind, &request[head_end + 4..]).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn report(story: &str, kind: &str) -> Report {
    let path = entries(&folder().join(story)).into_iter().find(|path| name(path).contains(kind)).unwrap();
    match read(&path) {
        Message::Report(report) => *report,
        other => panic!("{story}: {other:?}"),
    }
}

/// Compares the content of a request with the expected run; a text has no statistics of the
/// destination.
fn check(report: &Report, expected: &Value, path: &Path) {
    let at = path.display();
    let text = name(path).contains("form");
    let id = &report.identity;
    let number = |value: Option<i64>| value.map_or(Value::Null, Value::from);
    let word = |value: &Option<String>| value.clone().map_or(Value::Null, Value::from);
    let job = expected["job"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(id.backup_name.as_deref(), Some(job.as_str()), "{at}");
    // A custom message of Duplicati 2.1 removes the ids from the JSON, too.
    assert_eq!(word(&id.backup_id), expected["backup_id"], "{at}");
    assert_eq!(word(&id.machine_id), expected["machine_id"], "{at}");
    assert_eq!(word(&id.machine_name), expected["server"], "{at}");
    assert_eq!(report.operation.as_str(), expected["operation"].as_str().unwrap(), "{at}");
    assert_eq!(report.status.as_str(), expected["status"].as_str().unwrap(), "{at}");
    assert_eq!(number(report.begin), expected["start"], "{at}");
    assert_eq!(number(report.duration), expected["duration"], "{at}");
    assert_eq!(number(report.warnings_count), expected["warnings"], "{at}");
    assert_eq!(number(report.errors_count), expected["errors"], "{at}");
    for (flag, key) in
        [(report.interrupted, "interrupted"), (report.partial, "partial"), (report.dry_run, "dry_run")]
    {
        assert_eq!(Value::from(flag), expected[key], "{at}: {key}");
    }
    let lines = report.log.lines.len() + usize::from(report.log.dropped_by_sender.is_some());
    let sent = usize::try_from(expected["lines"].as_i64().unwrap()).unwrap();
    // The text has the lines of scripts, which JSON omits.
    let of_scripts = if text && sent == 0 { lines } else { 0 };
    assert!(of_scripts <= 2, "{at}: {:?}", report.log);
    assert_eq!(lines, sent + of_scripts, "{at}");
    let storage = &report.storage;
    for (value, key, is_in_text) in [
        (report.counters.examined_files, "files", true),
        (report.counters.size_of_examined_files, "size", true),
        (storage.known_file_size, "stored", false),
        (storage.bytes_uploaded, "uploaded", false),
        (storage.versions, "versions", false),
    ] {
        let known = expected.get(key).filter(|expected| !expected.is_null() && (is_in_text || !text));
        if let Some(expected) = known {
            assert_eq!(&number(value), expected, "{at}: {key}");
        }
    }
}

#[test]
fn every_copy_of_every_story_says_the_same() {
    let expected: Value =
        serde_json::from_slice(&std::fs::read(folder().join("expected.json")).unwrap()).unwrap();
    let mut read_ones = 0;
    for (version, stories) in expected.as_object().unwrap() {
        for (story, expected) in stories.as_object().unwrap() {
            let mut states = Vec::new();
            let mut seen = Vec::new();
            for path in entries(&folder().join(version).join(story)) {
                let wanted =
                    || ["runs", "operations"].iter().flat_map(|key| expected[*key].as_array().unwrap());
                match read(&path) {
                    Message::Live(live) => states.push(live.state.as_str().to_owned()),
                    Message::Report(report) => {
                        let start = report.begin.map_or(Value::Null, Value::from);
                        let id = report.identity.backup_id.clone().map_or(Value::Null, Value::from);
                        let known = wanted().find(|one| one["start"] == start && one["backup_id"] == id);
                        let known =
                            known.unwrap_or_else(|| panic!("{} is in no list: {report:?}", path.display()));
                        check(&report, known, &path);
                        seen.push(known.clone());
                    }
                    Message::Unidentified(text) => {
                        let why = if name(&path).contains("url") {
                            Unreadable::Template
                        } else {
                            Unreadable::NamesNothing
                        };
                        assert_eq!(text.why, why, "{}", path.display());
                    }
                }
                read_ones += 1;
            }
            let all = wanted_states(expected);
            assert_eq!(states, all, "{version}/{story}");
            for one in
                expected["runs"].as_array().unwrap().iter().chain(expected["operations"].as_array().unwrap())
            {
                assert!(seen.contains(one), "{version}/{story}: {one}");
            }
        }
    }
    assert_eq!(read_ones, 345);
}

fn wanted_states(expected: &Value) -> Vec<String> {
    expected["status"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_lowercase()).collect()
}

#[rstest]
#[case(
    "2.1.0.5/backup-usb-source-gone",
    "Backup aborted since the source path /data21/files/usb/ does not exist."
)]
#[case(
    "2.1.0.5/backup-pre-script-skip",
    "The script \"/var/lib/duplicati/pre-1.sh\" returned with exit code 1"
)]
#[case("2.1.0.5/backup-quota-exceeded", "Assigned quota has been exceeded: Using 156.643 KB of 20.000 KB")]
#[case(
    "2.1.0.5/verify-remote-file-missing",
    "Found 1 files that are missing from the remote storage, please run repair"
)]
#[case("2.1.0.5/restore-nothing-found", "Restore completed without errors but no files were restored")]
#[case(
    "2.2.0.3/backup-custom-message-after-dry-run",
    "Found 3 remote files that are not recorded in local storage."
)]
#[case("2.2.0.3/backup-destination-full", "No space left on device")]
#[case("2.3.1.0/backup-destination-full", "No space left on device")]
#[case("2.3.1.0/backup-destination-folder-missing", "Der Ordner /srv/backup/gibt-es-nicht/x existiert nicht")]
#[case(
    "2.3.1.0/backup-usb-source-gone",
    "No valid source folders found, aborting backup as it would be empty"
)]
#[case(
    "2.3.1.0/backup-second-copy-read-only",
    "The second copy to file:///srv/backup/zweit3 failed: Access to the path"
)]
#[case("2.3.1.0/backup-stop-now", "Stopped manually")]
#[case("2.3.1.0/sync-first", "Der Ordner /srv/backup/spiegel existiert nicht")]
#[case("2.3.1.0/restore-corrupt", "Fehlerhafter Hash-Wert für Datei")]
#[case("2.3.1.0-cli/cli-unknown-backend", "The backend protocol s3 is not supported.")]
#[case("2.3.1.0-cli/cli-thai", "The source type \"\" is not supported")]
#[case("2.4-2026-08/backup-abort", "Stopped manually")]
#[case("2.4-2026-08/backup-one-source-missing", "The source path -redacted-/ does not exist, skipping")]
fn the_headline_is_the_cause_in_both_copies(#[case] story: &str, #[case] expected: &str) {
    // A custom message has no text format.
    let kinds: &[&str] = if story.contains("custom-message") { &["json"] } else { &["form", "json"] };
    for kind in kinds {
        let cause = report(story, kind).cause.unwrap_or_default();
        assert!(cause.starts_with(expected), "{kind}: {cause}");
        assert_eq!(cause.matches("Exception").count(), 0, "{cause}");
    }
}

#[rstest]
#[case("2.3.1.0/backup-stop-now", Some("Stopped manually"))]
#[case("2.3.1.0/backup-stop-after-current-file", Some("Stopped manually"))]
#[case("2.4-2026-08/backup-stop", Some("Stopped manually"))]
#[case("2.4-2026-08/backup-abort", Some("Stopped manually"))]
#[case("2.1.0.5/backup-before-script-skip", Some("Skipped by a script"))]
#[case("2.1.0.5/backup-before-script-error-skip", Some("Skipped by a script"))]
#[case("2.1.0.5/backup-pre-script-skip", None)]
#[case("2.3.1.0/backup-stop", None)]
#[case("2.3.1.0/backup-destination-full", None)]
fn who_stopped_a_run_is_told_in_each_version(#[case] story: &str, #[case] expected: Option<&str>) {
    for kind in ["form", "json"] {
        let report = report(story, kind);
        assert_eq!(report.outcome().cancelled_headline(), expected, "{kind}");
        assert_eq!(
            report.cause.as_deref().filter(|text| RunOutcome::is_called_off(text)),
            expected,
            "{kind}"
        );
    }
}

/// Returns the status that the program shows for a report.
fn shown(report: &Report) -> Status {
    report.outcome().status(report.status, report.warnings_count, report.reporting_warnings)
}

#[test]
fn a_warning_about_reporting_is_not_one_of_the_backup() {
    for kind in ["form", "json"] {
        let stopped = report("2.3.1.0/backup-stop", kind);
        assert_eq!((stopped.status, stopped.warnings_count), (Status::Warning, Some(1)), "as sent");
        assert_eq!(shown(&stopped), Status::Success);
        assert!(!stopped.log.lines.iter().any(is_about_our_address), "it went to another address");
        let other = report("2.4-2026-08/backup-stop", kind);
        assert_eq!((other.reporting_warnings, shown(&other)), (2, Status::Warning));
    }
}
