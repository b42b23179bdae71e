//! Rules about whole reports.

use rstest::rstest;
use serde_json::{Value, json};

use super::{Limits, MAX_LOG_LINES, Message, Report, ReportErrorKind, Status, parse, parse_within, readable};

fn report(body: &str) -> Report {
    match parse(None, body.as_bytes()).unwrap() {
        Message::Report(report) => *report,
        other => panic!("not a report: {other:?}"),
    }
}

fn of_data(data: &Value) -> Report {
    report(&json!({ "Data": data }).to_string())
}

#[rstest]
#[case::spaces(" \r\n ")]
#[case::terminators("\0\0")]
#[case::byte_order_marks("\u{FEFF}\u{FEFF}")]
fn what_says_nothing_is_empty(#[case] body: &str) {
    assert_eq!(parse(None, body.as_bytes()).unwrap_err().kind, ReportErrorKind::Empty);
    assert_eq!(readable(None, body.as_bytes(), 100), (String::new(), false));
}

#[test]
fn a_body_may_be_as_large_as_the_limit() {
    let body = br#"{"Data":{"ParsedResult":"Success"}}"#;
    let limits = |max_bytes| Limits { max_bytes, ..Limits::default() };
    assert!(parse_within(None, body, &limits(body.len())).is_ok());
    let refused = parse_within(None, body, &limits(body.len() - 1)).unwrap_err();
    assert_eq!(refused.kind, ReportErrorKind::TooLarge);
}

#[test]
fn a_readable_body_is_cut_at_a_whole_character() {
    assert_eq!(readable(None, "h\u{e4}llo".as_bytes(), 2), ("h".to_owned(), true));
    assert_eq!(readable(None, b"hello", 5), ("hello".to_owned(), false));
}

#[rstest]
#[case::json(r#"{"a":"https:\/\/user:hunter2@nas\/"}"#)]
#[case::json_as_text(r#""{\"a\":\"https:\\/\\/user:hunter2@nas\\/\"}""#)]
#[case::in_a_form("message=%7B%22a%22:%22https:%5C/%5C/user:hunter2@nas%22%7D")]
fn escapes_hide_no_credential_from_the_mask(#[case] body: &str) {
    let (text, _) = readable(None, body.as_bytes(), 1000);
    assert!(text.contains("***") && !text.contains("hunter2"), "{text}");
}

#[test]
fn a_text_keeps_its_backslashes_when_something_in_it_is_masked() {
    let (text, _) = readable(None, br#"wrote "\/srv\/a --passphrase=hunter2""#, 1000);
    assert_eq!(text, r#"wrote "\/srv\/a --passphrase=***""#);
}

#[test]
fn the_member_that_cannot_be_read_is_named() {
    let refused = parse(None, br#"{"Data":"{not JSON","Extra":{}}"#).unwrap_err();
    assert_eq!((refused.kind, refused.field.as_deref()), (ReportErrorKind::NotJson, Some("Data")));
    assert_eq!(refused.to_string(), "the body is not valid JSON (in Data)");
    let refused = parse(None, b"{not JSON").unwrap_err();
    assert_eq!(
        (refused.field.as_deref(), refused.to_string().as_str()),
        (None, "the body is not valid JSON")
    );
}

#[rstest]
#[case::exception_without_a_result(json!({ "Exception": "gone", "Extra": { "ParsedResult": "Success" } }))]
#[case::exception_as_the_result(
    json!({ "Data": { "Message": "gone", "HResult": 1 }, "Extra": { "ParsedResult": "Success" } })
)]
#[case::exception_beside_a_result_without_a_word(json!({ "Data": { "Duration": "00:00:01" }, "Exception": "gone" }))]
fn an_exception_is_fatal(#[case] body: Value) {
    assert_eq!(report(&body.to_string()).status, Status::Fatal);
}

#[test]
fn a_text_that_says_failed_is_fatal_even_without_a_reason() {
    assert_eq!(report("Duplicati Backup report for Photos\n\nFailed: \n").status, Status::Fatal);
}

#[rstest]
#[case::warnings(json!({ "WarningsActualLength": 2 }), Status::Warning)]
#[case::partial(json!({ "WarningsActualLength": 0, "PartialBackup": true }), Status::Warning)]
#[case::errors(json!({ "ErrorsActualLength": 1, "WarningsActualLength": 2 }), Status::Error)]
#[case::files(json!({ "FilesWithError": 1, "Duration": "00:00:01" }), Status::Error)]
#[case::nothing(json!({ "WarningsActualLength": 0, "ErrorsActualLength": 0 }), Status::Unknown)]
fn without_a_word_the_counts_tell_and_never_a_success(#[case] data: Value, #[case] expected: Status) {
    assert_eq!(of_data(&data).status, expected);
}

#[rstest]
#[case::null(json!({ "Data": null, "Exception": "gone" }))]
#[case::word_for_null(json!({ "Data": "None", "Exception": "gone" }))]
#[case::only_a_log(json!({ "Data": null, "LogLines": ["one"] }))]
#[case::only_who_it_is(json!({ "Data": null, "Extra": { "machine-id": "a" } }))]
fn a_report_may_come_without_a_result(#[case] body: Value) {
    assert_ne!(report(&body.to_string()).status, Status::Success);
}

#[rstest]
#[case::nothing(json!({ "Data": null, "LogLines": [], "Extra": {} }))]
#[case::empty(json!({ "Data": {}, "LogLines": ["one"] }))]
#[case::list(json!({ "Data": [1], "LogLines": ["one"] }))]
#[case::number(json!({ "Data": 5, "LogLines": ["one"] }))]
fn what_has_no_result_where_it_should_be_is_refused(#[case] body: Value) {
    assert_eq!(parse(None, body.to_string().as_bytes()).unwrap_err().kind, ReportErrorKind::NoResult);
}

#[rstest]
#[case::measured(json!({ "BeginTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-01T00:10:00Z" }), Some(600))]
#[case::no_time_at_all(json!({ "BeginTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-01T00:00:00Z" }), Some(0))]
#[case::backwards(json!({ "BeginTime": "2026-01-01T00:10:00Z", "EndTime": "2026-01-01T00:00:00Z" }), None)]
#[case::said(
    json!({ "BeginTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-01T00:10:00Z", "Duration": "00:00:07" }),
    Some(7)
)]
#[case::said_to_be_unknown(
    json!({ "BeginTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-01T00:10:00Z", "Duration": "00:00:00" }),
    Some(600)
)]
fn a_duration_is_what_is_said_or_measured(#[case] data: Value, #[case] expected: Option<i64>) {
    assert_eq!(of_data(&data).duration, expected);
}

#[rstest]
#[case::placed("2026-01-01T00:00:00Z", None)]
#[case::year_1("0001-01-01T00:00:00", None)]
#[case::epoch_of_year_1("1/1/1 12:00:00 AM (-62135596800)", None)]
#[case::of_a_culture("5/5/2025 6:30:00 AM", Some("5/5/2025 6:30:00 AM"))]
fn a_begin_that_cannot_be_placed_is_kept_in_the_senders_words(
    #[case] begin: &str,
    #[case] expected: Option<&str>,
) {
    assert_eq!(of_data(&json!({ "BeginTime": begin })).begin_text.as_deref(), expected);
}

#[rstest]
#[case::build("2.1.0.5 (2.1.0.5_stable)", Some("2.1.0.5 (2.1.0.5_stable)"))]
#[case::version_of_a_backup("3", None)]
#[case::nothing("", None)]
fn the_senders_build_has_a_dot(#[case] version: &str, #[case] expected: Option<&str>) {
    let report = of_data(&json!({ "ParsedResult": "Success", "Version": version }));
    assert_eq!(report.duplicati_version.as_deref(), expected);
}

#[test]
fn a_long_log_is_kept_within_its_bounds() {
    let lines: Vec<String> = (0..MAX_LOG_LINES + 100).map(|number| format!("line {number}")).collect();
    let body = json!({ "Data": { "ParsedResult": "Success" }, "LogLines": lines });
    let log = report(&body.to_string()).log;
    assert_eq!((log.lines.len(), log.dropped_by_us), (MAX_LOG_LINES - 1, 101));
}
