//! The next runs that the page of a job names.

use super::{
    Target, pause,
    tests::{DAY, HOUR, JOB, ME, after_noon, daily},
};
use crate::{
    service::{
        Services,
        noticing::evaluator::tick,
        overview,
        testing::{TestResult, at, report, send, services},
    },
    time::Timestamp,
};

async fn next(services: &Services) -> Result<Vec<Timestamp>, Box<dyn std::error::Error>> {
    let query = serde_json::from_value(serde_json::json!({ "job": JOB.id }))?;
    let page = overview::job::show(services, &ME, query).await?;
    Ok(page.schedule.next.iter().map(|next| next.at).collect())
}

#[tokio::test]
async fn a_slot_that_an_early_run_has_taken_is_not_a_next_run() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..0).await?;
    at(&services, -HOUR);
    tick(&services).await?;
    assert_eq!(next(&services).await?.first(), Some(&after_noon(0)));
    at(&services, -HOUR + 600);
    send(&services, report(&after_noon(-HOUR).to_string(), "Success")).await?;
    assert_eq!(next(&services).await?.first(), Some(&after_noon(DAY)));
    Ok(())
}

#[tokio::test]
async fn slots_in_a_pause_are_not_next_runs() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services, -8..1).await?;
    pause(&services, &ME, Target::Jobs(vec![JOB.id]), Some(after_noon(9 * DAY + HOUR)), "").await?;
    assert_eq!(next(&services).await?.first(), Some(&after_noon(10 * DAY)));
    pause(&services, &ME, Target::Jobs(vec![JOB.id]), None, "").await?;
    assert_eq!(next(&services).await?, Vec::new());
    Ok(())
}
