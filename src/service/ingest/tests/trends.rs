//! Runs in charts and in the calendar.

use serde_json::json;

use super::{
    outcomes::{DAY, page, sent},
    *,
};
use crate::{
    service::testing::{Ended, NOON},
    time::Day,
};

/// A weekly job is included in sums with its last known figures, even if they are from before the range.
#[tokio::test]
async fn levels_carry_each_job_into_the_range() -> TestResult {
    let (_folder, services) = services()?;
    let of = |name: &str, days: i64, size: i64| {
        let mut sent = sent(days, "Success", Ended::ByItself);
        sent["Extra"]["backup-name"] = json!(name);
        sent["Data"]["SizeOfExaminedFiles"] = json!(size);
        sent
    };
    // Weekly: the last run before the thirty days, and the first within them.
    for days in [37, 30, 23, 16] {
        send(&services, of("Music", days, 400)).await?;
    }
    // No longer running, but still at its destination.
    send(&services, of("Old", 200, 50)).await?;
    for days in (0..32).rev() {
        send(&services, of("Photos", days, 1000)).await?;
    }
    // Began within the range.
    send(&services, of("New", 3, 7)).await?;
    let trends = page(&services).await?.trends;
    assert_eq!(trends.source_size.first(), Some(&Some(1450)), "{:?}", trends.source_size);
    assert_eq!(trends.source_size.last(), Some(&Some(1457)));
    assert!(trends.source_size.iter().flatten().all(|size| [1450, 1457].contains(size)));
    assert_eq!(trends.versions.first(), Some(&Some(21)));
    let week = trends.source_size.iter().rev().take(5).rev().copied().collect::<Vec<_>>();
    assert_eq!(week, [Some(1450), Some(1457), Some(1457), Some(1457), Some(1457)]);
    Ok(())
}

#[tokio::test]
async fn the_calendar_knows_when_reports_began_and_what_was_missed() -> TestResult {
    let (_folder, services) = services()?;
    // On every previous weekday.
    for days in [11, 10, 9, 8, 7, 6, 5, 4, 1, 0] {
        send(&services, sent(days, "Success", Ended::ByItself)).await?;
    }
    let trends = page(&services).await?.trends;
    let today = Day::from_number(NOON / DAY);
    assert_eq!(trends.first_run, Some(today.plus(-11)));
    let missed: Vec<i64> = trends
        .calendar
        .iter()
        .filter(|day| day.missed > 0)
        .map(|day| today.number() - day.day.number())
        .collect();
    assert_eq!(missed, [3, 2]);
    Ok(())
}
