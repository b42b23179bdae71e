//! Events that are a part of another one, for channels that want no more of it.

use serde_json::{Value, json};

use super::tests::{Receiver, create, dispatch, form, run};
use crate::{
    dto::channel::ChannelForm,
    error::Error,
    service::{
        Services,
        noticing::evaluator,
        testing::{NOON, TestResult, at, report, send, services},
    },
    time::Timestamp,
    topic::Topic,
};

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;

/// A channel that is sent only some topics.
async fn channel(services: &Services, name: &str, topics: &[Topic]) -> Result<Receiver, Error> {
    let receiver = Receiver::start();
    let form = form(&receiver.server);
    create(services, ChannelForm { name: name.into(), topics: topics.to_vec(), ..form }).await?;
    Ok(receiver)
}

/// A run of the job "photos" that began some seconds after noon, with something changed in its report.
async fn changed(services: &Services, seconds: i64, change: impl FnOnce(&mut Value)) -> TestResult {
    let mut sent = report(&Timestamp::from_unix(NOON + seconds).to_string(), "Success");
    sent["Extra"]["backup-name"] = json!("photos");
    change(&mut sent);
    at(services, seconds + 600);
    send(services, sent).await?;
    Ok(())
}

#[tokio::test]
async fn low_space_is_sent_to_channels_for_it_and_for_all_checks() -> TestResult {
    let (_folder, services) = services()?;
    let quota = channel(&services, "quota", &[Topic::Quota]).await?;
    let checks = channel(&services, "checks", &[Topic::Check]).await?;
    let warnings = channel(&services, "warnings", &[Topic::NewWarning]).await?;
    for day in 0..10 {
        changed(&services, day * DAY, |_| ()).await?;
    }
    changed(&services, 10 * DAY, |sent| {
        sent["Data"]["BackendStatistics"]["FreeQuotaSpace"] = json!(5_000);
    })
    .await?;
    dispatch(&services).await?;
    assert_eq!(quota.titles(), ["Low space: nas / photos"]);
    assert_eq!(checks.titles(), ["Low space: nas / photos"]);
    assert_eq!(warnings.titles(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_warning_of_a_new_kind_is_sent_to_channels_for_it() -> TestResult {
    let (_folder, services) = services()?;
    let quota = channel(&services, "quota", &[Topic::Quota]).await?;
    let warnings = channel(&services, "warnings", &[Topic::NewWarning]).await?;
    for day in 0..10 {
        changed(&services, day * DAY, |_| ()).await?;
    }
    changed(&services, 10 * DAY, |sent| {
        sent["Data"]["ParsedResult"] = json!("Warning");
        sent["Data"]["WarningsActualLength"] = json!(1);
        sent["LogLines"] = json!([
            "2026-11-28 12:00:10 +00 - [Warning-Duplicati.Library.Main.Operation.Backup.FileBlockProcessor.FileEntry-PathProcessingFailed]: Failed to process path: /home/anna/a.txt"
        ]);
    })
    .await?;
    dispatch(&services).await?;
    assert_eq!(warnings.titles(), ["New warning: nas / photos"]);
    assert_eq!(quota.titles(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn the_last_job_of_a_server_that_becomes_overdue_is_told_as_all_of_them() -> TestResult {
    let (_folder, services) = services()?;
    let silent = channel(&services, "silent", &[Topic::Silent]).await?;
    let late = channel(&services, "late", &[Topic::Late]).await?;
    for day in 0..8 {
        at(&services, day * DAY);
        evaluator::tick(&services).await?;
        run(&services, "photos", day * DAY, "Success").await?;
        run(&services, "mail", day * DAY + HOUR, "Success").await?;
    }
    // Each is overdue six hours and its usual ten minutes after its slot.
    let mut now = 7 * DAY + HOUR + 600;
    while now < 9 * DAY {
        now += 120;
        at(&services, now);
        evaluator::tick(&services).await?;
        dispatch(&services).await?;
    }
    assert_eq!(late.titles(), ["Overdue: nas / photos", "All jobs overdue: nas"]);
    assert_eq!(silent.titles(), ["All jobs overdue: nas"]);
    let text = silent.bodies.lock().unwrap()[0]["message"].as_str().unwrap_or_default().to_owned();
    assert!(text.starts_with("All 2 jobs of nas are overdue."), "{text}");
    Ok(())
}
