//! Days in the site's time zone, including clock changes, and over many jobs.

use diesel::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    db::{
        schema::job_days,
        tables::{days, days::SiteDayRow},
    },
    service::tasks::housekeeping,
    time::Day,
    zone::Zone,
};

async fn site(services: &Services) -> Result<Vec<(String, i64)>, StoreError> {
    let days = services.db.read(|conn| days::site_days_since(conn, Day::from_number(0))).await?;
    Ok(days.into_iter().map(|day| (day.day, day.runs)).collect())
}

#[tokio::test]
async fn a_run_belongs_to_the_day_on_the_sites_calendar_when_clocks_change() -> TestResult {
    let (_folder, services) = services_in(Zone::named("Europe/Berlin")?)?;
    // In spring the day has 23 hours, from 23:00Z to 22:00Z; in autumn 25 hours, from 22:00Z to
    // 23:00Z.
    for begin in [
        "2026-03-28T22:59:59Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T21:59:59Z",
        "2026-03-29T22:00:00Z",
        "2026-10-24T21:59:59Z",
        "2026-10-24T22:00:00Z",
        "2026-10-25T22:59:59Z",
        "2026-10-25T23:00:00Z",
    ] {
        send(&services, report(begin, "Success")).await?;
    }
    let expected = [
        ("2026-03-28", 1),
        ("2026-03-29", 2),
        ("2026-03-30", 1),
        ("2026-10-24", 1),
        ("2026-10-25", 2),
        ("2026-10-26", 1),
    ]
    .map(|(day, runs)| (day.to_owned(), runs));
    assert_eq!(site(&services).await?, expected);
    Ok(())
}

#[tokio::test]
async fn another_time_zone_rebuilds_the_totals() -> TestResult {
    let (folder, services) = services_in(Zone::utc())?;
    housekeeping::follow_time_zone(&services).await?;
    send(&services, report("2026-11-22T23:30:00Z", "Success")).await?;
    send(&services, report("2026-11-22T12:00:00Z", "Error")).await?;
    assert_eq!(site(&services).await?, [("2026-11-22".to_owned(), 2)]);
    let moved = Services { zone: Zone::named("Europe/Berlin")?, ..services.clone() };
    housekeeping::follow_time_zone(&moved).await?;
    let berlin = [("2026-11-22".to_owned(), 1), ("2026-11-23".to_owned(), 1)];
    assert_eq!(site(&moved).await?, berlin);
    housekeeping::follow_time_zone(&moved).await?;
    assert_eq!(site(&moved).await?, berlin, "nothing to do");
    assert_eq!(summary(&moved).await?.run_count, 2);
    drop(folder);
    Ok(())
}

#[tokio::test]
async fn the_days_of_the_site_are_the_sum_of_the_days_of_the_jobs() -> TestResult {
    let (_folder, services) = services()?;
    let sending: Vec<_> = (0..30)
        .map(|number| {
            let services = services.clone();
            tokio::spawn(async move {
                let mut sent = report("2026-11-23T02:00:00Z", ["Success", "Warning", "Fatal"][number % 3]);
                sent["Extra"]["backup-name"] = json!(format!("Job {number}"));
                send(&services, sent).await
            })
        })
        .collect();
    for sent in sending {
        assert_eq!(sent.await??, Stored::New);
    }
    let first: Day = "2026-11-01".parse()?;
    let days = services.db.read(move |conn| days::site_days_since(conn, first)).await?;
    let expected = SiteDayRow {
        day: "2026-11-23".into(),
        runs: 30,
        successes: 10,
        warnings: 10,
        failures: 10,
        incomplete: 0,
        uploaded_size: 1500,
    };
    assert_eq!(days.as_slice(), std::slice::from_ref(&expected), "summed up when they are read");
    housekeeping::settle_site_days(&services).await?;
    assert!(services.db.read(days::stale_site_days).await?.is_empty());
    assert_eq!(services.db.read(move |conn| days::site_days_since(conn, first)).await?, [expected]);
    let jobs: i64 = services.db.read(|conn| Ok(job_days::table.count().get_result(conn)?)).await?;
    assert_eq!(jobs, 30);
    Ok(())
}

#[tokio::test]
async fn the_days_of_a_job_go_with_its_server() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, report("2026-11-23T02:00:00Z", "Success")).await?;
    let days = |conn: &mut crate::db::Connection| Ok(job_days::table.count().get_result::<i64>(conn)?);
    assert_eq!(services.db.read(days).await?, 1);
    services.db.write(|tx| Ok(diesel::delete(crate::db::schema::servers::table).execute(tx.conn)?)).await?;
    assert_eq!(services.db.read(days).await?, 0);
    Ok(())
}
