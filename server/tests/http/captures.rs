//! Everything that was recorded from Duplicati, sent to the program as Duplicati sent it: from both copies, in any order, from one
//! kind alone, and twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::Value;

use crate::site::Site;

/// After the last recording.
const AFTERWARDS: &str = "2026-11-30T02:00:00Z";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/captures")
}

fn expected() -> Value {
    serde_json::from_slice(&std::fs::read(folder().join("expected.json")).unwrap()).unwrap()
}

/// One recorded request.
#[derive(Debug, Clone)]
struct Recorded {
    /// `json`, `form`, `url` or `status`.
    kind: String,
    method: String,
    content_type: String,
    body: Vec<u8>,
}

impl Recorded {
    fn read(path: &Path) -> Self {
        let request = std::fs::read(path).unwrap();
        let end = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(request[..end].to_vec()).unwrap();
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        let name = path.file_stem().unwrap().to_str().unwrap();
        Self {
            kind: name.rsplit('-').next().unwrap().to_owned(),
            method: head.split(' ').next().unwrap().to_owned(),
            content_type: field("Content-Type: "),
            body: request[end + 4..].to_vec(),
        }
    }

    fn request(&self, key: &str) -> Request<Body> {
        let door = if self.kind == "status" { "status" } else { "upload" };
        Request::builder()
            .method(self.method.as_str())
            .uri(format!("/api/{door}/{key}"))
            .header(header::CONTENT_TYPE, &self.content_type)
            .header(header::CONTENT_LENGTH, self.body.len())
            .body(Body::from(self.body.clone()))
            .unwrap()
    }
}

/// The requests of a version, story by story in the order in which they were sent.
fn recorded(version: &str) -> Vec<Recorded> {
    let expected = expected();
    let started = |story: &str| {
        let all = ["runs", "operations"]
            .iter()
            .flat_map(|kind| expected[version][story][*kind].as_array().unwrap());
        all.map(|run| run["start"].as_i64().unwrap()).min().unwrap()
    };
    let mut stories: Vec<&String> = expected[version].as_object().unwrap().keys().collect();
    stories.sort_by_key(|story| (started(story), story.to_owned().to_owned()));
    let of_story = |story: &String| {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder().join(version).join(story))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        paths.iter().map(|path| Recorded::read(path)).collect::<Vec<_>>()
    };
    stories.into_iter().flat_map(of_story).collect()
}

/// What is left of a run or an operation: its start and its operation, and what is shown of it.
type Left = BTreeMap<(i64, String, String), Value>;

/// Everything that the program says afterwards.
struct Found {
    runs: Left,
    /// Names of servers, with the names of their jobs.
    servers: BTreeMap<String, BTreeSet<String>>,
    notices: usize,
}

async fn look(site: &Site) -> Found {
    let mut found = Found { runs: Left::new(), servers: BTreeMap::new(), notices: 0 };
    let summary = site.get("/api/v1/summary").await.json();
    for server in summary["servers"].as_array().unwrap() {
        let id = server["id"].as_i64().unwrap();
        let mut jobs = BTreeSet::new();
        for number in 1.. {
            let page = site.get(&format!("/api/v1/servers/{id}?page={number}")).await.json();
            found.notices += usize::from(
                number == 1 && !(page["same_name_as"].is_null() && page["key_mismatch"].is_null()),
            );
            jobs.extend(
                page["jobs"].as_array().unwrap().iter().map(|job| job["name"].as_str().unwrap().to_owned()),
            );
            for row in page["runs"].as_array().unwrap() {
                let run = site.get(&format!("/api/v1/runs/{}", row["id"])).await.json();
                found.add("Backup", run);
            }
            if number == 1 {
                for row in page["operations"].as_array().unwrap() {
                    let operation = row["operation"].as_str().unwrap().to_owned();
                    found.add(&operation, row.clone());
                }
            }
            if page["runs"].as_array().unwrap().len() < 25 {
                break;
            }
        }
        found.servers.insert(server["name"].as_str().unwrap().to_owned(), jobs);
    }
    found
}

impl Found {
    fn add(&mut self, operation: &str, shown: Value) {
        let start = seconds(&shown["started"]);
        let job = shown["job_name"].as_str().unwrap().to_owned();
        let twice = self.runs.insert((start, operation.to_owned(), job), shown);
        assert!(twice.is_none(), "two of one: {twice:?}");
    }
}

fn seconds(moment: &Value) -> i64 {
    let at: duplistatus::time::Timestamp = moment["at"].as_str().unwrap().parse().unwrap();
    at.unix()
}

/// A name as it is shown: on one line.
fn on_one_line(name: &Value) -> String {
    name.as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sends requests to a new site.
async fn sent(requests: impl IntoIterator<Item = Recorded>) -> Site {
    let site = Site::with("", |_| {}, |state| state.max_upload = 1_000_000);
    site.state.services.clock.set(AFTERWARDS.parse().unwrap());
    let key = site.key("").await;
    for recorded in requests {
        let answer = site.send(recorded.request(&key)).await;
        assert_eq!(answer.status, StatusCode::OK, "{} {recorded:?}", answer.body);
    }
    site
}

/// Which copies are sent.
#[derive(Clone, Copy, PartialEq)]
enum Copies {
    Both,
    Json,
    Text,
}

/// Compares what is left with what must be.
async fn check(site: &Site, versions: &[&str], copies: Copies) {
    let expected = expected();
    let found = look(site).await;
    let mut wanted = BTreeSet::new();
    for version in versions {
        for (story, told) in expected[*version].as_object().unwrap() {
            // These have no text that can be read.
            let no_text = ["backup-custom-message", "backup-receiver-answers-500", "backup-verb-put-json"];
            if copies == Copies::Text
                && no_text.iter().any(|name| story.starts_with(name))
                && !has_text(version, story)
            {
                continue;
            }
            for run in ["runs", "operations"].iter().flat_map(|kind| told[*kind].as_array().unwrap()) {
                let job = on_one_line(&run["job"]);
                let operation = run["operation"].as_str().unwrap().to_owned();
                let start = run["start"].as_i64().unwrap();
                let key = found.runs.keys().find(|(at, what, name)| {
                    (*at, what) == (start, &operation) && (*name == job || version.ends_with("cli"))
                });
                let key = key.unwrap_or_else(|| {
                    let near: Vec<_> = found.runs.keys().filter(|(at, ..)| (at - start).abs() < 3).collect();
                    panic!("{version}/{story}: not found: {start} {operation} {job}; near: {near:?}")
                });
                same(&found.runs[key], run, copies, &format!("{version}/{story}"));
                wanted.insert(key.clone());
            }
        }
    }
    if copies != Copies::Text {
        check_jobs(&found, versions);
    }
    let rest: Vec<_> = found.runs.keys().filter(|key| !wanted.contains(*key)).collect();
    assert!(rest.is_empty(), "nobody expects: {rest:?}");
}

/// Each machine is one server, and each of its jobs one job: by the ids that Duplicati sends, also where one is empty or was.
fn check_jobs(found: &Found, versions: &[&str]) {
    let expected = expected();
    let mut wanted: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    let mut machines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let runs = versions.iter().flat_map(|version| expected[*version].as_object().unwrap().values());
    for run in runs.flat_map(|story| story["runs"].as_array().unwrap()) {
        // A custom message of 2.1 names no machine.
        let Some(server) = run["server"].as_str() else { continue };
        // Of this machine two data folders were recorded.
        let machine = if server == "desk-07" { run["machine_id"].as_str().unwrap() } else { "" };
        machines.entry(server.into()).or_default().insert(machine.into());
        let job = (machine.to_owned(), run["backup_id"].as_str().unwrap().to_owned());
        wanted.entry(server.into()).or_default().insert(job);
    }
    for (server, jobs) in wanted {
        let named = |name: &&String| name.as_str() == server || name.starts_with(&format!("{server} ("));
        let names: Vec<&String> = found.servers.keys().filter(named).collect();
        assert_eq!(names.len(), machines[&server].len(), "{server}: {names:?}");
        let known: Vec<&BTreeSet<String>> = names.iter().map(|name| &found.servers[*name]).collect();
        assert_eq!(
            known.iter().map(|jobs| jobs.len()).sum::<usize>(),
            jobs.len(),
            "{server}: {known:?}, {jobs:?}"
        );
    }
}

fn has_text(version: &str, story: &str) -> bool {
    let paths = std::fs::read_dir(folder().join(version).join(story)).unwrap();
    let recorded = paths.map(|entry| Recorded::read(&entry.unwrap().path()));
    recorded.into_iter().any(|one| one.kind == "form" && one.body.len() > 500)
}

/// Compares one run or operation.
fn same(shown: &Value, run: &Value, copies: Copies, story: &str) {
    let is_backup = run["operation"] == "Backup";
    assert_eq!(shown["status"], run["status"], "{story}");
    let duration = (shown["duration"].as_i64(), run["duration"].as_i64());
    assert!(
        duration.0 == duration.1 || duration == (Some(0), None) || duration == (None, Some(0)),
        "{story}: {duration:?}"
    );
    let (warnings, errors) =
        if is_backup { ("warnings_count", "errors_count") } else { ("warnings", "errors") };
    assert_eq!(shown[warnings], run["warnings"], "{story}: warnings");
    assert_eq!(shown[errors], run["errors"], "{story}: errors");
    if !is_backup {
        assert!(run["interrupted"] == false && shown["stopped"] == false, "{story}");
        return;
    }
    for flag in ["interrupted", "partial", "dry_run"] {
        assert_eq!(shown[flag], run[flag], "{story}: {flag}");
    }
    let lines: i64 =
        shown["line_counts"].as_array().unwrap().iter().map(|count| count.as_i64().unwrap()).sum();
    let cut = i64::from(shown["lines_dropped"][0].as_i64().unwrap() > 0);
    // A text has the lines of scripts, which JSON leaves out.
    let of_scripts = if copies != Copies::Json && run["lines"] == 0 { lines } else { 0 };
    assert!(of_scripts <= 2, "{story}: {lines} lines");
    assert_eq!(Value::from(lines + cut - of_scripts), run["lines"], "{story}: lines");
    for (kind, key, in_text) in [
        ("examined_files", "files", true),
        ("examined_size", "size", true),
        ("storage_size", "stored", false),
        ("uploaded_size", "uploaded", false),
        ("versions", "versions", false),
    ] {
        if run[key].is_null() || (copies == Copies::Text && !in_text) {
            continue;
        }
        let figures = shown["figures"].as_array().unwrap();
        let value = figures.iter().find(|figure| figure["kind"] == kind).map(|figure| &figure["value"]);
        // What a failed run did not count is not shown.
        let value = value.cloned().unwrap_or_else(|| Value::from(0));
        assert_eq!(value, run[key], "{story}: {key}");
    }
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
    // The format Template, and a message of one's own.
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
            ("the text names no job and no result".into(), 200)
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
