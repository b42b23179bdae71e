//! Open issues of a job besides its last run: a failed verification, a missing report, two jobs under one name.

use serde_json::{Value, json};

use super::*;
use crate::{
    checks::Check,
    dto::dashboard::{DashboardQuery, JobRow, Verification},
    service::{
        Actor,
        noticing::evaluator,
        overview::dashboard,
        testing::{NOON, at},
    },
    time::Timestamp,
    verdict::Verdict,
};

const DAY: i64 = 86_400;

/// Returns the time of something `day` days after the first.
fn begin(day: i64) -> String {
    Timestamp::from_unix(NOON - 20 * DAY + day * DAY).to_string()
}

fn backup(day: i64) -> Value {
    report(&begin(day), "Success")
}

/// Sends backups of these days, each at its end.
async fn backups(services: &Services, days: std::ops::Range<i64>) -> TestResult {
    for day in days {
        at(services, (day - 20) * DAY + 600);
        send(services, backup(day)).await?;
    }
    Ok(())
}

fn operation(name: &str, day: i64, status: &str) -> Value {
    let mut sent = report(&Timestamp::from_unix(NOON - 20 * DAY + day * DAY + 7200).to_string(), status);
    sent["Data"]["MainOperation"] = json!(name);
    sent["Extra"]["OperationName"] = json!(name);
    sent
}

/// Returns a verification that found this many damaged files.
fn test(day: i64, status: &str, damaged: usize) -> Value {
    let mut sent = operation("Test", day, status);
    let file = |number: usize| {
        let findings = if number < damaged { json!([{"Key": "Extra", "Value": "x"}]) } else { json!([]) };
        json!({"Key": format!("duplicati-b{number}.dblock.zip"), "Value": findings})
    };
    sent["Data"]["Verifications"] = json!((0..5).map(file).collect::<Vec<_>>());
    sent
}

async fn job(services: &Services) -> Result<JobRow, Box<dyn std::error::Error>> {
    let page = dashboard::show(services, &Actor::CommandLine, DashboardQuery::default()).await?;
    let on_server = outcomes::page(services).await?.jobs;
    let group = page.servers.into_iter().next().ok_or("no server")?;
    assert_eq!(group.jobs, on_server, "both pages say the same");
    let job = group.jobs.into_iter().next().ok_or("no job")?;
    let problem = page.problems.into_iter().next();
    assert_eq!(problem.map(|problem| problem.checks).unwrap_or_default(), job.checks, "so do the problems");
    assert_eq!(group.worst, Some(job.verdict), "and the heading of the server");
    Ok(job)
}

#[tokio::test]
async fn a_verification_that_failed_stays_open_until_one_succeeds() -> TestResult {
    let (_folder, services) = services()?;
    backups(&services, -2..6).await?;
    assert_eq!((job(&services).await?.verdict, job(&services).await?.verification), (Verdict::Ok, None));
    // A damaged volume is an error in 2.1 and fatal in 2.2; versions before 2.0.8 report a success.
    for (day, status) in [(6, "Error"), (8, "Fatal"), (10, "Success")] {
        at(&services, (day - 20) * DAY + 3 * 3600);
        send(&services, test(day, status, 3)).await?;
        at(&services, (day - 19) * DAY + 3 * 3600);
        for later in [
            backup(day),
            operation("Repair", day + 1, "Success"),
            operation("Compact", day, "Success"),
            backup(day + 1),
        ] {
            send(&services, later).await?;
            let job = job(&services).await?;
            assert_eq!(job.checks, [Check::VerificationFailed { files: Some(3) }], "{status}");
            assert_eq!(job.verdict, Verdict::Check);
            let Verification { at, failed, damaged } = job.verification.ok_or("none")?;
            assert_eq!(
                (at.at.to_string(), failed, damaged),
                (begin(day).replace("12:00", "14:00"), true, Some(3))
            );
        }
        // An interrupted verification does not count.
        let mut stopped = test(day + 1, "Error", 0);
        stopped["Data"]["Interrupted"] = json!(true);
        stopped["Data"]["BeginTime"] =
            json!(Timestamp::from_unix(NOON - 20 * DAY + (day + 1) * DAY + 60).to_string());
        send(&services, stopped).await?;
        assert!(!job(&services).await?.checks.is_empty());
        send(&services, test(day + 1, "Success", 0)).await?;
        let job = job(&services).await?;
        assert_eq!((job.checks, job.verdict), (vec![], Verdict::Ok), "{status}");
        assert_eq!(job.verification.map(|known| (known.failed, known.damaged)), Some((false, None)));
    }
    Ok(())
}

#[tokio::test]
async fn a_verification_without_a_list_failed_all_the_same() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, backup(18)).await?;
    send(&services, operation("Test", 18, "Fatal")).await?;
    assert_eq!(job(&services).await?.checks, [Check::VerificationFailed { files: None }]);
    Ok(())
}

fn live(operation: &str, state: &str, started: &str) -> Value {
    json!({
        "operation": operation, "status": state, "startedUtc": started, "reportedUtc": started,
        "progress": {"phase": "Backup_ProcessingFiles", "progress": 0.5},
        "metadata": {
            "machineId": "0123456789abcdef0123456789abcdef", "machineName": "nas", "backupName": "Documents",
        },
    })
}

async fn running(services: &Services) -> Result<i64, Box<dyn std::error::Error>> {
    Ok(dashboard::show(services, &Actor::CommandLine, DashboardQuery::default()).await?.running)
}

#[tokio::test]
async fn a_run_whose_end_was_told_and_whose_report_never_came_is_open() -> TestResult {
    for end in ["Completed", "Failed"] {
        let (_folder, services) = services()?;
        backups(&services, 11..19).await?;
        at(&services, -DAY + 60);
        let today = begin(19);
        send(&services, live("Backup", "Started", &today)).await?;
        assert_eq!(running(&services).await?, 1);
        send(&services, live("Backup", end, &today)).await?;
        let told = job(&services).await?;
        assert_eq!(
            (running(&services).await?, told.checks, told.verdict),
            (0, vec![], Verdict::Ok),
            "no verdict"
        );
        // The expected time plus the usual duration plus a quarter of a day.
        at(&services, -DAY + 600 + DAY / 4 - 1);
        evaluator::tick(&services).await?;
        assert_eq!(job(&services).await?.verdict, Verdict::Ok);
        at(&services, -DAY + 600 + DAY / 4 + 60);
        evaluator::tick(&services).await?;
        let silent = job(&services).await?;
        assert_eq!((silent.checks, silent.verdict), (vec![Check::NoReport], Verdict::Late), "{end}");
        // Another operation of the job is not its report.
        send(&services, operation("Test", 19, "Success")).await?;
        assert_eq!(job(&services).await?.checks, [Check::NoReport]);
        send(&services, backup(19)).await?;
        assert_eq!(job(&services).await?.checks, [], "it came after all");
        // A late live status opens nothing.
        for state in ["Progress", end] {
            send(&services, live("Backup", state, &today)).await?;
        }
        at(&services, -DAY + DAY / 3);
        assert_eq!((running(&services).await?, job(&services).await?.checks), (0, vec![]));
    }
    Ok(())
}

#[tokio::test]
async fn live_messages_of_other_operations_are_no_backup() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, backup(19)).await?;
    for operation in ["List", "ListFileset", "Test", "Restore", "Compact", "Repair", "SomethingNew"] {
        for state in ["Started", "Progress", "Completed"] {
            send(&services, live(operation, state, &begin(20))).await?;
            assert_eq!(running(&services).await?, 0, "{operation}");
        }
    }
    at(&services, 3600);
    assert_eq!(job(&services).await?.checks, []);
    Ok(())
}

#[tokio::test]
async fn two_sets_of_figures_under_one_name_are_told_where_duplicati_mixes_jobs_up() -> TestResult {
    for (version, expected) in [
        ("2.1.0.5 (2.1.0.5_stable_2025-03-04)", vec![Check::TwoJobs]),
        ("2.2.0.3 (2.2.0.3_stable_2026-01-06)", vec![]),
        ("2.10.0.1 (2.10.0.1_stable_2031-01-06)", vec![]),
        ("unknown", vec![Check::TwoJobs]),
    ] {
        let (_folder, services) = services()?;
        for day in 12..19 {
            let mut sent = backup(day);
            let (files, size) = if day % 2 == 0 { (5000, 9_000_000_000_i64) } else { (40, 70_000) };
            sent["Data"]["ExaminedFiles"] = json!(files + day);
            sent["Data"]["SizeOfExaminedFiles"] = json!(size + day);
            sent["Data"]["Version"] = json!(version);
            send(&services, sent).await?;
        }
        at(&services, -2 * DAY + 7200);
        assert_eq!(job(&services).await?.checks, expected, "{version}");
    }
    Ok(())
}
