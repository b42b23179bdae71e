//! Responses: stored, duplicate, recorded, and rejections.

use serde_json::json;

use super::*;
use crate::{
    report::ReportErrorKind,
    service::{
        Actor,
        ingest::rejected,
        ingest_keys,
        overview::{dashboard, server},
    },
};

#[tokio::test]
async fn a_run_is_stored_and_its_copy_is_a_duplicate() -> TestResult {
    let (_folder, services) = services()?;
    let sent = report("2026-11-23T02:00:00Z", "Success");
    assert_eq!(send(&services, &sent).await?, Stored::New);
    assert_eq!(send(&services, &sent).await?, Stored::Duplicate);
    let runs = runs(&services).await?;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].status, "success");
    assert_eq!((runs[0].files_count, runs[0].files_size), (Some(100), Some(1000)));
    assert_eq!((runs[0].storage_size, runs[0].uploaded_size), (Some(5000), Some(50)));
    assert_eq!((runs[0].duration, runs[0].versions, runs[0].quota_assigned), (Some(600), Some(7), None));
    Ok(())
}

#[tokio::test]
async fn other_operations_are_recorded_and_never_counted() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-22T02:00:00Z", "Success")).await?;
    for (operation, begin) in [("Restore", "03"), ("Test", "04"), ("Compact", "05"), ("NeverHeardOf", "06")] {
        let mut sent = report(&format!("2026-11-23T{begin}:00:00Z"), "Error");
        sent["Data"]["MainOperation"] = json!(operation);
        sent["Extra"]["OperationName"] = json!(operation);
        assert_eq!(send(&services, &sent).await?, Stored::Recorded, "{operation}");
        assert_eq!(send(&services, &sent).await?, Stored::Recorded, "{operation} again");
    }
    let words: Vec<String> = operations(&services).await?.into_iter().map(|(word, _)| word).collect();
    assert_eq!(words, ["Compact", "NeverHeardOf", "Restore", "Test"]);
    let summary = summary(&services).await?;
    assert_eq!((summary.run_count, summary.last_status.as_deref()), (1, Some("success")));
    assert_eq!(summary.last_start.as_deref(), Some("2026-11-22T02:00:00Z"));
    Ok(())
}

#[tokio::test]
async fn a_live_status_appears_and_disappears() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-22T02:00:00Z", "Success")).await?;
    let mut live = json!({
        "operation": "Backup", "status": "Progress", "startedUtc": "2026-11-23T11:59:00Z",
        "reportedUtc": "2026-11-23T12:00:00Z", "isCompleted": false,
        "progress": {"phase": "Backup_ProcessingFiles", "progress": 0.25},
        "metadata": {"machineId": "0123456789abcdef0123456789abcdef", "machineName": "nas", "backupName": "Documents"},
    });
    let running = async |services: &Services| -> Result<_, crate::error::Error> {
        let shown = dashboard::show(services, &Actor::CommandLine, Default::default()).await?;
        Ok((shown.running, shown.servers[0].jobs[0].live.as_ref().and_then(|live| live.permille)))
    };
    assert_eq!(send(&services, &live).await?, Stored::Recorded);
    assert_eq!(running(&services).await?, (1, Some(250)));
    live["status"] = json!("Completed");
    assert_eq!(send(&services, &live).await?, Stored::Recorded);
    assert_eq!(running(&services).await?, (0, None), "it says that it has ended");

    live["status"] = json!("Progress");
    send(&services, &live).await?;
    assert_eq!(running(&services).await?.0, 1);
    send(&services, report("2026-11-23T11:59:00Z", "Success")).await?;
    assert_eq!(running(&services).await?, (0, None), "its report says that it has ended");

    send(&services, &live).await?;
    at(&services, 301);
    assert_eq!(running(&services).await?, (0, None), "it was killed, and says nothing any more");
    assert_eq!(summary(&services).await?.run_count, 2, "a live status is not a run");
    Ok(())
}

#[tokio::test]
async fn only_a_backup_under_way_is_shown_as_running() -> TestResult {
    let (_folder, services) = services()?;
    let live = json!({
        "operation": "ListRemote", "status": "Started", "startedUtc": "2026-11-23T11:59:00Z",
        "metadata": {"machineName": "nas", "backupName": "Documents"},
    });
    assert_eq!(send(&services, &live).await?, Stored::Recorded);
    assert!(services.db.read(|conn| jobs::all(conn, None)).await?.is_empty(), "it makes no job");
    assert_eq!(server_names(&services).await?, ["nas"], "but its machine was seen");
    Ok(())
}

#[tokio::test]
async fn text_that_names_nothing_is_recorded_and_listed() -> TestResult {
    let (_folder, services) = services()?;
    assert_eq!(send(&services, "the backup went fine, password=hunter2").await?, Stored::Recorded);
    rejected::write_waiting(&services).await?;
    let listed = rejected::list(&services, &Actor::CommandLine, 1).await?;
    assert_eq!((listed.rows.len(), listed.rows[0].http_status), (1, 200));
    assert!(listed.rows[0].sample.starts_with("the backup went fine"), "{:?}", listed.rows[0]);
    assert!(!listed.rows[0].sample.contains("hunter2"), "{:?}", listed.rows[0]);
    assert!(runs(&services).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn what_is_no_report_is_refused_and_leaves_nothing() -> TestResult {
    let (_folder, services) = services()?;
    let kind = |answer: Result<Stored, IngestError>| match answer {
        Err(IngestError::NotAReport(error)) => Some(error.kind),
        _ => None,
    };
    assert_eq!(kind(send(&services, " \n").await), Some(ReportErrorKind::Empty));
    assert_eq!(kind(send(&services, "{\"Data\":").await), Some(ReportErrorKind::NotJson));
    assert_eq!(kind(send(&services, "[{}]").await), Some(ReportErrorKind::NotAnObject));
    assert_eq!(kind(send(&services, "{\"a\":1}").await), Some(ReportErrorKind::NotAReport));
    assert_eq!(kind(send(&services, "[".repeat(100_000)).await), Some(ReportErrorKind::TooDeep));
    assert!(servers(&services).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn every_report_of_a_server_moves_last_seen() -> TestResult {
    let (_folder, services) = services()?;
    let key = ingest_keys::create(&services, &Actor::CommandLine, "nas").await?.secret;
    let last_seen = async |services: &Services| -> Result<Option<String>, StoreError> {
        Ok(servers(services).await?.remove(0).last_seen)
    };
    assert_eq!(last_seen(&services).await?, None);
    let backup = report("2026-11-23T02:00:00Z", "Success");
    let mut restore = report("2026-11-23T03:00:00Z", "Success");
    restore["Data"]["MainOperation"] = json!("Restore");
    let live = json!({"operation": "Backup", "status": "Started", "startedUtc": "2026-11-23T11:59:00Z", "metadata": {}});
    let bodies =
        [backup.to_string(), backup.to_string(), restore.to_string(), live.to_string(), "hello".into()];
    for (seconds, body) in (60..).step_by(60).zip(bodies) {
        at(&services, seconds);
        send_with(&services, Some(&key), body).await?;
        assert_eq!(last_seen(&services).await?, Some(services.clock.now().to_string()), "after {seconds} s");
    }
    let shown = server::show(
        &services,
        &Actor::CommandLine,
        crate::dto::server::ServerQuery {
            server: crate::ids::ServerId(1),
            job: None,
            day: None,
            range: Default::default(),
            sort: Default::default(),
            ascending: false,
            page: 1,
        },
    )
    .await?;
    assert_eq!((shown.runs.len(), shown.operations.len()), (1, 1));
    Ok(())
}
