use std::collections::BTreeSet;

use super::{fill, plan};
use crate::{
    dto::dashboard::DashboardQuery,
    report::{Message, parse},
    service::{Actor, overview::dashboard, testing},
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};

#[test]
fn the_same_moment_gives_the_same_reports() -> Result<(), Box<dyn std::error::Error>> {
    let (now, zone) = (Timestamp::from_unix(testing::NOON), Zone::named("Europe/Berlin")?);
    let told = |now| plan(now, &zone).iter().map(|one| (one.at, one.body(&zone))).collect::<Vec<_>>();
    let first = told(now);
    assert_eq!(first, told(now));
    assert!(first.is_sorted_by_key(|(at, _)| *at));
    assert!(first.iter().all(|(at, _)| *at <= now));
    assert_ne!(first, told(now.plus(86_400)));
    Ok(())
}

#[test]
fn every_report_is_understood() {
    let (now, zone) = (Timestamp::from_unix(testing::NOON), Zone::utc());
    let mut with_versions = 0;
    for delivery in plan(now, &zone) {
        let body = delivery.body(&zone);
        match parse(Some("application/json"), body.as_bytes()) {
            Ok(Message::Report(report)) => {
                assert!(report.log.lines.len() <= 20, "{body}");
                assert!(report.begin.is_some_and(|begin| begin < now.unix()), "{body}");
                let left = i64::try_from(report.available_versions.len()).unwrap_or(0);
                if left > 0 {
                    assert_eq!(report.storage.versions, Some(left), "{body}");
                    with_versions += 1;
                }
            }
            other => panic!("{other:?}: {body}"),
        }
    }
    assert!(with_versions > 1000);
}

#[tokio::test]
async fn every_verdict_shows_and_a_year_of_days() -> Result<(), Box<dyn std::error::Error>> {
    let (_folder, services) = testing::services()?;
    let count = fill(&services).await?;
    assert!(count > 4000, "{count}");
    let board = dashboard::show(&services, &Actor::CommandLine, DashboardQuery::default()).await?;
    let missing: BTreeSet<&str> =
        board.verdicts.iter().filter(|(_, n)| *n == 0).map(|(v, _)| v.as_str()).collect();
    assert_eq!(missing, BTreeSet::from(["paused", "stuck"]));
    assert_eq!(board.running, 1);
    for (verdict, number) in &board.verdicts {
        let expected = match verdict {
            Verdict::Ok => 15,
            Verdict::Paused | Verdict::Stuck => 0,
            _ => 1,
        };
        assert_eq!(*number, expected, "{verdict:?}: {:?}", board.verdicts);
    }
    let groups: Vec<&str> = board.labels.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups, ["Hosting", "Home", "Office"], "worst first");
    assert_eq!(board.labels.tags.len(), 4);
    let days = services
        .db()
        .read(|conn| crate::db::tables::days::site_days_since(conn, "2000-01-01".parse().unwrap()))
        .await?;
    assert!(days.len() >= 364, "{}", days.len());
    Ok(())
}
