//! `duplistatus import FILE`. Works while a server is running.

use std::{
    io::{IsTerminal as _, Write as _, stderr, stdout},
    time::Duration,
};

use anyhow::bail;
use duplistatus::{
    dto::import::{ImportPhase, ImportProgress},
    service::{
        Actor,
        import::{self, Request},
    },
};
use tokio::sync::watch;

use super::count_of;
use crate::cli::{GlobalOptions, ImportArguments};

mod text;

/// Imports a file, shows progress, and prints the report.
///
/// # Errors
/// If the file cannot be imported, or something in it was skipped.
pub(super) async fn run(options: &GlobalOptions, arguments: ImportArguments) -> anyhow::Result<()> {
    let ImportArguments { file, key_file, dry_run, json } = arguments;
    let services = super::open(options).await?;
    let (progress, seen) = watch::channel(ImportProgress::default());
    let teller = tokio::spawn(tell(seen));
    let request = Request { path: file, named: None, key_file, dry_run };
    let result = import::run(&services, &Actor::CommandLine, request, &progress).await;
    drop(progress);
    // Ends once the sender is dropped.
    let _ = teller.await;
    services.db().close().await;
    let report = result?;
    let mut out = stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        write!(out, "{}", text::Text(&report))?;
    }
    match report.left_out() {
        0 => Ok(()),
        left_out => bail!("the import is incomplete: {} skipped", count_of(left_out, "entry", "entries")),
    }
}

/// Shows progress on a terminal only.
async fn tell(mut progress: watch::Receiver<ImportProgress>) {
    if !stderr().is_terminal() {
        return;
    }
    loop {
        let ImportProgress { phase, done, total } = *progress.borrow_and_update();
        if phase != ImportPhase::Done {
            let of = total.map_or_else(String::new, |total| format!(" of {total}"));
            let _ = write!(stderr(), "\r\x1b[K{}: {done}{of}", text::phase(phase));
            let _ = stderr().flush();
        }
        if progress.changed().await.is_err() {
            let _ = write!(stderr(), "\r\x1b[K");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
