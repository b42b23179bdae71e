//! Which server a report is assigned to if only a name, or nothing, identifies it.

use serde_json::{Value, json};

use super::*;
use crate::{
    db::{
        schema::{machine_ids, machine_names},
        tables::server_changes,
    },
    dto::key::NewKey,
    service::{Actor, ingest_keys},
};

const ID: &str = "d6a271d36eeb485aa14fa8a254e01302";

async fn unbound(services: &Services) -> Result<NewKey, crate::error::Error> {
    ingest_keys::create(services, &Actor::CommandLine, "").await
}

/// Returns a report with this machine id and name, which may be null.
fn from(id: Option<&str>, name: Option<&str>, hour: u32) -> Value {
    let mut sent = report(&format!("2026-11-22T{hour:02}:00:00Z"), "Success");
    sent["Extra"]["machine-id"] = json!(id);
    sent["Extra"]["machine-name"] = json!(name);
    sent
}

/// Returns a text report of versions up to 2.0.7, which names only the job.
fn nameless(size: i64) -> String {
    text_report("2026-11-22T01:00:00Z", "Success")
        .replace(" (0123456789abcdef0123456789abcdef, DB-1, nas)", "")
        .replace("SizeOfExaminedFiles: 1000", &format!("SizeOfExaminedFiles: {size}"))
}

#[tokio::test]
async fn two_keys_without_a_server_are_two_senders() -> TestResult {
    let (_folder, services) = services()?;
    let (one, two) = (unbound(&services).await?.secret, unbound(&services).await?.secret);
    for _ in 0..2 {
        send_with(&services, Some(&one), nameless(9_437_184)).await?;
        send_with(&services, Some(&two), nameless(88_080_384)).await?;
    }
    let runs = runs(&services).await?;
    assert_eq!((runs.len(), servers(&services).await?.len()), (2, 2), "{runs:?}");
    assert_ne!(runs[0].job_id, runs[1].job_id);
    // The same with a name that both use, and with live statuses.
    for secret in [&one, &two, &one] {
        send_with(&services, Some(secret), from(None, Some("nas"), 2)).await?;
        let live = json!({"operation": "Backup", "status": "Started", "startedUtc": "2026-11-23T11:59:00Z",
            "metadata": {"machineName": "nas", "backupName": "Documents"}});
        send_with(&services, Some(secret), live).await?;
        let mut test = from(None, Some("nas"), 2);
        test["Data"]["MainOperation"] = json!("Test");
        send_with(&services, Some(secret), test).await?;
    }
    let names = server_names(&services).await?;
    assert_eq!(names[..2], ["nas", "nas (2)"]);
    assert!(names[2..].iter().all(|name| name.starts_with("unknown (key ")), "{names:?}");
    assert_eq!(operations(&services).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_key_that_replaces_another_is_the_same_sender() -> TestResult {
    let (_folder, services) = services()?;
    let old = unbound(&services).await?;
    send_with(&services, Some(&old.secret), nameless(1)).await?;
    send_with(&services, Some(&old.secret), from(None, Some("nas"), 2)).await?;
    let new = ingest_keys::rotate(&services, &Actor::CommandLine, old.id).await?;
    let newest = ingest_keys::rotate(&services, &Actor::CommandLine, new.id).await?;
    assert_eq!(send_with(&services, Some(&newest.secret), nameless(1)).await?, Stored::Duplicate);
    assert_eq!(
        send_with(&services, Some(&newest.secret), from(None, Some("nas"), 2)).await?,
        Stored::Duplicate
    );
    Ok(())
}

#[tokio::test]
async fn names_of_a_key_that_was_revoked_are_free() -> TestResult {
    let (_folder, services) = services()?;
    let (old, new) = (unbound(&services).await?, unbound(&services).await?);
    send_with(&services, Some(&old.secret), from(None, Some("nas"), 2)).await?;
    ingest_keys::revoke(&services, &Actor::CommandLine, old.id).await?;
    send_with(&services, Some(&new.secret), from(None, Some("nas"), 3)).await?;
    assert_eq!(server_names(&services).await?, ["nas"]);
    Ok(())
}

#[tokio::test]
async fn a_machine_whose_id_comes_later_or_not_always_is_one_server() -> TestResult {
    let orders = [[None, Some(ID), None], [Some(ID), None, Some(ID)], [None, None, Some(ID)]];
    for keyed in [true, false] {
        for order in orders {
            let (_folder, services) = services()?;
            let key = unbound(&services).await?.secret;
            for (id, hour) in order.into_iter().zip(1..) {
                let key = keyed.then_some(key.as_str());
                // Duplicati sends an empty id if there is none.
                send_with(&services, key, from(id.or(Some("")), Some("nas-keller"), hour)).await?;
            }
            let all = servers(&services).await?;
            assert_eq!((all.len(), all[0].same_name_as, all[0].mismatch_at.as_ref()), (1, None, None));
            assert_eq!(summary(&services).await?.run_count, 3);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_was_named_after_an_id_takes_the_name_when_it_comes() -> TestResult {
    for named_first in [true, false] {
        let (_folder, services) = services()?;
        let names = if named_first { [Some("nas"), None] } else { [None, Some("nas")] };
        for (name, hour) in names.into_iter().zip(1..) {
            send(&services, from(Some(ID), name, hour)).await?;
        }
        assert_eq!(server_names(&services).await?, ["nas"], "named first: {named_first}");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_a_person_renamed_is_found_by_the_name_that_its_machine_sends() -> TestResult {
    for keyed_first in [false, true] {
        let (_folder, services) = services()?;
        let key = unbound(&services).await?.secret;
        send_with(&services, keyed_first.then_some(key.as_str()), from(None, Some("nas"), 1)).await?;
        let changes = server_changes::ServerUpdate {
            name: Some("Basement".into()),
            updated_at: "2026-11-23T12:00:00Z".into(),
            ..Default::default()
        };
        services
            .db
            .write(move |tx| server_changes::update(tx.conn, crate::ids::ServerId(1), &changes))
            .await?;
        send(&services, from(None, Some("nas"), 2)).await?;
        send(&services, from(Some(ID), Some("nas"), 3)).await?;
        assert_eq!(server_names(&services).await?, ["Basement"], "keyed first: {keyed_first}");
    }
    Ok(())
}

#[tokio::test]
async fn a_masked_machine_name_names_no_server() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, from(Some(ID), Some("-redacted-"), 1)).await?;
    assert_eq!(server_names(&services).await?, ["machine d6a271d3"]);
    Ok(())
}

#[tokio::test]
async fn ids_and_names_that_are_made_up_do_not_fill_the_tables() -> TestResult {
    let (_folder, services) = services()?;
    let bound = ingest_keys::create(&services, &Actor::CommandLine, "nas").await?.secret;
    for number in 0..150 {
        let id = format!("{number:032x}");
        send_with(&services, Some(&bound), from(Some(&id), Some("nas"), 1)).await?;
        send(&services, from(Some(ID), Some(&format!("name {number}")), 1)).await?;
        let mut many = from(Some(ID), Some("nas"), 1);
        many["Extra"]["backup-id"] = json!(format!("DB-{number}"));
        send(&services, many).await?;
    }
    let counts = services
        .db
        .read(|conn| {
            let ids: i64 = machine_ids::table.count().get_result(conn)?;
            let names: i64 = machine_names::table.count().get_result(conn)?;
            let backups: i64 = crate::db::schema::backup_ids::table.count().get_result(conn)?;
            Ok((ids, names, backups))
        })
        .await?;
    assert!(counts.0 <= 101 && counts.1 <= 21 && counts.2 <= 20, "{counts:?}");
    assert_eq!(runs(&services).await?.len(), 2, "what they report is known all the same");
    Ok(())
}

/// A sender with a server-bound key is found by the key, so its name is free for others.
#[tokio::test]
async fn the_name_that_a_key_of_a_server_sends_is_nobodys() -> TestResult {
    let (_folder, services) = services()?;
    let bound = ingest_keys::create(&services, &Actor::CommandLine, "office").await?;
    let other = unbound(&services).await?;
    send_with(&services, Some(&bound.secret), from(None, Some("nas"), 2)).await?;
    ingest_keys::revoke(&services, &Actor::CommandLine, bound.id).await?;
    send_with(&services, Some(&other.secret), from(None, Some("nas"), 3)).await?;
    assert_eq!(server_names(&services).await?, ["nas", "office"]);
    Ok(())
}
