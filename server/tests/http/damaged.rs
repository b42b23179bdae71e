//! Rows that were damaged on the disk are shown as such: no page and no API route fails.

use axum::http::StatusCode;
use duplistatus::db::{care::orphans, engine::dynamic};
use serde_json::json;

use crate::site::{Site, deep, report};

/// Every path that reads stored rows.
pub(crate) const PATHS: [&str; 65] = [
    "/",
    "/?filter=attention&sort=name",
    "/?q=%C3%BC",
    "/?q=late&group=b&tag=c&sort=latest",
    "/servers/1",
    "/servers/1?job=1&range=all",
    "/servers/1?sort=status&page=1",
    "/servers/1?sort=duration",
    "/jobs/1",
    "/jobs/1?form%5Bschedule%5D=never",
    "/runs/1",
    "/runs/2",
    "/runs/2?lines=errors",
    "/runs/3",
    "/runs/1/raw",
    "/rejected",
    "/runs",
    "/runs?outcome=errors,failed&from=2026-11-01",
    "/runs?text=disk&sort=stored&server=nas",
    "/runs?status=success&sort=duration&dir=asc&job=o",
    "/servers/1/edit",
    "/servers/1/edit?merge=nas",
    "/account",
    "/settings/keys",
    "/settings/audit",
    "/settings/audit?text=a",
    "/settings/logs",
    "/settings/users",
    "/settings/security",
    "/settings/health",
    "/api/v1/summary",
    "/api/v1/servers/1",
    "/api/v1/runs/1",
    "/api/v1/runs/1/log?level=error",
    "/api/v1/servers?verdict=failed&text=n&archived=false&tag=1",
    "/api/v1/jobs?server=1&verdict=failed&text=d&archived=false&tag=1&group=1",
    "/api/v1/jobs/1",
    "/api/v1/jobs/1/warning-kinds",
    "/api/v1/runs?job=1&sort=started",
    "/api/v1/runs?server=1&sort=-duration&text=disk",
    "/api/v1/operations?server=1&job=1&operation=Test",
    "/api/v1/incidents?server=1&job=1&state=open&worst=failed",
    "/api/v1/incidents/1",
    "/api/v1/events?incident=1&job=1&server=1",
    "/api/v1/notifications?server=1&topic=failed&status=sent",
    "/api/v1/runs",
    "/api/v1/runs/download?format=csv&to=2026-11-30",
    "/api/v1/runs?group=1&tag=1&status=error",
    "/runs?group=none&tag=none",
    "/api/v1/schedules/download?format=csv",
    "/api/v1/schedules?text=x&verdict=late&source=told&group=none&tag=none&sort=-next",
    "/settings/schedules",
    "/settings/schedules/all",
    "/settings/schedules/edit?jobs%5B%5D=1",
    "/servers/1/schedule",
    "/settings/schedules?sort=name",
    "/settings/schedules?source=told&text=%C3%BC",
    "/api/v1/runs/download?format=json&sort=uploaded",
    "/api/v1/rejected",
    "/api/v1/ingest-keys",
    "/api/v1/users",
    "/api/v1/health",
    "/api/v1/audit",
    "/api/v1/audit/export?format=csv",
    "/api/v1/audit/export?format=json",
];

pub(crate) async fn site() -> Site {
    let site = Site::open();
    for hour in 2..5 {
        let mut sent = report(hour);
        sent["LogLines"] = json!(["2026-11-23 02:00:00 +00 - [Error-A-B]: the disk is gone"]);
        if hour == 3 {
            sent["Data"]["ParsedResult"] = json!("Fatal");
            sent["Exception"] = json!("System.IO.IOException: the disk is gone");
        }
        assert_eq!(site.post("/api/upload", sent).await.status, StatusCode::OK);
    }
    let mut restore = report(6);
    restore["Data"]["MainOperation"] = json!("Restore");
    restore["Extra"]["OperationName"] = json!("Restore");
    site.post("/api/upload", restore).await;
    site.post("/api/upload", "{nothing").await;
    assert_eq!(site.rejected().await.len(), 1);
    site.key("nas").await;
    site
}

async fn sql(site: &Site, statements: Vec<String>) {
    let written = site.state.services.db().write(move |tx| {
        dynamic::execute(tx.conn, "PRAGMA ignore_check_constraints = ON", &[])?;
        for sql in statements {
            dynamic::execute(tx.conn, &sql, &[])?;
        }
        Ok(())
    });
    written.await.unwrap();
}

async fn every_path_works(site: &Site, damage: &str) {
    for path in PATHS {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path} with {damage}: {}", answer.body);
        // A page whose data failed to load shows an error.
        assert!(!answer.body.contains("Something went wrong"), "{path} with {damage}");
    }
}

/// Sets every column of the declared types to a value; returns how many columns it set.
async fn damage(site: &Site, table: &'static str, declared: &[&str], with: &str) -> usize {
    let columns =
        site.state.services.db().read(move |conn| dynamic::columns(conn, "main", table)).await.unwrap();
    let wanted =
        columns.iter().filter(|column| declared.contains(&column.declared.as_str()) && !column.is_key);
    // The columns that the sign-in needs must stay.
    let stays = |name: &str| {
        table == "users" && matches!(name, "name" | "role" | "disabled_at" | "password_temporary")
            || name.ends_with("_id")
            || name == "same_name_as"
    };
    let set: Vec<String> = wanted
        .filter(|column| !stays(&column.name))
        .map(|column| format!("{} = {with}", column.name))
        .collect();
    let count = set.len();
    if count > 0 {
        sql(site, vec![format!("UPDATE {table} SET {}", set.join(", "))]).await;
    }
    count
}

const TABLES: [&str; 11] = [
    "servers",
    "machine_ids",
    "jobs",
    "backups",
    "operations",
    "raw_reports",
    "rejected_reports",
    "ingest_keys",
    "audit_log",
    "users",
    "configuration",
];

#[test]
fn text_that_is_not_utf8_is_shown_with_replacement_characters() {
    deep(|| async {
        let site = site().await;
        every_path_works(&site, "nothing").await;
        sql(&site, vec!["DROP TRIGGER audit_log_is_not_changed".into()]).await;
        for table in TABLES {
            let not_utf8 = "CAST(x'ff41' || CAST(rowid AS BLOB) AS TEXT)";
            assert!(damage(&site, table, &["TEXT", "DATETIME"], not_utf8).await > 0, "{table}");
            every_path_works(&site, table).await;
        }
        let page = site.get("/runs/1").await.body;
        assert!(
            page.contains('\u{fffd}') && page.contains("The stored data of this run is damaged"),
            "{page}"
        );
        assert!(site.get("/servers/1").await.body.contains('\u{fffd}'));
        assert_eq!(site.get("/api/v1/runs/1").await.json()["damaged"], true);
        let (rows, count) = site.state.services.db().read(orphans::damaged_values).await.unwrap();
        assert!(count > 10, "{rows:#?}");
        let run = rows.iter().find(|row| (row.table.as_str(), row.row) == ("backups", 1)).unwrap();
        assert!(run.what.contains(&"messages is not UTF-8".to_owned()), "{run:?}");
    });
}

#[test]
fn numbers_and_words_that_cannot_be_are_no_errors() {
    deep(|| async {
        let site = site().await;
        sql(&site, vec!["DROP TRIGGER audit_log_is_not_changed".into()]).await;
        for table in TABLES {
            for with in ["'abc'", "-5", "x'00ff'", "1e300", "9223372036854775807"] {
                damage(&site, table, &["BIGINT", "BOOLEAN"], with).await;
                every_path_works(&site, &format!("{table} {with}")).await;
            }
            damage(&site, table, &["TEXT", "DATETIME", "BLOB"], "'{not this' || rowid").await;
            every_path_works(&site, &format!("{table} words")).await;
        }
        let run = site.get("/runs/1/raw").await.body;
        assert!(run.contains("The stored report is damaged"), "{run}");
    });
}

#[test]
fn a_sound_run_is_not_called_damaged() {
    deep(|| async {
        let site = Site::open();
        let mut sent = report(2);
        sent["LogLines"] = json!(["2026-11-23 02:00:00 +00 - [Error-A-B]: a name with \u{fffd} in it"]);
        site.post("/api/upload", sent).await;
        let page = site.get("/api/v1/runs/1").await.json();
        assert_eq!(page["damaged"], false);
        let (_, count) = site.state.services.db().read(orphans::damaged_values).await.unwrap();
        assert_eq!(count, 0);
    });
}
