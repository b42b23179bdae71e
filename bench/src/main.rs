//! `make bench`: measures the release program from outside, on its own data sets.
//!
//! Every figure is a median. Where the machine limits the speed, the figure is a ratio to a limit that was
//! measured in the same run, alternating with it. The bench stops the processes it started, and no others.

mod args;
mod backup;
mod cleanup;
mod client;
mod dashboard;
mod data;
mod figures;
mod first_visit;
mod import;
mod noticing;
mod pattern;
mod process;
mod programs;
mod queries;
mod raw;
mod report;
mod resting;
mod scale;
mod statistics;
mod telling;
mod uploads;

use std::{
    fs,
    io::{Write as _, stderr},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context as _;
use clap::Parser as _;

use crate::{
    args::Args,
    data::Set,
    figures::Table,
    scale::{LARGE, NARROW, RECENT, SMALL, WIDE},
};

/// The longest time of the whole run.
const DEADLINE: Duration = Duration::from_secs(2700);

fn main() -> ExitCode {
    match try_main() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn try_main() -> anyhow::Result<()> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            result = tokio::time::timeout(DEADLINE, run(&args)) => result.context("it took too long, and was ended")?,
            // Dropping the measurement stops its processes and removes its data.
            _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        }
    })
}

async fn wide(args: &Args, folder: &std::path::Path, table: &mut Table) -> anyhow::Result<()> {
    let wide = Set::load(folder, "wide", WIDE.cut(args.divide), args).await?;
    let narrow = Set::load(folder, "narrow", NARROW.cut(args.divide), args).await?;
    dashboard::measure_wide(args, &wide, &narrow, table).await
}

async fn run(args: &Args) -> anyhow::Result<()> {
    // In-process: there is no program to be started.
    let needs_binary =
        args.only.is_empty() || args.only.iter().any(|only| only != "noticing" && only != "telling");
    anyhow::ensure!(
        !needs_binary || args.binary.is_file(),
        "{} does not exist: build it, or name another with --binary",
        args.binary.display()
    );
    fs::create_dir_all(&args.folder)?;
    let folder = tempfile::Builder::new().prefix("run-").tempdir_in(&args.folder)?;
    let mut table = Table::new();
    let wants = |part: &str| args.only.is_empty() || args.only.iter().any(|only| only == part);

    if wants("visit") {
        first_visit::measure(args, folder.path(), &mut table).await?;
    }
    if wants("import") {
        import::measure(args, folder.path(), &mut table).await?;
    }
    if wants("noticing") {
        noticing::measure(args, folder.path(), &mut table).await?;
    }
    if wants("telling") {
        telling::measure(args, folder.path(), &mut table).await?;
    }
    if wants("wide") {
        wide(args, folder.path(), &mut table).await?;
    }
    let has_own_data =
        |only: &String| ["visit", "import", "noticing", "telling", "wide"].contains(&only.as_str());
    if !args.only.is_empty() && args.only.iter().all(has_own_data) {
        return table.print();
    }
    let mut large = Set::load(folder.path(), "large", LARGE.cut(args.divide), args).await?;
    if wants("size") {
        table.add(large.size_figure());
    }
    if wants("queries") {
        queries::measure(args, &large, &mut table).await?;
    }
    if wants("backup") {
        backup::measure(args, &large, &mut table).await?;
    }
    if wants("rest") {
        resting::measure(args, &large, &mut table).await?;
    }
    if wants("dashboard") {
        let recent = Set::load(folder.path(), "recent", RECENT.cut(args.divide), args).await?;
        dashboard::measure(args, &large, &recent, &mut table).await?;
    }
    if wants("programs") {
        programs::measure(args, &large, &mut table).await?;
    }
    if wants("uploads") {
        let mut small = Set::load(folder.path(), "small", SMALL.cut(args.divide), args).await?;
        uploads::measure(args, &mut large, &mut small, &mut table).await?;
    }
    // Last, because it deletes part of the history.
    if wants("cleanup") {
        cleanup::measure(args, &mut large, &mut table).await?;
    }
    table.print()
}
