//! Reports of periods, from reports that were received.

use serde_json::json;

use super::*;
use crate::{
    access::Role,
    dto::report::Change,
    ids::ServerId,
    service::{
        labels,
        noticing::evaluator,
        testing::{NOON, TestResult, accounts::member, at, report, send, services, services_in},
    },
};

const DAY: i64 = 86_400;
const ROOT: Actor = Actor::System;

/// A run of a job on a machine that began so many seconds after noon.
async fn run(
    services: &Services,
    (machine, job): (&str, &str),
    seconds: i64,
    status: &str,
    size: i64,
) -> TestResult {
    let mut sent = report(&Timestamp::from_unix(NOON + seconds).to_string(), status);
    sent["Extra"]["backup-name"] = json!(job);
    sent["Extra"]["machine-name"] = json!(machine);
    sent["Extra"]["machine-id"] = json!(format!("{:0>32}", machine.len()));
    sent["Data"]["SizeOfExaminedFiles"] = json!(size);
    sent["Data"]["BackendStatistics"]["KnownFileSize"] = json!(2 * size);
    at(services, seconds + 600);
    send(services, sent).await?;
    Ok(())
}

fn query(from: &str, to: &str) -> ReportQuery {
    ReportQuery { from: from.parse().ok(), to: to.parse().ok(), group: String::new() }
}

/// Daily runs of three weeks and a half, the last ten of them from noon of 23 November on: of these the sixth is missing, the eighth failed.
async fn history(services: &Services) -> TestResult {
    for day in -14..10 {
        let status = if day == 7 { "Error" } else { "Success" };
        if day != 5 {
            run(services, ("nas", "photos"), day * DAY, status, 1000 + day * 10).await?;
        }
    }
    at(services, 9 * DAY + 3600);
    evaluator::judge(services).await?;
    Ok(())
}

#[tokio::test]
async fn runs_slots_and_growth_of_a_period_are_counted() -> TestResult {
    let (_folder, services) = services()?;
    history(&services).await?;
    let report = show(&services, &ROOT, query("2026-11-26", "2026-12-01")).await?;
    let [job] = report.jobs.as_slice() else { return Err(format!("{:?}", report.jobs).into()) };
    assert_eq!((job.good, job.warned, job.failed, job.incomplete), (4, 0, 1, 0), "{job:?}");
    assert_eq!((job.kept, job.lost, job.missed), (4, 1, 1), "{job:?}");
    // A failed run has no sizes.
    assert_eq!(job.source, Change { before: Some(1020), now: Some(1080) });
    assert_eq!(job.stored, Change { before: Some(2040), now: Some(2160) });
    assert_eq!(job.uploaded, 5 * 50);
    assert_eq!(job.quota, Some((40_000, 100_000)));
    let days = (report.from.at.to_string(), report.until.at.to_string());
    assert_eq!(days, ("2026-11-26T00:00:00Z".into(), "2026-12-02T00:00:00Z".into()));
    assert!(report.is_all_well() && report.closed_count > 0, "{report:?}");
    assert!(report.closed.iter().all(|closed| closed.has_recovered), "{:?}", report.closed);
    // Before anything was known.
    let before = show(&services, &ROOT, query("2026-10-01", "2026-10-31")).await?;
    assert_eq!(before.totals().good + before.totals().missed, 0);
    assert_eq!(before.closed_count, 0);
    Ok(())
}

#[tokio::test]
async fn what_is_open_is_listed_worst_first_with_its_reason() -> TestResult {
    let (_folder, services) = services()?;
    history(&services).await?;
    run(&services, ("nas", "photos"), 10 * DAY, "Success", 12).await?;
    run(&services, ("office", "mail"), 10 * DAY, "Fatal", 0).await?;
    let report = show(&services, &ROOT, query("2026-12-03", "2026-12-03")).await?;
    assert!(!report.is_all_well());
    let open: Vec<_> = report.open.iter().map(|open| (open.job.as_str(), open.topic.as_str())).collect();
    assert_eq!(open, [("mail", "failed"), ("photos", "check")]);
    assert!(report.open.iter().all(|open| open.why.is_some() && open.until.is_none()), "{:?}", report.open);
    Ok(())
}

#[tokio::test]
async fn a_report_of_a_group_has_nothing_of_others() -> TestResult {
    let (_folder, services) = services()?;
    run(&services, ("nas", "photos"), 0, "Error", 1000).await?;
    run(&services, ("office", "mail"), 0, "Error", 1000).await?;
    labels::set_of_server(&services, &ROOT, ServerId(1), "Müller", "").await?;
    let of = |group: &str| ReportQuery { group: group.into(), ..query("2026-11-23", "2026-11-23") };
    let report = show(&services, &ROOT, of(" müller ")).await?;
    assert_eq!((report.open_count, report.jobs.len(), report.job_count()), (1, 1, 1));
    assert_eq!((report.jobs[0].server.as_str(), report.open[0].job.as_str()), ("nas", "photos"));
    let gone = show(&services, &ROOT, of("Nobody")).await?;
    assert_eq!((gone.open_count, gone.jobs.len(), gone.job_count()), (0, 0, 0));
    assert!(!gone.is_all_well());
    let (name, text) = csv(&services, &ROOT, of("Müller")).await?;
    assert_eq!(name, "duplistatus-report-2026-11-23-2026-11-23.csv");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[0].starts_with("\"server\",\"job\",\"state\"")
            && lines[1].starts_with("\"nas\",\"photos\",\"failed\",0,0,1"),
        "{text}"
    );
    Ok(())
}

#[tokio::test]
async fn a_name_is_no_formula_in_a_spreadsheet() -> TestResult {
    let (_folder, services) = services()?;
    run(&services, ("nas", "=cmd|' /C calc'!A0"), 0, "Success", 1000).await?;
    let (_, text) = csv(&services, &ROOT, query("2026-11-23", "2026-11-23")).await?;
    assert!(text.contains("\"'=cmd"), "{text}");
    Ok(())
}

#[tokio::test]
async fn days_are_those_of_the_reader_and_must_be_in_order() -> TestResult {
    let (_folder, services) = services_in(Zone::named("Asia/Kathmandu")?)?;
    let last_month = show(&services, &ROOT, ReportQuery::default()).await?;
    assert_eq!(last_month.from.at.to_string(), "2026-09-30T18:15:00Z");
    assert_eq!(last_month.until.at.to_string(), "2026-10-31T18:15:00Z");
    let of_one =
        show(&services, &ROOT, ReportQuery { from: "2026-02-10".parse().ok(), ..ReportQuery::default() })
            .await?;
    assert_eq!(
        (of_one.from.day().to_string(), of_one.until.plus(-1).day().to_string()),
        ("2026-02-10".into(), "2026-02-28".into())
    );
    for (from, to) in [("2026-11-02", "2026-11-01"), ("2024-01-01", "2026-11-01")] {
        let refused = show(&services, &ROOT, query(from, to)).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "to", .. })), "{from} {to}");
    }
    let viewer = member(&services, "viewer", Role::Viewer).await?;
    assert!(show(&services, &viewer, ReportQuery::default()).await.is_ok());
    Ok(())
}
