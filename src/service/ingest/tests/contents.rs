//! Long texts: the log, the versions in it, the raw report.

use serde_json::json;

use super::*;
use crate::{
    dto::run::{LogFilter, RunQuery},
    ids::RunId,
    report::{MAX_LOG_BYTES, MAX_LOG_LINES},
    service::{Actor, overview::run, tasks::housekeeping},
};

#[tokio::test]
async fn a_huge_log_is_bounded_and_its_errors_stay() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = report("2026-11-23T02:00:00Z", "Error");
    let mut lines: Vec<String> = (0..5000)
        .map(|i| format!("2026-11-23 02:00:00 +00 - [Information-A-B]: line {i} {}", "x".repeat(200)))
        .collect();
    lines.push("2026-11-23 02:09:00 +00 - [Error-A-B]: the disk is on fire".into());
    sent["LogLines"] = json!(lines);
    send(&services, &sent).await?;
    let log = runs(&services).await?.remove(0).messages.ok_or("no log")?;
    assert!(log.len() <= MAX_LOG_BYTES, "{}", log.len());
    let elements: Vec<serde_json::Value> = serde_json::from_str(&log)?;
    assert!(elements.len() <= MAX_LOG_LINES);
    let query = RunQuery { run: RunId(1), lines: LogFilter::Errors, page: 1 };
    let page = run::show(&services, &Actor::CommandLine, query).await?;
    assert_eq!(page.lines.len(), 1);
    assert!(page.lines[0].text.contains("on fire"));
    assert_eq!(
        i64::try_from(elements.len() - 1)? + page.lines_dropped.1,
        5001,
        "what was left out is said: {:?}",
        elements.last()
    );
    Ok(())
}

#[tokio::test]
async fn versions_are_read_before_the_log_is_cut() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = report("2026-11-23T02:00:00Z", "Success");
    let mut lines: Vec<String> =
        (0..3000).map(|i| format!("2026-11-23 02:00:00 +00 - [Warning-A-B]: {i}")).collect();
    lines.push(
        "2026-11-23 02:09:00 +00 - [Information-D:RetentionPolicy-BackupList]: Backups to consider: \
         2026-11-22 02:00:00, 2026-11-21 02:00:00"
            .into(),
    );
    sent["LogLines"] = json!(lines);
    send(&services, &sent).await?;
    let query = RunQuery { run: RunId(1), lines: LogFilter::All, page: 1 };
    let page = run::show(&services, &Actor::CommandLine, query).await?;
    let versions: Vec<String> = page.versions.iter().map(|moment| moment.at.to_string()).collect();
    assert_eq!(versions, ["2026-11-22T02:00:00Z", "2026-11-21T02:00:00Z"]);
    Ok(())
}

#[tokio::test]
async fn the_raw_report_is_kept_masked_and_expires() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = report("2026-11-23T02:00:00Z", "Success");
    sent["Extra"]["RemoteUrl"] = json!("ftp://ann:hunter2@host/?auth-password=hunter2");
    send(&services, &sent).await?;
    let raw = run::raw(&services, &Actor::CommandLine, RunId(1)).await?;
    assert!(raw.text.contains("\"ExaminedFiles\": 100"), "{}", raw.text);
    assert!(!raw.text.contains("hunter2"), "{}", raw.text);
    assert_eq!((raw.size, raw.cut), (i64::try_from(sent.to_string().len())?, false));

    at(&services, 29 * 86_400);
    assert_eq!(housekeeping::expire_raw_reports(&services).await?, 0);
    at(&services, 31 * 86_400);
    assert_eq!(housekeeping::expire_raw_reports(&services).await?, 1);
    let gone = run::raw(&services, &Actor::CommandLine, RunId(1)).await;
    assert!(matches!(gone, Err(crate::error::Error::NotFound)));
    assert_eq!(runs(&services).await?.len(), 1, "the run itself stays");
    Ok(())
}

#[tokio::test]
async fn a_raw_report_is_cut_at_a_megabyte_and_secrets_reach_no_column() -> TestResult {
    let (folder, services) = services()?;
    let mut sent = report("2026-11-23T02:00:00Z", "Fatal");
    sent["Exception"] = json!("Cannot reach ftp://ann:hunter2@host/");
    sent["LogLines"] = json!([format!(
        "2026-11-23 02:00:00 +00 - [Error-A-B]: --passphrase=hunter2 {}",
        "é".repeat(900_000)
    ),]);
    send(&services, &sent).await?;
    let raw = run::raw(&services, &Actor::CommandLine, RunId(1)).await?;
    assert!(raw.cut && raw.text.len() <= 1024 * 1024, "{}", raw.text.len());
    services.db.close().await;
    let file = std::fs::read(folder.path().join("duplistatus.db"))?;
    assert!(!file.windows(7).any(|bytes| bytes == b"hunter2"));
    Ok(())
}
