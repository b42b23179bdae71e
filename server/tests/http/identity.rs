//! How senders learn which server and job their report was matched to.

use axum::http::{StatusCode, header};
use serde_json::json;

use crate::site::{Site, post, report};

#[tokio::test]
async fn a_key_that_makes_servers_without_end_is_refused_with_a_hint_and_listed() {
    let site = Site::with("", |options| (options.max_new_servers, options.max_new_jobs) = (2, 3), |_| {});
    let url = format!("/api/upload/{}", site.key("").await);
    let of = |machine: u32, job: u32| {
        let mut sent = report(2);
        sent["Extra"]["machine-id"] = json!(format!("{machine:032x}"));
        sent["Extra"]["backup-name"] = json!(format!("job {job}"));
        sent
    };
    for (machine, job) in [(0, 0), (1, 0), (1, 1)] {
        assert_eq!(site.post(&url, of(machine, job)).await.status, StatusCode::OK);
    }
    for (machine, job, what, option) in
        [(2, 0, "servers", "--max-new-servers"), (1, 2, "jobs", "--max-new-jobs")]
    {
        let answer = site.post(&url, of(machine, job)).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.header(header::RETRY_AFTER), "3600");
        assert_eq!(answer.json()["error"], format!("too many new {what} today"));
        assert!(answer.json()["hint"].as_str().is_some_and(|hint| hint.contains(option)), "{answer:?}");
    }
    let mut listed = site.rejected().await;
    listed.sort();
    assert_eq!(listed, [("too many new jobs today".into(), 429), ("too many new servers today".into(), 429)]);
    assert_eq!(site.post(&url, of(0, 0)).await.json()["result"], "duplicate", "what is known is taken");
}

#[tokio::test]
async fn texts_that_name_no_machine_are_told_apart_by_their_keys() {
    let site = Site::new();
    let urls = [format!("/api/upload/{}", site.key("").await), format!("/api/upload/{}", site.key("").await)];
    for wanted in ["stored", "duplicate"] {
        for (url, size) in urls.iter().zip([1000, 2000]) {
            let text = format!(
                "Duplicati Backup report for Ledgers\n\nExaminedFiles: 9\nSizeOfExaminedFiles: {size}\nMainOperation: Backup\n\
                 ParsedResult: Success\nEndTime: 11/4/2019 1:05:00 AM (1572829500)\n\
                 BeginTime: 11/4/2019 1:00:00 AM (1572829200)\nDuration: 00:05:00.0100200\n"
            );
            let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let form = format!("message={encoded}");
            let answer = site.send(post(url, "application/x-www-form-urlencoded", form)).await;
            assert_eq!(answer.json()["result"], wanted, "{answer:?}");
        }
    }
}
