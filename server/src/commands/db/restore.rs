//! `duplistatus db restore FILE`.

use std::{fmt, path::PathBuf};

use anyhow::Context as _;
use duplistatus::{
    clock::Clock,
    dto::database::RestoreReport,
    service::{Actor, database, secret},
};
use serde::Serialize;

use crate::commands::{counted, output::Output};
use crate::{
    cli::GlobalOptions,
    commands,
    control::{self, Request},
    serving::Serving,
};

#[derive(Serialize)]
#[serde(transparent)]
struct Answer(RestoreReport);

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        writeln!(
            f,
            "Restored: {}, {}. Everybody signs in again.",
            counted(report.servers, "server", "servers"),
            counted(report.runs, "run", "runs")
        )?;
        if !report.migrated.is_empty() {
            writeln!(f, "Brought up to date: {}.", report.migrated.join(", "))?;
        }
        for lost in &report.lost {
            let newest = lost.newest.map(|at| format!(", the newest of {at}")).unwrap_or_default();
            writeln!(
                f,
                "{}: {} arrived after the backup{newest}",
                lost.server,
                counted(lost.runs, "run", "runs")
            )?;
        }
        let (runs, operations) = (report.lost_runs, report.lost_operations);
        if !report.compared && report.kept.is_some() {
            writeln!(f, "The former database could not be read: what only it had is not known.")?;
        } else if runs + operations > 0 {
            writeln!(
                f,
                "Only in the former database, in all: {} and {}.",
                counted(runs, "run", "runs"),
                counted(operations, "other operation", "other operations")
            )?;
        }
        if report.changed_runs > 0 {
            writeln!(
                f,
                "Of {} something else was reported after the backup, which is only in the former database.",
                counted(report.changed_runs, "run", "runs")
            )?;
        }
        match &report.kept {
            Some(kept) => write!(f, "The former database is kept as {kept}."),
            None => write!(f, "There was no database before."),
        }
    }
}

/// Restores: by the server when one runs, else here.
pub(super) async fn run(options: &GlobalOptions, out: Output, file: PathBuf) -> anyhow::Result<()> {
    let file = std::path::absolute(&file)?;
    let folder = commands::data_dir(options)?;
    let report = match Serving::begin(&folder)? {
        Err(_) => control::ask(&folder, &Request::Restore { file })
            .await
            .context("the running server, which reads the backup itself, did not restore it")?,
        // Nobody serves, and nobody can begin to before this has ended.
        Ok(_serving) => {
            let database = folder.join("duplistatus.db");
            let (path, backup) = (database.clone(), file.clone());
            let now = Clock::system().now();
            let report =
                tokio::task::spawn_blocking(move || database::restore_at_rest(&path, &backup, now)).await??;
            let services = commands::open(options).await?;
            let lost = secret::lost(&services).await;
            if lost > 0 {
                tracing::warn!(
                    lost,
                    "stored secrets were encrypted with another key: put the secret.key into {} that belongs to this backup",
                    folder.display()
                );
            }
            let recorded = database::record_restore(&services, &Actor::CommandLine, &file, &report).await;
            services.db.close().await;
            recorded.context("the database is restored, but that could not be recorded")?;
            report
        }
    };
    out.show(&Answer(report))
}
