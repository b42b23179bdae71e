//! `duplistatus db backup`.

use std::{
    fmt, fs,
    io::{self, IsTerminal as _, stdout},
    path::Path,
};

use anyhow::{Context as _, bail};
use duplistatus::{
    db::engine::copy::Form,
    dto::database::BackupReport,
    service::{
        Actor,
        database::{self, Target},
    },
    units::size,
};
use serde::Serialize;

use crate::{
    cli::{BackupArguments, Confirmation, GlobalOptions},
    commands::{self, output::Output},
};

#[derive(Serialize)]
#[serde(transparent)]
struct JsonOutput(BackupReport);

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BackupReport { path, size: bytes, verified, took, .. } = &self.0;
        let bytes = size(i64::try_from(*bytes).unwrap_or(i64::MAX));
        let checked = if *verified { "every page checked" } else { "not checked" };
        write!(f, "{path}: {bytes}, {checked}; {}.{:03} s.", took / 1000, took % 1000)
    }
}

/// Backs up the database.
pub(super) async fn backup(
    options: &GlobalOptions,
    out: Output,
    arguments: BackupArguments,
) -> anyhow::Result<()> {
    let BackupArguments { file, compress, no_verify, confirmation } = arguments;
    let form = Form { verify: !no_verify, compress };
    let to_pipe = file.as_deref() == Some(Path::new("-"));
    if to_pipe {
        reject_terminal()?;
    }
    commands::database_there(options)?;
    let services = commands::open_there(options).await?;
    if let Some(file) = file.as_deref().filter(|_| !to_pipe) {
        database::reject_target(&services, file)?;
        confirm_replacing(file, &confirmation)?;
    }
    let actor = Actor::CommandLine;
    let result = if to_pipe {
        database::backup_to_pass_on(&services, &actor, form)
            .await
            .map(|(folder, report)| (Some(folder), report))
    } else {
        let target = file.map_or(Target::Folder, Target::File);
        database::backup(&services, &actor, target, form).await.map(|report| (None, report))
    };
    services.db().close().await;
    let (folder, report) = result?;
    if folder.is_none() {
        return out.show(&JsonOutput(report));
    }
    let mut copy = fs::File::open(&report.path)?;
    io::copy(&mut copy, &mut stdout().lock())
        .context("the backup could not be written to standard output")?;
    Ok(())
}

/// Asks before a file with content is replaced.
pub(super) fn confirm_replacing(file: &Path, confirmation: &Confirmation) -> anyhow::Result<()> {
    let Ok(there) = fs::metadata(file) else { return Ok(()) };
    // Anything but a regular file is rejected later, not replaced.
    if !there.is_file() || there.len() == 0 || fs::symlink_metadata(file).is_ok_and(|data| data.is_symlink())
    {
        return Ok(());
    }
    let bytes = size(i64::try_from(there.len()).unwrap_or(i64::MAX));
    confirmation.confirm(&format!("{} already exists ({bytes}). Replace it?", file.display()))
}

fn reject_terminal() -> anyhow::Result<()> {
    if stdout().is_terminal() {
        bail!("a backup is binary: give a file name, or redirect standard output to a file");
    }
    Ok(())
}
