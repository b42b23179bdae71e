//! Deletes half of the history while reports arrive: how long they wait, and whether all of them are stored.

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use duplistatus::dto::database::CleanupReport;
use rusqlite::Connection;
use tokio::process::Command;

use crate::{
    args::Args,
    data::Set,
    figures::{Figure, Table},
    process::Process,
    statistics::quantile_ms,
    uploads::load,
};

const CLIENTS: usize = 8;

/// Cleans up with the command while the server accepts reports.
pub async fn measure(args: &Args, large: &mut Set, table: &mut Table) -> anyhow::Result<()> {
    let process = Process::start(args, "serve", &large.folder).await?;
    // The history ends the day before `first_free`.
    let days = large.scale.free_days() + i64::from(large.scale.runs / 2);
    let plan = clean(args, large, days, true).await?;
    let (loaded, going) = (i64::try_from(large.scale.runs_total())?, plan.runs);
    ensure!((4..=6).contains(&(going * 10 / loaded)), "{going} of {loaded} runs would go: not half of them");
    let (began, before) = (Instant::now(), Duration::from_secs(args.seconds()));
    let quiet = load(&process, large, CLIENTS, move || began.elapsed() < before).await?;

    let goes_on = Arc::new(AtomicBool::new(true));
    let loads_on = Arc::clone(&goes_on);
    let cleaning = clean(args, large, days, false);
    let began = Instant::now();
    let cleaning = async {
        let report = cleaning.await;
        goes_on.store(false, Ordering::Relaxed);
        Ok((report?, began.elapsed()))
    };
    let loading = load(&process, large, CLIENTS, move || loads_on.load(Ordering::Relaxed));
    let ((report, took), times) = tokio::try_join!(cleaning, loading)?;
    process.stop().await?;

    ensure!(report.runs == going, "{} runs are deleted and not {going}", report.runs);
    let (old, new) = count(large)?;
    ensure!(old == loaded + 1 - going, "{old} old runs are left, of {loaded} less {going}");
    let (runs, seconds, sent) =
        (f64::from(u32::try_from(going)?), took.as_secs_f64(), f64::from(u32::try_from(times.len())?));
    table.add(Figure::plain(format!("clean-up of {runs} of {loaded} runs"), seconds, "s"));
    table.add(Figure::plain(
        "its longest transaction",
        f64::from(u32::try_from(report.longest_batch)?),
        "ms",
    ));
    table.add(Figure::plain(format!("uploads meanwhile, {CLIENTS} connections"), sent / seconds, "/s"));
    table.add(Figure::plain("an upload without a clean-up, 99th percentile", quantile_ms(&quiet, 99), "ms"));
    table.add(Figure::at_most("an upload during the clean-up, median", quantile_ms(&times, 50), 100.0, "ms"));
    table.add(Figure::at_most(
        "an upload during the clean-up, 99th percentile",
        quantile_ms(&times, 99),
        100.0,
        "ms",
    ));
    let lost = f64::from(u32::try_from(large.sent.abs_diff(new))?);
    table.add(Figure::at_most(format!("of {} acknowledged uploads, lost", large.sent), lost, 0.0, ""));
    Ok(())
}

/// Runs the clean-up command; returns its JSON output.
fn clean(
    args: &Args,
    set: &Set,
    days: i64,
    dry_run: bool,
) -> impl Future<Output = anyhow::Result<CleanupReport>> + use<> {
    let mut command = Command::new(&args.binary);
    command
        .args(["db", "cleanup", "--json", "--days", &days.to_string(), "--data-dir"])
        .arg(&set.folder)
        .args(["--time-zone", "UTC", "--log", "error"])
        .arg(if dry_run { "--dry-run" } else { "--yes" })
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true);
    async move {
        let output = command.output().await.context("the clean-up cannot be started")?;
        ensure!(output.status.success(), "the clean-up ended with {}", output.status);
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// Returns how many runs were loaded and how many were sent.
fn count(set: &Set) -> anyhow::Result<(i64, u64)> {
    let sql = "SELECT count(*) FILTER (WHERE start_time < ?1), count(*) FILTER (WHERE start_time >= ?1) FROM backups";
    let (old, new) = Connection::open(set.path())?
        .query_row(sql, [set.first_free.to_string()], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
    Ok((old, u64::try_from(new)?))
}
