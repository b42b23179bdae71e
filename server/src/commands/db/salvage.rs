//! `duplistatus db salvage BROKEN NEW`.

use std::{
    fmt,
    io::{IsTerminal as _, Write as _, stderr},
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use duplistatus::{
    clock::Clock,
    db::care::salvage::Progress,
    dto::database::salvage::{SalvageReport, SalvagedTable},
    service::{Actor, database},
    units::size,
};
use serde::Serialize;

use crate::{cli::GlobalOptions, commands::output::Output};

#[derive(Serialize)]
#[serde(transparent)]
struct JsonOutput(SalvageReport);

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |number: Option<i64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        writeln!(
            f,
            "{:<18}  {:>8}  {:>8}  {:>8}  {:>8}  {:>8}  {:>8}  {:>6}",
            "table", "expected", "kept", "by table", "by page", "by report", "by index", "lost"
        )?;
        for row in &self.0.tables {
            let SalvagedTable {
                table, expected, kept, from_table, from_pages, from_reports, from_index, ..
            } = row;
            writeln!(
                f,
                "{table:<18}  {:>8}  {kept:>8}  {from_table:>8}  {from_pages:>8}  {from_reports:>9}  {from_index:>8}  {:>6}",
                known(*expected),
                known(row.lost)
            )?;
        }
        for row in self.0.tables.iter().filter(|row| !row.gaps.is_empty()) {
            let gaps: Vec<String> = row.gaps.iter().map(|gap| written(*gap)).collect();
            writeln!(f, "{}: unreadable rows: {}", row.table, gaps.join(", "))?;
        }
        for (what, rows) in &self.0.mended {
            writeln!(f, "{what}: {rows}")?;
        }
        for note in &self.0.notes {
            writeln!(f, "{note}")?;
        }
        write!(
            f,
            "The new file has {} and passes every check. {}",
            size(i64::try_from(self.0.size).unwrap_or(i64::MAX)),
            if self.0.complete {
                "No data is known to be lost."
            } else {
                "Some rows are lost or may be lost."
            }
        )
    }
}

fn written(gap: (i64, i64)) -> String {
    match gap {
        (i64::MIN, i64::MAX) => "all".to_owned(),
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first} to {last}"),
    }
}

/// Salvages. Does not open the database in the data folder, which may be the damaged one.
pub(super) async fn run(
    options: &GlobalOptions,
    out: Output,
    (broken, target): (PathBuf, PathBuf),
) -> anyhow::Result<()> {
    let zone = options.zone()?;
    let report = tokio::task::spawn_blocking(move || {
        let (mut told, is_terminal) = (Instant::now(), stderr().is_terminal());
        let mut progress = |Progress { what, done, total }: Progress| {
            if is_terminal && told.elapsed() > Duration::from_millis(200) {
                told = Instant::now();
                let _ = write!(stderr(), "\r{what}: {}%\x1b[K", done.saturating_mul(100) / total.max(1));
            }
        };
        let now = Clock::system().now();
        let result = database::salvage(&Actor::CommandLine, (&broken, &target), &zone, now, &mut progress)
            .with_context(|| format!("{} was not salvaged", broken.display()));
        if is_terminal {
            let _ = write!(stderr(), "\r\x1b[K");
        }
        result
    })
    .await??;
    let is_complete = report.complete;
    out.show(&JsonOutput(report))?;
    anyhow::ensure!(is_complete, "not all data was recovered; see what is lost");
    Ok(())
}
