//! `duplistatus db cleanup`.

use std::fmt;

use anyhow::bail;
use duplistatus::{
    dto::database::{CleanupReport, CleanupRequest},
    error::Error,
    service::{Actor, Services, database},
};
use serde::Serialize;

use crate::{
    cli::{CleanupArguments, GlobalOptions},
    commands,
    commands::{count_of, output::Output},
};

#[derive(Serialize)]
#[serde(transparent)]
struct JsonOutput(CleanupReport);

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        if !report.jobs.is_empty() {
            writeln!(
                f,
                "{:<24}  {:<24}  {:>5}  {:>8}  {:<10}  {:<10}  {:>6}",
                "server", "job", "days", "runs", "from", "to", "kept"
            )?;
        }
        for job in &report.jobs {
            let days = job.retention.days.unwrap_or_default();
            let (oldest, newest) = (job.oldest.utc_day(), job.newest.utc_day());
            let (server, name, runs, kept) = (&job.server, &job.job, job.runs, job.kept);
            writeln!(
                f,
                "{server:<24}  {name:<24}  {days:>5}  {runs:>8}  {oldest:<10}  {newest:<10}  {kept:>6}"
            )?;
        }
        let (runs, operations) = (report.runs, report.operations);
        if report.dry_run {
            return write!(
                f,
                "{runs} runs and {operations} other operations would be deleted. Nothing has been deleted."
            );
        }
        write!(f, "{runs} runs and {operations} other operations were deleted in {} ms.", report.took)?;
        write!(f, " {} bytes were returned to the file system.", report.returned)
    }
}

/// Deletes old runs after a confirmation with their number.
pub(super) async fn run(
    options: &GlobalOptions,
    out: Output,
    arguments: CleanupArguments,
) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let report = clean(&services, arguments).await;
    services.db().close().await;
    out.show(&JsonOutput(report?))
}

async fn clean(services: &Services, arguments: CleanupArguments) -> anyhow::Result<CleanupReport> {
    let CleanupArguments { days, server, job, keep_last, dry_run, confirmation } = arguments;
    let request = CleanupRequest { days, server, job, keep_last, dry_run: true, at_most: None };
    let preview = cleaned(services, request.clone()).await?;
    if dry_run {
        return Ok(preview);
    }
    let going = preview.runs + preview.operations;
    if going > 0 {
        confirmation.confirm(&question(&preview))?;
    }
    let at_most = (!confirmation.yes).then_some(going);
    cleaned(services, CleanupRequest { dry_run: false, at_most, ..request }).await
}

async fn cleaned(services: &Services, request: CleanupRequest) -> anyhow::Result<CleanupReport> {
    match database::cleanup(services, &Actor::CommandLine, request).await {
        Err(Error::NotFound) => bail!("{}", super::NO_SUCH_PLACE),
        other => Ok(other?),
    }
}

/// Returns the question with what would be deleted.
fn question(preview: &CleanupReport) -> String {
    let jobs = i64::try_from(preview.jobs.len()).unwrap_or(i64::MAX);
    format!(
        "Permanently delete {} of {} and {}? (--dry-run lists them)",
        count_of(preview.runs, "run", "runs"),
        count_of(jobs, "job", "jobs"),
        count_of(preview.operations, "other operation", "other operations")
    )
}
