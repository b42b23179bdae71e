//! What the program needs before anybody asks much of it.

use std::time::Duration;

use crate::{
    args::Args,
    data::Set,
    figures::{Figure, Table},
    process::Process,
    statistics::{median, median_ms},
};

/// Starts it several times; the time to its first answer, and its memory after a few pages.
pub async fn measure(args: &Args, large: &Set, table: &mut Table) -> anyhow::Result<()> {
    let (mut starts, mut memories) = (Vec::new(), Vec::new());
    for _ in 0..args.rounds() {
        let process = Process::start(args, "serve", &large.folder).await?;
        starts.push(process.start);
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
    table.add(Figure::at_most("start to first answer, large set", median_ms(&starts), 150.0, "ms"));
    table.add(Figure::at_most(
        "memory at rest after 10 dashboards, large set",
        median(&memories),
        40.0,
        "MB",
    ));
    Ok(())
}
