//! The page of a server: its history of one day, and what its calendar and charts say of it.

use super::*;
use crate::{
    dto::server::{Range, RunSort, Statistics},
    ids::ServerId,
    service::testing::{NOON, TestResult, report, send, services, services_in},
    time::Timestamp,
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

/// Stores a run of a job of so many days ago.
async fn run_of(services: &Services, job: &str, days: i64, status: &str) -> TestResult {
    let mut sent = report(&days_ago(days), status);
    sent["Extra"]["backup-name"] = serde_json::json!(job);
    send(services, sent).await?;
    Ok(())
}

fn days_ago(days: i64) -> String {
    Timestamp::from_unix(NOON - days * 86_400).to_string()
}

async fn statistics_of(services: &Services, job: Option<i64>, range: Range) -> Result<Statistics, Error> {
    let query = ServerQuery { job: job.map(JobId), range, ..query(None) };
    Ok(show(services, &Actor::CommandLine, query).await?.statistics)
}

#[tokio::test]
async fn statistics_are_of_the_job_and_the_range() -> TestResult {
    let (_folder, services) = services()?;
    for (job, days, status) in [
        ("a", 0, "Success"),
        ("a", 1, "Warning"),
        ("a", 40, "Fatal"),
        ("b", 0, "Error"),
        ("b", 6, "Success"),
        ("b", 7, "Success"),
    ] {
        run_of(&services, job, days, status).await?;
    }
    let figures = |all: &Statistics| (all.runs, all.successful, all.warnings, all.failed, all.uploaded_size);
    assert_eq!(figures(&statistics_of(&services, None, Range::All).await?), (6, 3, 1, 2, 300));
    assert_eq!(figures(&statistics_of(&services, None, Range::Week).await?), (4, 2, 1, 1, 200));
    let of_a = statistics_of(&services, Some(1), Range::Week).await?;
    assert_eq!(figures(&of_a), (2, 1, 1, 0, 100));
    assert_eq!(
        (of_a.average_duration, of_a.source_size, of_a.storage_size),
        (Some(600), Some(1000), Some(5000))
    );
    Ok(())
}

#[tokio::test]
async fn the_last_success_is_that_of_the_job_that_waits_longest() -> TestResult {
    let (_folder, services) = services()?;
    for (job, days, status) in [("a", 0, "Success"), ("b", 0, "Error"), ("b", 6, "Success")] {
        run_of(&services, job, days, status).await?;
    }
    let last = |all: Statistics| {
        (
            all.last_success_job,
            all.last_success.map(|time| time.at.to_string()),
            all.last_run.map(|time| time.at.unix()),
        )
    };
    let expected = (Some("b".to_owned()), Some(days_ago(6)), Some(NOON));
    assert_eq!(last(statistics_of(&services, None, Range::Week).await?), expected);
    run_of(&services, "c", 2, "Fatal").await?;
    let expected = (Some("c".to_owned()), None, Some(NOON));
    assert_eq!(last(statistics_of(&services, None, Range::All).await?), expected, "never is worse than any");
    Ok(())
}

#[tokio::test]
async fn zeros_of_a_failed_run_are_no_figures() -> TestResult {
    let (_folder, services) = services()?;
    for (days, status) in [(1, "Success"), (0, "Fatal")] {
        let mut sent = report(&days_ago(days), status);
        for name in ["ExaminedFiles", "SizeOfExaminedFiles", "AddedFiles"] {
            sent["Data"][name] = serde_json::json!(0);
        }
        sent["Data"]["BackendStatistics"] =
            serde_json::json!({ "KnownFileSize": 0, "BytesUploaded": 50, "BackupListCount": 0 });
        send(&services, sent).await?;
    }
    let mut rows = page(&services, None).await?.runs;
    let (good, failed) = (rows.remove(1), rows.remove(0));
    let figures =
        |row: &RunRow| (row.files, row.source_size, row.storage_size, row.uploaded_size, row.versions);
    assert_eq!(figures(&good), (Some(0), Some(0), Some(0), Some(50), Some(0)));
    assert_eq!(figures(&failed), (None, None, None, Some(50), None));
    let page = async |run| {
        let query = crate::dto::run::RunQuery { run, lines: Default::default(), page: 1 };
        super::super::run::show(&services, &Actor::CommandLine, query).await
    };
    let figures = page(failed.id).await?.figures;
    assert!(figures.iter().all(|figure| figure.value == 50 && figure.previous == Some(50)), "{figures:?}");
    assert_eq!(figures.len(), 1);
    assert!(page(good.id).await?.figures.iter().any(|figure| figure.value == 0));
    Ok(())
}
