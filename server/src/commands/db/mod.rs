//! `duplistatus db …`: one file per command. All of them work while a server is running.

mod backup;
mod cleanup;
mod export;
mod foreign_keys;
mod integrity;
mod maintenance;
mod migrate;
mod repair;
mod restore;
pub(super) mod retention;
mod salvage;
mod stats;
mod status;
mod tasks;

use duplistatus::dto::database::RestoreChoice;

use super::output::Output;
use crate::cli::{DbArguments, DbCommand, GlobalOptions};

/// The error for a server or job that does not exist.
const NO_SUCH_PLACE: &str = "this server or job does not exist; `duplistatus server list` lists all servers";

/// Runs a command.
///
/// # Errors
/// If it fails, or a check found problems.
pub(super) async fn run(options: &GlobalOptions, arguments: DbArguments) -> anyhow::Result<()> {
    let out = Output { json: arguments.json };
    match arguments.command {
        DbCommand::Backup(arguments) => backup::backup(options, out, arguments).await,
        DbCommand::Restore { file, revive, confirmation } => {
            restore::run(options, out, file, RestoreChoice { revive }, &confirmation).await
        }
        DbCommand::Dump { file, confirmation } => export::dump(options, out, &file, &confirmation).await,
        DbCommand::Export(arguments) => export::export(options, out, &arguments).await,
        DbCommand::Repair { dry_run, confirmation } => {
            repair::run(options, out, dry_run, &confirmation).await
        }
        DbCommand::Salvage { broken, new } => salvage::run(options, out, (broken, new)).await,
        DbCommand::ForeignKeys => foreign_keys::run(options, out).await,
        DbCommand::Integrity => integrity::run(options, out).await,
        DbCommand::Status => status::run(options, out).await,
        DbCommand::Stats => stats::run(options, out).await,
        command @ (DbCommand::Vacuum | DbCommand::Analyze | DbCommand::Optimize | DbCommand::Checkpoint) => {
            maintenance::run(options, out, &command).await
        }
        DbCommand::Migrate { list, dry_run } => migrate::run(options, out, list, dry_run).await,
        DbCommand::Cleanup(arguments) => cleanup::run(options, out, arguments).await,
        DbCommand::Retention { command } => retention::run(options, out, command).await,
        DbCommand::Tasks { command } => tasks::run(options, out, command).await,
    }
}
