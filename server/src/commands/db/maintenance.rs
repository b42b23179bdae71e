//! `duplistatus db vacuum`, `analyze`, `optimize` and `checkpoint`.

use std::fmt;

use anyhow::bail;
use duplistatus::{
    db::engine::files,
    dto::database::Maintenance,
    service::{Actor, database},
    units::size,
};
use serde::Serialize;

use crate::{
    cli::{DbCommand, GlobalOptions},
    commands::{self, output::Output},
};

#[derive(Serialize)]
#[serde(transparent)]
struct JsonOutput(Maintenance);

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Maintenance { before, after, took, is_complete } = &self.0;
        let bytes = |number: u64| size(i64::try_from(number).unwrap_or(i64::MAX));
        let done = if *is_complete { "Done" } else { "Partly done" };
        write!(
            f,
            "{done} in {}.{:03} s: {} before, {} now (with the log).",
            took / 1000,
            took % 1000,
            bytes(*before),
            bytes(*after)
        )
    }
}

/// Runs one of them.
pub(super) async fn run(options: &GlobalOptions, out: Output, command: &DbCommand) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let path = services.db().path().to_owned();
    let actor = Actor::CommandLine;
    let done = match command {
        DbCommand::Vacuum => database::vacuum(&services, &actor).await,
        DbCommand::Analyze => database::analyze(&services, &actor).await,
        DbCommand::Optimize => database::optimize(&services, &actor).await,
        _ => database::checkpoint(&services, &actor).await,
    };
    services.db().close().await;
    let done = done?;
    let is_complete = done.is_complete;
    out.show(&JsonOutput(done))?;
    if !is_complete {
        let others = files::others(&path);
        bail!(
            "another connection is still reading or writing{others}: try again when it has finished, or when the server is less busy"
        );
    }
    Ok(())
}
