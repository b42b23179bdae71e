//! `duplistatus db repair`.

use std::fmt;

use anyhow::Context as _;
use duplistatus::{
    clock::Clock,
    dto::database::salvage::RepairReport,
    service::{Actor, database},
    zone::Zone,
};
use serde::Serialize;

use super::output::Output;
use crate::{cli::GlobalOptions, commands};

#[derive(Serialize)]
#[serde(transparent)]
struct Answer(RepairReport);

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        for line in &report.found {
            writeln!(f, "found: {line}")?;
        }
        for what in &report.created {
            writeln!(f, "made: {what}")?;
        }
        for index in &report.reindexed {
            writeln!(f, "built anew: {index}")?;
        }
        for (what, rows) in &report.changed {
            writeln!(f, "{what}: {rows}")?;
        }
        if report.totals_changed {
            writeln!(f, "Totals and summaries were made anew, and differ from what they were.")?;
        }
        if let Some(copy) = &report.copy {
            writeln!(f, "A copy of the file as it was: {copy}")?;
        }
        f.write_str(match (report.nothing_to_do(), report.dry_run) {
            (true, _) => "The database was in order.",
            (false, true) => "Nothing was changed: this is what a repair would do.",
            (false, false) => "The database is repaired and passes every check.",
        })
    }
}

/// Repairs the database of the data folder.
pub(super) async fn run(options: &GlobalOptions, out: Output, dry_run: bool) -> anyhow::Result<()> {
    let path = commands::data_dir(options)?.join("duplistatus.db");
    let zone = options.time_zone.clone().unwrap_or_else(Zone::system);
    let report = tokio::task::spawn_blocking(move || {
        database::repair(&Actor::CommandLine, &path, dry_run, &zone, Clock::system().now())
    })
    .await?
    .context("the database was not repaired")?;
    out.show(&Answer(report))
}
