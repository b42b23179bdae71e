//! A report as a table for spreadsheets: one line for each job.

use serde::Serialize;

use super::show;
use crate::{
    db::care::export::escape_formula,
    dto::report::{Report, ReportJob, ReportQuery},
    error::Error,
    service::{Actor, Services},
};

/// A line.
#[derive(Debug, Serialize)]
struct Line {
    server: String,
    job: String,
    state: &'static str,
    runs_good: i64,
    runs_with_warnings: i64,
    runs_failed: i64,
    runs_incomplete: i64,
    slots_kept: i64,
    slots_failed: i64,
    slots_missed: i64,
    source_bytes: Option<i64>,
    source_bytes_before: Option<i64>,
    stored_bytes: Option<i64>,
    stored_bytes_before: Option<i64>,
    uploaded_bytes: i64,
    quota_free_bytes: Option<i64>,
    quota_bytes: Option<i64>,
    last_good_run: Option<String>,
}

impl From<&ReportJob> for Line {
    fn from(job: &ReportJob) -> Self {
        Self {
            server: escape_formula(&job.server),
            job: escape_formula(&job.name),
            state: job.verdict.map_or("", |verdict| verdict.as_str()),
            runs_good: job.good,
            runs_with_warnings: job.warned,
            runs_failed: job.failed,
            runs_incomplete: job.incomplete,
            slots_kept: job.kept,
            slots_failed: job.lost,
            slots_missed: job.missed,
            source_bytes: job.source.now,
            source_bytes_before: job.source.before,
            stored_bytes: job.stored.now,
            stored_bytes_before: job.stored.before,
            uploaded_bytes: job.uploaded,
            quota_free_bytes: job.quota.map(|(free, _)| free),
            quota_bytes: job.quota.map(|(_, total)| total),
            last_good_run: job.last_success.map(|at| at.at.to_string()),
        }
    }
}

/// The name of the file, and its text.
///
/// # Errors
/// As [`show`]; [`Error::Invalid`] when there are too many jobs.
pub async fn csv(services: &Services, actor: &Actor, query: ReportQuery) -> Result<(String, String), Error> {
    let report = show(services, actor, query).await?;
    if report.is_too_wide {
        let hint = "there are too many jobs for one report: choose a group".into();
        return Err(Error::Invalid { field: "group", hint });
    }
    let name = format!("duplistatus-report-{}-{}.csv", report.from.day(), report.until.plus(-1).day());
    Ok((name, text(&report)))
}

fn text(report: &Report) -> String {
    // Texts are quoted, because some spreadsheets expect a separator other than the comma.
    let mut out = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(Vec::new());
    for job in &report.jobs {
        // Writing to memory does not fail.
        let _ = out.serialize(Line::from(job));
    }
    let bytes = out.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
