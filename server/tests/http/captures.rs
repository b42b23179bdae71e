//! Everything that was recorded from Duplicati, sent to the program as Duplicati sent it: both formats of each report, in any
//! order, in one format alone, and twice.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use compared::{Copies, check, look};
use recorded::{Recorded, recorded};
use serde_json::Value;

use crate::site::Site;

mod compared;
mod recorded;

/// A time after the last recording.
const AFTERWARDS: &str = "2026-11-30T02:00:00Z";

/// Sends requests to a new site.
async fn sent(requests: impl IntoIterator<Item = Recorded>) -> Site {
    let site = Site::with("", |_| {}, |state| state.max_upload = 1_000_000);
    site.state.services.clock().set(AFTERWARDS.parse().unwrap());
    let key = site.key("").await;
    for recorded in requests {
        let answer = site.send(recorded.request(&key)).await;
        assert_eq!(answer.status, StatusCode::OK, "{} {recorded:?}", answer.body);
    }
    site
}

const VERSIONS: [&str; 5] = ["2.1.0.5", "2.2.0.3", "2.3.1.0", "2.3.1.0-cli", "2.4-2026-08"];

fn only(version: &str, kinds: &[&str]) -> Vec<Recorded> {
    recorded(version).into_iter().filter(|one| kinds.contains(&one.kind.as_str())).collect()
}

#[tokio::test]
async fn both_copies_in_the_order_sent() {
    for version in VERSIONS {
        check(&sent(recorded(version)).await, &[version], Copies::Both).await;
    }
}

#[tokio::test]
async fn both_copies_in_reversed_order() {
    for version in VERSIONS {
        check(&sent(recorded(version).into_iter().rev()).await, &[version], Copies::Both).await;
    }
}

#[tokio::test]
async fn the_json_copies_alone() {
    for version in VERSIONS {
        check(&sent(only(version, &["json"])).await, &[version], Copies::Json).await;
    }
}

#[tokio::test]
async fn the_form_copies_alone() {
    for version in VERSIONS {
        check(&sent(only(version, &["form", "url"])).await, &[version], Copies::Text).await;
    }
}

#[tokio::test]
async fn everything_twice_from_all_machines() {
    let all = || VERSIONS.into_iter().flat_map(recorded);
    let site = sent(all().chain(all())).await;
    check(&site, &VERSIONS, Copies::Both).await;
}

#[tokio::test]
async fn live_messages_of_other_operations_never_look_like_a_backup() {
    let all = |kind: &str| {
        VERSIONS.into_iter().flat_map(recorded).filter(|one| one.kind == kind).collect::<Vec<_>>()
    };
    let status = all("status");
    let other = |one: &Recorded| {
        let told: Value = serde_json::from_slice(&one.body).unwrap();
        told["operation"] != "Backup" && ["Started", "Progress"].contains(&told["status"].as_str().unwrap())
    };
    let site = sent(status.into_iter().filter(other)).await;
    let summary = site.get("/api/v1/summary").await.json();
    assert_eq!(summary["running"], 0);
    assert!(look(&site).await.servers.values().all(BTreeSet::is_empty), "they make no job");
}

#[tokio::test]
async fn what_cannot_be_read_is_listed_with_the_option_that_causes_it() {
    // The Template format, and a custom message.
    let texts =
        |one: &Recorded| one.content_type.contains("form") && (one.kind == "url" || one.body.len() < 100);
    let site = sent(recorded("2.3.1.0").into_iter().filter(texts)).await;
    assert!(look(&site).await.runs.is_empty());
    let mut reasons = site.rejected().await;
    reasons.sort();
    assert_eq!(
        reasons,
        [
            ("the format Template cannot be read".into(), 200),
            ("the text contains neither a job nor a result".into(), 200)
        ]
    );
}

#[tokio::test]
async fn a_job_that_only_copies_is_no_backup_that_is_new_for_ever() {
    let site = sent(only("2.3.1.0", &["json"])).await;
    let found = look(&site).await;
    let jobs = &found.servers["nas-keller"];
    assert!(jobs.contains("Dokumente") && !jobs.contains("Spiegel"), "{jobs:?}");
    let of_sync = |status: &str| {
        let is_it = |shown: &&Value| shown["operation"] == "Sync" && shown["status"] == status;
        found.runs.values().find(is_it).unwrap().clone()
    };
    let good = of_sync("success");
    let figure = serde_json::json!({ "name": "SizeOfSourceFiles", "value": { "bytes": 4971 } });
    assert!(good["details"].as_array().unwrap().contains(&figure), "{good}");
    assert_eq!((&good["job_name"], &good["warnings"]), (&"Spiegel".into(), &0.into()));
    let failed = of_sync("fatal");
    assert_eq!(failed["message"], "Der Ordner /srv/backup/spiegel existiert nicht");
    assert_eq!(failed["errors"], 1);
}

#[tokio::test]
async fn the_run_page_tells_what_was_not_sent_and_what_is_about_reporting() {
    let site = sent(only("2.3.1.0", &["json"])).await;
    let found = look(&site).await;
    let started = |start: i64| found.runs.iter().find(|(key, _)| key.0 == start).unwrap().1;
    let scripted = started(1_795_985_397);
    assert_eq!(scripted["not_sent"], serde_json::json!({ "errors": 0, "warnings": 1 }));
    let many = started(1_795_985_291);
    assert_eq!((&many["not_sent"]["warnings"], &many["lines_dropped"][0]), (&201.into(), &201.into()));
    let stopped = started(1_795_985_319);
    assert_eq!(stopped["reporting"], serde_json::json!({ "warnings": 1, "ours": false }));
    assert_eq!(started(1_795_986_124)["headline"].as_str().unwrap().matches("/srv/backup/zweit3").count(), 1);
}
