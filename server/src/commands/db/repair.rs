//! `duplistatus db repair`.

use std::{fmt, path::Path};

use anyhow::{Context as _, bail};
use duplistatus::{
    clock::Clock,
    db::engine::temp_folder::{TEMP_PREFIX, TempFolder},
    dto::database::{RestoreChoice, salvage::RepairReport},
    error::Error,
    service::{Actor, database},
    zone::Zone,
};
use serde::Serialize;

use crate::{
    cli::{Confirmation, GlobalOptions},
    commands,
    commands::output::Output,
    server_lock::ServerLock,
};

#[derive(Serialize)]
#[serde(transparent)]
struct JsonOutput(RepairReport);

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        for line in &report.found {
            writeln!(f, "found: {line}")?;
        }
        for what in &report.created {
            writeln!(f, "created: {what}")?;
        }
        for index in &report.reindexed {
            writeln!(f, "rebuilt: {index}")?;
        }
        for (what, rows) in &report.changed {
            writeln!(f, "{what}: {rows}")?;
        }
        if report.totals_changed {
            writeln!(f, "Totals and summaries were recalculated and have changed.")?;
        }
        if report.read_out {
            writeln!(
                f,
                "All data was copied into a new file, which replaced the damaged one. All users must sign in again."
            )?;
        }
        if let Some(copy) = &report.copy {
            writeln!(f, "Copy of the previous file: {copy}")?;
        }
        f.write_str(match (report.nothing_to_do(), report.dry_run) {
            (true, _) => "The database has no problems.",
            (false, true) => "Dry run: nothing was changed.",
            (false, false) => "The database was repaired and passes every check.",
        })
    }
}

/// Repairs the database in the data folder.
pub(super) async fn run(
    options: &GlobalOptions,
    out: Output,
    dry_run: bool,
    confirmation: &Confirmation,
) -> anyhow::Result<()> {
    let path = commands::database_there(options)?;
    let folder = commands::data_dir(options)?;
    let zone = options.zone()?;
    if !dry_run && !confirmation.yes {
        let (path, zone) = (path.clone(), zone.clone());
        let look = move || database::repair(&Actor::CommandLine, &path, true, &zone, Clock::system().now());
        match tokio::task::spawn_blocking(look).await? {
            Ok(report) if report.nothing_to_do() => {
                return out.show(&JsonOutput(RepairReport { dry_run: false, ..report }));
            }
            Ok(report) => {
                let rows: i64 = report.changed.values().sum();
                confirmation.confirm(&format!(
                    "Copy the file, then change {rows} rows and recreate {} tables or indexes? \
                     `--dry-run` lists them.",
                    report.created.len() + report.reindexed.len()
                ))?;
            }
            Err(Error::Invalid { field: database::BEYOND, .. }) => confirmation.confirm(
                "The database cannot be repaired in place. Copy all data into a new file, and use that file if no data is lost?",
            )?,
            Err(error) => return Err(error).context("the database was not repaired"),
        }
    }
    let report = tokio::task::spawn_blocking(move || {
        match database::repair(&Actor::CommandLine, &path, dry_run, &zone, Clock::system().now()) {
            // A file that cannot be repaired in place can still be salvaged, while no server uses
            // it.
            Err(Error::Invalid { field: database::BEYOND, hint }) if !dry_run => {
                match ServerLock::begin(&folder)? {
                    Ok(_serving) => read_out(&path, &zone, &hint),
                    Err(served) => {
                        bail!("{hint}. {served}: stop it, and run this command again to recover the data automatically")
                    }
                }
            }
            repaired => Ok(repaired?),
        }
    })
    .await?
    .context("the database was not repaired")?;
    out.show(&JsonOutput(report))
}

/// Salvages the database into a new file, and puts that in place if nothing is lost.
fn read_out(path: &Path, zone: &Zone, hint: &str) -> anyhow::Result<RepairReport> {
    let now = Clock::system().now();
    let aside =
        TempFolder::beside(path, TEMP_PREFIX).with_context(|| format!("beside {}", path.display()))?;
    let new = aside.path().join("salvaged.db");
    let salvaged = database::salvage(&Actor::CommandLine, (path, &new), zone, now, &mut |_| {})?;
    if !salvaged.complete {
        bail!("{hint}. Not all of it can be read; a backup may contain more");
    }
    let restored = database::restore_at_rest(path, &new, RestoreChoice::default(), now)?;
    Ok(RepairReport { read_out: true, copy: restored.kept, ..RepairReport::default() })
}
