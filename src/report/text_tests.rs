//! Text reports, line by line.

use super::*;

const HEADER: &str = "Duplicati Backup report for Photos (Plum, old)\n\n";

fn parts(text: &str) -> Parts {
    parse(text).unwrap_or_default()
}

fn fields(text: &str) -> Object {
    parts(&format!("{HEADER}ParsedResult: Success\n{text}")).data.unwrap_or_default()
}

fn entries(text: &str) -> Vec<String> {
    parts(&format!("{HEADER}ParsedResult: Success\n{text}"))
        .log
        .entries
        .into_iter()
        .map(|(_, entry)| entry)
        .collect()
}

#[test]
fn a_failure_counts_unless_there_is_a_result() {
    assert!(parts(&format!("{HEADER}Failed: gone\n")).failed);
    assert!(
        !parts(&format!("{HEADER}Failed: gone\nDetails: A.BException: gone\n\nParsedResult: Error\n")).failed
    );
    assert!(parse("Failed: gone\n").is_none(), "it names no job and has no details");
}

#[test]
fn the_operation_is_that_of_the_header() {
    let operation = |header: &str| parts(&format!("{header}\nParsedResult: Success\n")).operation;
    assert_eq!(operation("Duplicati Restore report for Photos").as_deref(), Some("Restore"));
    assert_eq!(operation("").as_deref(), None);
}

#[test]
fn ids_are_always_there_from_2_0_8_on() {
    let machine = |version: &str| {
        parts(&format!("{HEADER}ParsedResult: Success\nVersion: {version}\n")).identity.machine_id
    };
    for (version, expected) in [
        ("2.0.7.100 (canary)", None),
        ("1.9.9", None),
        ("", None),
        ("2.0.8.0 (beta)", Some("Plum")),
        ("2.1.0.5", Some("Plum")),
        ("3", Some("Plum")),
    ] {
        assert_eq!(machine(version).as_deref(), expected, "{version}");
    }
}

#[test]
fn the_first_of_two_equal_keys_counts() {
    assert_eq!(fields("AddedFiles: 3\nAddedFiles: 5\n").get("AddedFiles"), Some(&Value::from("3")));
    let twice = parts(&format!("{HEADER}Failed: first\nFailed: second\n"));
    assert_eq!(twice.exception.as_deref(), Some("first"));
}

#[test]
fn fields_are_bounded() {
    let many: String = (0..MAX_FIELDS + 10).map(|number| format!("Key{number}: {number}\n")).collect();
    assert_eq!(fields(&many).len(), MAX_FIELDS);
}

#[test]
fn only_names_of_properties_are_keys() {
    let long = "A".repeat(61);
    let fields = fields(&format!("Added Files: 3\nlower: 1\n{long}: 1\nAddedFolders: 4\n"));
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["AddedFolders", "ParsedResult"]);
}

#[test]
fn details_need_a_failure_before_them_and_come_once() {
    let details =
        parts(&format!("{HEADER}Details: more\nFailed: gone\nDetails: A.BException: one\n   at C.D()\n"));
    assert_eq!(details.exception.as_deref(), Some("A.BException: one\n   at C.D()"));
    let twice = parts(&format!("{HEADER}Failed: gone\nDetails: one\nParsedResult: Fatal\nDetails: two\n"));
    assert_eq!(twice.exception.as_deref(), Some("one"));
}

#[test]
fn what_a_result_prints_ends_the_text_of_an_exception() {
    let text = |after: &str| {
        parts(&format!("{HEADER}Failed: gone\nDetails: one\n{after}\nmore\n")).exception.unwrap_or_default()
    };
    for ends in ["AddedFiles: 3", "Fatal: True", "Dryrun: False", "Version: 2.0.7", "Errors: ["] {
        assert_eq!(text(ends), "one", "{ends}");
    }
    for goes_on in ["Message: gone", "Message: [gone", "Errors: many"] {
        assert_eq!(text(goes_on), format!("one\n\n{goes_on}\nmore").replace("one\n\n", "one\n"), "{goes_on}");
    }
}

#[test]
fn lists_that_are_no_lists_are_fields() {
    assert_eq!(fields("Warnings: none\n").get("Warnings"), Some(&Value::from("none")));
    assert!(entries("Warnings: none\n").is_empty());
    assert!(parts(&format!("{HEADER}ParsedResult: Success\nWarnings: []\nAddedFiles: 3\n")).log.present);
}

#[test]
fn entries_of_a_list_may_have_several_lines() {
    let list = "Warnings: [\n    2026-01-01 02:00:00 +00 - one\n    goes on,\n    2026-01-01 02:00:01 +00 - two,\n    \
                three\n]\n";
    let expected = ["2026-01-01 02:00:00 +00 - one\ngoes on", "2026-01-01 02:00:01 +00 - two", "three"];
    assert_eq!(entries(list), expected);
    let cut = "Warnings: [\n    one,\n    ...\n]\nErrors: [\n    two\n]\n";
    assert_eq!(entries(cut), ["one", "two"]);
}

#[test]
fn of_the_first_messages_only_the_lists_of_versions_are_kept() {
    let list = "LimitedMessages: [\n    2026-01-01 02:00:00 +00 - one\n    goes on,\n    \
                2026-01-01 02:00:01 +00 - Backups to consider: a\n    b,\n    2026-01-01 02:00:02 +00 - three\n]\n";
    assert_eq!(entries(list), ["2026-01-01 02:00:01 +00 - Backups to consider: a\nb"]);
}

#[test]
fn what_goes_on_after_a_message_that_is_not_kept_belongs_to_no_other_list() {
    let list = "Warnings: [\n    2026-01-01 02:00:00 +00 - one\n]\nLimitedMessages: [\n    \
                2026-01-01 02:00:01 +00 - two\n    goes on\n]\n";
    assert_eq!(entries(list), ["2026-01-01 02:00:00 +00 - one"]);
}

#[test]
fn a_list_of_versions_is_kept_after_a_message_without_a_comma_at_its_end() {
    let list = "LimitedMessages: [\n    2026-01-01 02:00:00 +00 - one\n    \
                2026-01-01 02:00:01 +00 - Backups to consider: a\n]\n";
    assert_eq!(entries(list), ["2026-01-01 02:00:01 +00 - Backups to consider: a"]);
    let after_a_comma = "LimitedMessages: [\n    one,\n    Backups to consider: a\n]\n";
    assert_eq!(entries(after_a_comma), ["Backups to consider: a"]);
}

#[test]
fn each_second_destination_has_its_result() {
    let text = "RemoteSynchronizationResults: [\n    Destination: a\n    ParsedResult: Error\n    Destination: b\n    \
                ParsedResult: Success\n    Version: 1\n]\nAddedFiles: 3\n";
    let fields = fields(text);
    let expected = json!([
        { "Destination": "a", "ParsedResult": "Error" },
        { "Destination": "b", "ParsedResult": "Success" },
    ]);
    assert_eq!(fields.get(COPIES), Some(&expected));
    assert_eq!(fields.get("AddedFiles"), Some(&Value::from("3")));
}

#[test]
fn second_destinations_are_bounded() {
    let many = "    Destination: a\n".repeat(MAX_FIELDS + 10);
    let fields = fields(&format!("RemoteSynchronizationResults: [\n{many}]\n"));
    assert_eq!(fields.get(COPIES).and_then(Value::as_array).map(Vec::len), Some(MAX_FIELDS));
}
