//! A run can arrive several times: retries, several URLs, JSON and text.

use serde_json::{Value, json};

use super::*;
use crate::{
    db::tables::{days, operations::OperationRecord},
    ids::{JobId, RunId},
    service::{
        Actor,
        overview::{dashboard, run},
    },
};

const BEGIN: &str = "2026-11-23T02:00:00Z";

#[tokio::test]
async fn json_and_then_text_is_one_run_with_the_figures_of_the_json() -> TestResult {
    for json_first in [true, false] {
        let (_folder, services) = services()?;
        let mut bodies = [report(BEGIN, "Success").to_string(), text_report(BEGIN, "Success")];
        if !json_first {
            bodies.reverse();
        }
        assert_eq!(send(&services, &bodies[0]).await?, Stored::New);
        assert_eq!(send(&services, &bodies[1]).await?, Stored::Duplicate);
        let runs = runs(&services).await?;
        assert_eq!((runs.len(), runs[0].storage_size, runs[0].versions), (1, Some(5000), Some(7)));
        let summary = summary(&services).await?;
        assert_eq!((summary.run_count, summary.uploaded_total, summary.storage_size), (1, 50, Some(5000)));
    }
    Ok(())
}

#[tokio::test]
async fn the_raw_report_that_is_kept_is_the_richer_copy() -> TestResult {
    for json_first in [true, false] {
        let (_folder, services) = services()?;
        let mut bodies = [report(BEGIN, "Success").to_string(), text_report(BEGIN, "Success")];
        if !json_first {
            bodies.reverse();
        }
        for body in &bodies {
            send(&services, body).await?;
        }
        let raw = run::raw(&services, &Actor::CommandLine, RunId(1)).await?;
        assert!(raw.text.trim_start().starts_with('{'), "JSON first: {json_first}: {}", raw.text);
    }
    Ok(())
}

#[tokio::test]
async fn a_poorer_copy_of_an_operation_takes_nothing_away() -> TestResult {
    let (_folder, services) = services()?;
    let mut restore = report(BEGIN, "Warning");
    restore["Data"]["MainOperation"] = json!("Restore");
    restore["Data"]["RestoredFiles"] = json!(42);
    restore["LogLines"] = json!(["2026-11-23 02:05:00 +00 - [Warning-A-B]: one file was in use"]);
    let text = text_report(BEGIN, "Success")
        .replace("Duplicati Backup report", "Duplicati Restore report")
        .replace("MainOperation: Backup", "MainOperation: Restore");
    for bodies in [[restore.to_string(), text.clone()], [text, restore.to_string()]] {
        for body in bodies {
            assert_eq!(send(&services, body).await?, Stored::Recorded);
        }
        let query = operations::table.select(OperationRecord::as_select());
        let stored: Vec<OperationRecord> = services.db.read(move |conn| Ok(query.load(conn)?)).await?;
        assert_eq!((stored.len(), stored[0].status.as_str()), (1, "warning"));
        assert!(stored[0].details.as_deref().is_some_and(|text| text.contains("42")), "{stored:?}");
        assert!(stored[0].messages.as_deref().is_some_and(|text| text.contains("in use")), "{stored:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_later_worse_copy_updates_the_run_and_all_totals() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report(BEGIN, "Success")).await?;
    let mut worse = report(BEGIN, "Warning");
    worse["Data"]["WarningsActualLength"] = json!(3);
    worse["Data"]["EndTime"] = json!("2026-11-23T02:30:00Z");
    worse["Data"]["Duration"] = json!("00:30:00");
    worse["Data"]["BackendStatistics"]["BytesUploaded"] = json!(70);
    worse["LogLines"] = json!(["2026-11-23 02:20:00 +00 - [Warning-A-B]: half of it is missing"]);
    assert_eq!(send(&services, &worse).await?, Stored::Duplicate);
    // A copy with fewer figures and a better status changes nothing.
    assert_eq!(send(&services, text_report(BEGIN, "Success")).await?, Stored::Duplicate);
    let runs = runs(&services).await?;
    assert_eq!((runs.len(), runs[0].status.as_str(), runs[0].duration), (1, "warning", Some(1800)));
    assert!(runs[0].messages.as_deref().is_some_and(|log| log.contains("half of it")));
    let summary = summary(&services).await?;
    assert_eq!((summary.last_status.as_deref(), summary.last_warnings), (Some("warning"), Some(3)));
    assert_eq!((summary.run_count, summary.uploaded_total), (1, 70));
    assert_eq!(summary.last_headline.as_deref(), Some("half of it is missing"));
    let shown = dashboard::show(&services, &Actor::CommandLine, Default::default()).await?;
    assert_eq!((shown.totals.runs_30_days, shown.totals.uploaded_30_days), (1, 70));
    Ok(())
}

#[tokio::test]
async fn a_poorer_copy_does_not_take_the_schedule_away() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = report(BEGIN, "Success");
    sent["Extra"]["next-scheduled-run"] = json!("20261124T020000Z");
    send(&services, &sent).await?;
    let due = due(&services).await?;
    assert!(due.is_some());
    send(&services, text_report(BEGIN, "Success")).await?;
    assert_eq!(super::due(&services).await?, due);
    Ok(())
}

#[tokio::test]
async fn runs_that_arrive_out_of_order_stand_in_order() -> TestResult {
    let (_folder, services) = services()?;
    for begin in ["2026-11-22T02:00:00Z", "2026-11-20T02:00:00Z", "2026-11-21T02:00:00Z"] {
        assert_eq!(send(&services, report(begin, "Success")).await?, Stored::New);
    }
    let summary = summary(&services).await?;
    assert_eq!(summary.last_start.as_deref(), Some("2026-11-22T02:00:00Z"));
    let starts: Vec<String> = summary.recent_runs().iter().map(|(at, _)| at.to_string()).collect();
    assert_eq!(starts, ["2026-11-20T02:00:00Z", "2026-11-21T02:00:00Z", "2026-11-22T02:00:00Z"]);
    Ok(())
}

/// Returns a failure of versions up to 2.0.7: the exception in place of the result, and no times.
fn exception() -> Value {
    json!({
        "Data": {"ClassName": "System.Net.WebException", "Message": "No route to host", "StackTraceString": "at X"},
        "Extra": {"OperationName": "Backup", "backup-name": "Documents", "machine-name": "nas"},
    })
}

#[tokio::test]
async fn a_failure_without_times_is_one_run_within_minutes_and_two_after_an_hour() -> TestResult {
    let (_folder, services) = services()?;
    assert_eq!(send(&services, exception()).await?, Stored::New);
    at(&services, 120);
    assert_eq!(send(&services, exception()).await?, Stored::Duplicate);
    at(&services, 3720);
    assert_eq!(send(&services, exception()).await?, Stored::New);
    let mut another = exception();
    another["Data"]["Message"] = json!("Disk on fire");
    assert_eq!(send(&services, another).await?, Stored::New, "another failure in the same second");
    let runs = runs(&services).await?;
    assert_eq!(runs.len(), 3);
    assert!(runs.iter().all(|run| run.start_assumed && run.status == "fatal"));
    assert_eq!(summary(&services).await?.failures, 3);
    Ok(())
}

#[tokio::test]
async fn a_long_run_without_times_is_also_recognised_again() -> TestResult {
    let (_folder, services) = services()?;
    let text = "Duplicati Backup report for Photos\n\nExaminedFiles: 3\nParsedResult: Success\nMainOperation: Backup\n\
                EndTime: 1/8/2018 10:09:16 PM\nBeginTime: 1/8/2018 8:09:16 PM\nDuration: 02:00:00\n";
    assert_eq!(send(&services, text).await?, Stored::New);
    assert_eq!(runs(&services).await?[0].start_time, "2026-11-23T10:00:00Z");
    at(&services, 30);
    assert_eq!(send(&services, text).await?, Stored::Duplicate);
    at(&services, 86_400);
    assert_eq!(send(&services, text).await?, Stored::New);
    Ok(())
}

#[tokio::test]
async fn operations_are_recognised_again_too() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = exception();
    sent["Extra"]["OperationName"] = json!("Restore");
    for _ in 0..2 {
        assert_eq!(send(&services, &sent).await?, Stored::Recorded);
    }
    assert_eq!(operations(&services).await?, [("Restore".to_owned(), "fatal".to_owned())]);
    at(&services, 60);
    send(&services, &sent).await?;
    assert_eq!(operations(&services).await?.len(), 1, "a retry");
    at(&services, 7200);
    send(&services, &sent).await?;
    assert_eq!(operations(&services).await?.len(), 2, "two hours later it is another one");
    Ok(())
}

#[tokio::test]
async fn the_totals_of_a_day_count_a_duplicate_once() -> TestResult {
    let (_folder, services) = services()?;
    for body in [report(BEGIN, "Success"), report(BEGIN, "Error"), report("2026-11-23T03:00:00Z", "Success")]
    {
        send(&services, body).await?;
    }
    let days = services
        .db
        .read(|conn| days::server_days_since(conn, crate::ids::ServerId(1), Some(JobId(1)), None))
        .await?;
    assert_eq!(days.len(), 1);
    let total = &days[0].totals;
    assert_eq!((total.runs, total.successes, total.failures, total.uploaded_size), (2, 1, 1, 100));
    Ok(())
}
