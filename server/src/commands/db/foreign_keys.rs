//! `duplistatus db foreign-keys`.

use std::fmt;

use anyhow::bail;
use duplistatus::{
    dto::database::Orphan,
    service::{Actor, database},
};
use serde::Serialize;

use crate::{
    cli::GlobalOptions,
    commands,
    commands::{count_of, output::Output},
};

#[derive(Serialize)]
struct JsonOutput {
    orphans: Vec<Orphan>,
}

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.orphans.is_empty() {
            return write!(f, "No missing references.");
        }
        writeln!(f, "{:<20}  {:>8}  refers to", "table", "row")?;
        for orphan in &self.orphans {
            let row = orphan.row.map_or_else(|| "?".to_owned(), |row| row.to_string());
            writeln!(f, "{:<20}  {row:>8}  {}", orphan.table, orphan.parent)?;
        }
        Ok(())
    }
}

/// Lists the rows.
pub(super) async fn run(options: &GlobalOptions, out: Output) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let orphans = database::foreign_keys(&services, &Actor::CommandLine).await?;
    services.db().close().await;
    let count = orphans.len();
    out.show(&JsonOutput { orphans })?;
    if count > 0 {
        bail!(
            "missing references: {}; `duplistatus db repair` repairs them",
            count_of(i64::try_from(count)?, "row", "rows")
        );
    }
    Ok(())
}
