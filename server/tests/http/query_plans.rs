//! What pages, the API and reports query: every statement that runs while all routes are requested finds its rows by an index, however long
//! the history has become. A new route is included as soon as it has an access rule.

use std::collections::BTreeSet;

use duplistatus::dto::database::SlowQuery;
use serde_json::json;
use server::access::rules;

use crate::{
    damaged::{PATHS, site},
    site::{Site, deep, report},
};

/// Tables that may be read from end to end: they have a row for each server, job, group, tag, rule, person, key, task, table, migration or kind of
/// refusal, and not for each run or event. A pragma has one row, and so has a query without a table. `wanted` is one page of ids.
const SMALL: [&str; 27] = [
    "servers",
    "server_search",
    "server_groups",
    "tags",
    "scope_totals",
    "jobs",
    "users",
    "api_keys",
    "ingest_keys",
    "live_runs",
    "rejected_reports",
    "retention_rules",
    "tasks",
    "channels",
    "digests",
    // What people set.
    "message_templates",
    "shared_links",
    "accepted_warnings",
    "pauses",
    "maintenance_windows",
    "monitoring_rules",
    "notification_rules",
    "notification_rule_channels",
    "sqlite_master",
    "wanted",
    "__diesel_schema_migrations",
    "CONSTANT",
];

/// Statements that may scan larger tables: the table, a part of the statement, the reason.
const PERMITTED: [(&str, &str, &str); 8] = [
    (
        "notifications",
        "ORDER BY `notifications`.`created_at` DESC",
        "the newest of all channels, by an index: ends after one page",
    ),
    ("audit_log", "COUNT(*)", "how many entries pass: administrators only, kept for a year at most"),
    (
        "audit_log",
        "ORDER BY `audit_log`.`at` DESC",
        "ends after one page, but for a search of text that nothing has",
    ),
    ("audit_log", "SELECT DISTINCT `audit_log`.`actor_name`", "the words of a filter, from an index"),
    ("audit_log", "SELECT DISTINCT `audit_log`.`action`", "the words of a filter, from an index"),
    (
        "backups",
        "SELECT `backups`.`status`, COUNT(*)",
        "counts everything, which is what is asked for: statistics of the database",
    ),
    ("operations", "SELECT COUNT(*) FROM `operations`", "as before"),
    ("raw_reports", "SELECT COUNT(*) FROM `raw_reports`", "as before"),
];

/// Requests everything that reads, and sends reports of each kind.
async fn use_everything(site: &Site) {
    let parameter = |part: &str| if part.starts_with('{') { "1".to_owned() } else { part.to_owned() };
    for rule in rules() {
        let path: Vec<String> = rule.path.split('/').map(parameter).collect();
        // Routes that only take POST respond with an error.
        site.call(crate::site::get(&path.join("/"))).await;
    }
    for path in PATHS {
        site.get(path).await;
    }
    for (hour, status) in
        [(7, "Success"), (7, "Success"), (1, "Warning"), (8, "Error"), (9, "Fatal"), (10, "Success")]
    {
        let mut sent = report(hour);
        sent["Data"]["ParsedResult"] = json!(status);
        sent["LogLines"] = json!(["2026-11-23 02:00:00 +00 - [Warning-A-B]: a line"]);
        site.post("/api/upload", sent).await;
    }
    site.get("/").await;
}

/// Returns the tables that a plan scans in full.
fn scanned(query: &SlowQuery) -> BTreeSet<String> {
    let plan = query.plan.as_deref().unwrap_or_default();
    let steps = plan.lines().filter_map(|step| step.trim().strip_prefix("SCAN "));
    steps.filter_map(|step| step.split(' ').next()).map(str::to_owned).collect()
}

fn may_be_walked(table: &str, query: &SlowQuery) -> bool {
    SMALL.contains(&table)
        || table.starts_with("pragma_")
        || PERMITTED
            .iter()
            .any(|(permitted, known_by, _)| *permitted == table && query.sql.contains(known_by))
}

#[test]
fn no_statement_walks_the_history() {
    deep(|| async {
        let site = site().await;
        let queries = site.state.services.db().queries().clone();
        queries.keep_all();
        use_everything(&site).await;
        let all = queries.slowest();
        assert!(all.len() > 80, "{}", all.len());
        // An insertion of values has no plan, and neither has a statement that begins or ends a transaction.
        let unknown = |query: &&SlowQuery| query.plan.is_none() && query.sql.starts_with("SELECT");
        assert_eq!(all.iter().filter(unknown).count(), 0);
        for (table, known_by, _) in PERMITTED {
            let needs =
                all.iter().any(|query| scanned(query).contains(table) && query.sql.contains(known_by));
            assert!(needs, "nothing needs this permission any more: {table}, {known_by}");
        }
        let walks: Vec<String> = all
            .iter()
            .filter(|query| scanned(query).iter().any(|table| !may_be_walked(table, query)))
            .map(|query| {
                format!(
                    "{:?}: {}\n{}\n",
                    scanned(query),
                    query.sql,
                    query.plan.as_deref().unwrap_or_default()
                )
            })
            .collect();
        assert!(walks.is_empty(), "{} of {}\n{}", walks.len(), all.len(), walks.join("\n"));
    });
}
