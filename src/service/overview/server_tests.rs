//! The page of a server: its history of one day, and what its calendar and charts say of it.

use super::*;
use crate::{
    dto::server::{Range, RunSort},
    ids::ServerId,
    service::testing::{TestResult, report, send, services_in},
};

fn query(day: Option<&str>) -> ServerQuery {
    ServerQuery {
        server: ServerId(1),
        job: None,
        day: day.and_then(|day| day.parse().ok()),
        range: Range::Month,
        sort: RunSort::Started,
        ascending: false,
        page: 1,
    }
}

async fn page(services: &Services, day: Option<&str>) -> Result<ServerPage, Error> {
    show(services, &Actor::CommandLine, query(day)).await
}

/// Two jobs in a zone whose days begin an hour before those of UTC.
async fn filled() -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services_in(Zone::named("Europe/Berlin")?)?;
    for begin in
        ["2026-11-20T22:59:59Z", "2026-11-20T23:00:00Z", "2026-11-21T22:59:59Z", "2026-11-21T23:00:00Z"]
    {
        send(&services, report(begin, "Success")).await?;
    }
    let mut other = report("2026-11-21T10:00:00Z", "Fatal");
    other["Extra"]["backup-name"] = serde_json::json!("Photos");
    other["Data"]["BackendStatistics"]["BytesUploaded"] = serde_json::json!(7000);
    send(&services, other).await?;
    Ok((folder, services))
}

#[tokio::test]
async fn a_day_of_the_history_is_a_day_of_the_sites_calendar() -> TestResult {
    let (_folder, services) = filled().await?;
    let all = page(&services, None).await?;
    assert_eq!(all.paging.total, 5);
    let shown = page(&services, Some("2026-11-21")).await?;
    let starts: Vec<String> = shown.runs.iter().map(|run| run.started.at.to_string()).collect();
    assert_eq!(starts, ["2026-11-21T22:59:59Z", "2026-11-21T10:00:00Z", "2026-11-20T23:00:00Z"]);
    assert_eq!((shown.paging.total, shown.paging.pages()), (3, 1));
    let cell =
        shown.trends.calendar.iter().find(|cell| cell.day.to_string() == "2026-11-21").ok_or("no cell")?;
    assert_eq!(
        (cell.runs, cell.failed, cell.warned),
        (3, 1, 0),
        "the calendar leads to as many as it counts"
    );
    assert_eq!((cell.seconds, cell.uploaded_size), (1200, 7100));
    Ok(())
}

#[tokio::test]
async fn a_day_goes_with_the_other_choices() -> TestResult {
    let (_folder, services) = filled().await?;
    let photos =
        page(&services, None).await?.jobs.iter().find(|job| job.name == "Photos").ok_or("no job")?.id;
    let of_job = ServerQuery { job: Some(photos), ..query(Some("2026-11-21")) };
    assert_eq!(show(&services, &Actor::CommandLine, of_job).await?.paging.total, 1);
    let oldest = ServerQuery { ascending: true, page: 99, ..query(Some("2026-11-21")) };
    let shown = show(&services, &Actor::CommandLine, oldest).await?;
    assert_eq!(
        shown.runs.first().map(|run| run.started.at.to_string()).as_deref(),
        Some("2026-11-20T23:00:00Z")
    );
    assert_eq!(shown.paging.page, 1, "the last page that there is");
    for day in ["0001-01-01", "2026-11-19", "9999-12-31"] {
        assert_eq!(page(&services, Some(day)).await?.runs, [], "{day}");
    }
    Ok(())
}

#[tokio::test]
async fn uploads_are_told_job_by_job_unless_there_is_one() -> TestResult {
    let (_folder, services) = filled().await?;
    let trends = page(&services, None).await?.trends;
    let names: Vec<Option<&str>> = trends.uploaded_by_job.iter().map(|one| one.job.as_deref()).collect();
    assert_eq!(names, [Some("Photos"), Some("Documents")]);
    for (index, whole) in trends.uploaded_size.iter().enumerate() {
        let parts: Option<i64> =
            trends.uploaded_by_job.iter().filter_map(|one| one.values[index]).reduce(|a, b| a + b);
        assert_eq!(parts, *whole);
    }
    let job = page(&services, None).await?.jobs.first().map(|job| job.id);
    let one = show(&services, &Actor::CommandLine, ServerQuery { job, ..query(None) }).await?;
    assert_eq!(one.trends.uploaded_by_job, []);
    Ok(())
}
