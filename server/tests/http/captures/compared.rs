//! Compares what the program shows with what is expected.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::recorded::{Recorded, expected, folder};
use crate::site::Site;

/// The runs or operations that remain: start, operation and what is shown.
pub(super) type Left = BTreeMap<(i64, String, String), Value>;

/// Everything that the program shows afterwards.
pub(super) struct Found {
    pub(super) runs: Left,
    /// Names of servers, each with the names of its jobs.
    pub(super) servers: BTreeMap<String, BTreeSet<String>>,
    notices: usize,
}

pub(super) async fn look(site: &Site) -> Found {
    let mut found = Found { runs: Left::new(), servers: BTreeMap::new(), notices: 0 };
    let summary = site.dashboard().await;
    for server in summary["servers"].as_array().unwrap() {
        let id = server["id"].as_i64().unwrap();
        let mut jobs = BTreeSet::new();
        for number in 1.. {
            let page = site.server_page(id, number).await;
            found.notices += usize::from(
                number == 1 && !(page["same_name_as"].is_null() && page["key_mismatch"].is_null()),
            );
            jobs.extend(
                page["jobs"].as_array().unwrap().iter().map(|job| job["name"].as_str().unwrap().to_owned()),
            );
            for row in page["runs"].as_array().unwrap() {
                let run = site.run_page(row["id"].as_i64().unwrap()).await;
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

/// Returns a name as it is shown: on one line.
fn on_one_line(name: &Value) -> String {
    name.as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Which formats of the reports are sent.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Copies {
    Both,
    Json,
    Text,
}

/// Compares what remains with what is expected.
pub(super) async fn check(site: &Site, versions: &[&str], copies: Copies) {
    let expected = expected();
    let found = look(site).await;
    let mut wanted = BTreeSet::new();
    for version in versions {
        for (story, told) in expected[*version].as_object().unwrap() {
            // These have no text that can be parsed.
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

/// Each machine is one server, and each of its jobs is one job: matched by the ids that Duplicati sends, also where one is
/// empty or changed.
fn check_jobs(found: &Found, versions: &[&str]) {
    let expected = expected();
    let mut wanted: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    let mut machines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let runs = versions.iter().flat_map(|version| expected[*version].as_object().unwrap().values());
    for run in runs.flat_map(|story| story["runs"].as_array().unwrap()) {
        // A custom message of Duplicati 2.1 names no machine.
        let Some(server) = run["server"].as_str() else { continue };
        // This machine was recorded with two data folders.
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
    // The text has the lines of scripts, which JSON omits.
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
