//! Rows of incomplete runs keep the reported figures. Readers decide by the outcome which of them to show.

use serde_json::{Value, json};

use super::{
    outcomes::{page, sent},
    *,
};
use crate::{
    dto::{
        dashboard::DashboardQuery,
        export::{ExportFormat, ExportQuery},
        run::{FigureKind, RunQuery},
        server::{Range, RunSort, ServerQuery},
    },
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    service::{
        Actor,
        database::{self, Text},
        overview::{dashboard, run, server, strip},
        testing::{Ended, check_totals},
    },
};

const ME: Actor = Actor::CommandLine;

/// Sets all figures of a report, both those that are shown for an incomplete run and those that are not.
fn with_figures(mut report: Value, figure: i64) -> Value {
    let data = &mut report["Data"];
    for name in ["ExaminedFiles", "SizeOfExaminedFiles"] {
        data[name] = json!(figure);
    }
    for name in ["KnownFileSize", "BytesUploaded", "BackupListCount", "TotalQuotaSpace", "FreeQuotaSpace"] {
        data["BackendStatistics"][name] = json!(figure);
    }
    report
}

/// Creates a good run with figures of 500 ten days ago, followed by one run of each other kind with figures of `figure`.
async fn every_kind(figure: i64) -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    let stopped = json!("System.Threading.Tasks.TaskCanceledException: A task was canceled.");
    let mut killed = sent(6, "Fatal", Ended::ByItself);
    killed["Exception"] = stopped;
    let mut failed = sent(5, "Fatal", Ended::ByItself);
    failed["Exception"] = json!("System.IO.IOException: No space left on device");
    let mut rehearsal = sent(4, "Success", Ended::ByItself);
    rehearsal["Data"]["Dryrun"] = json!(true);
    let incomplete = [
        with_figures(sent(9, "Warning", Ended::Partial), figure),
        with_figures(sent(8, "Success", Ended::Stopped), figure),
        sent(7, "Warning", Ended::Skipped),
        with_figures(killed, figure),
        with_figures(failed, figure),
        with_figures(rehearsal, figure),
    ];
    send(&services, with_figures(sent(10, "Success", Ended::ByItself), 500)).await?;
    for report in incomplete {
        send(&services, report).await?;
    }
    Ok((folder, services))
}

#[tokio::test]
async fn lists_show_no_figure_of_a_run_that_was_not_completed() -> TestResult {
    for figure in [0, 7] {
        let (_folder, services) = every_kind(figure).await?;
        let page = page(&services).await?;
        let outcomes: Vec<RunOutcome> = page.runs.iter().map(|run| run.outcome).collect();
        let expected = [
            RunOutcome::Rehearsal,
            RunOutcome::Failed,
            RunOutcome::Stopped,
            RunOutcome::Skipped,
            // A run stopped before anything happened looks like one skipped by a script.
            if figure == 0 { RunOutcome::Skipped } else { RunOutcome::Stopped },
            RunOutcome::Partial,
            RunOutcome::Good,
        ];
        assert_eq!(outcomes, expected);
        for run in &page.runs {
            let (size, versions, upload) = match run.outcome {
                RunOutcome::Good => (Some(500), Some(500), Some(500)),
                RunOutcome::Partial => (None, Some(figure), Some(figure)),
                RunOutcome::Skipped => (None, None, None),
                _ => (None, None, Some(figure)),
            };
            let is_told = |figure: Option<i64>| figure.filter(|figure| *figure > 0);
            assert_eq!([run.files, run.source_size, run.storage_size], [size; 3], "{:?}", run.outcome);
            assert_eq!(
                (run.versions, run.uploaded_size),
                (is_told(versions), is_told(upload)),
                "{:?}",
                run.outcome
            );
        }
        let job = page.jobs.first().ok_or("no job")?;
        assert_eq!([job.source_size, job.storage_size], [Some(500); 2]);
        assert_eq!(job.uploaded_size, Some(figure).filter(|figure| *figure > 0), "of the failed one");
        assert_eq!([page.statistics.source_size, page.statistics.storage_size], [Some(500); 2]);
        assert!(page.trends.source_size.iter().flatten().all(|size| *size == 500), "{:?}", page.trends);
        assert!(page.trends.storage_size.iter().flatten().all(|size| *size == 500), "{:?}", page.trends);
        check_totals(&services).await?;
    }
    Ok(())
}

/// Hidden figures do not affect the order.
#[tokio::test]
async fn lists_are_ordered_by_what_they_show() -> TestResult {
    let (_folder, services) = every_kind(7).await?;
    send(&services, with_figures(sent(1, "Success", Ended::ByItself), 3)).await?;
    for sort in [RunSort::Files, RunSort::Source, RunSort::Stored, RunSort::Uploaded, RunSort::Versions] {
        for ascending in [true, false] {
            let (job, day, range) = (None, None, Range::Month);
            let query = ServerQuery { server: ServerId(1), job, day, range, sort, ascending, page: 1 };
            let page = server::show(&services, &ME, query).await?;
            let figures: Vec<Option<i64>> = page
                .runs
                .iter()
                .map(|run| match sort {
                    RunSort::Files => run.files,
                    RunSort::Source => run.source_size,
                    RunSort::Stored => run.storage_size,
                    RunSort::Uploaded => run.uploaded_size,
                    _ => run.versions,
                })
                .collect();
            let mut sorted = figures.clone();
            sorted.sort_unstable();
            if !ascending {
                sorted.reverse();
            }
            assert_eq!(figures, sorted, "{sort:?}");
        }
    }
    Ok(())
}

/// The page shows the outcome together with the reported figures.
#[tokio::test]
async fn the_page_of_a_run_shows_how_far_it_came_and_no_zero_for_what_was_not_counted() -> TestResult {
    for figure in [0, 7] {
        let (_folder, services) = every_kind(figure).await?;
        for id in 1..=7 {
            let query = RunQuery { run: RunId(id), lines: Default::default(), page: 1 };
            let page = run::show(&services, &ME, query).await?;
            let shown =
                |kind| page.figures.iter().find(|figure| figure.kind == kind).map(|figure| figure.value);
            let expected = match page.outcome {
                RunOutcome::Good => Some(500),
                RunOutcome::Skipped => None,
                _ => Some(figure).filter(|figure| *figure > 0),
            };
            for kind in [FigureKind::ExaminedFiles, FigureKind::ExaminedSize, FigureKind::UploadedSize] {
                assert_eq!(shown(kind), expected, "{kind:?} {}", page.outcome);
            }
            if page.outcome != RunOutcome::Skipped {
                let versions = (page.versions_count, shown(FigureKind::Versions));
                assert_eq!(versions, (expected, expected), "{}", page.outcome);
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn dashboards_strips_and_totals_count_what_was_completed() -> TestResult {
    let (_folder, services) = every_kind(7).await?;
    let page = dashboard::show(&services, &ME, DashboardQuery::default()).await?;
    assert_eq!((page.totals.source_size, page.totals.storage_size), (500, 500));
    assert_eq!(page.totals.uploaded_size, 500 + 4 * 7, "a rehearsal uploads nothing");
    let slots = strip::slots(&services, &ME, JobId(1)).await?;
    let sizes: Vec<i64> = slots.iter().filter_map(|slot| slot.source_size).collect();
    assert_eq!(sizes, [500]);
    let stats = database::stats(&services, &ME).await?;
    assert_eq!((stats.source_size, stats.storage_size), (500, 500));
    Ok(())
}

/// An export has the reported figures, so that an import gives the same runs, and also the outcome.
#[tokio::test]
async fn an_export_says_what_became_of_each_run() -> TestResult {
    let (folder, services) = every_kind(7).await?;
    for format in [ExportFormat::Csv, ExportFormat::Json] {
        let query = ExportQuery { format, ..ExportQuery::default() };
        let export = database::select(&services, &ME, query).await?;
        let file = folder.path().join(format.as_str());
        database::write_out_to(&services, &ME, Text::Runs(export), &file).await?;
        let text = std::fs::read_to_string(file)?;
        for outcome in ["partial", "stopped", "skipped", "failed", "rehearsal", "good"] {
            assert!(text.contains(outcome), "{outcome} in {text}");
        }
    }
    Ok(())
}
