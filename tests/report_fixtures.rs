//! How each kind of report is parsed.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed step should fail the test")]

use duplistatus::report::{Level, Message, Operation, Report, ReportErrorKind, Status, Unreadable, parse};
use rstest::rstest;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/reports/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn report_of(body: &[u8]) -> Report {
    match parse(None, body).unwrap() {
        Message::Report(report) => *report,
        other => panic!("not a report: {other:?}"),
    }
}

fn report(name: &str) -> Report {
    report_of(&fixture(name))
}

#[rstest]
#[case("json-2.0.5-success.json", Status::Success, Some(1_746_419_400), Some(750))]
#[case("json-2.0.7-exception-as-data.json", Status::Fatal, None, None)]
#[case("json-2.1-retention.json", Status::Success, Some(1_746_419_400), Some(750))]
#[case("json-2.2-fatal.json", Status::Fatal, Some(1_746_419_400), None)]
#[case("json-2.3-warning-cut-log.json", Status::Warning, Some(1_785_546_000), Some(166_700))]
#[case("json-2.4-reduced.json", Status::Fatal, None, None)]
#[case("json-relayed-strings.json", Status::Success, Some(1_746_419_400), Some(750))]
#[case("text-2.0.3-no-epoch.txt", Status::Warning, None, Some(556))]
#[case("text-2.0.4-success.txt", Status::Success, Some(1_530_518_694), Some(600))]
#[case("form-2.0.4-success.txt", Status::Success, Some(1_530_518_694), Some(600))]
#[case("text-2.0.7-fatal.txt", Status::Fatal, None, None)]
#[case("text-2.0.8-fatal.txt", Status::Fatal, Some(1_717_203_600), Some(9))]
#[case("text-2.1-success.txt", Status::Success, Some(1_746_419_400), Some(750))]
fn status_and_times(
    #[case] name: &str,
    #[case] status: Status,
    #[case] begin: Option<i64>,
    #[case] duration: Option<i64>,
) {
    let report = report(name);
    assert_eq!((report.status, report.begin, report.duration), (status, begin, duration));
    assert_eq!(report.operation, Operation::Backup);
}

#[rstest]
#[case("text-2.0.3-no-epoch.txt", [None, None, Some("Orchard photos (Plum, old, attic)"), None])]
#[case("text-2.0.4-success.txt", [None, None, Some("Orchard (IL)"), None])]
#[case("form-2.0.4-success.txt", [None, None, Some("Orchard (IL)"), Some("quince")])]
#[case("text-2.0.8-fatal.txt", [Some("fedcba9876543210fedcba9876543210"), Some("DB-9"), Some("Orchard photos"), None])]
#[case("text-2.1-success.txt", [Some("fedcba9876543210fedcba9876543210"), Some("DB-9"), Some("Orchard (IL, west)"), Some("quince (2)")])]
#[case("json-relayed-strings.json", [None, Some("DB-4"), Some("Orchard photos"), Some("quince")])]
fn identities(#[case] name: &str, #[case] parts: [Option<&str>; 4]) {
    let id = report(name).identity;
    let found =
        [&id.machine_id, &id.backup_id, &id.backup_name, &id.machine_name].map(|part| part.as_deref());
    assert_eq!(found, parts);
}

#[test]
fn figures_are_64_bit_and_unknown_quota_is_none() {
    let report = report("json-relayed-strings.json");
    assert_eq!(report.counters.size_of_examined_files, Some(5_000_000_000_000));
    assert_eq!(report.storage.known_file_size, Some(30_000_000_000_000));
    assert_eq!((report.storage.quota_total, report.storage.quota_assigned), (Some(40_000_000_000_000), None));
    assert_eq!((report.storage.versions, report.storage.last_backup_date), (Some(7), Some(1_746_333_000)));
}

#[test]
fn a_fatal_run_knows_no_quota_and_leaks_no_passphrase() {
    let report = report("json-2.2-fatal.json");
    assert_eq!((report.storage.quota_total, report.storage.last_backup_date, report.end), (None, None, None));
    let exception = report.exception.clone().unwrap();
    assert!(exception.contains("--passphrase=\"***\"") && !exception.contains("ripe"), "{exception}");
}

#[test]
fn the_exception_in_place_of_data_is_written_out_and_masked() {
    let exception = report("json-2.0.7-exception-as-data.json").exception.unwrap();
    assert!(
        exception.starts_with("System.Net.WebException: No route to ftp://***@quince.example/"),
        "{exception}"
    );
    assert!(exception.contains("System.IO.IOException: broken pipe"));
}

#[test]
fn details_reach_over_blank_lines_and_log_lines_over_several() {
    let report = report("text-2.0.7-fatal.txt");
    assert!(report.exception.unwrap().contains("Message: still part of it"));
    let levels: Vec<Level> = report.log.lines.iter().map(|line| line.level).collect();
    assert_eq!(levels, [Level::Warning, Level::Error]);
    assert!(report.log.lines[1].text.ends_with("at Orchard.Basket.Put ()"));
    assert_eq!(report.log.lines[1].time, Some(1_685_602_806));
    assert_eq!((report.warnings_count, report.errors_count), (Some(1), Some(1)));
}

#[test]
fn lists_become_log_lines() {
    let report = report("text-2.0.3-no-epoch.txt");
    let lines: Vec<(Level, &str)> =
        report.log.lines.iter().map(|line| (line.level, line.text.as_str())).collect();
    assert_eq!(lines[1], (Level::Information, "second message"));
    assert_eq!(lines[2], (Level::Warning, "the gate\n  was open"));
    assert_eq!(lines[3], (Level::Warning, "another warning"));
    assert_eq!(crate::report("text-2.0.8-fatal.txt").log.lines.len(), 1);
}

#[test]
fn versions_are_those_considered_without_those_deleted() {
    let report = report("json-2.1-retention.json");
    assert_eq!(report.available_versions, [1_746_333_000, 1_746_246_600, 1_745_987_400]);
}

#[test]
fn the_senders_cut_is_told_and_extra_is_read() {
    let report = report("json-2.3-warning-cut-log.json");
    assert_eq!(
        (report.log.lines.len(), report.log.dropped_by_sender, report.warnings_count),
        (3, Some(117), Some(120))
    );
    assert_eq!(report.next_scheduled_run, Some(1_785_718_800));
    assert_eq!(report.operating_system.as_deref(), Some("Debian 13"));
    assert_eq!(report.destination_type.as_deref(), Some("s3"));
}

#[test]
fn other_operations_keep_their_figures() {
    let report = report("json-restore.json");
    assert_eq!(report.operation, Operation::Restore);
    assert_eq!(report.details["RestoredFiles"], 14);
    assert_eq!(report.details["BrokenLocalFilesCount"], 2);
}

#[test]
fn live_status() {
    let Message::Live(live) = parse(Some("application/json"), &fixture("live-progress.json")).unwrap() else {
        panic!()
    };
    assert_eq!((live.state.as_str(), live.permille, live.files_total), ("progress", Some(427), Some(50)));
    assert_eq!(live.identity.backup_name.as_deref(), Some("Orchard photos"));
}

#[rstest]
#[case(r#"{"Data":null,"Extra":{"backup-name":"a"}}"#, Status::Error)]
#[case(r#"{"Data":null,"Exception":"x"}"#, Status::Fatal)]
#[case(r#"{"Data":{"ParsedResult":"Splendid"}}"#, Status::Unknown)]
#[case(r#"{"Data":{"ExaminedFiles":1}}"#, Status::Unknown)]
#[case(r#"{"Data":{"WarningsActualLength":"2"}}"#, Status::Warning)]
#[case(r#"{"MainOperation":"Backup","ParsedResult":"Success"}"#, Status::Success)]
#[case(r#""{\"Data\":{\"ParsedResult\":\"Success\"}}""#, Status::Success)]
#[case("message=%7B%22Data%22%3A%7B%22ParsedResult%22%3A%22Warning%22%7D%7D", Status::Warning)]
#[case("Duplicati Backup report for a\n\nnull?", Status::Error)]
#[case("Duplicati Backup report for a\n\nFailed: b", Status::Fatal)]
#[case("\u{feff}{\"Data\":{\"ParsedResult\":\"Error\"}}", Status::Error)]
fn inferred_status(#[case] body: &str, #[case] status: Status) {
    assert_eq!(report_of(body.as_bytes()).status, status);
}

#[rstest]
#[case("", None, ReportErrorKind::Empty)]
#[case(" \n", None, ReportErrorKind::Empty)]
#[case("message=", None, ReportErrorKind::Empty)]
#[case("{\"a\":", None, ReportErrorKind::NotJson)]
#[case("hello there", Some("application/json; charset=utf-8"), ReportErrorKind::NotJson)]
#[case("[1]", None, ReportErrorKind::NotAnObject)]
#[case("12", Some("application/json"), ReportErrorKind::NotAnObject)]
#[case("{\"zen\":\"x\"}", None, ReportErrorKind::NotAReport)]
#[case(r#"{"Data":{}}"#, None, ReportErrorKind::NoResult)]
#[case(r#"{"Data":"{}"}"#, None, ReportErrorKind::NoResult)]
#[case(r#"{"Data":7,"Extra":"x"}"#, None, ReportErrorKind::NoResult)]
#[case(r#"{"Data":[1],"Extra":{"backup-name":"a"}}"#, None, ReportErrorKind::NoResult)]
#[case(r#"{"Data":{"hello":1},"Extra":{"backup-name":"a"}}"#, None, ReportErrorKind::NoResult)]
#[case(r#"{"Data":null,"Extra":{}}"#, None, ReportErrorKind::NoResult)]
#[case(r#"{"LogLines":[]}"#, None, ReportErrorKind::NoResult)]
#[case(
    "Duplicati Backup report for aAddedFiles: 3Dryrun: FalseParsedResult: SuccessDuration: 00:01:00",
    None,
    ReportErrorKind::NoLineEnds
)]
#[case(
    "Duplicati Backup report for a=0D=0A=0D=0AAddedFiles: 3=0D=0AParsedResult: Success",
    None,
    ReportErrorKind::QuotedPrintable
)]
#[case("{=22Data=22:{=22ParsedResult=22:=22Success=22}}", None, ReportErrorKind::QuotedPrintable)]
fn refusals(#[case] body: &str, #[case] content_type: Option<&str>, #[case] kind: ReportErrorKind) {
    assert_eq!(parse(content_type, body.as_bytes()).unwrap_err().kind, kind);
}

#[test]
fn bombs_are_refused_before_a_tree_is_built() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(parse(None, deep.as_bytes()).unwrap_err().kind, ReportErrorKind::TooDeep);
    let wide = format!("{{{}}}", r#""a":1,"#.repeat(20_001));
    assert_eq!(parse(None, wide.as_bytes()).unwrap_err().kind, ReportErrorKind::TooManyKeys);
}

#[test]
fn odd_encodings() {
    let report = report_of(
        b"{\"Data\":{\"ParsedResult\":\"Success\"},\"Extra\":{\"backup-name\":\"caf\xE9 \\ud83d\"}}",
    );
    assert_eq!(report.identity.backup_name.as_deref(), Some("café \u{fffd}"));
    let plus = report_of(b"message=Duplicati+Backup+report+for+my+job%0A%0AParsedResult:+Success&x=1");
    assert_eq!(plus.identity.backup_name.as_deref(), Some("my job"));
    let kept = report_of(b"message=Duplicati%20Backup%20report%20for%20a+b%0A%0AParsedResult:%20Success");
    assert_eq!(kept.identity.backup_name.as_deref(), Some("a+b"));
}

#[rstest]
#[case("done, see https://u:p@host/", Unreadable::NamesNothing)]
#[case(
    "Duplicati Backup report for a (0123456789abcdef0123456789abcdef, DB-1, nas)\n\nall well",
    Unreadable::NoResult
)]
#[case(
    "Duplicati Backup report for a\n\nParsedResult: Success\nTestResults: MainOperation: Test\n",
    Unreadable::Template
)]
fn text_that_cannot_be_read_says_why(#[case] text: &str, #[case] why: Unreadable) {
    let Message::Unidentified(found) = parse(None, text.as_bytes()).unwrap() else { panic!("{text}") };
    assert_eq!(found.why, why);
    assert!(!found.text.contains("u:p"));
    assert!(found.why.hint().contains("--send-http-"));
}

#[test]
fn a_text_whose_line_ends_became_spaces_is_read_by_the_names_of_its_values() {
    let text = "Duplicati Backup report for Front desk   Success   DeletedFiles: 0 SizeOfAddedFiles: 12 AddedFiles: 3 \
                PartialBackup: False MainOperation: Backup ParsedResult: Success Version: 2.0.7.1 (2.0.7.1_beta) EndTime: 9/3/2024 \
                6:31:10 AM (1725337870) BeginTime: 9/3/2024 6:30:00 AM (1725337800) Duration: 00:01:10.1";
    for text in [text.to_owned(), text.replace("   ", " ")] {
        let report = report_of(text.as_bytes());
        assert_eq!(report.identity.backup_name.as_deref(), Some("Front desk"), "{text}");
        assert_eq!(
            (report.status, report.begin, report.duration),
            (Status::Success, Some(1_725_337_800), Some(70))
        );
        assert_eq!((report.counters.added_files, report.counters.size_of_added_files), (Some(3), Some(12)));
    }
}

#[test]
fn parameters_that_are_not_encoded_do_not_touch_the_message() {
    let report = report_of(
        "message=Duplicati%20Backup%20report%20for%20a%0A%0AParsedResult%3A%20Success&who=Ann & Bo"
            .as_bytes(),
    );
    assert_eq!((report.identity.backup_name.as_deref(), report.status), (Some("a"), Status::Success));
}

#[test]
fn a_handmade_report_is_read_by_the_keys_it_has() {
    let report = report_of(br#"{"Data":{"ParsedResult":"Success"},"Extra":{"backup-name":"by hand"}}"#);
    assert_eq!((report.status, report.begin), (Status::Success, None));
    assert_eq!(report.identity.backup_name.as_deref(), Some("by hand"));
}

#[test]
fn the_first_line_of_a_text_exception_keeps_its_end() {
    let text = "Duplicati Backup report for Front desk\r\n\r\nFailed: The remote server said no.\r\nDetails: System.Net.WebException: The \
                remote server said no.\r\n   at A.B.List()\r\n\r\nLog data:\r\n2024-03-02 03:00:31 +01 - [Error-A.B-FatalError]: \
                Fatal error\r\nSystem.Net.WebException: The remote server said no.\r\n";
    let report = report_of(text.as_bytes());
    assert_eq!(report.cause.as_deref(), Some("The remote server said no."));
    assert!(report.exception.unwrap().starts_with("System.Net.WebException: The remote server said no.\n"));
}

#[test]
fn a_begin_that_cannot_be_placed_is_kept_as_it_was_sent() {
    let begin = |text: &str| {
        report_of(
            format!("Duplicati Backup report for a\n\nParsedResult: Success\nBeginTime: {text}\n").as_bytes(),
        )
        .begin_text
    };
    assert_eq!(begin("29-Dec-17 4:01:59 PM").as_deref(), Some("29-Dec-17 4:01:59 PM"));
    assert_eq!(begin("2/16/2019 10:23:51 PM (1550384631)"), None, "it is placed");
    assert_eq!(begin("1/1/0001 12:00:00 AM (-62135596800)"), None, "that is none");
}

#[test]
fn a_name_of_two_lines_is_the_same_in_text_and_json() {
    let id = "A2A38D2148094466A7B27432888F5BF3DF44AAFAD973D55C1F061432AE5F4318";
    let text = format!(
        "Duplicati Backup report for two\nlines\tof it (, {id}, ws-1)\n\nMainOperation: Backup\nParsedResult: Success\n"
    );
    let text = report_of(text.as_bytes()).identity;
    let json = format!(
        r#"{{"Data":{{"ParsedResult":"Success"}},"Extra":{{"backup-name":"two\nlines\tof it","backup-id":"{id}","machine-name":"ws-1","machine-id":""}}}}"#
    );
    assert_eq!(text, report_of(json.as_bytes()).identity);
    assert_eq!((text.backup_name.as_deref(), text.machine_id), (Some("two lines of it"), None));
}

#[test]
fn both_sides_of_a_clock_change_and_the_runs_own_version_are_listed() {
    let report = report_of(
        br#"{"Data":{"MainOperation":"Backup","ParsedResult":"Success","BeginTime":"2025-10-26T02:00:10Z","BackendStatistics":
        {"LastBackupDate":"2025-10-26T03:00:10+01:00","BackupListCount":4}},"Extra":{"backup-name":"a"},"LogLines":[
        "2025-10-26 03:00:50 +01 - [Information-A.DeleteHandler:RetentionPolicy-BackupList]: Backups to consider: 26.10.2025 02:00:10, 26.10.2025 02:00:10, 26.10.2025 01:00:10",
        "2025-10-26 03:00:50 +01 - [Information-A.DeleteHandler:RetentionPolicy-AllBackupsToDelete]: All backups to delete: "]}"#,
    );
    assert_eq!(report.available_versions, [1_761_444_010, 1_761_440_410, 1_761_436_810, 1_761_433_210]);
}
