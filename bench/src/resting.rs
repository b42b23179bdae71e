//! Start time and memory of the program before it has much to do.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use crate::{
    args::Args,
    data::Set,
    figures::{Figure, Table},
    process::Process,
    statistics::{median, median_ms, ratios},
};

/// The longest time from the start to the first response, as a multiple of a bare start.
const START: f64 = 20.0;

/// Measures starting a process that does nothing, and opening the same file and reading a row with
/// SQLite.
fn bare_start(args: &Args, set: &Set) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let status = Command::new(&args.binary).arg("--version").stdout(Stdio::null()).status()?;
    anyhow::ensure!(status.success(), "`--version` ended with {status}");
    Connection::open(set.path())?.query_row("SELECT count(*) FROM jobs", [], |row| row.get::<_, i64>(0))?;
    Ok(started.elapsed())
}

/// Starts the program several times; measures the time to its first response, and its memory after
/// a few pages.
pub async fn measure(args: &Args, large: &Set, table: &mut Table) -> anyhow::Result<()> {
    let (mut starts, mut bare, mut memories) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..args.rounds() {
        let process = Process::start(args, "serve", &large.folder).await?;
        starts.push(process.start);
        bare.push(bare_start(args, large)?);
        let mut client = process.visit().await?;
        for _ in 0..10 {
            let answer = client.get("/", "br").await?;
            anyhow::ensure!(answer.status == 200, "the dashboard was answered {}", answer.status);
        }
        drop(client);
        tokio::time::sleep(Duration::from_secs(2)).await;
        memories.push(process.memory()?);
        process.stop().await?;
    }
    table.add(Figure::plain("start to first answer, large set", median_ms(&starts), "ms"));
    table.add(Figure::plain(
        "bare start: the program's version, SQLite's first query",
        median_ms(&bare),
        "ms",
    ));
    let ratio = median(&ratios(&starts, &bare));
    table.add(Figure::at_most("start to first answer / bare start", ratio, START, ""));
    table.add(Figure::at_most(
        "memory at rest after 10 dashboards, large set",
        median(&memories),
        40.0,
        "MB",
    ));
    Ok(())
}
