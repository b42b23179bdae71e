//! The answers, compared with those of the Node application: its fields, types and units.

use serde_json::{Value, json};

use super::*;
use crate::{
    service::{
        noticing::evaluator,
        testing::{NOON, TestResult, at, report, send, services},
    },
    time::Timestamp,
};

const MACHINE: &str = "0123456789abcdef0123456789abcdef";

fn of_machine(mut report: Value, id: &str, name: &str, job: &str) -> Value {
    report["Extra"]["machine-id"] = json!(id);
    report["Extra"]["machine-name"] = json!(name);
    report["Extra"]["backup-name"] = json!(job);
    report
}

async fn summary_json(services: &Services) -> Result<Value, Box<dyn std::error::Error>> {
    Ok(serde_json::to_value(summary(services, &Actor::CommandLine).await?)?)
}

async fn last_json(services: &Services, wanted: &str) -> Result<Value, Box<dyn std::error::Error>> {
    Ok(match last_backup(services, &Actor::CommandLine, wanted).await? {
        Ok(found) => serde_json::to_value(found)?,
        Err(not_one) => not_one.answer().1,
    })
}

#[tokio::test]
async fn an_empty_site_has_zeros_and_no_age() -> TestResult {
    let (_folder, services) = services()?;
    assert_eq!(
        summary_json(&services).await?,
        json!({
            "totalServers": 0, "totalBackupsRuns": 0, "totalBackups": 0, "totalUploadedSize": 0, "totalStorageUsed": 0,
            "totalBackupSize": 0, "overdueBackupsCount": 0, "secondsSinceLastBackup": null,
        })
    );
    Ok(())
}

#[tokio::test]
async fn the_totals_are_those_of_every_job_and_not_of_one_for_each_server() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-22T02:00:00Z", "Success")).await?;
    send(&services, report("2026-11-23T02:00:00Z", "Success")).await?;
    send(&services, of_machine(report("2026-11-23T04:00:00Z", "Warning"), MACHINE, "nas", "Photos")).await?;
    assert_eq!(
        summary_json(&services).await?,
        json!({
            "totalServers": 1, "totalBackupsRuns": 3, "totalBackups": 2, "totalUploadedSize": 150,
            "totalStorageUsed": 10_000, "totalBackupSize": 2_000, "overdueBackupsCount": 0,
            "secondsSinceLastBackup": 8 * 3600,
        })
    );
    Ok(())
}

#[tokio::test]
async fn a_job_that_is_late_is_overdue() -> TestResult {
    const DAY: i64 = 86_400;
    let (_folder, services) = services()?;
    for day in 0..10 {
        at(&services, day * DAY + 600);
        evaluator::tick(&services).await?;
        send(&services, report(&Timestamp::from_unix(NOON + day * DAY).to_string(), "Success")).await?;
    }
    assert_eq!(summary_json(&services).await?["overdueBackupsCount"], 0);
    // Signs of life, so that the time is no downtime of this program.
    for minute in 0..2 * 720 {
        at(&services, 9 * DAY + 600 + minute * 120);
        evaluator::tick(&services).await?;
    }
    assert_eq!(summary_json(&services).await?["overdueBackupsCount"], 1);
    Ok(())
}

#[tokio::test]
async fn a_run_has_every_field_with_its_type_and_unit() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = report("2026-11-23T02:00:00Z", "Success");
    sent["Data"]["WarningsActualLength"] = json!(1);
    sent["Data"]["Duration"] = json!("1.02:03:04.5");
    sent["LogLines"] = json!([
        "2026-11-23 02:00:00 +00 - [Information-Duplicati.Library.Main.Controller-StartingOperation]: start",
        "2026-11-23 02:00:01 +00 - [Information-Duplicati.Library.Main.Operation.DeleteHandler-BackupList]: Backups to consider: 2026-11-22 02:00:00, 2026-11-21 02:00:00",
        "2026-11-23 02:00:02 +00 - [Warning-A.B-C]: \"odd\"",
    ]);
    send(&services, sent).await?;
    let found = last_json(&services, "nas").await?;
    let server = json!({ "id": MACHINE, "name": "nas", "created_at": "2026-11-23 12:00:00" });
    assert_eq!((&found["server"], &found["status"]), (&server, &json!(200)));
    let mut run = found["latest_backup"].clone();
    let lists = ["messages_array", "warnings_array", "errors_array", "available_backups"]
        .map(|name| run[name].take());
    assert_eq!(
        run,
        json!({
            "id": "1", "server_id": MACHINE, "name": "Documents", "date": "2026-11-23T02:00:00.000Z", "status": "Warning",
            "warnings": 1, "errors": 0, "messages": 5, "fileCount": 100, "fileSize": 1000, "uploadedSize": 50,
            "duration": "26:03:04", "duration_seconds": 93_784, "durationInMinutes": 93_784.0 / 60.0, "knownFileSize": 5000,
            "backup_list_count": 7, "messages_array": null, "warnings_array": null, "errors_array": null,
            "available_backups": null,
        })
    );
    let [messages, warnings, errors, versions] = lists;
    let lines = |text: &Value| serde_json::from_str::<Vec<String>>(text.as_str().unwrap_or("[]"));
    assert_eq!(lines(&messages)?.len(), 3);
    assert_eq!(lines(&warnings)?, ["2026-11-23 02:00:02 +00 - [warning-A.B-C]: \"odd\""]);
    assert_eq!(errors, Value::Null);
    assert_eq!(versions, json!(["2026-11-22T02:00:00.000Z", "2026-11-21T02:00:00.000Z"]));
    Ok(())
}

#[tokio::test]
async fn what_is_unknown_is_zero_and_an_exception_is_an_error() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = report("2026-11-23T02:00:00Z", "Fatal");
    sent["Data"] = json!({ "ParsedResult": "Fatal", "BeginTime": "2026-11-23T02:00:00Z" });
    sent["Exception"] = json!("A.BException: the destination is full");
    send(&services, sent).await?;
    let run = last_json(&services, MACHINE).await?["latest_backup"].clone();
    assert_eq!(
        (&run["status"], &run["fileSize"], &run["duration"]),
        (&json!("Fatal"), &json!(0), &json!("00:00:00"))
    );
    assert_eq!(run["durationInMinutes"].to_string(), "0", "an integer, as JavaScript writes it");
    let errors = run["errors_array"].as_str().unwrap_or_default();
    assert!(errors.starts_with('[') && errors.contains("the destination is full"), "{run}");
    Ok(())
}

#[tokio::test]
async fn jobs_are_listed_newest_first() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-23T03:00:00Z", "Success")).await?;
    send(&services, of_machine(report("2026-11-23T04:00:00Z", "Success"), MACHINE, "nas", "Photos")).await?;
    let found = last_backups(&services, &Actor::CommandLine, "nas").await?;
    let found = serde_json::to_value(found.map_err(|not_one| format!("{not_one:?}"))?)?;
    assert_eq!(found["backup_names"], json!(["Photos", "Documents"]));
    assert_eq!((&found["backup_jobs_count"], &found["status"]), (&json!(2), &json!(200)));
    assert_eq!(found["latest_backups"][1]["name"], "Documents");
    assert_eq!(last_json(&services, "nas").await?["latest_backup"]["name"], "Photos");
    Ok(())
}

#[tokio::test]
async fn a_server_is_found_by_its_machine_its_name_and_its_number() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-23T03:00:00Z", "Success")).await?;
    for wanted in [MACHINE, "nas", "1"] {
        assert_eq!(last_json(&services, wanted).await?["server"]["id"], MACHINE, "{wanted}");
    }
    for wanted in ["NAS", "2", "", "-1", "nas' OR 1=1 --", "99999999999999999999"] {
        let message = format!("No server found with identifier: {wanted}");
        let expected = json!({ "error": "Server not found", "message": message, "status": 404 });
        assert_eq!(last_json(&services, wanted).await?, expected, "{wanted}");
    }
    Ok(())
}

#[tokio::test]
async fn a_name_under_which_two_machines_report_is_answered_with_their_ids() -> TestResult {
    let (_folder, services) = services()?;
    let other = "ffff456789abcdef0123456789abcdef";
    let text = "Multiple servers found with name \"nas\". Please use the server ID instead of the name. Available IDs: ";
    for (id, hour) in [(MACHINE, 3), (other, 4)] {
        let sent = report(&format!("2026-11-23T0{hour}:00:00Z"), "Success");
        send(&services, of_machine(sent, id, "nas", "Documents")).await?;
    }
    assert_eq!(
        last_json(&services, "nas").await?,
        json!({
            "error": "Multiple servers found with the same name", "message": format!("{text}{MACHINE}, {other}"), "status": 400,
            "duplicate_servers": [{ "id": MACHINE, "name": "nas" }, { "id": other, "name": "nas" }],
        })
    );
    assert_eq!(last_json(&services, other).await?["server"]["name"], "nas (2)");
    Ok(())
}

#[tokio::test]
async fn nobody_reads_without_the_permission() -> TestResult {
    let (_folder, services) = services()?;
    let nobody = Actor::Anonymous { address: String::new() };
    assert!(matches!(summary(&services, &nobody).await, Err(Error::Unauthenticated)));
    assert!(matches!(last_backup(&services, &nobody, "1").await, Err(Error::Unauthenticated)));
    let sender = Actor::Sender { key: None, server: None };
    assert!(matches!(last_backups(&services, &sender, "1").await, Err(Error::Forbidden)));
    Ok(())
}
