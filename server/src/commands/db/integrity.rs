//! `duplistatus db integrity`.

use std::fmt;

use anyhow::bail;
use duplistatus::{
    dto::database::Integrity,
    service::{Actor, database},
};
use serde::Serialize;

use crate::{
    cli::GlobalOptions,
    commands,
    commands::{count_of, output::Output},
};

#[derive(Serialize)]
#[serde(transparent)]
struct JsonOutput(Integrity);

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Integrity {
            file,
            schema,
            orphans,
            damaged,
            damaged_count,
            discrepancies,
            discrepancy_count,
            jobs,
            took,
        } = &self.0;
        for line in file {
            writeln!(f, "file: {line}")?;
        }
        if !file.is_empty() {
            return write!(f, "Nothing else was checked.");
        }
        for line in schema {
            writeln!(f, "schema: {line}")?;
        }
        for orphan in orphans {
            let row = orphan.row.map_or_else(|| "?".to_owned(), |row| row.to_string());
            writeln!(
                f,
                "{}, row {row}: refers to a row of {} that does not exist",
                orphan.table, orphan.parent
            )?;
        }
        for row in damaged {
            writeln!(f, "{}, row {}: {}", row.table, row.row, row.what.join(", "))?;
        }
        let listed = i64::try_from(damaged.len()).unwrap_or(i64::MAX);
        if *damaged_count > listed {
            writeln!(f, "… and {} more rows with damaged content", damaged_count - listed)?;
        }
        for found in discrepancies {
            let column = found.column.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
            let stored = found.stored.as_deref().unwrap_or("nothing");
            let expected = found.expected.as_deref().unwrap_or("nothing");
            writeln!(f, "{}, {}{column}: {stored}, should be {expected}", found.table, found.row)?;
        }
        let told = u64::try_from(discrepancies.len()).unwrap_or(u64::MAX);
        if *discrepancy_count > told {
            writeln!(f, "… and {} more", discrepancy_count - told)?;
        }
        if self.0.is_in_order() {
            writeln!(f, "No problems found in the file or in the data derived from its runs.")?;
        }
        write!(
            f,
            "{} compared with their runs in {}.{:03} s.",
            count_of(*jobs, "job", "jobs"),
            took / 1000,
            took % 1000
        )
    }
}

/// Checks the whole database.
pub(super) async fn run(options: &GlobalOptions, out: Output) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let found = database::check_integrity(&services, &Actor::CommandLine).await?;
    services.db().close().await;
    let is_in_order = found.is_in_order();
    out.show(&JsonOutput(found))?;
    if !is_in_order {
        bail!("the database has problems; `duplistatus db repair` repairs what can be repaired");
    }
    Ok(())
}
