//! `duplistatus db restore FILE`.

use std::{fmt, path::PathBuf};

use anyhow::Context as _;
use app::{features::database_backups::revoked_words, locale::use_locale};
use duplistatus::{
    clock::Clock,
    dto::database::{RestoreChoice, RestorePreview, RestoreReport},
    service::{Actor, database, security::secrets},
};
use serde::Serialize;

use crate::{
    cli::{Confirmation, GlobalOptions},
    command_socket, commands,
    commands::{count_of, output::Output},
    server_lock::ServerLock,
};

#[derive(Serialize)]
#[serde(transparent)]
struct JsonOutput(RestoreReport);

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        writeln!(
            f,
            "Restored: {}, {}. All users must sign in again.",
            count_of(report.servers, "server", "servers"),
            count_of(report.runs, "run", "runs")
        )?;
        if !report.migrated.is_empty() {
            writeln!(f, "Migrated: {}.", report.migrated.join(", "))?;
        }
        f.write_str(&lost(report, report.kept.is_some()))?;
        let stays = if report.revived { "now restored" } else { "not restored" };
        f.write_str(&revoked(report, stays))?;
        if report.audit_entries > 0 {
            writeln!(f, "Audit log entries copied: {}.", report.audit_entries)?;
        }
        match &report.kept {
            Some(kept) => write!(f, "The previous database is kept as {kept}."),
            None => write!(f, "There was no previous database."),
        }
    }
}

/// Describes the data that only the previous database has.
fn lost(report: &RestoreReport, has_former: bool) -> String {
    let mut text = String::new();
    for lost in &report.lost {
        let newest = lost.newest.map(|at| format!(" (newest: {at})")).unwrap_or_default();
        text += &format!(
            "{}: {} arrived after the backup was created{newest}\n",
            lost.server,
            count_of(lost.runs, "run", "runs")
        );
    }
    let (runs, operations) = (report.lost_runs, report.lost_operations);
    if !report.compared && has_former {
        text += "The previous database could not be read, so it is not known which data only it contained.\n";
    } else if runs + operations > 0 {
        text += &format!(
            "Only in the previous database, in total: {} and {}.\n",
            count_of(runs, "run", "runs"),
            count_of(operations, "other operation", "other operations")
        );
    }
    if report.changed_runs > 0 {
        text += &format!(
            "Reported with different data after the backup: {}. That data is only in the previous database.\n",
            count_of(report.changed_runs, "run", "runs")
        );
    }
    text
}

/// Describes the access that was revoked since the backup.
fn revoked(report: &RestoreReport, what: &str) -> String {
    report
        .revoked_since
        .iter()
        .map(|one| format!("{}, {what}.\n", revoked_words(use_locale(), one)))
        .collect()
}

/// Returns the question to ask before the database is replaced.
fn question(preview: &RestorePreview, choice: RestoreChoice) -> String {
    let report = &preview.report;
    let lost = lost(report, true);
    let lost = if lost.is_empty() { "No data is lost.\n".to_owned() } else { lost };
    let stays = if choice.revive {
        "would be restored (--revive)"
    } else {
        "would not be restored (use --revive to restore it)"
    };
    format!(
        "{} contains {} and {}.\n{lost}{}The current database is kept in copies/. Replace it with this backup? All users must then sign in again.",
        preview.name,
        count_of(report.servers, "server", "servers"),
        count_of(report.runs, "run", "runs"),
        revoked(report, stays)
    )
}

/// Restores a backup: through the running server, or else directly.
pub(super) async fn run(
    options: &GlobalOptions,
    out: Output,
    file: PathBuf,
    choice: RestoreChoice,
    confirmation: &Confirmation,
) -> anyhow::Result<()> {
    const BY_SERVER: &str = "the running server could not restore the backup";
    // Checked before anything is changed, because the totals depend on a zone.
    options.zone()?;
    let file = std::path::absolute(&file)?;
    let folder = commands::data_dir(options)?;
    let database = folder.join("duplistatus.db");
    let serving = ServerLock::begin(&folder)?.ok();
    if !confirmation.yes && (serving.is_none() || database.exists()) {
        let preview = if serving.is_some() {
            let (path, backup, now) = (database.clone(), file.clone(), Clock::system().now());
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let look = move || database::preview_at_rest(&path, &backup, name, now);
            tokio::task::spawn_blocking(look).await??
        } else {
            command_socket::preview(&folder, file.clone()).await.context(BY_SERVER)?
        };
        confirmation.confirm(&question(&preview, choice))?;
    }
    let report = match serving {
        None => command_socket::restore(&folder, file, choice).await.context(BY_SERVER)?,
        // No server is running, and none can start before this has ended.
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
                    "stored secrets were encrypted with a different key: put the secret.key that belongs to this backup into {}",
                    folder.display()
                );
            }
            let recorded = database::record_restore(&services, &Actor::CommandLine, &file, &report).await;
            services.db().close().await;
            recorded.context("the database was restored, but this could not be recorded in the audit log")?;
            report
        }
    };
    out.show(&JsonOutput(report))
}
