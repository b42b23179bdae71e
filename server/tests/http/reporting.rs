//! Warnings about sending reports do not concern the backup: they do not turn a run into one with warnings, but are counted
//! as sent.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::site::{Site, deep, report};

const SENT: &str = "Duplicati.Library.Modules.Builtin.HttpReportStatus-HttpReportStatusSendError";
const FILES: &str = "Duplicati.Library.Main.Operation.Backup.FileBlockProcessor-PathProcessingFailed";

fn warned(hour: u8, tags: &[&str]) -> Value {
    let mut sent = report(hour);
    sent["Data"]["ParsedResult"] = json!("Warning");
    sent["Data"]["WarningsActualLength"] = json!(tags.len());
    let line = |tag: &&str| {
        format!(
            "2026-11-23 0{hour}:00:00 +00 - [Warning-{tag}]: Failed to post status report to http://elsewhere/x"
        )
    };
    sent["LogLines"] = json!(tags.iter().map(line).collect::<Vec<_>>());
    sent
}

#[test]
fn a_warning_about_reporting_makes_no_warning_of_the_run_and_stays_counted() {
    deep(|| async {
        for (tags, is_warning) in
            [(&[SENT][..], false), (&[SENT, SENT], false), (&[FILES], true), (&[SENT, FILES], true)]
        {
            let site = Site::open();
            let count = tags.len();
            assert_eq!(site.post("/api/upload", warned(2, tags)).await.json()["result"], "stored");
            let job = |summary: &Value| summary["servers"][0]["jobs"][0].clone();
            let summary = site.dashboard().await;
            let shown = job(&summary);
            assert_eq!(
                shown["last_status"],
                if is_warning { "warning" } else { "success" },
                "{tags:?}: {shown}"
            );
            // The usual counts have to be learnt first.
            assert_eq!(shown["verdict"], "new", "{tags:?}: {shown}");
            assert_eq!(shown["warnings"], count, "counted as sent");
            let page = site.server_page(1, 1).await;
            let counted = |name: &str| page["statistics"][name].as_i64();
            let expected = if is_warning { (Some(0), Some(1)) } else { (Some(1), Some(0)) };
            assert_eq!((counted("successful"), counted("warnings")), expected, "{page}");
            assert_eq!(page["runs"][0]["warnings"], count);
            let run = site.run_page(1).await;
            assert_eq!(run["outcome"], "good", "{run}");
            let about = tags.iter().filter(|tag| **tag == SENT).count() as u64;
            assert_eq!(run["reporting"]["warnings"].as_u64().unwrap_or(0), about, "{tags:?}: {run}");
            assert_eq!(site.get("/runs/1").await.status, StatusCode::OK);
        }
    });
}
