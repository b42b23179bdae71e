//! What a report says about its job, without a database.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::report::{Message, parse};

/// An id as the command line derives it from its destination.
const HASH: &str = "59ECA0B1B2C3D4E5F60718293A4B5C6D";
const PROGRAM: &str = "Duplicati.CommandLine";

fn identity(name: Option<&str>, id: Option<&str>) -> Identity {
    let text = |text: Option<&str>| text.map(str::to_owned);
    Identity { backup_name: text(name), backup_id: text(id), ..Identity::default() }
}

fn known(name: &str, last_start: Option<i64>) -> KnownJob {
    let last_start = last_start.map(|seconds| Timestamp::from_unix(seconds).to_string());
    KnownJob { id: 1, name: name.to_owned(), last_start, run_count: 1 }
}

fn report(body: &Value) -> Report {
    match parse(None, body.to_string().as_bytes()).unwrap() {
        Message::Report(report) => *report,
        other => panic!("not a report: {other:?}"),
    }
}

#[rstest]
#[case("Duplicati.CommandLine", true)]
#[case("duplicati-cli", true)]
#[case("Duplicati", false)]
#[case("Duplicati backup", false)]
#[case("Duplicati.Command Line", false)]
#[case("Duplicity.CommandLine", false)]
fn programs_are_told_from_names(#[case] name: &str, #[case] expected: bool) {
    assert_eq!(is_program(name), expected);
}

#[rstest]
#[case("Duplicati.CommandLine (file, 59ECA0)", true)]
#[case("Duplicati.CommandLine (59ECA0)", true)]
#[case("Duplicati.CommandLine (59ECA0", false)]
#[case("Duplicati.CommandLine", false)]
#[case("Photos (2)", false)]
fn a_job_without_a_name_is_called_after_its_program(#[case] name: &str, #[case] expected: bool) {
    assert_eq!(is_unnamed(name), expected);
}

#[rstest]
#[case::name(Some("Photos"), Some("DB-3"), Some("Photos"), "Photos")]
#[case::number(None, Some("DB-3"), None, "Backup DB-3")]
#[case::short_id(None, Some("0123456789ab"), None, "Backup 0123456789ab")]
#[case::long_id(None, Some("0123456789abc"), None, "Backup 012345")]
#[case::nothing(None, None, None, "Backup")]
#[case::masked(Some("D:-redacted-"), Some("DB-3"), None, "Backup DB-3")]
#[case::program(Some(PROGRAM), Some(HASH), None, "Duplicati.CommandLine (59ECA0)")]
#[case::program_as_a_name(Some(PROGRAM), Some("DB-3"), Some(PROGRAM), PROGRAM)]
#[case::program_without_an_id(Some(PROGRAM), None, Some(PROGRAM), PROGRAM)]
fn a_job_is_called_by_what_is_known(
    #[case] name: Option<&str>,
    #[case] id: Option<&str>,
    #[case] chosen: Option<&str>,
    #[case] label: &str,
) {
    let identity = identity(name, id);
    let wanted = Wanted::named(&identity);
    assert_eq!((wanted.name(), wanted.label().as_str()), (chosen, label));
}

#[rstest]
#[case::masked("D:-redacted-", true)]
#[case::program(PROGRAM, true)]
#[case::its_id("Backup 59ECA0B1B2C3D4E5F60718293A4B5C6D", true)]
#[case::its_mark("Backup 59ECA0", true)]
#[case::program_and_mark("Duplicati.CommandLine (file, 59ECA0)", true)]
#[case::program_and_another_mark("Duplicati.CommandLine (file, 750BC9)", false)]
#[case::name_and_mark("Photos (59ECA0)", false)]
#[case::name("Photos", false)]
#[case::another_id("Backup 750BC9", false)]
fn a_name_that_nobody_chose_is_makeshift(#[case] name: &str, #[case] expected: bool) {
    let identity = identity(Some("Photos"), Some(HASH));
    assert_eq!(Wanted::named(&identity).is_makeshift(name), expected);
}

#[test]
fn the_program_of_a_numbered_job_and_a_job_without_an_id_have_their_names() {
    let numbered = identity(Some("Photos"), Some("DB-3"));
    assert!(!Wanted::named(&numbered).is_makeshift(PROGRAM));
    assert!(Wanted::named(&numbered).is_makeshift("Backup DB-3"));
    let unknown = identity(Some("Photos"), None);
    assert!(!Wanted::named(&unknown).is_makeshift(PROGRAM));
    assert!(Wanted::named(&unknown).is_makeshift("-redacted-"));
}

#[rstest]
#[case::newer(Some("Papers"), Some("DB-3"), known("Documents", Some(50)), Some("Papers"))]
#[case::older(Some("Papers"), Some("DB-3"), known("Documents", Some(150)), None)]
#[case::of_the_same_run(Some("Papers"), Some("DB-3"), known("Documents", Some(100)), None)]
#[case::never_ran(Some("Papers"), Some("DB-3"), known("Documents", None), Some("Papers"))]
#[case::older_but_makeshift(Some("Papers"), Some("DB-3"), known("Backup DB-3", Some(150)), Some("Papers"))]
#[case::the_same(Some("Papers"), Some("DB-3"), known("Papers", Some(50)), None)]
#[case::the_same_with_its_mark(Some("Papers"), Some(HASH), known("Papers (file, 59ECA0)", Some(50)), None)]
#[case::with_another_mark(
    Some("Papers"),
    Some(HASH),
    known("Papers (file, 750BC9)", Some(50)),
    Some("Papers")
)]
#[case::another_with_its_mark(
    Some("Papers"),
    Some(HASH),
    known("Photos (file, 59ECA0)", Some(50)),
    Some("Papers")
)]
#[case::no_name(None, Some("DB-3"), known("Documents", Some(50)), None)]
#[case::no_name_for_a_masked_one(None, Some("DB-3"), known("-redacted-", Some(150)), Some("Backup DB-3"))]
#[case::program_for_a_name(Some(PROGRAM), Some(HASH), known("Documents", Some(50)), None)]
#[case::program_for_its_id(
    Some(PROGRAM),
    Some(HASH),
    known("Backup 59ECA0", Some(50)),
    Some("Duplicati.CommandLine (59ECA0)")
)]
#[case::program_that_knows_less(
    Some(PROGRAM),
    Some(HASH),
    known("Duplicati.CommandLine (file, 59ECA0)", Some(50)),
    None
)]
fn a_job_takes_the_name_of_its_newest_run(
    #[case] name: Option<&str>,
    #[case] id: Option<&str>,
    #[case] job: KnownJob,
    #[case] expected: Option<&str>,
) {
    let identity = identity(name, id);
    let wanted = Wanted { began: Some(Timestamp::from_unix(100)), ..Wanted::named(&identity) };
    assert_eq!(wanted.new_name(&job).as_deref(), expected);
    assert_eq!(Wanted { began: None, ..wanted }.new_name(&job), None, "what does not rename");
}

#[test]
fn only_the_exact_report_of_a_run_renames_after_another_of_it() {
    let identity = identity(Some("Papers"), Some("DB-3"));
    let wanted =
        Wanted { began: Some(Timestamp::from_unix(100)), is_exact: true, ..Wanted::named(&identity) };
    assert_eq!(wanted.new_name(&known("Documents", Some(100))).as_deref(), Some("Papers"));
    assert_eq!(wanted.new_name(&known("Documents", Some(101))), None);
}

#[rstest]
#[case::first(json!({ "ExaminedFiles": 3, "AddedFiles": 3 }), true)]
#[case::one_version(json!({ "ExaminedFiles": 3, "AddedFiles": 3, "BackendStatistics": { "KnownFilesets": 1 } }), true)]
#[case::two_versions(json!({ "ExaminedFiles": 3, "AddedFiles": 3, "BackendStatistics": { "KnownFilesets": 2 } }), false)]
#[case::something_was_known(json!({ "ExaminedFiles": 3, "AddedFiles": 2 }), false)]
#[case::nothing_examined(json!({ "ExaminedFiles": 0, "AddedFiles": 0 }), false)]
#[case::unknown(json!({ "ParsedResult": "Success" }), false)]
#[case::restore(json!({ "MainOperation": "Restore", "ExaminedFiles": 3, "AddedFiles": 3 }), false)]
fn the_first_run_of_a_job_is_one_that_only_adds(#[case] data: Value, #[case] expected: bool) {
    let report = report(&json!({ "Data": data }));
    assert_eq!(Wanted::of(&report, Timestamp::from_unix(1)).is_first, expected);
}

#[rstest]
#[case::destination(json!({ "Data": { "Duration": "00:00:01" }, "Extra": { "destination-type": "s3" } }), true)]
#[case::size(json!({ "Data": { "BackendStatistics": { "KnownFileSize": 1 } } }), true)]
#[case::neither(json!({ "Data": { "Duration": "00:00:01" } }), false)]
fn json_is_known_by_what_a_text_does_not_say(#[case] body: Value, #[case] expected: bool) {
    let report = report(&body);
    assert_eq!(Wanted::of(&report, Timestamp::from_unix(1)).is_exact, expected);
}

#[test]
fn a_live_status_says_the_destination_of_a_job_that_has_no_name() {
    let body = json!({
        "status": "Started", "startedUtc": "2026-11-23T02:00:00Z", "operation": "Backup",
        "metadata": { "backupName": PROGRAM, "backupId": HASH, "destinationType": "s3" },
    });
    let Message::Live(live) = parse(None, body.to_string().as_bytes()).unwrap() else { panic!("no status") };
    let wanted = Wanted::of_live(&live);
    assert_eq!(wanted.label(), "Duplicati.CommandLine (s3, 59ECA0)");
    assert_eq!(wanted.new_name(&known("Backup 59ECA0", Some(1))), None, "it renames nothing");
}
