//! The default texts of each topic, as a receiver gets them.

use serde_json::{Value, json};

use super::tests::{Receiver, create, dispatch, form};
use crate::{
    service::{
        Options, Services,
        noticing::evaluator,
        testing::{NOON, TestResult, at, report, send, services_in},
    },
    time::Timestamp,
    zone::Zone,
};

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;

/// A report of a run that began at noon of a day.
fn run(day: i64, status: &str) -> Value {
    let mut sent = report(&Timestamp::from_unix(NOON + day * DAY).to_string(), status);
    sent["Extra"]["backup-name"] = json!("photos");
    sent
}

/// Sends a report when its run has ended.
async fn received(services: &Services, day: i64, sent: Value) -> TestResult {
    at(services, day * DAY + 600);
    evaluator::tick(services).await?;
    send(services, sent).await?;
    Ok(())
}

/// Lets the evaluator run until a time.
async fn watch(services: &Services, until: i64) -> TestResult {
    let mut now = services.clock.now().unix() - NOON;
    while now < until {
        now = (now + 120).min(until);
        at(services, now);
        evaluator::tick(services).await?;
    }
    Ok(())
}

/// What a receiver gets of what happens after eight good days: title, text and link of each message.
async fn told<F>(happens: impl FnOnce(Services) -> F) -> Result<Vec<String>, Box<dyn std::error::Error>>
where
    F: Future<Output = TestResult>,
{
    let (_folder, services) = services_in(Zone::named("Europe/Berlin")?)?;
    let options = Options { public_url: Some("https://backup.example".into()), ..services.options().clone() };
    let services = Services { options: std::sync::Arc::new(options), ..services };
    let receiver = Receiver::start();
    create(&services, form(&receiver.server)).await?;
    for day in -8..0 {
        received(&services, day, run(day, "Success")).await?;
    }
    happens(services.clone()).await?;
    dispatch(&services).await?;
    let bodies = receiver.bodies.lock().unwrap();
    let text = |body: &Value, name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Ok(bodies
        .iter()
        .map(|body| ["title", "message", "click"].map(|name| text(body, name)).join("\n"))
        .collect())
}

#[tokio::test]
async fn a_failed_run_is_told_with_its_first_error_and_the_last_good_one() -> TestResult {
    let told = told(|services| async move {
        let mut failed = run(0, "Fatal");
        failed["Exception"] = json!("System.IO.IOException: The disk is full\n   at Duplicati.X()");
        failed["LogLines"] =
            json!(["2026-11-23 12:10:00 +00 - [Error-Duplicati.Main-Failed]: The disk is full"]);
        received(&services, 0, failed).await
    })
    .await?;
    assert_eq!(
        told,
        ["Failed: nas / photos\n\
          The run of 2026-11-23 13:00 UTC+1 failed. The disk is full\n\
          Since 2026-11-23 13:10 UTC+1.\n\
          The last good run began at 2026-11-22 13:00 UTC+1.\n\
          https://backup.example/incidents?job=1"]
    );
    Ok(())
}

#[tokio::test]
async fn an_overdue_run_is_told_with_when_it_was_expected() -> TestResult {
    let told = told(|services| async move { watch(&services, 9 * HOUR).await }).await?;
    assert_eq!(
        told,
        ["Overdue: nas / photos\n\
          A good run was expected about 2026-11-23 13:00 UTC+1. It has been overdue since 2026-11-23 19:10 UTC+1.\n\
          The last good run began at 2026-11-22 13:00 UTC+1.\n\
          https://backup.example/incidents?job=1"]
    );
    Ok(())
}

#[tokio::test]
async fn a_stuck_run_is_told_with_when_it_was_last_heard_of() -> TestResult {
    let told = told(|services| async move {
        at(&services, 0);
        evaluator::tick(&services).await?;
        let live = json!({
            "operation": "Backup", "status": "Started", "startedUtc": Timestamp::from_unix(NOON).to_string(),
            "metadata": { "machineId": "0123456789abcdef0123456789abcdef", "machineName": "nas", "backupName": "photos" },
        });
        send(&services, live).await?;
        watch(&services, 7 * HOUR).await
    })
    .await?;
    let [told] = told.as_slice() else { return Err(format!("{told:?}").into()) };
    assert_eq!(
        told,
        "Stuck: nas / photos\n\
         The run started at 2026-11-23 13:00 UTC+1 and did not finish. It was last heard of at 2026-11-23 13:00 UTC+1.\n\
         Since 2026-11-23 19:10 UTC+1.\n\
         The last good run began at 2026-11-22 13:00 UTC+1.\n\
         https://backup.example/incidents?job=1"
    );
    Ok(())
}

#[tokio::test]
async fn a_check_is_told_with_its_figures() -> TestResult {
    let told = told(|services| async move {
        let mut shrunk = run(0, "Success");
        shrunk["Data"]["ExaminedFiles"] = json!(3);
        shrunk["Data"]["SizeOfExaminedFiles"] = json!(9);
        received(&services, 0, shrunk).await
    })
    .await?;
    assert_eq!(
        told,
        ["Check: nas / photos\n\
          The source shrank from 100 to 3 files.\n\
          Since 2026-11-23 13:10 UTC+1.\n\
          The last good run began at 2026-11-23 13:00 UTC+1.\n\
          https://backup.example/incidents?job=1"]
    );
    Ok(())
}

#[tokio::test]
async fn a_recovery_is_told_with_how_long_it_took() -> TestResult {
    let told = told(|services| async move {
        received(&services, 0, run(0, "Error")).await?;
        dispatch(&services).await?;
        received(&services, 1, run(1, "Success")).await
    })
    .await?;
    assert_eq!(
        told.last().map(String::as_str),
        Some(
            "Recovered: nas / photos\n\
             The job is good again. It was failing for 1 d, from 2026-11-23 13:10 UTC+1 to 2026-11-24 13:10 UTC+1.\n\
             The last good run began at 2026-11-24 13:00 UTC+1.\n\
             https://backup.example/incidents?job=1"
        )
    );
    Ok(())
}
