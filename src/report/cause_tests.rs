//! Which line becomes the cause, for reports of Duplicati and of custom templates.

use rstest::rstest;
use serde_json::json;

use super::*;

const DENIED: &str = "System.UnauthorizedAccessException: Access to '/mnt/b' is denied.\n ---> System.IO.IOException: no\n   at A.B()";

fn line(level: Level, tag: &str, text: &str) -> LogLine {
    LogLine { time: None, level, tag: Some(format!("Duplicati.Library.Main.{tag}")), text: text.into() }
}

fn cause(exception: Option<&str>, lines: &[LogLine]) -> Option<String> {
    CauseSources { cancelled_headline: None, exception, lines, copies: &RemoteSyncs::default() }.cause()
}

fn error(tag: &str, text: &str) -> LogLine {
    line(Level::Error, tag, text)
}

#[rstest]
#[case::english(
    "The operation Backup has failed\nSystem.IO.IOException: No space left on device : '/x/y'\n   at A.B()"
)]
#[case::german(
    "Die Operation Backup ist fehlgeschlagen\nSystem.IO.IOException: No space left on device : '/x/y'\n   bei A.B()"
)]
#[case::older("The operation Backup has failed with error: No space left on device : '/x/y'")]
#[case::fatal("Fatal error\nSystem.IO.IOException: No space left on device : '/x/y'")]
fn that_an_operation_failed_is_no_cause(#[case] text: &str) {
    for tag in ["Controller-FailedOperation", "Operation.BackupHandler-FatalError"] {
        assert_eq!(
            cause(None, &[error(tag, text)]).as_deref(),
            Some("No space left on device : '/x/y'"),
            "{tag}"
        );
    }
}

#[test]
fn the_exception_is_believed_before_the_log() {
    let lines = [error(
        "Controller-FailedOperation",
        "Die Operation Backup ist fehlgeschlagen\nA.BException: -redacted-",
    )];
    let exception =
        "Duplicati.Library.Interface.FolderMissingException: Der Ordner /srv/x existiert nicht\n   at A.B()";
    assert_eq!(cause(Some(exception), &lines).as_deref(), Some("Der Ordner /srv/x existiert nicht"));
}

#[test]
fn an_exception_that_says_nothing_gives_way_to_the_log() {
    let lines = [
        error("Controller-FailedOperation", "The operation Backup has failed"),
        error("Operation.FilelistProcessor-AssignedQuotaExceeded", "Assigned quota has been exceeded"),
    ];
    assert_eq!(cause(None, &lines).as_deref(), Some("Assigned quota has been exceeded"));
    assert_eq!(
        cause(None, &lines[..1]).as_deref(),
        Some("The operation Backup has failed"),
        "better than nothing"
    );
}

#[test]
fn a_second_copy_is_named_by_its_destination() {
    let data = json!({"RemoteSynchronizationResults": [
        {"Destination": "ssh://nas2.example/d?auth-password=x", "ParsedResult": "Success"},
        {"Destination": "s3://offsite/d", "ParsedResult": "Success"},
    ]});
    let copies = RemoteSyncs::from_data(data.as_object().unwrap_or(&serde_json::Map::new()));
    let failed = |destination: &str| {
        let text = format!(
            "Remote synchronization to RemoteSyncDestinationConfig {{ Config = Src: -redacted-, Dst: {destination}, \
                            AutoCreateFolders: True, Retry: 3 }} failed with exit code 3."
        );
        error("Operation.RemoteSynchronizationHandler-RemoteSyncFailed", &text)
    };
    let copied = error(
        "Operation.RemoteSynchronization.RemoteSynchronizationRunner-CopyFailed",
        "Could not copy 3 files.",
    );
    let told = |lines: &[LogLine], copies: &RemoteSyncs| {
        CauseSources { cancelled_headline: None, exception: None, lines, copies }.cause()
    };
    assert_eq!(
        told(&[copied.clone(), failed("s3://offsite/d")], &copies).as_deref(),
        Some("The second copy to s3://offsite/d failed: Could not copy 3 files.")
    );
    // With two candidates no destination is named.
    assert_eq!(
        told(&[copied.clone(), failed("-redacted-")], &copies).as_deref(),
        Some("The second copy failed: Could not copy 3 files.")
    );
    let one =
        json!({"RemoteSynchronizationResults": [{"Destination": "file:///srv/b", "ParsedResult": "Error"}]});
    let one = RemoteSyncs::from_data(one.as_object().unwrap_or(&serde_json::Map::new()));
    let put =
        error("Backend.LightWeightBackendManager-rsync", &format!("Error during operation: Put x\n{DENIED}"));
    assert_eq!(
        told(&[put, copied, failed("-redacted-")], &one).as_deref(),
        Some("The second copy to file:///srv/b failed: Access to '/mnt/b' is denied.")
    );
    assert_eq!(
        told(&[], &one).as_deref(),
        Some("The second copy to file:///srv/b failed"),
        "its lines were cut"
    );
}

#[test]
fn trouble_of_the_backup_comes_before_that_of_its_copy() {
    let lines = [
        error("Operation.RemoteSynchronizationHandler-RemoteSyncFailed", "failed with exit code 3."),
        error("Operation.FilelistProcessor-AssignedQuotaExceeded", "Assigned quota has been exceeded"),
    ];
    assert_eq!(cause(None, &lines).as_deref(), Some("Assigned quota has been exceeded"));
}

#[test]
fn a_warning_about_the_backup_comes_before_one_about_reporting() {
    let reporting = LogLine {
        tag: Some("Duplicati.Library.Modules.Builtin.HttpReportStatus-HttpReportStatusSendError".into()),
        ..line(Level::Warning, "", "Failed to post status report")
    };
    let missing =
        line(Level::Warning, "Controller-SourceIsMissing", "The source path /a does not exist, skipping");
    let both = [reporting.clone(), missing];
    assert_eq!(cause(None, &both).as_deref(), Some("The source path /a does not exist, skipping"));
    assert_eq!(cause(None, &both[..1]).as_deref(), Some("Failed to post status report"));
    assert_eq!(cause(None, &[line(Level::Information, "X-Y", "hello")]), None);
}

#[test]
fn who_called_it_off_is_said_in_place_of_a_cancelled_task() {
    let exception = Some("System.Threading.Tasks.TaskCanceledException: A task was canceled.");
    let told = CauseSources {
        cancelled_headline: Some("Stopped manually"),
        exception,
        lines: &[],
        copies: &RemoteSyncs::default(),
    };
    assert_eq!(told.cause().as_deref(), Some("Stopped manually"));
}

#[test]
fn a_headline_is_short() {
    let long = cause(None, &[error("A-B", &"ü".repeat(5000))]).unwrap_or_default();
    assert_eq!(long.chars().count(), HEADLINE);
    assert!(long.ends_with('…'), "{long}");
}

#[test]
fn what_follows_from_another_warning_comes_after_one_about_reporting() {
    let follows =
        line(Level::Warning, "Backend.Handler-BackendManagerDisposeError", "disposed with work left");
    let mut sent = line(Level::Warning, "", "the mail was not sent");
    sent.tag = Some("Duplicati.Library.Modules.Builtin.SendMail-SendMailError".into());
    let told = |lines: &[LogLine]| cause(None, lines);
    assert_eq!(told(&[follows.clone(), sent.clone()]).as_deref(), Some("the mail was not sent"));
    assert_eq!(told(&[follows]).as_deref(), Some("disposed with work left"));
    assert_eq!(told(&[sent]).as_deref(), Some("the mail was not sent"));
}

#[test]
fn only_what_says_nothing_but_that_an_operation_failed_is_looked_behind() {
    for whole in ["Upload of dblock-1 has failed: disk full", "The operation waits: the database is locked"] {
        assert_eq!(cause(None, &[error("A-B", whole)]).as_deref(), Some(whole));
    }
    let frame = error("A-B", "The operation Backup has failed with error: disk full");
    assert_eq!(cause(None, &[frame]).as_deref(), Some("disk full"));
}
