//! `duplistatus db cleanup`.

use std::fmt;

use anyhow::{anyhow, bail};
use duplistatus::{
    dto::database::{CleanupReport, CleanupRequest},
    error::Error,
    service::{Actor, database},
};
use serde::Serialize;

use crate::commands::output::Output;
use crate::{
    cli::{CleanupArguments, GlobalOptions},
    commands,
};

#[derive(Serialize)]
#[serde(transparent)]
struct Answer(CleanupReport);

impl fmt::Display for Answer {
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
            return write!(f, "{runs} runs and {operations} other operations would be deleted. Nothing was.");
        }
        write!(f, "{runs} runs and {operations} other operations are deleted in {} ms;", report.took)?;
        write!(f, " {} bytes are given back to the file system.", report.returned)
    }
}

/// Deletes old runs.
pub(super) async fn run(
    options: &GlobalOptions,
    out: Output,
    arguments: CleanupArguments,
) -> anyhow::Result<()> {
    let CleanupArguments { days, server, job, keep_last, dry_run } = arguments;
    let services = commands::open_there(options).await?;
    let request = CleanupRequest { days, server, job, keep_last, dry_run };
    let report = database::cleanup(&services, &Actor::CommandLine, request).await;
    services.db.close().await;
    match report {
        Ok(report) => out.show(&Answer(report)),
        Err(Error::NotFound) => bail!("{}", super::NO_SUCH_PLACE),
        Err(error) => Err(anyhow!(error)),
    }
}
