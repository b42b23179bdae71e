//! `duplistatus db …`: a file for each command. All of them work beside a running server.

mod foreign_keys;
mod output;
mod repair;
mod salvage;

use crate::cli::{DbArguments, DbCommand, GlobalOptions};

/// Does one thing with the database.
///
/// # Errors
/// When it cannot be done, or what was checked is not in order.
pub(super) async fn run(options: &GlobalOptions, arguments: DbArguments) -> anyhow::Result<()> {
    let out = output::Output { json: arguments.json };
    match arguments.command {
        DbCommand::Repair { dry_run } => repair::run(options, out, dry_run).await,
        DbCommand::Salvage { broken, new } => salvage::run(options, out, (broken, new)).await,
        DbCommand::ForeignKeys => foreign_keys::run(options, out).await,
    }
}
