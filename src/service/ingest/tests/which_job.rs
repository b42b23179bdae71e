//! Which job a report is assigned to: by id first, then by name.

use serde_json::{Value, json};

use super::*;
use crate::ids::ServerId;

const HASH_A: &str = "59ECA023852DBFC83099040B60CFE65A030EECEDCDDD1A6F586F5C08A7B79BFE";
const HASH_B: &str = "750BC90790AE1B1F39CEEB8FCF57963B7E645F054A0B2C2974CF9376160F7AD1";
const PROGRAM: &str = "Duplicati.CommandLine";

/// Returns the report of a job with this id and name, begun at an hour of 2026-11-22; without a machine id if it is
/// empty.
fn of(machine: &str, id: &str, name: &str, hour: u32) -> Value {
    let mut sent = report(&format!("2026-11-22T{hour:02}:00:00Z"), "Success");
    sent["Extra"]["machine-id"] = json!(machine);
    sent["Extra"]["backup-id"] = json!(id);
    sent["Extra"]["backup-name"] = json!(name);
    sent["Extra"]["destination-type"] = json!("file");
    sent
}

/// Returns the text report of the same run.
fn text_of(machine: &str, id: &str, name: &str, hour: u32) -> String {
    text_report(&format!("2026-11-22T{hour:02}:00:00Z"), "Success").replace(
        "for Documents (0123456789abcdef0123456789abcdef, DB-1, nas)",
        &format!("for {name} ({machine}, {id}, nas)"),
    )
}

/// Returns the jobs of the only server with their numbers of runs, by name.
async fn jobs_of(services: &Services) -> Result<Vec<(String, i64)>, StoreError> {
    let all = services.db.read(|conn| jobs::all(conn, Some(ServerId(1)))).await?;
    assert_eq!(server_names(services).await?.len(), 1);
    Ok(all.into_iter().map(|job| (job.name, job.summary.run_count)).collect())
}

fn named(jobs: &[(&str, i64)]) -> Vec<(String, i64)> {
    jobs.iter().map(|(name, runs)| ((*name).to_owned(), *runs)).collect()
}

#[tokio::test]
async fn a_job_that_is_renamed_is_the_same_job_under_its_new_name() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, of("a1", "DB-4", "Documents", 1)).await?;
    send(&services, of("a1", "DB-4", "Papers", 2)).await?;
    assert_eq!(jobs_of(&services).await?, named(&[("Papers", 2)]));
    // A late report does not restore the old name, but belongs to the same job.
    send(&services, of("a1", "DB-4", "Documents", 0)).await?;
    assert_eq!(jobs_of(&services).await?, named(&[("Papers", 3)]));
    // Neither does a text report, in which Duplicati drops everything between two percent signs.
    send(&services, of("a1", "DB-4", "50% and 60%", 3)).await?;
    assert_eq!(send(&services, text_of("a1", "DB-4", "50", 3)).await?, Stored::Duplicate);
    assert_eq!(jobs_of(&services).await?, named(&[("50% and 60%", 4)]));
    Ok(())
}

#[tokio::test]
async fn names_that_are_exchanged_are_exchanged_here_too() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, of("a1", "DB-1", "Documents", 1)).await?;
    send(&services, of("a1", "DB-2", "Photos", 1)).await?;
    send(&services, of("a1", "DB-2", "Photos", 2)).await?;
    send(&services, of("a1", "DB-1", "Photos", 3)).await?;
    assert_eq!(
        jobs_of(&services).await?,
        named(&[("Photos", 2), ("Photos (2)", 2)]),
        "taken until it is free"
    );
    send(&services, of("a1", "DB-1", "Photos", 4)).await?;
    assert_eq!(jobs_of(&services).await?, named(&[("Photos", 2), ("Photos (2)", 3)]), "it does not count on");
    send(&services, of("a1", "DB-2", "Documents", 5)).await?;
    send(&services, of("a1", "DB-1", "Photos", 6)).await?;
    assert_eq!(jobs_of(&services).await?, named(&[("Documents", 3), ("Photos", 4)]));
    Ok(())
}

#[tokio::test]
async fn a_masked_name_never_names_renames_or_finds_a_job() -> TestResult {
    let masked = |hour| text_of("a1", "DB-3", "-redacted-", hour);
    for text_first in [true, false] {
        let (_folder, services) = services()?;
        let json = of("a1", "DB-3", "D:\\Photos", 1).to_string();
        let bodies = if text_first { [masked(1), json] } else { [json, masked(1)] };
        send(&services, &bodies[0]).await?;
        assert_eq!(send(&services, &bodies[1]).await?, Stored::Duplicate, "text first: {text_first}");
        send(&services, masked(2)).await?;
        assert_eq!(jobs_of(&services).await?, named(&[("D:\\Photos", 2)]), "text first: {text_first}");
        assert!(!format!("{:?}", runs(&services).await?).contains("-redacted-"));
    }
    let (_folder, services) = services()?;
    send(&services, masked(1)).await?;
    send(&services, text_of("a1", "DB-4", "Backup of -redacted-", 1)).await?;
    assert_eq!(jobs_of(&services).await?, named(&[("Backup DB-3", 1), ("Backup DB-4", 1)]), "not one job");
    Ok(())
}

#[tokio::test]
async fn command_lines_without_a_name_stay_apart_and_can_be_told_apart() -> TestResult {
    for text_first in [true, false] {
        let (_folder, services) = services()?;
        for (id, hour) in [(HASH_A, 1), (HASH_B, 2)] {
            let json = of("", id, PROGRAM, hour).to_string();
            let text = text_of("", id, PROGRAM, hour);
            let bodies = if text_first { [text, json] } else { [json, text] };
            for body in bodies {
                send(&services, body).await?;
            }
        }
        let wanted =
            [("Duplicati.CommandLine (file, 59ECA0)", 1), ("Duplicati.CommandLine (file, 750BC9)", 1)];
        assert_eq!(jobs_of(&services).await?, named(&wanted), "text first: {text_first}");
        // With --backup-name, finally.
        send(&services, of("", HASH_B, "Payroll", 3)).await?;
        assert_eq!(jobs_of(&services).await?, named(&[wanted[0], ("Payroll", 2)]));
        send(&services, of("", HASH_B, PROGRAM, 4)).await?;
        assert_eq!(
            jobs_of(&services).await?,
            named(&[wanted[0], ("Payroll", 3)]),
            "the program's name is no name"
        );
    }
    Ok(())
}

#[tokio::test]
async fn two_destinations_under_one_name_are_two_jobs() -> TestResult {
    let (_folder, services) = services()?;
    for hour in [1, 2] {
        send(&services, of("", HASH_A, "nightly", hour)).await?;
        send(&services, of("", HASH_B, "nightly", hour)).await?;
    }
    assert_eq!(jobs_of(&services).await?, named(&[("nightly", 2), ("nightly (file, 750BC9)", 2)]));
    Ok(())
}

#[tokio::test]
async fn a_job_may_have_several_ids() -> TestResult {
    let (_folder, services) = services()?;
    // From the server, from the command line with the same name, and created again in Duplicati.
    for (id, hour) in [("DB-1", 1), (HASH_A, 2), ("DB-7", 3), ("DB-1", 4), (HASH_A, 5)] {
        send(&services, of("a1", id, "Documents", hour)).await?;
    }
    assert_eq!(jobs_of(&services).await?, named(&[("Documents", 5)]));
    Ok(())
}

#[tokio::test]
async fn a_number_that_is_used_again_is_another_job() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, of("a1", "DB-3", "Photos", 1)).await?;
    let mut first = of("a1", "DB-3", "Mail", 2);
    first["Data"]["AddedFiles"] = json!(100);
    first["Data"]["BackendStatistics"]["BackupListCount"] = json!(1);
    send(&services, &first).await?;
    assert_eq!(send(&services, &first).await?, Stored::Duplicate);
    send(&services, text_of("a1", "DB-3", "-redacted-", 3)).await?;
    send(&services, of("a1", "DB-3", "Photos", 0)).await?;
    assert_eq!(jobs_of(&services).await?, named(&[("Mail", 2), ("Photos", 2)]));
    Ok(())
}

#[tokio::test]
async fn numbers_of_a_new_data_folder_count_for_nothing() -> TestResult {
    let (_folder, services) = services()?;
    for (id, name) in [("DB-1", "Documents"), ("DB-2", "Photos")] {
        send(&services, of("a1", id, name, 1)).await?;
    }
    // Until its first restart, a new Duplicati sends no machine id; jobs were created again in another order.
    for (id, name) in [("DB-1", "Photos"), ("DB-2", "Music"), ("DB-3", "Documents")] {
        send(&services, of("", id, name, 2)).await?;
    }
    assert_eq!(jobs_of(&services).await?, named(&[("Documents", 2), ("Music", 1), ("Photos", 2)]));
    Ok(())
}

#[tokio::test]
async fn an_operation_and_a_live_status_find_the_job_by_its_id_and_do_not_rename_it_back() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, of("a1", "DB-1", "Documents", 1)).await?;
    let live = json!({
        "operation": "Backup", "status": "Started", "startedUtc": "2026-11-23T11:59:00Z",
        "metadata": {"machineId": "a1", "machineName": "nas", "backupName": "Papers", "backupId": "DB-1"},
    });
    send(&services, live).await?;
    assert_eq!(jobs_of(&services).await?, named(&[("Documents", 1)]));
    let mut test = of("a1", "DB-1", "Papers", 3);
    test["Data"]["MainOperation"] = json!("Test");
    send(&services, test).await?;
    assert_eq!(jobs_of(&services).await?, named(&[("Papers", 1)]), "a newer name");
    let mut masked = text_of("a1", "DB-1", "-redacted-", 4);
    masked = masked
        .replace("Backup report", "Restore report")
        .replace("MainOperation: Backup", "MainOperation: Restore");
    send(&services, masked).await?;
    assert_eq!(jobs_of(&services).await?, named(&[("Papers", 1)]));
    assert_eq!(operations(&services).await?.len(), 2);
    Ok(())
}
