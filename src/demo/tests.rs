use std::collections::BTreeSet;

use super::{fill, plan};
use crate::{
    db::{Connection, engine::dynamic, tables::jobs},
    dto::{
        dashboard::{Dashboard, DashboardQuery},
        incidents::{IncidentFilter, IncidentPage, IncidentQuery, IncidentRow},
    },
    error::Error,
    report::{Message, parse},
    service::{
        Actor, Services, database,
        noticing::{evaluator, incidents},
        overview::dashboard,
        testing::{self, TestResult},
    },
    status::Status,
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
    let (mut with_versions, mut live) = (0, 0);
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
            Ok(Message::Live(_)) => live += 1,
            other => panic!("{other:?}: {body}"),
        }
    }
    assert!(with_versions > 1000);
    assert_eq!(live, 3, "of the run that did not end");
}

async fn board(services: &Services) -> Result<Dashboard, Error> {
    dashboard::show(services, &Actor::CommandLine, DashboardQuery::default()).await
}

async fn incidents_of(services: &Services, filter: IncidentFilter) -> Result<IncidentPage, Error> {
    incidents::list(services, &Actor::CommandLine, IncidentQuery { filter, ..IncidentQuery::default() }).await
}

/// What is shown of every kind, whenever and wherever the demonstration is opened.
async fn shows_every_kind(services: &Services) -> TestResult {
    let board = board(services).await?;
    assert_eq!(board.running, 1);
    for (verdict, number) in &board.verdicts {
        let expected = if *verdict == Verdict::Ok { 13 } else { 1 };
        assert_eq!(*number, expected, "{verdict:?}: {:?}", board.verdicts);
    }
    let open = incidents_of(services, IncidentFilter::Open).await?.rows;
    let seen = incidents_of(services, IncidentFilter::Acknowledged).await?.rows;
    let kinds: BTreeSet<&str> = open.iter().chain(&seen).map(|row| row.problem.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["check", "failed", "late", "stale", "stuck"]));
    assert!(seen.len() == 1 && open.iter().any(|row| row.snoozed_until.is_some()), "{open:?}");
    let closed = incidents_of(services, IncidentFilter::Closed).await?;
    assert!(closed.paging.total > 10, "{:?}", closed.paging);
    let jobs = services.db().read(|conn| jobs::all(conn, None)).await?;
    let of = |name: &str| jobs.iter().find(|job| job.name == name).ok_or_else(|| name.to_owned());
    assert_eq!(of("Clips")?.verdict(), Verdict::Paused);
    let known = of("Desktop")?;
    assert_eq!(
        (known.verdict(), known.summary.last_status()),
        (Verdict::Ok, Some(Status::Warning)),
        "accepted"
    );
    let down = super::monitoring::downtime(services.clock().now(), services.zone()).ok_or("no downtime")?;
    let received = |conn: &mut Connection| dynamic::texts(conn, "SELECT created_at FROM backups");
    let received = services.db().read(received).await?;
    assert!(
        received.iter().filter_map(|at| at.parse().ok()).all(|at| !down.has(at)),
        "what came then is lost"
    );
    // Nothing is told again when the evaluator looks a minute later, and what is stored is what follows from the reports.
    services.clock().set(services.clock().now().plus(60));
    evaluator::complete(services).await?;
    evaluator::tick(services).await?;
    let later = incidents_of(services, IncidentFilter::Open).await?.rows;
    let told =
        |rows: &[IncidentRow]| rows.iter().map(|row| (row.id, row.timeline.len())).collect::<BTreeSet<_>>();
    assert!(told(&later).is_superset(&told(&open)), "{later:?}");
    let found = database::integrity(services, &Actor::CommandLine).await?;
    assert_eq!(found.problems(), 0, "{found:#?}");
    Ok(())
}

#[tokio::test]
async fn every_verdict_incident_and_setting_shows_and_a_year_of_days() -> TestResult {
    let (_folder, services) = testing::services()?;
    let count = fill(&services).await?;
    assert!(count > 4000, "{count}");
    let board = dashboard::show(&services, &Actor::CommandLine, DashboardQuery::default()).await?;
    let groups: Vec<&str> = board.labels.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups.len(), 3, "{groups:?}");
    assert_eq!(board.labels.tags.len(), 4);
    let days = services
        .db()
        .read(|conn| crate::db::tables::days::site_days_since(conn, "2000-01-01".parse().unwrap()))
        .await?;
    assert!(days.len() >= 364, "{}", days.len());
    let jobs = services.db().read(|conn| jobs::all(conn, None)).await?;
    let down = super::monitoring::downtime(services.clock().now(), services.zone()).ok_or("no downtime")?;
    let excused: Vec<_> = jobs.iter().filter_map(|job| job.why().excused).collect();
    assert!(!excused.is_empty() && excused.iter().all(|slot| down.has(*slot)), "{excused:?} {down:?}");
    shows_every_kind(&services).await
}

#[tokio::test]
async fn the_same_shows_at_another_time_in_another_zone() -> TestResult {
    let (_folder, services) = testing::services_in(Zone::named("America/St_Johns")?)?;
    services.clock().set("2028-02-29T23:58:00Z".parse()?);
    fill(&services).await?;
    shows_every_kind(&services).await
}
