use super::*;
use crate::{
    dto::dashboard::Filter,
    ids::ServerId,
    service::{
        ingest::{rejected as rejections, rejected::Rejection},
        ingest_keys,
        noticing::evaluator,
        overview::server,
        testing::{NOON, TestResult, at, report, send, services},
    },
    time::Timestamp,
    verdict::Verdict,
};

const ROOT: Actor = Actor::CommandLine;
const DAY: i64 = 86_400;

async fn seen(services: &Services) -> Result<Dashboard, Error> {
    show(services, &ROOT, DashboardQuery::default()).await
}

/// Daily runs at noon, the last one now.
async fn daily(services: &Services) -> TestResult {
    for days in (0..8).rev() {
        at(services, -days * DAY);
        send(services, report(&Timestamp::from_unix(NOON - days * DAY).to_string(), "Success")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_page_knows_when_it_changes_although_nothing_arrives() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services).await?;
    let mut moments = Vec::new();
    let mut verdicts = Vec::new();
    for _ in 0..6 {
        let page = seen(&services).await?;
        verdicts.push(page.verdicts.iter().find(|(_, n)| *n == 1).map(|(verdict, _)| *verdict));
        let next = page.changes_at.ok_or("it never changes")?;
        assert!(next > page.now.at);
        let here = server::show(&services, &ROOT, server_query()).await?;
        assert_eq!(here.changes_at, Some(next), "the page of the server changes with it");
        moments.push(next.unix() - NOON);
        services.clock.set(next);
        evaluator::judge(&services).await?;
    }
    // Midnight, the expected run, and then a midnight each: that the job is late is stored.
    assert_eq!(moments, [DAY / 2, DAY + 1, 3 * DAY / 2, 5 * DAY / 2, 7 * DAY / 2, 9 * DAY / 2]);
    let late = [Verdict::Ok, Verdict::Ok, Verdict::Ok, Verdict::Late, Verdict::Late, Verdict::Late];
    assert_eq!(verdicts, late.map(Some));
    Ok(())
}

#[tokio::test]
async fn a_server_that_fell_silent_is_one_problem() -> TestResult {
    let (_folder, services) = services()?;
    for (server, jobs) in [("nas", ["Documents", "Photos"]), ("desk", ["Mail", "Music"])] {
        for (job, days) in jobs.into_iter().flat_map(|job| (0..8).rev().map(move |days| (job, days))) {
            let mut sent = report(&Timestamp::from_unix(NOON - days * DAY).to_string(), "Success");
            sent["Extra"]["backup-name"] = serde_json::json!(job);
            sent["Extra"]["machine-id"] = serde_json::json!(server);
            sent["Extra"]["machine-name"] = serde_json::json!(server);
            send(&services, sent).await?;
        }
    }
    at(&services, 3 * DAY);
    evaluator::judge(&services).await?;
    let page = seen(&services).await?;
    let told: Vec<(&str, usize)> =
        page.problems.iter().map(|one| (one.server_name.as_str(), one.other_jobs.len())).collect();
    assert_eq!((page.attention(), told.len()), (4, 2), "{told:?}");
    assert!(told.contains(&("nas", 1)) && told.contains(&("desk", 1)), "{told:?}");
    Ok(())
}

fn server_query() -> crate::dto::server::ServerQuery {
    let (range, sort) = Default::default();
    crate::dto::server::ServerQuery {
        server: ServerId(1),
        job: None,
        day: None,
        range,
        sort,
        ascending: false,
        page: 1,
    }
}

#[tokio::test]
async fn what_never_reported_is_counted_and_can_be_listed() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services).await?;
    assert_eq!(seen(&services).await?.never_reported, 0);
    ingest_keys::create(&services, &ROOT, "Basement NAS").await?;
    let page = seen(&services).await?;
    assert_eq!((page.never_reported, page.count(Verdict::Ok)), (1, 1));
    let query = DashboardQuery { filter: Filter::Never, ..DashboardQuery::default() };
    let listed = show(&services, &ROOT, query).await?.servers;
    assert_eq!(listed.iter().map(|server| server.name.as_str()).collect::<Vec<_>>(), ["Basement NAS"]);
    Ok(())
}

#[tokio::test]
async fn who_waits_for_the_first_report_sees_keys_and_refusals() -> TestResult {
    let (_folder, services) = services()?;
    let made = ingest_keys::create(&services, &ROOT, "").await?;
    let gone = ingest_keys::create(&services, &ROOT, "").await?;
    ingest_keys::revoke(&services, &ROOT, gone.id).await?;
    rejections::note(
        &services,
        Rejection {
            reason: "the report is not JSON".into(),
            field: None,
            hint: "Set the format.".into(),
            http_status: 400,
            source: "192.0.2.7",
            body: b"{",
            size: 1,
        },
    );
    rejections::write_waiting(&services).await?;
    let waiting = seen(&services).await?.waiting.and_then(|waiting| waiting.open());
    let waiting = waiting.ok_or("it does not say what it waits for")?;
    assert_eq!(waiting.keys.iter().map(|key| key.id).collect::<Vec<_>>(), [made.id]);
    assert_eq!(waiting.refused.first().map(|row| row.reason.as_str()), Some("the report is not JSON"));

    let guest = Actor::Guest { address: String::new() };
    assert_eq!(show(&services, &guest, DashboardQuery::default()).await?.waiting, None);
    at(&services, 60);
    daily(&services).await?;
    assert_eq!(seen(&services).await?.waiting, None, "once a report has come nothing is waited for");
    Ok(())
}

#[tokio::test]
async fn sizes_of_past_days_carry_what_each_job_had() -> TestResult {
    let (_folder, services) = services()?;
    let run = async |job: &str, days: i64, source: i64, stored: i64| {
        let mut sent = report(&Timestamp::from_unix(NOON - days * DAY - 600).to_string(), "Success");
        sent["Extra"]["backup-name"] = serde_json::json!(job);
        sent["Data"]["SizeOfExaminedFiles"] = serde_json::json!(source);
        sent["Data"]["BackendStatistics"]["KnownFileSize"] = serde_json::json!(stored);
        send(&services, sent).await
    };
    // One that has ended, one that runs every other week, one that is new.
    run("Archive", 200, 1000, 100).await?;
    for days in [40, 26, 12] {
        run("Music", days, 500 + days, 50).await?;
    }
    run("Photos", 2, 7, 3).await?;
    let days = seen(&services).await?.totals.days;
    let source: Vec<i64> = days.iter().filter_map(|day| day.source_size).collect();
    // 29 to 27 days ago, 26 to 13, 12 to 3, 2 to today.
    let expected: Vec<i64> = [(1540, 3), (1526, 14), (1512, 10), (1519, 3)]
        .into_iter()
        .flat_map(|(size, days)| vec![size; days])
        .collect();
    assert_eq!(source, expected);
    assert_eq!(days.iter().map(|day| day.storage_size).collect::<Vec<_>>()[27..], [Some(153); 3]);
    Ok(())
}

#[tokio::test]
async fn sizes_of_past_days_are_read_once_a_minute_and_today_is_always_now() -> TestResult {
    let (_folder, services) = services()?;
    daily(&services).await?;
    let last = async || {
        Ok::<_, Error>(
            seen(&services)
                .await?
                .totals
                .days
                .iter()
                .rev()
                .take(2)
                .map(|day| day.source_size)
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(last().await?, [Some(1000), Some(1000)]);
    // Yesterday is told anew, and today.
    for seconds in [-DAY + 60, 60] {
        let mut sent = report(&Timestamp::from_unix(NOON + seconds).to_string(), "Success");
        sent["Data"]["SizeOfExaminedFiles"] = serde_json::json!(3000);
        send(&services, sent).await?;
    }
    at(&services, 59);
    assert_eq!(last().await?, [Some(3000), Some(1000)], "today is what the tile beside it says");
    at(&services, 61);
    assert_eq!(last().await?, [Some(3000), Some(3000)]);
    Ok(())
}

#[tokio::test]
async fn before_the_first_report_no_size_is_known() -> TestResult {
    let (_folder, services) = services()?;
    assert!(seen(&services).await?.totals.days.iter().all(|day| day.source_size.is_none()));
    send(&services, report("2026-11-22T02:00:00Z", "Success")).await?;
    let known: Vec<bool> =
        seen(&services).await?.totals.days.iter().map(|day| day.source_size.is_some()).collect();
    assert_eq!(known[27..], [false, true, true]);
    Ok(())
}
