//! Runs that are not good: stopped, skipped, partial, with errors, or contradicting themselves.

use serde_json::{Value, json};

use super::*;
use crate::{
    checks::Check,
    dto::{
        dashboard::{DashboardQuery, JobRow, Problem},
        run::{RunPage, RunQuery},
        server::{Range, RunSort, ServerPage, ServerQuery, Statistics},
    },
    ids::{RunId, ServerId},
    outcome::RunOutcome,
    service::{
        Actor,
        overview::{dashboard, run, server},
        testing::{Ended, NOON, check_totals, end},
    },
    time::Timestamp,
    verdict::Verdict,
};

pub(super) const DAY: i64 = 86_400;

/// Returns when the daily run of `days_ago` days ago began.
fn begin(days_ago: i64) -> String {
    Timestamp::from_unix(NOON - 3600 - days_ago * DAY).to_string()
}

pub(super) fn sent(days_ago: i64, status: &str, ended: Ended) -> Value {
    let mut sent = report(&begin(days_ago), status);
    end(&mut sent, ended);
    sent
}

/// Sends a report at the end of its run.
async fn arrive(services: &Services, days_ago: i64, report: Value) -> TestResult {
    at(services, -3000 - days_ago * DAY);
    send(services, report).await?;
    Ok(())
}

/// Sends good runs of these days ago.
async fn good_runs(services: &Services, days_ago: std::ops::Range<i64>) -> TestResult {
    for days in days_ago.rev() {
        arrive(services, days, sent(days, "Success", Ended::ByItself)).await?;
    }
    Ok(())
}

pub(super) async fn page(services: &Services) -> Result<ServerPage, Box<dyn std::error::Error>> {
    let query = ServerQuery {
        server: ServerId(1),
        job: None,
        day: None,
        range: Range::Month,
        sort: RunSort::Started,
        ascending: false,
        page: 1,
    };
    Ok(server::show(services, &Actor::CommandLine, query).await?)
}

async fn run_page(services: &Services, id: RunId) -> Result<RunPage, Box<dyn std::error::Error>> {
    let query = RunQuery { run: id, lines: Default::default(), page: 1 };
    Ok(run::show(services, &Actor::CommandLine, query).await?)
}

async fn job(services: &Services) -> Result<JobRow, Box<dyn std::error::Error>> {
    page(services).await?.jobs.pop().ok_or_else(|| "no job".into())
}

async fn problem(services: &Services) -> Result<Problem, Box<dyn std::error::Error>> {
    let page = dashboard::show(services, &Actor::CommandLine, DashboardQuery::default()).await?;
    page.problems.into_iter().next().ok_or_else(|| "no problem".into())
}

fn figures(job: &JobRow) -> [Option<i64>; 3] {
    [job.source_size, job.storage_size, job.versions]
}

const KNOWN: [Option<i64>; 3] = [Some(1000), Some(5000), Some(7)];

#[tokio::test]
async fn skips_change_no_figure_and_leave_the_job_late() -> TestResult {
    for status in ["Success", "Warning", "Error"] {
        let (_folder, services) = services()?;
        for days in (10..14).rev() {
            send(&services, sent(days, "Success", Ended::ByItself)).await?;
        }
        for days in (0..10).rev() {
            send(&services, sent(days, status, Ended::Skipped)).await?;
        }
        let page = page(&services).await?;
        let job = page.jobs.first().ok_or("no job")?;
        assert_eq!(figures(job), KNOWN, "{status}");
        assert_eq!(job.last_success.map(|at| at.at.to_string()), Some(begin(10)));
        assert_eq!((job.verdict, job.failures, job.interval), (Verdict::Late, 0, Some(DAY)));
        assert_eq!(job.last_outcome, Some(RunOutcome::Skipped));
        let Statistics { runs, successful, failed, incomplete, average_duration, .. } = page.statistics;
        assert_eq!((runs, successful, failed, incomplete), (14, 4, 0, 10));
        assert_eq!(average_duration, Some(600), "the mean of the complete runs");
        let newest = page.runs.first().ok_or("no run")?;
        assert_eq!(newest.outcome, RunOutcome::Skipped);
        assert_eq!([newest.files, newest.source_size, newest.storage_size, newest.versions], [None; 4]);
        assert!(page.trends.source_size.iter().flatten().all(|size| *size == 1000), "{:?}", page.trends);
        let cells = &page.trends.calendar;
        let worst = |days: usize| cells[cells.len() - 1 - days].worst;
        assert_eq!(
            (worst(0), worst(12)),
            (Some(crate::status::Status::Warning), Some(crate::status::Status::Success))
        );
        check_totals(&services).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_job_that_is_skipped_for_months_stays_late() -> TestResult {
    let (_folder, services) = services()?;
    for days in (50..54).rev() {
        send(&services, sent(days, "Success", Ended::ByItself)).await?;
    }
    for days in (0..50).rev() {
        send(&services, sent(days, "Success", Ended::Skipped)).await?;
    }
    let job = job(&services).await?;
    assert_eq!((job.verdict, job.interval, figures(&job)), (Verdict::Late, Some(DAY), KNOWN));
    check_totals(&services).await
}

/// Duplicati still reports the next planned run, which does not excuse the stopped ones.
#[tokio::test]
async fn a_told_schedule_does_not_hide_that_every_run_is_stopped() -> TestResult {
    let (_folder, services) = services()?;
    let planned = |days: i64, ended| {
        let mut sent = sent(days, "Success", ended);
        sent["Extra"]["next-scheduled-run"] = json!(begin(days - 1));
        sent
    };
    for days in (2..8).rev() {
        arrive(&services, days, planned(days, Ended::ByItself)).await?;
    }
    arrive(&services, 1, planned(1, Ended::Stopped)).await?;
    assert_eq!(job(&services).await?.verdict, Verdict::Check, "just stopped");
    arrive(&services, 0, planned(0, Ended::Stopped)).await?;
    let stopped = job(&services).await?;
    assert_eq!((stopped.verdict, stopped.last_outcome), (Verdict::Late, Some(RunOutcome::Stopped)));
    assert_eq!(
        (figures(&stopped), stopped.last_success.map(|at| at.at.to_string())),
        (KNOWN, Some(begin(2)))
    );
    assert_eq!(stopped.next_expected.map(|at| at.at.to_string()), Some(begin(1)), "the one that is missing");
    check_totals(&services).await
}

#[tokio::test]
async fn a_stop_is_no_failure_and_cures_none() -> TestResult {
    let (_folder, services) = services()?;
    for days in (3..9).rev() {
        send(&services, sent(days, "Success", Ended::ByItself)).await?;
    }
    let mut canceled = sent(2, "Fatal", Ended::ByItself);
    canceled["Exception"] = json!(
        "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at Duplicati.Library.X()"
    );
    send(&services, canceled).await?;
    at(&services, -2 * DAY);
    let stopped = job(&services).await?;
    assert_eq!((stopped.verdict, stopped.failures), (Verdict::Check, 0));
    assert_eq!(problem(&services).await?.outcome, Some(RunOutcome::Stopped));
    at(&services, 0);
    let mut failed = sent(1, "Fatal", Ended::ByItself);
    failed["Exception"] = json!("System.IO.IOException: The disk is gone");
    send(&services, failed).await?;
    for (hours, ended) in [(1, Ended::Stopped), (2, Ended::Skipped), (3, Ended::Partial)] {
        let mut neutral = report(&Timestamp::from_unix(NOON - DAY + hours * 3600).to_string(), "Warning");
        end(&mut neutral, ended);
        send(&services, neutral).await?;
    }
    let now = problem(&services).await?;
    assert_eq!(
        (now.verdict, now.failures, now.message.as_deref()),
        (Verdict::Failed, 1, Some("The disk is gone"))
    );
    check_totals(&services).await?;
    send(&services, sent(0, "Success", Ended::ByItself)).await?;
    assert_eq!(job(&services).await?.verdict, Verdict::Ok);
    check_totals(&services).await
}

#[tokio::test]
async fn a_partial_run_counts_its_versions_and_no_size() -> TestResult {
    let (_folder, services) = services()?;
    good_runs(&services, 2..10).await?;
    let partial = |days, versions| {
        let mut sent = sent(days, "Warning", Ended::Partial);
        sent["Data"]["SizeOfExaminedFiles"] = json!(10);
        sent["Data"]["WarningsActualLength"] = json!(1);
        sent["Data"]["BackendStatistics"]["KnownFileSize"] = json!(0);
        sent["Data"]["BackendStatistics"]["BackupListCount"] = json!(versions);
        sent
    };
    arrive(&services, 1, partial(1, 8)).await?;
    let first = job(&services).await?;
    assert_eq!(figures(&first), [Some(1000), Some(5000), Some(8)]);
    assert_eq!(
        (first.verdict, first.last_outcome, first.warnings),
        (Verdict::Check, Some(RunOutcome::Partial), Some(1))
    );
    // It ended before it had counted.
    arrive(&services, 0, partial(0, 0)).await?;
    let last = job(&services).await?;
    assert_eq!(figures(&last), [Some(1000), Some(5000), Some(8)]);
    assert_eq!(last.last_success.map(|at| at.at.to_string()), Some(begin(2)));
    assert_eq!(last.verdict, Verdict::Late, "a good run is missing for two days");
    check_totals(&services).await
}

#[tokio::test]
async fn errors_that_left_a_version_count_their_figures_and_are_failures() -> TestResult {
    let (_folder, services) = services()?;
    for days in (0..40).rev() {
        send(&services, sent(days, "Error", Ended::ByItself)).await?;
    }
    let job = job(&services).await?;
    assert_eq!((figures(&job), job.last_success, job.failures), (KNOWN, None, 40));
    assert_eq!((job.verdict, job.last_outcome), (Verdict::Failed, Some(RunOutcome::Errors)));
    check_totals(&services).await?;
    let page = page(&services).await?;
    assert_eq!((page.statistics.failed, page.statistics.average_duration), (30, Some(600)));
    let run = run_page(&services, page.runs[0].id).await?;
    let good = run.last_good.ok_or("nothing")?;
    assert_eq!((good.failures, good.success), (40, None));
    assert_eq!(good.version.and_then(|version| version.versions), Some(7));
    Ok(())
}

#[tokio::test]
async fn a_failed_run_shows_what_was_known_before() -> TestResult {
    let (_folder, services) = services()?;
    send(&services, sent(3, "Success", Ended::ByItself)).await?;
    for days in [2, 1] {
        let mut failed = sent(days, "Fatal", Ended::Skipped);
        failed["Data"]["Interrupted"] = json!(false);
        failed["Exception"] = json!("System.IO.IOException: gone");
        send(&services, failed).await?;
    }
    let second = run_page(&services, RunId(3)).await?.last_good.ok_or("nothing")?;
    assert_eq!((second.failures, second.failing_since.map(|at| at.at.to_string())), (2, Some(begin(2))));
    assert_eq!(second.success.map(|at| at.at.to_string()), Some(begin(3)));
    let version = second.version.ok_or("no version")?;
    assert_eq!((version.id, version.source_size, version.storage_size), (RunId(1), Some(1000), Some(5000)));
    assert_eq!(run_page(&services, RunId(2)).await?.last_good.ok_or("nothing")?.failures, 1);
    assert_eq!(run_page(&services, RunId(1)).await?.last_good, None, "a good run speaks for itself");
    Ok(())
}

#[tokio::test]
async fn a_report_that_contradicts_itself_is_not_green() -> TestResult {
    let (_folder, services) = services()?;
    for days in (0..5).rev() {
        let mut contradicting = sent(days, "Success", Ended::ByItself);
        contradicting["Data"]["AddedFiles"] = json!(30);
        contradicting["Data"]["ModifiedFiles"] = json!(4);
        contradicting["Data"]["BackendStatistics"] =
            json!({ "KnownFileSize": 0, "BytesUploaded": 0, "FilesUploaded": 0, "BackupListCount": 0 });
        send(&services, contradicting).await?;
    }
    let expected = [Check::NothingUploaded { files: 34 }, Check::NothingStored];
    let job = job(&services).await?;
    assert_eq!((job.verdict, job.checks.as_slice()), (Verdict::Check, expected.as_slice()));
    let card = problem(&services).await?;
    assert_eq!((card.verdict, card.checks.as_slice()), (Verdict::Check, expected.as_slice()));
    assert_eq!(run_page(&services, RunId(5)).await?.checks, expected);
    check_totals(&services).await?;
    // The text report of the same run has no statistics.
    let (_folder, text_only) = services_in(crate::zone::Zone::utc())?;
    for days in (0..5).rev() {
        send(&text_only, text_report(&begin(days), "Success") + "AddedFiles: 34\n").await?;
    }
    let quiet = self::job(&text_only).await?;
    assert_eq!((quiet.verdict, quiet.checks), (Verdict::Ok, vec![]));
    Ok(())
}

#[tokio::test]
async fn a_source_that_is_gone_is_told_until_it_is_back() -> TestResult {
    let (_folder, services) = services()?;
    good_runs(&services, 2..10).await?;
    let mut gone = sent(1, "Success", Ended::ByItself);
    gone["Data"]["ExaminedFiles"] = json!(0);
    gone["Data"]["AddedFiles"] = json!(0);
    arrive(&services, 1, gone).await?;
    let found = job(&services).await?;
    assert_eq!((found.verdict, found.checks), (Verdict::Check, vec![Check::NothingExamined { before: 100 }]));
    check_totals(&services).await?;
    good_runs(&services, 0..1).await?;
    let back = job(&services).await?;
    assert_eq!((back.verdict, back.checks), (Verdict::Ok, vec![]));
    check_totals(&services).await
}

#[tokio::test]
async fn a_rehearsal_uploads_nothing_and_is_no_day_of_backups() -> TestResult {
    let (_folder, services) = services()?;
    let mut rehearsal = sent(0, "Success", Ended::ByItself);
    rehearsal["Data"]["Dryrun"] = json!(true);
    send(&services, rehearsal).await?;
    let page = page(&services).await?;
    assert_eq!((page.statistics.runs, page.statistics.uploaded_size), (0, 0));
    assert_eq!(page.trends.calendar.last().and_then(|day| day.worst), None);
    check_totals(&services).await
}
