//! What Prometheus reads, through the real router, read back by a parser that shares nothing with the program.

mod parser;

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use duplistatus::{
    access::{Role, Scope},
    db::engine::dynamic,
    service::{
        Actor,
        account::api_keys,
        labels, session,
        session::{Caller, Resolved},
        settings,
    },
};
use parser::{Exposition, classic, open_metrics};
use serde_json::{Value, json};

use crate::site::{Site, from_address, get, post, report};

/// What Prometheus sends.
const PROMETHEUS: &str = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
    text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
const NAMES: [(&str, &str); 2] = [("server", "nas"), ("backup", "Documents")];

fn scrape() -> Request<Body> {
    Request::get("/metrics").header(header::ACCEPT, PROMETHEUS).body(Body::empty()).unwrap()
}

/// Scrapes as an administrator.
async fn scraped(site: &Site) -> Exposition {
    let answer = site.send(scrape()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(
        answer.header(header::CONTENT_TYPE),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    open_metrics(&answer.body)
}

fn of(machine: &str, job: &str, hour: u8, status: &str) -> Value {
    let mut sent = report(hour);
    sent["Data"]["ParsedResult"] = json!(status);
    sent["Extra"]["machine-id"] = json!(machine);
    sent["Extra"]["machine-name"] = json!(machine);
    sent["Extra"]["backup-name"] = json!(job);
    sent
}

#[tokio::test]
async fn a_job_has_its_stored_figures() {
    let site = Site::open();
    let mut sent = report(2);
    sent["Data"]["SizeOfExaminedFiles"] = json!(1_234_567_890_123_u64);
    sent["Data"]["BackendStatistics"]["TotalQuotaSpace"] = json!(100_000);
    sent["Data"]["BackendStatistics"]["FreeQuotaSpace"] = json!(40_000);
    site.post("/api/upload", sent).await;
    let all = scraped(&site).await;
    let begun = 1_795_399_200.0;
    for (name, value) in [
        ("duplistatus_job_last_success_timestamp_seconds", begun),
        ("duplistatus_job_last_run_timestamp_seconds", begun),
        ("duplistatus_job_last_report_timestamp_seconds", begun + 36_000.0),
        ("duplistatus_job_last_duration_seconds", 600.0),
        ("duplistatus_job_last_uploaded_bytes", 50.0),
        ("duplistatus_job_source_bytes", 1_234_567_890_123.0),
        ("duplistatus_job_source_files", 100.0),
        ("duplistatus_job_stored_bytes", 5000.0),
        ("duplistatus_job_versions", 7.0),
        ("duplistatus_job_quota_bytes", 100_000.0),
        ("duplistatus_job_quota_free_bytes", 40_000.0),
        ("duplistatus_job_runs", 1.0),
        ("duplistatus_job_consecutive_failures", 0.0),
        ("duplistatus_job_open_incidents", 0.0),
    ] {
        assert_eq!(all.value(name, &NAMES), Some(value), "{name}");
    }
    assert_eq!(all.value("duplistatus_job_state", &[("server", "nas"), ("state", "new")]), Some(1.0));
    assert_eq!(all.value("duplistatus_job_info", &[("server_id", "1"), ("job_id", "1")]), Some(1.0));
    assert_eq!(all.value("duplistatus_job_next_slot_timestamp_seconds", &NAMES), None, "not known yet");
    assert_eq!(all.value("duplistatus_job_due_timestamp_seconds", &NAMES), None, "nor when it is overdue");
    assert_eq!(all.value("duplistatus_database_backup_timestamp_seconds", &[]), None, "there is none");
    for name in ["duplistatus_database_wal_size_bytes", "duplistatus_database_disk_free_bytes"] {
        assert!(all.value(name, &[]).is_some_and(|bytes| bytes > 0.0), "{name}");
    }
    assert_eq!(all.value("duplistatus_servers", &[]), Some(1.0));
    assert_eq!(all.value("duplistatus_jobs", &[("state", "new")]), Some(1.0));
    assert_eq!(all.value("duplistatus_jobs", &[("state", "failed")]), Some(0.0));
    assert_eq!(all.value("duplistatus_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), Some(1.0));
}

#[tokio::test]
async fn a_failed_run_opens_an_incident_and_keeps_the_last_success() {
    let site = Site::open();
    for (hour, status) in [(2, "Success"), (3, "Fatal"), (4, "Fatal")] {
        site.post("/api/upload", of("nas", "Documents", hour, status)).await;
    }
    let all = scraped(&site).await;
    assert_eq!(all.value("duplistatus_job_state", &[("state", "failed")]), Some(1.0));
    assert_eq!(all.value("duplistatus_job_open_incidents", &NAMES), Some(1.0));
    assert_eq!(all.value("duplistatus_job_consecutive_failures", &NAMES), Some(2.0));
    assert_eq!(all.value("duplistatus_job_last_success_timestamp_seconds", &NAMES), Some(1_795_399_200.0));
    assert_eq!(all.value("duplistatus_open_incidents", &[("acknowledged", "false")]), Some(1.0));
}

#[tokio::test]
async fn both_formats_say_the_same() {
    let site = Site::open();
    site.post("/api/upload", report(2)).await;
    let open = scraped(&site).await;
    let answer = site.get("/metrics").await;
    assert_eq!(answer.header(header::CONTENT_TYPE), "text/plain; version=0.0.4; charset=utf-8");
    let before = classic(&answer.body);
    assert_eq!(open.samples.len(), before.samples.len());
    for name in ["duplistatus_uploads_total", "duplistatus_job_info", "duplistatus_build_info"] {
        assert!(before.families.contains_key(name) && !open.families.contains_key(name), "{name}");
    }
    let names =
        |all: &Exposition| all.samples.iter().map(|sample| sample.name.clone()).collect::<BTreeSet<_>>();
    assert_eq!(names(&open), names(&before));
}

#[tokio::test]
async fn hostile_names_are_only_text() {
    let site = Site::open();
    let name = "a\"} 1\n# EOF\\\n{b=\"c\"},\u{2028}\r\u{7}é 😀";
    site.post("/api/upload", of(name, name, 2, "Success")).await;
    site.post("/api/upload", of("plain", "\\", 3, "Success")).await;
    let group = labels::set_of_server(
        &site.state.services,
        &Actor::CommandLine,
        duplistatus::ids::ServerId(1),
        "G\"\\{}",
        "",
    );
    group.await.unwrap();
    // What no sender can store, but a damaged file or another program can.
    let raw =
        "UPDATE jobs SET alias = char(10) || '\"} 9' || char(10) || '# TYPE x y' || char(13) WHERE id = 1";
    site.state.services.db().write(move |tx| dynamic::execute(tx.conn, raw, &[])).await.unwrap();
    let all = scraped(&site).await;
    let info = all
        .samples
        .iter()
        .find(|sample| sample.name == "duplistatus_job_info" && sample.labels["job_id"] == "1");
    let labels = &info.unwrap().labels;
    assert_eq!(labels["group"], "G\"\\{}");
    assert_eq!(labels["backup_alias"], "\n\"} 9\n# TYPE x y\u{fffd}");
    assert!(labels["server"].contains("a\"} 1"), "{labels:?}");
    assert_eq!(all.value("duplistatus_job_runs", &[("server", "plain"), ("backup", "\\")]), Some(1.0));
    classic(&site.get("/metrics").await.body);
}

#[tokio::test]
async fn the_worst_jobs_are_shown_when_there_are_too_many() {
    let site = Site::with(
        "",
        |options| {
            options.open_ingest = true;
            options.metrics_max_jobs = 2;
        },
        |_| {},
    );
    for (job, status) in
        [("a", "Success"), ("b", "Fatal"), ("c", "Success"), ("d", "Fatal"), ("e", "Success")]
    {
        site.post("/api/upload", of("nas", job, 2, status)).await;
    }
    let all = scraped(&site).await;
    assert_eq!(all.value("duplistatus_jobs_omitted", &[]), Some(3.0));
    let shown: Vec<&str> = all
        .samples
        .iter()
        .filter(|sample| sample.name == "duplistatus_job_state")
        .map(|sample| sample.labels["backup"].as_str())
        .collect();
    assert_eq!(shown, ["b", "d"]);
    assert_eq!(all.value("duplistatus_jobs", &[("state", "failed")]), Some(2.0), "sums are about all jobs");
}

#[tokio::test]
async fn uploads_are_counted_by_what_became_of_them() {
    let site = Site::with("", |_| {}, |state| state.max_upload = 5000);
    let key = site.key("nas").await;
    let url = format!("/api/upload/{key}");
    site.get(&url).await;
    for body in [report(2).to_string(), report(2).to_string(), "[]".to_owned(), " ".repeat(6000)] {
        site.post(&url, body).await;
    }
    let mut compact = report(3);
    compact["Data"]["MainOperation"] = json!("Compact");
    compact["Extra"]["OperationName"] = json!("Compact");
    site.post(&url, compact).await;
    site.post("/api/upload/wrong", report(4)).await;
    let all = scraped(&site).await;
    let count = |result: &str| all.value("duplistatus_uploads_total", &[("result", result)]);
    for (result, expected) in [
        ("stored", 1.0),
        ("duplicate", 1.0),
        ("recorded", 1.0),
        ("invalid", 1.0),
        ("too_large", 1.0),
        ("unauthorized", 1.0),
        ("throttled", 0.0),
        ("failed", 0.0),
    ] {
        assert_eq!(count(result), Some(expected), "{result}");
    }
    assert_eq!(
        all.value("duplistatus_upload_duration_seconds_count", &[]),
        Some(6.0),
        "a test of a key is none"
    );
}

#[tokio::test]
async fn a_read_key_or_the_local_network_may_scrape_and_nobody_else() {
    let site = Site::new();
    let cookie = site.sign_in("owner-of-keys", Role::Viewer).await;
    let token = cookie.split_once('=').unwrap().1;
    let owner = match session::resolve(&site.state.services, &Caller::default(), token).await.unwrap() {
        Some(Resolved::User(identity)) => Actor::User(identity),
        other => panic!("{other:?}"),
    };
    let key = api_keys::create(&site.state.services, &owner, "prometheus", Scope::Read, None).await.unwrap();
    let with = |secret: &str| {
        let mut request = scrape();
        request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {secret}").parse().unwrap());
        request
    };
    assert_eq!(site.send_as_it_is(with(&key.secret)).await.status, StatusCode::OK);
    let ingest = site.key("nas").await;
    assert_eq!(site.send_as_it_is(with(&ingest)).await.status, StatusCode::UNAUTHORIZED);
    let mut in_query = scrape();
    *in_query.uri_mut() = format!("/metrics?api_key={}", key.secret).parse().unwrap();
    assert_eq!(site.send_as_it_is(in_query).await.status, StatusCode::UNAUTHORIZED);
    let home = || from_address(scrape(), [192, 168, 1, 20]);
    assert_eq!(site.send_as_it_is(home()).await.status, StatusCode::UNAUTHORIZED, "off by default");
    let mut chosen = site.state.services.settings();
    chosen.local_read_api = true;
    settings::change(&site.state.services, &Actor::CommandLine, chosen).await.unwrap();
    assert_eq!(site.send_as_it_is(home()).await.status, StatusCode::OK);
    assert_eq!(
        site.send_as_it_is(from_address(scrape(), [203, 0, 113, 9])).await.status,
        StatusCode::UNAUTHORIZED
    );
}

/// The names in the first column of the tables of the reference.
fn documented() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("docs/reference/metrics.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next().map(str::to_owned));
    rows.filter(|name| name.starts_with("duplistatus_")).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[tokio::test]
async fn every_metric_is_documented_and_every_documented_metric_exists() {
    let site = Site::open();
    let text = site.get("/metrics").await.body;
    let names: BTreeSet<String> = classic(&text).families.into_keys().collect();
    assert_eq!(names, documented());
}

#[tokio::test]
async fn alert_rules_and_the_dashboard_use_metrics_that_exist() {
    let site = Site::open();
    let names: BTreeSet<String> = classic(&site.get("/metrics").await.body).families.into_keys().collect();
    let folder = root().join("contrib");
    let mut used = BTreeSet::new();
    for file in ["prometheus/duplistatus.rules.yml", "grafana/duplistatus.json"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let metrics = words
            .filter(|word| word.starts_with("duplistatus_"))
            .map(|word| word.strip_suffix("_bucket").unwrap_or(word).to_owned());
        let metrics: BTreeSet<String> = metrics.collect();
        assert!(metrics.len() > 5, "{file}: {metrics:?}");
        used.extend(metrics);
    }
    let unknown: Vec<&String> = used.difference(&names).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let dashboard = fs::read_to_string(folder.join("grafana/duplistatus.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<i64> = panels.iter().map(|panel| panel["id"].as_i64().unwrap()).collect();
    assert!(panels.len() > 5 && ids.len() == panels.len());
}

/// Prometheus' own check, where it is installed.
#[tokio::test]
async fn promtool_finds_nothing_where_it_is_installed() {
    let tool = std::env::var("PROMTOOL").unwrap_or_else(|_| "promtool".into());
    if Command::new(&tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        eprintln!("skipped: promtool is not installed");
        return;
    }
    let site = Site::open();
    site.post("/api/upload", report(2)).await;
    let text = site.get("/metrics").await.body;
    let mut check = Command::new(&tool)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    check.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let checked = check.wait_with_output().unwrap();
    let told =
        String::from_utf8_lossy(&checked.stderr).into_owned() + &String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success() && told.trim().is_empty(), "{told}");
    let rules = root().join("contrib/prometheus/duplistatus.rules.yml");
    let checked = Command::new(&tool).args(["check", "rules"]).arg(rules).output().unwrap();
    assert!(checked.status.success(), "{checked:?}");
}

#[tokio::test]
async fn a_scrape_takes_no_part_of_the_path_below_a_base_path() {
    let site = Site::with("/status", |options| options.open_ingest = true, |_| {});
    site.send(post("/status/api/upload", "application/json", report(2))).await;
    assert_eq!(classic(&site.get("/status/metrics").await.body).value("duplistatus_servers", &[]), Some(1.0));
    assert_ne!(site.send_as_it_is(get("/metrics")).await.status, StatusCode::OK);
}
