//! `duplistatus db restore FILE`.

use std::{fmt, path::PathBuf};

use anyhow::Context as _;
use app::{locale::use_locale, pages::backups::revoked_words};
use duplistatus::{
    clock::Clock,
    dto::database::{RestoreChoice, RestorePreview, RestoreReport},
    service::{Actor, database, security::secrets},
};
use serde::Serialize;

use crate::{
    cli::{GlobalOptions, Sure},
    commands,
    commands::{counted, output::Output},
    control,
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
        f.write_str(&lost(report, report.kept.is_some()))?;
        let stays = if report.revived { "which works again" } else { "which stays so" };
        f.write_str(&revoked(report, stays))?;
        if report.audit_entries > 0 {
            writeln!(f, "Entries of the audit trail taken over: {}.", report.audit_entries)?;
        }
        match &report.kept {
            Some(kept) => write!(f, "The former database is kept as {kept}."),
            None => write!(f, "There was no database before."),
        }
    }
}

/// What only the former database has.
fn lost(report: &RestoreReport, has_former: bool) -> String {
    let mut text = String::new();
    for lost in &report.lost {
        let newest = lost.newest.map(|at| format!(", the newest of {at}")).unwrap_or_default();
        text += &format!(
            "{}: {} arrived after the backup{newest}\n",
            lost.server,
            counted(lost.runs, "run", "runs")
        );
    }
    let (runs, operations) = (report.lost_runs, report.lost_operations);
    if !report.compared && has_former {
        text += "The former database could not be read: what only it had is not known.\n";
    } else if runs + operations > 0 {
        text += &format!(
            "Only in the former database, in all: {} and {}.\n",
            counted(runs, "run", "runs"),
            counted(operations, "other operation", "other operations")
        );
    }
    if report.changed_runs > 0 {
        text += &format!(
            "Of {} something else was reported after the backup, which is only in the former database.\n",
            counted(report.changed_runs, "run", "runs")
        );
    }
    text
}

/// What was taken away since the backup was made.
fn revoked(report: &RestoreReport, what: &str) -> String {
    report
        .revoked_since
        .iter()
        .map(|one| format!("{}, {what}.\n", revoked_words(use_locale(), one)))
        .collect()
}

/// What is asked before the database is replaced.
fn question(preview: &RestorePreview, choice: RestoreChoice) -> String {
    let report = &preview.report;
    let lost = lost(report, true);
    let lost = if lost.is_empty() { "Nothing is lost by it.\n".to_owned() } else { lost };
    let stays = if choice.revive {
        "and would work again (--revive)"
    } else {
        "and stays so (--revive changes that)"
    };
    format!(
        "{} has {} and {}.\n{lost}{}The present database is kept in copies/. Replace it by this backup, and let everybody sign in again?",
        preview.name,
        counted(report.servers, "server", "servers"),
        counted(report.runs, "run", "runs"),
        revoked(report, stays)
    )
}

/// Restores: by the server when one runs, else here.
pub(super) async fn run(
    options: &GlobalOptions,
    out: Output,
    file: PathBuf,
    choice: RestoreChoice,
    sure: &Sure,
) -> anyhow::Result<()> {
    const BY_SERVER: &str = "the running server, which reads the backup itself, did not restore it";
    // Before anything is changed: the totals are by a zone.
    options.zone()?;
    let file = std::path::absolute(&file)?;
    let folder = commands::data_dir(options)?;
    let database = folder.join("duplistatus.db");
    let serving = Serving::begin(&folder)?.ok();
    if !sure.yes && (serving.is_none() || database.exists()) {
        let preview = if serving.is_some() {
            let (path, backup, now) = (database.clone(), file.clone(), Clock::system().now());
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let look = move || database::preview_at_rest(&path, &backup, name, now);
            tokio::task::spawn_blocking(look).await??
        } else {
            control::preview(&folder, file.clone()).await.context(BY_SERVER)?
        };
        sure.confirm(&question(&preview, choice))?;
    }
    let report = match serving {
        None => control::restore(&folder, file, choice).await.context(BY_SERVER)?,
        // Nobody serves, and nobody can begin to before this has ended.
        Some(_serving) => {
            let (path, backup) = (database.clone(), file.clone());
            let now = Clock::system().now();
            let restore = move || database::restore_at_rest(&path, &backup, choice, now);
            let report = tokio::task::spawn_blocking(restore).await??;
            let services = commands::open(options).await?;
            let lost = secrets::lost(&services).await;
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
