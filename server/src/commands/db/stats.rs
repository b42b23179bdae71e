//! `duplistatus db stats`.

use std::fmt;

use duplistatus::{
    dto::database::DatabaseStats,
    service::{Actor, database},
    units::{size, thousands},
};
use serde::Serialize;

use crate::{
    cli::GlobalOptions,
    commands,
    commands::{count_of, output::Output},
};

#[derive(Serialize)]
#[serde(transparent)]
struct JsonOutput(DatabaseStats);

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats = &self.0;
        writeln!(
            f,
            "{}, {}, {}",
            count_of(stats.servers, "server", "servers"),
            count_of(stats.jobs, "job", "jobs"),
            count_of(stats.users, "user", "users")
        )?;
        let by_status: Vec<String> = stats
            .by_status
            .iter()
            .map(|(status, count)| format!("{} {}", thousands(*count), status.as_str()))
            .collect();
        writeln!(f, "{}: {}", count_of(stats.runs, "run", "runs"), by_status.join(", "))?;
        if let (Some(oldest), Some(newest)) = (stats.oldest_run, stats.newest_run) {
            writeln!(f, "from {oldest} to {newest}")?;
        }
        writeln!(
            f,
            "{} of source data, {} at the destinations, {} uploaded",
            size(stats.source_size),
            size(stats.storage_size),
            size(stats.uploaded_size)
        )?;
        writeln!(
            f,
            "{}, {}, {}",
            count_of(stats.operations, "other operation", "other operations"),
            count_of(stats.raw_reports, "raw report", "raw reports"),
            count_of(stats.audit_entries, "audit log entry", "audit log entries")
        )?;
        write!(
            f,
            "\n{:<10}  {:>10}  {:>10}  {:>10}  {:>10}  {:>10}  {:>10}",
            "days", "runs", "good", "warning", "failed", "incomplete", "uploaded"
        )?;
        for period in &stats.periods {
            let days = period.days.map_or_else(|| "all".to_owned(), |days| days.to_string());
            write!(
                f,
                "\n{days:<10}  {:>10}  {:>10}  {:>10}  {:>10}  {:>10}  {:>10}",
                thousands(period.runs),
                thousands(period.successes),
                thousands(period.warnings),
                thousands(period.failures),
                thousands(period.incomplete),
                size(period.uploaded_size)
            )?;
        }
        Ok(())
    }
}

/// Shows the counts.
pub(super) async fn run(options: &GlobalOptions, out: Output) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let stats = database::stats(&services, &Actor::CommandLine).await?;
    services.db().close().await;
    out.show(&JsonOutput(stats))
}
