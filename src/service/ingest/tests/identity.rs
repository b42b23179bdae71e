//! Which server and job a report is assigned to.

use serde_json::{Value, json};

use super::*;
use crate::service::{Actor, ingest_keys};

/// Returns a report of a machine; without an id if `id` is empty.
fn from(id: &str, name: &str) -> Value {
    let mut sent = report("2026-11-23T02:00:00Z", "Success");
    let part = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    sent["Extra"]["machine-id"] = part(id);
    sent["Extra"]["machine-name"] = part(name);
    sent
}

#[tokio::test]
async fn the_machine_id_is_stronger_than_the_machine_name() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, from("a1", "nas")).await?;
    assert_eq!(send(&services, from("a1", "renamed")).await?, Stored::Duplicate);
    assert_eq!(server_names(&services).await?, ["nas"]);
    Ok(())
}

#[tokio::test]
async fn without_an_id_the_name_decides_and_without_a_name_the_address() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, from("", "nas")).await?;
    assert_eq!(send(&services, from("", "nas")).await?, Stored::Duplicate);
    send(&services, from("", "")).await?;
    assert_eq!(send(&services, from("", "")).await?, Stored::Duplicate);
    assert_eq!(server_names(&services).await?, ["nas", "unknown (192.0.2.7)"]);
    Ok(())
}

#[tokio::test]
async fn a_second_machine_with_the_same_name_is_another_server_that_says_so() -> TestResult {
    let (_folder, services) = services()?;
    for id in ["a1", "b2", "c3"] {
        assert_eq!(send(&services, from(id, "nas")).await?, Stored::New);
        assert_eq!(send(&services, from(id, "nas")).await?, Stored::Duplicate);
    }
    let all = servers(&services).await?;
    let shown: Vec<_> = all.iter().map(|server| (server.name.as_str(), server.same_name_as)).collect();
    assert_eq!(shown, [("nas", None), ("nas (2)", Some(1)), ("nas (3)", Some(1))]);
    Ok(())
}

#[tokio::test]
async fn ids_without_a_name_that_begin_alike_are_two_machines() -> TestResult {
    let (_folder, services) = services()?;
    // Users can set --machine-id to any text.
    assert_eq!(send(&services, from("workstation-1", "")).await?, Stored::New);
    assert_eq!(send(&services, from("workstation-2", "")).await?, Stored::New);
    assert_eq!(send(&services, from("workstation-2", "")).await?, Stored::Duplicate);
    assert_eq!(server_names(&services).await?, ["machine workstat", "machine workstat (2)"]);
    Ok(())
}

#[tokio::test]
async fn a_server_that_was_known_by_name_only_takes_its_first_machine_id() -> TestResult {
    let (_folder, services) = services()?;
    let secret = ingest_keys::create(&services, &Actor::CommandLine, "nas").await?.secret;
    // Another job of the same machine reports without the key.
    send(&services, from("a1", "nas")).await?;
    send_with(&services, Some(&secret), from("a1", "nas")).await?;
    assert_eq!(server_names(&services).await?, ["nas"]);
    assert_eq!(servers(&services).await?[0].mismatch_machine, None);
    assert_eq!(send(&services, from("b2", "nas")).await?, Stored::New, "a second machine");
    assert_eq!(server_names(&services).await?, ["nas", "nas (2)"]);
    Ok(())
}

#[tokio::test]
async fn the_servers_key_wins_and_the_mismatch_is_written_down() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, from("a1", "nas")).await?;
    let secret = ingest_keys::create(&services, &Actor::CommandLine, "attic").await?.secret;
    at(&services, 60);
    send_with(&services, Some(&secret), from("a1", "nas")).await?;
    let [attic, nas] = &servers(&services).await?[..] else { panic!("two servers") };
    assert_eq!((attic.name.as_str(), attic.mismatch_machine.as_deref()), ("attic", Some("nas")));
    assert_eq!(
        (attic.mismatch_server_id, attic.mismatch_at.clone()),
        (Some(nas.id), attic.last_seen.clone())
    );
    assert_eq!(nas.mismatch_machine, None);
    assert_eq!(runs(&services).await?.iter().filter(|run| run.server_id == attic.id).count(), 1);
    // The machine does not change: its reports without the key are still assigned as before.
    assert_eq!(send(&services, from("a1", "nas")).await?, Stored::Duplicate);
    Ok(())
}

#[tokio::test]
async fn a_key_for_any_server_leaves_the_choice_to_the_report() -> TestResult {
    let (_folder, services) = services()?;
    let secret = ingest_keys::create(&services, &Actor::CommandLine, "").await?.secret;
    send_with(&services, Some(&secret), from("a1", "nas")).await?;
    send_with(&services, Some(&secret), from("b2", "attic")).await?;
    assert_eq!(server_names(&services).await?, ["attic", "nas"]);
    Ok(())
}

#[tokio::test]
async fn keys_that_do_not_exist_or_were_revoked_are_refused() -> TestResult {
    let (_folder, services) = services()?;
    let made = ingest_keys::create(&services, &Actor::CommandLine, "").await?;
    let refused = |answer| matches!(answer, Err(IngestError::WrongKey));
    assert!(refused(send_with(&services, Some("wrong"), from("a1", "nas")).await));
    assert!(refused(send_with(&services, Some(""), from("a1", "nas")).await));
    ingest_keys::revoke(&services, &Actor::CommandLine, made.id).await?;
    assert!(refused(send_with(&services, Some(&made.secret), from("a1", "nas")).await));
    assert!(servers(&services).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_report_that_names_no_job_is_of_the_job_backup() -> TestResult {
    let (_folder, services) = services()?;
    let mut sent = from("a1", "nas");
    sent["Extra"]["backup-name"] = Value::Null;
    sent["Extra"]["backup-id"] = Value::Null;
    send(&services, &sent).await?;
    assert_eq!(runs(&services).await?[0].backup_name, "Backup");
    // Names are compared exactly: these are three jobs.
    for name in ["Backup ", "backup", "Backup (2)"] {
        sent["Extra"]["backup-name"] = json!(name);
        send(&services, &sent).await?;
    }
    let mut names: Vec<String> = runs(&services).await?.into_iter().map(|run| run.backup_name).collect();
    names.sort();
    assert_eq!(names, ["Backup", "Backup (2)", "backup"], "white space around a name is not part of it");
    Ok(())
}
