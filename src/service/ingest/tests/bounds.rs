//! The daily limits of a sender.

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::{
    db::{Db, schema::ingest_growth, tables::ingest_keys as ingest_key_rows},
    service::{Actor, Crypto, Options, ingest::TooMany, ingest_keys, testing::NOON},
    time::Timestamp,
};

/// Returns the services with other limits.
fn bounded(services: Services, max_new_servers: i64, max_new_jobs: i64) -> Services {
    let options = Options { max_new_servers, max_new_jobs, ..(*services.options).clone() };
    Services { options: Arc::new(options), ..services }
}

fn of(machine: u32, job: u32) -> Value {
    let mut sent = report("2026-11-22T01:00:00Z", "Success");
    sent["Extra"]["machine-id"] = json!(format!("{machine:032x}"));
    sent["Extra"]["machine-name"] = json!("nas");
    sent["Extra"]["backup-name"] = json!(format!("job {job}"));
    sent
}

/// Returns the numbers of servers, jobs and runs.
async fn rows(services: &Services) -> Result<(usize, usize, usize), StoreError> {
    let jobs = services.db.read(|conn| jobs::all(conn, None)).await?.len();
    Ok((servers(services).await?.len(), jobs, runs(services).await?.len()))
}

fn refused(answer: Result<Stored, IngestError>) -> Option<TooMany> {
    match answer {
        Err(IngestError::TooMany(too_many)) => Some(too_many),
        _ => None,
    }
}

#[tokio::test]
async fn a_key_makes_so_many_servers_and_jobs_in_a_day_and_no_more() -> TestResult {
    let (_folder, services) = services()?;
    let services = bounded(services, 3, 5);
    let made = ingest_keys::create(&services, &Actor::CommandLine, "").await?;
    let (key, other) = (made.secret, ingest_keys::create(&services, &Actor::CommandLine, "").await?.secret);
    for machine in 0..3 {
        assert_eq!(send_with(&services, Some(&key), of(machine, 0)).await?, Stored::New);
    }
    assert_eq!(refused(send_with(&services, Some(&key), of(3, 0)).await), Some(TooMany::Servers(3)));
    for job in 1..3 {
        assert_eq!(send_with(&services, Some(&key), of(0, job)).await?, Stored::New);
    }
    assert_eq!(refused(send_with(&services, Some(&key), of(1, 9)).await), Some(TooMany::Jobs(5)));
    let mut restore = of(1, 9);
    restore["Data"]["MainOperation"] = json!("Restore");
    assert_eq!(refused(send_with(&services, Some(&key), restore).await), Some(TooMany::Jobs(5)));
    for operation in ["Backup", "ListRemote"] {
        let live = json!({"operation": operation, "status": "Started", "startedUtc": "2026-11-23T11:59:00Z",
            "metadata": {"machineId": "b7", "backupName": "new"}});
        assert_eq!(
            refused(send_with(&services, Some(&key), live).await),
            Some(TooMany::Servers(3)),
            "{operation}"
        );
    }
    assert_eq!(rows(&services).await?, (3, 5, 5), "what was refused left nothing");
    let used = services.db.read(move |conn| ingest_key_rows::find(conn, made.id)).await?.use_count;
    assert_eq!(used, 5);

    // Known servers and other senders are not affected, and the limit ends with the day.
    assert_eq!(send_with(&services, Some(&key), of(2, 0)).await?, Stored::Duplicate);
    assert_eq!(send_with(&services, Some(&other), of(3, 0)).await?, Stored::New);
    assert_eq!(send(&services, of(4, 0)).await?, Stored::New, "without a key the address counts");
    at(&services, 12 * 3600);
    assert_eq!(send_with(&services, Some(&key), of(5, 0)).await?, Stored::New);
    Ok(())
}

#[tokio::test]
async fn a_restart_or_another_key_in_its_place_does_not_begin_anew() -> TestResult {
    let (folder, services) = services()?;
    let services = bounded(services, 1, 5);
    let made = ingest_keys::create(&services, &Actor::CommandLine, "").await?;
    send_with(&services, Some(&made.secret), of(0, 0)).await?;
    let new = ingest_keys::rotate(&services, &Actor::CommandLine, made.id).await?.secret;
    services.db.close().await;
    let db = Db::open(&folder.path().join("duplistatus.db"))?;
    let clock = crate::clock::Clock::manual(Timestamp::from_unix(NOON));
    let guards = Crypto::for_made_up_data()?;
    let again = Services::new(db, clock, services.zone.clone(), (*services.options).clone(), guards);
    for key in [&made.secret, &new] {
        assert_eq!(refused(send_with(&again, Some(key), of(1, 0)).await), Some(TooMany::Servers(1)));
    }
    Ok(())
}

#[tokio::test]
async fn what_was_counted_is_forgotten_after_a_week() -> TestResult {
    let (_folder, services) = services()?;
    for day in 0..20 {
        at(&services, day * 86_400);
        send(&services, of(u32::try_from(day)?, 0)).await?;
    }
    let kept: i64 = services.db.read(|conn| Ok(ingest_growth::table.count().get_result(conn)?)).await?;
    assert_eq!(kept, 8);
    Ok(())
}

#[tokio::test]
async fn thousands_of_made_up_names_make_as_many_as_are_allowed() -> TestResult {
    let (_folder, services) = services()?;
    let key = ingest_keys::create(&services, &Actor::CommandLine, "").await?.secret;
    let mut answers = (0, 0);
    for number in 0..600 {
        match send_with(&services, Some(&key), of(number, number)).await {
            Ok(_) => answers.0 += 1,
            Err(IngestError::TooMany(_)) => answers.1 += 1,
            Err(error) => return Err(error.into()),
        }
    }
    assert_eq!(answers, (50, 550));
    assert_eq!(rows(&services).await?, (50, 50, 50));
    Ok(())
}
