//! `duplistatus db restore FILE`.

use std::{fmt, path::PathBuf};

use anyhow::Context as _;
use duplistatus::{
    clock::Clock,
    dto::database::RestoreReport,
    service::{Actor, database, secret},
};
use serde::Serialize;

use crate::commands::output::Output;
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
        writeln!(f, "Restored: {} servers, {} runs. Everybody signs in again.", report.servers, report.runs)?;
        if !report.migrated.is_empty() {
            writeln!(f, "Brought up to date: {}.", report.migrated.join(", "))?;
        }
        for lost in &report.lost {
            let newest = lost.newest.map(|at| format!(", the newest of {at}")).unwrap_or_default();
            writeln!(
                f,
                "{}: {} runs arrived after the backup and are not in it{newest}",
                lost.server, lost.runs
            )?;
        }
        let (runs, operations) = (report.lost_runs, report.lost_operations);
        if !report.compared && report.kept.is_some() {
            writeln!(f, "The former database could not be read: what only it had is not known.")?;
        } else if runs + operations > 0 {
            writeln!(
                f,
                "In all {runs} runs and {operations} other operations are only in the former database."
            )?;
        }
        if report.changed_runs > 0 {
            writeln!(
                f,
                "Of {} runs something else was reported after the backup, which is only in the former database.",
                report.changed_runs
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
