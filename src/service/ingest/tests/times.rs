//! Wrong clocks and long runs.

use serde_json::json;

use super::*;
use crate::report::parse;

#[tokio::test]
async fn a_run_from_the_future_stands_now_and_never_blocks_newer_ones() -> TestResult {
    let (_folder, services) = services()?;
    let future = report("2027-06-01T02:00:00Z", "Success");
    assert_eq!(send(&services, &future).await?, Stored::New);
    let stored = runs(&services).await?.remove(0);
    assert_eq!(stored.start_time, "2026-11-23T11:50:00Z", "when it arrived, less its duration");
    assert_eq!(stored.claimed_start.as_deref(), Some("2027-06-01T02:00:00Z"));
    assert_eq!(stored.end_time.as_deref(), Some("2026-11-23T12:00:00Z"));
    at(&services, 90);
    assert_eq!(send(&services, &future).await?, Stored::Duplicate, "a retry");
    at(&services, 86_400);
    assert_eq!(send(&services, report("2026-11-24T11:00:00Z", "Error")).await?, Stored::New);
    let summary = summary(&services).await?;
    assert_eq!((summary.run_count, summary.last_status.as_deref()), (2, Some("error")));
    Ok(())
}

#[tokio::test]
async fn a_retry_is_a_duplicate_even_when_the_clock_has_caught_up_with_the_claim() -> TestResult {
    let (_folder, services) = services()?;
    // Eleven minutes ahead: more than is accepted now, but not a minute and a half later.
    let sent = report("2026-11-23T12:11:00Z", "Success");
    assert_eq!(send(&services, &sent).await?, Stored::New);
    at(&services, 90);
    assert_eq!(send(&services, &sent).await?, Stored::Duplicate);
    let runs = runs(&services).await?;
    assert_eq!(runs.len(), 1);
    assert_eq!(
        runs[0].end_time.as_deref(),
        Some("2026-11-23T12:00:00Z"),
        "not before its start, not in the future"
    );
    assert_eq!(summary(&services).await?.run_count, 1);
    Ok(())
}

#[tokio::test]
async fn a_clock_that_was_never_set_says_the_same_for_different_runs() -> TestResult {
    let (_folder, services) = services()?;
    let sent = report("1970-01-01T00:01:00Z", "Success");
    assert_eq!(send(&services, &sent).await?, Stored::New);
    at(&services, 20);
    assert_eq!(send(&services, &sent).await?, Stored::Duplicate, "a retry");
    at(&services, 86_400);
    assert_eq!(send(&services, &sent).await?, Stored::New, "the next day's run");
    assert_eq!(summary(&services).await?.run_count, 2);
    Ok(())
}

#[tokio::test]
async fn a_little_skew_is_believed() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-23T12:05:00Z", "Success")).await?;
    let stored = runs(&services).await?.remove(0);
    assert_eq!((stored.start_time.as_str(), stored.start_assumed), ("2026-11-23T12:05:00Z", false));
    Ok(())
}

#[tokio::test]
async fn year_one_means_unknown() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = report("2026-11-23T02:00:00Z", "Fatal");
    sent["Data"]["BeginTime"] = json!("0001-01-01T00:00:00");
    sent["Data"]["EndTime"] = json!("0001-01-01T00:00:00");
    sent["Data"]["Duration"] = json!("00:00:00");
    sent["Exception"] = json!("System.IO.IOException: no local database");
    assert_eq!(send(&services, &sent).await?, Stored::New);
    let stored = runs(&services).await?.remove(0);
    assert_eq!((stored.start_time.as_str(), stored.start_assumed), ("2026-11-23T12:00:00Z", true));
    assert!(stored.end_time.is_none_or(|end| end.starts_with("2026")));
    assert_eq!(stored.claimed_start, None);
    at(&services, 5);
    assert_eq!(send(&services, &sent).await?, Stored::Duplicate);
    Ok(())
}

#[tokio::test]
async fn a_run_may_take_longer_than_a_day() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = report("2026-11-21T02:00:00Z", "Success");
    sent["Data"]["Duration"] = json!("1.21:18:20.7495731");
    sent["Data"]["EndTime"] = json!("2026-11-22T23:18:20.7495731Z");
    send(&services, &sent).await?;
    assert_eq!(runs(&services).await?[0].duration, Some(86_400 + 21 * 3600 + 18 * 60 + 20));
    Ok(())
}

#[tokio::test]
async fn a_failed_run_does_not_overwrite_the_last_good_figures() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-21T02:00:00Z", "Success")).await?;
    let mut failed = report("2026-11-22T02:00:00Z", "Fatal");
    failed["Exception"] = json!("System.TimeoutException: too slow");
    failed["Data"]["ExaminedFiles"] = json!(0);
    failed["Data"]["SizeOfExaminedFiles"] = json!(0);
    failed["Data"]["BackendStatistics"] = json!({
        "KnownFileSize": 0, "BytesUploaded": 0, "BackupListCount": 0, "TotalQuotaSpace": 0, "FreeQuotaSpace": 0,
    });
    send(&services, &failed).await?;
    let mut rehearsal = report("2026-11-23T02:00:00Z", "Success");
    rehearsal["Data"]["Dryrun"] = json!(true);
    rehearsal["Data"]["BackendStatistics"]["KnownFileSize"] = json!(1);
    send(&services, &rehearsal).await?;
    let summary = summary(&services).await?;
    assert_eq!((summary.files_count, summary.files_size), (Some(100), Some(1000)));
    assert_eq!((summary.storage_size, summary.versions), (Some(5000), Some(7)));
    assert_eq!((summary.quota_total, summary.quota_free), (Some(100_000), Some(40_000)));
    assert_eq!(summary.last_success_at.as_deref(), Some("2026-11-21T02:00:00Z"));
    Ok(())
}

#[tokio::test]
async fn more_failures_than_the_strip_shows_keep_the_last_good_figures() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-10-01T02:00:00Z", "Success")).await?;
    for day in 2..=31 {
        send(&services, report(&format!("2026-10-{day:02}T02:00:00Z"), "Fatal")).await?;
    }
    for day in 1..=5 {
        send(&services, report(&format!("2026-11-{day:02}T02:00:00Z"), "Fatal")).await?;
    }
    let summary = summary(&services).await?;
    assert_eq!(summary.storage_size, Some(5000));
    assert_eq!(summary.last_success_at.as_deref(), Some("2026-10-01T02:00:00Z"));
    assert_eq!(summary.failing_since.as_deref(), Some("2026-10-02T02:00:00Z"), "not where the strip begins");
    assert_eq!(summary.failures, 35);
    Ok(())
}

#[test]
fn the_helpers_send_what_they_say() -> TestResult {
    let begin = "2026-11-23T02:00:00Z";
    for body in [report(begin, "Success").to_string(), text_report(begin, "Success")] {
        let crate::report::Message::Report(read) = parse(None, body.as_bytes())? else { panic!("no report") };
        assert_eq!((read.begin, read.duration), (Some(1_795_399_200), Some(600)));
        assert_eq!(read.identity.backup_name.as_deref(), Some("Documents"));
    }
    Ok(())
}
