//! `duplistatus db stats`.

use std::fmt;

use duplistatus::{
    dto::database::DatabaseStats,
    service::{Actor, database},
    units::{size, thousands},
};
use serde::Serialize;

use crate::commands::output::Output;
use crate::{cli::GlobalOptions, commands};

#[derive(Serialize)]
#[serde(transparent)]
struct Answer(DatabaseStats);

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats = &self.0;
        writeln!(f, "{} servers, {} jobs, {} people", stats.servers, stats.jobs, stats.users)?;
        let by_status: Vec<String> = stats
            .by_status
            .iter()
            .map(|(status, count)| format!("{} {}", thousands(*count), status.as_str()))
            .collect();
        writeln!(f, "{} runs: {}", thousands(stats.runs), by_status.join(", "))?;
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
            "{} other operations, {} raw reports, {} entries of the audit trail",
            thousands(stats.operations),
            thousands(stats.raw_reports),
            thousands(stats.audit_entries)
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

/// Shows how much is stored.
pub(super) async fn run(options: &GlobalOptions, out: Output) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let stats = database::stats(&services, &Actor::CommandLine).await?;
    services.db.close().await;
    out.show(&Answer(stats))
}
