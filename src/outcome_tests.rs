//! Outcomes of runs, by what their reports say.

use super::*;

fn told(status: Status) -> ReportedEnd<'static> {
    ReportedEnd {
        status,
        files: Some(5100),
        uploaded: Some(62_914_560),
        versions: Some(20),
        stored: Some(9_663_676_416),
        ..ReportedEnd::default()
    }
}

#[test]
fn a_good_run_left_a_complete_version_without_errors() {
    assert_eq!(told(Status::Success).outcome(), RunOutcome::Good);
    assert_eq!(told(Status::Warning).outcome(), RunOutcome::Good);
    assert_eq!(told(Status::Unknown).outcome(), RunOutcome::Unknown);
    // An empty source is not a failure.
    assert_eq!(ReportedEnd { files: Some(0), ..told(Status::Success) }.outcome(), RunOutcome::Good);
}

#[test]
fn an_error_that_left_a_version_is_complete_and_a_failure() {
    let outcome = told(Status::Error).outcome();
    assert_eq!(outcome, RunOutcome::Errors);
    assert!(outcome.is_complete() && outcome.is_failure() && !outcome.is_good());
    // The same report in the text format has no statistics.
    let text = ReportedEnd { versions: None, stored: None, ..told(Status::Error) };
    assert_eq!(text.outcome(), RunOutcome::Errors);
    for nothing in [
        ReportedEnd { files: Some(0), ..told(Status::Error) },
        ReportedEnd { files: None, ..told(Status::Error) },
        ReportedEnd { versions: Some(0), ..told(Status::Error) },
        ReportedEnd { stored: Some(0), ..told(Status::Error) },
        ReportedEnd { exception: Some("System.IO.IOException: gone"), ..told(Status::Error) },
        told(Status::Fatal),
    ] {
        assert_eq!(nothing.outcome(), RunOutcome::Failed, "{nothing:?}");
    }
}

#[test]
fn a_stop_is_no_failure_in_any_version() {
    let stopped =
        "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at Duplicati.Library.X()";
    for told in [
        ReportedEnd { exception: Some(stopped), ..told(Status::Fatal) },
        ReportedEnd { exception: Some("System.OperationCanceledException: x"), ..told(Status::Fatal) },
        // The text report puts the message first.
        ReportedEnd {
            exception: Some("A task was canceled.System.Threading.Tasks.TaskCanceledException: A"),
            ..told(Status::Fatal)
        },
        ReportedEnd { interrupted: true, ..told(Status::Error) },
        ReportedEnd { interrupted: true, ..told(Status::Success) },
        ReportedEnd { interrupted: true, ..told(Status::Fatal) },
        ReportedEnd { interrupted: true, files: None, uploaded: None, ..told(Status::Success) },
    ] {
        assert_eq!(told.outcome(), RunOutcome::Stopped, "{told:?}");
    }
    assert_eq!(
        ReportedEnd { partial: true, interrupted: true, ..told(Status::Warning) }.outcome(),
        RunOutcome::Partial
    );
    assert_eq!(ReportedEnd { partial: true, ..told(Status::Error) }.outcome(), RunOutcome::Partial);
}

#[test]
fn what_took_too_long_was_not_stopped_by_a_person() {
    for exception in [
        "System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.",
        "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n ---> System.TimeoutException: The operation has timed out.",
        "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at System.Net.Http.HttpClient.SendAsync()",
        "System.IO.IOException: No space left\n ---> System.Threading.Tasks.TaskCanceledException: A task was canceled.",
        "System.IO.IOException: No space left\n   at X.ThrowOperationCanceledException()",
    ] {
        let told = ReportedEnd { exception: Some(exception), interrupted: true, ..told(Status::Fatal) };
        assert_eq!(told.outcome(), RunOutcome::Failed, "{exception}");
    }
}

#[test]
fn what_failed_before_somebody_gave_up_waiting_is_a_failure() {
    let line = |tag: &str, text: &str| crate::report::LogLine {
        time: None,
        level: crate::report::Level::Error,
        tag: Some(tag.into()),
        text: text.into(),
    };
    let stopped = "System.Threading.Tasks.TaskCanceledException: A task was canceled.";
    let full = line("A.B-PutFailed", "No space left on device");
    let fatal = line("A.B-FatalError", &format!("Fatal error\n{stopped}"));
    let lines = [full, fatal];
    let both = ReportedEnd { exception: Some(stopped), log: LogOf::Lines(&lines), ..told(Status::Fatal) };
    assert_eq!(both.outcome(), RunOutcome::Failed);
    assert_eq!(ReportedEnd { log: LogOf::Lines(&lines[1..]), ..both }.outcome(), RunOutcome::Stopped);
    // A report without its exception still has it in the log.
    let text = ReportedEnd { exception: None, ..both };
    assert_eq!(text.outcome(), RunOutcome::Failed);
    assert_eq!(ReportedEnd { log: LogOf::Lines(&lines[1..]), ..text }.outcome(), RunOutcome::Stopped);
    // The inner exception is what ended the run.
    let lost = "A.OperationCanceledException: x ---> System.IO.IOException: reset";
    assert_eq!(ReportedEnd { exception: Some(lost), ..told(Status::Fatal) }.outcome(), RunOutcome::Failed);
    let aborted = "System.Threading.ThreadAbortException: Thread was being aborted.";
    assert_eq!(
        ReportedEnd { exception: Some(aborted), ..told(Status::Fatal) }.outcome(),
        RunOutcome::Stopped
    );
}

#[test]
fn a_skip_examined_nothing() {
    for status in [Status::Success, Status::Warning, Status::Error] {
        let skip = ReportedEnd {
            status,
            interrupted: true,
            files: Some(0),
            uploaded: Some(0),
            ..ReportedEnd::default()
        };
        assert_eq!(skip.outcome(), RunOutcome::Skipped);
        assert_eq!(ReportedEnd { uploaded: None, ..skip }.outcome(), RunOutcome::Skipped, "a text copy");
        assert_eq!(ReportedEnd { uploaded: Some(1), ..skip }.outcome(), RunOutcome::Stopped, "it had begun");
    }
    // A required script failed.
    let required = ReportedEnd {
        files: Some(0),
        exception: Some("UserInformationException: The script …"),
        ..told(Status::Fatal)
    };
    assert_eq!(required.outcome(), RunOutcome::Failed);
}

#[test]
fn a_rehearsal_is_nothing_else() {
    for status in Status::ALL {
        let told = ReportedEnd { dry_run: true, interrupted: true, partial: true, ..told(status) };
        assert_eq!(told.outcome(), RunOutcome::Rehearsal);
    }
    assert_eq!((RunOutcome::Rehearsal.uploaded(Some(8567)), RunOutcome::Failed.uploaded(Some(5))), (0, 5));
}

#[test]
fn a_partial_run_has_versions_and_no_sizes() {
    assert_eq!(RunOutcome::Partial.versions(Some(14)), Some(14));
    assert_eq!(RunOutcome::Partial.versions(Some(0)), None, "it ended before it had looked");
    assert_eq!(RunOutcome::Partial.figure(Some(14)), None);
    assert_eq!(RunOutcome::Stopped.versions(Some(14)), None);
    assert_eq!(RunOutcome::Good.versions(Some(0)), Some(0));
}

#[test]
fn words_letters_and_lists_agree() {
    for outcome in RunOutcome::ALL {
        assert_eq!(outcome.as_str().parse(), Ok(outcome));
        assert_eq!(RunOutcome::COMPLETE.contains(&outcome), outcome.is_complete());
        assert_eq!(RunOutcome::FAILURES.contains(&outcome), outcome.is_failure());
    }
    for (status, outcome) in [
        (Status::Success, RunOutcome::Good),
        (Status::Warning, RunOutcome::Good),
        (Status::Error, RunOutcome::Errors),
        (Status::Error, RunOutcome::Failed),
        (Status::Fatal, RunOutcome::Failed),
        (Status::Unknown, RunOutcome::Unknown),
        (Status::Warning, RunOutcome::Partial),
        (Status::Warning, RunOutcome::Stopped),
        (Status::Warning, RunOutcome::Skipped),
    ] {
        let mark = RecentRun { status, outcome };
        assert_eq!(RecentRun::from_letter(mark.letter()), mark);
    }
    assert_eq!(RecentRun::from_letter('?').outcome, RunOutcome::Unknown);
    assert!("Good".parse::<RunOutcome>().is_err());
}

#[test]
fn a_run_shows_what_counts_of_what_it_was_told() {
    for outcome in RunOutcome::ALL {
        let shows = outcome.is_complete() || outcome == RunOutcome::Unknown;
        for told in [None, Some(0), Some(7)] {
            assert_eq!(outcome.own_figure(told), told.filter(|_| shows), "{outcome}");
            let versions = shows || (outcome == RunOutcome::Partial && told == Some(7));
            assert_eq!(outcome.own_versions(told), told.filter(|_| versions), "{outcome}");
            let is_sent = shows || told == Some(7);
            assert_eq!(outcome.sent_figure(told), told.filter(|_| is_sent), "{outcome}");
        }
    }
}
