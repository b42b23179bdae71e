//! What comes from a server's machines while it is deleted is not deleted with it.

use diesel::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    db::{StoreError, StoreErrorKind, schema::backups},
    service::{
        ingest,
        ingest::{IngestError, Upload},
        ingest_keys,
        testing::{NOON, TestResult, check_totals, report, send, services, text_report},
    },
    time::Timestamp,
};

const ROOT: Actor = Actor::CommandLine;

async fn starts_of(services: &Services, server: ServerId) -> Result<Vec<String>, StoreError> {
    let runs = backups::table.filter(backups::server_id.eq(server.0)).order(backups::start_time);
    services.db.read(move |conn| Ok(runs.select(backups::start_time).load(conn)?)).await
}

/// As the first step of a deletion leaves a server.
async fn begin_to_delete(services: &Services, id: ServerId) -> Result<(), StoreError> {
    services
        .db
        .write(move |tx| {
            let server = servers::find(tx.conn, id)?;
            server_changes::detach(tx.conn, &server)
        })
        .await
}

#[tokio::test]
async fn a_report_that_comes_meanwhile_makes_a_new_server_whoever_sends_it() -> TestResult {
    let by_name = json!({
        "Data": { "MainOperation": "Backup", "ParsedResult": "Success", "BeginTime": "2026-11-23T05:00:00Z" },
        "Extra": { "OperationName": "Backup", "backup-name": "Documents", "machine-name": "nas" },
    });
    let live = json!({
        "status": "Progress", "operation": "Backup", "startedUtc": "2026-11-23T05:00:00Z",
        "metadata": { "machineName": "nas", "backupName": "Documents" },
    });
    let reports = [
        report("2026-11-23T05:00:00Z", "Success").to_string(),
        text_report("2026-11-23T05:00:00Z", "Success"),
        by_name.to_string(),
        live.to_string(),
    ];
    for sent in reports {
        let (_folder, services) = services()?;
        send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
        let id = find_by_name(&services, &ROOT, "nas").await?;
        begin_to_delete(&services, id).await?;
        assert!(matches!(find_by_name(&services, &ROOT, "nas").await, Err(Error::NotFound)));
        let stored = send(&services, &sent).await?;
        // What is left is deleted, by the name that people see.
        let going = find_by_name(&services, &ROOT, &format!("nas (being deleted, {id})")).await?;
        assert_eq!(going, id);
        delete(&services, &ROOT, going).await?;
        let left = list(&services, &ROOT).await?;
        let runs = i64::from(stored == ingest::Stored::New);
        assert_eq!(left.len(), 1, "{sent}: {left:?}");
        assert_eq!((left[0].name.as_str(), left[0].jobs, left[0].runs), ("nas", 1, runs), "{sent}");
        assert!(left.iter().all(|server| server.id != id), "{sent}");
        check_totals(&services).await?;
    }
    Ok(())
}

/// Whatever it is called, no machine finds a server that is being deleted.
#[tokio::test]
async fn no_machine_has_the_name_of_a_server_that_is_being_deleted() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-20T02:00:00Z", "Success")).await?;
    let id = find_by_name(&services, &ROOT, "nas").await?;
    begin_to_delete(&services, id).await?;
    let name = services.db.read(move |conn| Ok(servers::find(conn, id)?.name)).await?;
    let mut sent = report("2026-11-23T05:00:00Z", "Success");
    sent["Extra"]["machine-name"] = json!(name);
    send(&services, &sent).await?;
    assert_eq!(starts_of(&services, id).await?, ["2026-11-20T02:00:00Z"]);
    let back = ServerChange { name: Some("nas".into()), ..ServerChange::default() };
    assert!(
        matches!(change(&services, &ROOT, id, back).await, Err(Error::NotFound)),
        "nor gets its old name"
    );
    let new = find_by_name(&services, &ROOT, name.trim_end_matches(GOING)).await?;
    assert_ne!(new, id);
    for (from, into) in [(id, new), (new, id)] {
        assert!(
            matches!(merge(&services, &ROOT, from, into).await, Err(Error::NotFound)),
            "it takes none along"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_report_with_a_key_that_went_meanwhile_is_to_be_sent_again() -> TestResult {
    let (_folder, services) = services()?;
    let bound = ingest_keys::create(&services, &ROOT, "nas").await?;
    let sender = ingest::authenticate(&services, Some(&bound.secret)).await?;
    let id = find_by_name(&services, &ROOT, "nas").await?;
    begin_to_delete(&services, id).await?;
    let body = report("2026-11-23T05:00:00Z", "Success").to_string().into_bytes();
    let upload = Upload { content_type: None, body, key: None, source: "192.0.2.7".into() };
    let refused = ingest::accept(&services, &sender, upload).await;
    assert!(
        matches!(&refused, Err(IngestError::Store(error)) if error.kind == StoreErrorKind::Busy),
        "{refused:?}"
    );
    assert_eq!(starts_of(&services, id).await?, [""; 0]);
    let again = ingest::authenticate(&services, Some(&bound.secret)).await;
    assert!(matches!(again, Err(IngestError::WrongKey)), "{again:?}");
    Ok(())
}

/// The deletion runs, and its machine goes on reporting: what is acknowledged after the first step is there.
#[tokio::test]
async fn what_is_acknowledged_while_a_deletion_goes_on_is_there_afterwards() -> TestResult {
    let (_folder, services) = services()?;
    let begin = |hours: i64| Timestamp::from_unix(NOON - hours * 3600).to_string();
    for hours in 100..500 {
        send(&services, report(&begin(hours), "Success")).await?;
    }
    let id = find_by_name(&services, &ROOT, "nas").await?;
    let deleting = tokio::spawn({
        let services = services.clone();
        async move { delete(&services, &ROOT, id).await }
    });
    while matches!(find_by_name(&services, &ROOT, "nas").await, Ok(found) if found == id) {
        tokio::task::yield_now().await;
    }
    let mut acknowledged = Vec::new();
    for hours in (1..90).rev() {
        send(&services, report(&begin(hours), "Success")).await?;
        acknowledged.push(begin(hours));
    }
    let deleted = deleting.await??;
    assert_eq!((deleted.jobs, deleted.runs), (1, 400));
    let new = find_by_name(&services, &ROOT, "nas").await?;
    assert_ne!(new, id);
    assert_eq!(starts_of(&services, new).await?, acknowledged);
    check_totals(&services).await
}
