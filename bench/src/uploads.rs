//! Durable uploads per second: 32 connections kept alive, each waiting for its response before it sends the next
//! report.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::task::JoinSet;

use crate::{
    args::Args,
    client::Client,
    data::Set,
    figures::{Figure, Table},
    process::Process,
    raw, report,
    statistics::median,
};

const CLIENTS: usize = 32;

/// Compares the large set with the raw limit and with the small set.
pub async fn measure(args: &Args, large: &mut Set, small: &mut Set, table: &mut Table) -> anyhow::Result<()> {
    let raw_path = large.folder.join("raw.db");
    fs::copy(large.path(), &raw_path)?;
    let on_large = Process::start(args, "serve", &large.folder).await?;
    let on_small = Process::start(args, "serve", &small.folder).await?;
    let (mut written, duration) = (0, Duration::from_secs(args.seconds()));
    // Lets caches and the WAL reach their usual size first.
    rate(&on_large, large, duration / 3).await?;
    rate(&on_small, small, duration / 3).await?;
    let (mut raws, mut larges, mut smalls, mut costs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..args.rounds() {
        let (path, scale, first_free) = (raw_path.clone(), large.scale, large.first_free);
        let (raw_rate, counted) = tokio::task::spawn_blocking(move || {
            let mut sent = written;
            raw::write_for(&path, scale, first_free, &mut sent, duration).map(|rate| (rate, sent))
        })
        .await??;
        written = counted;
        raws.push(raw_rate);
        let (before, sent) = (on_large.processor_time()?, large.sent);
        // The second one finds the pages of the first still being written, so they take turns.
        if round % 2 == 1 {
            smalls.push(rate(&on_small, small, duration).await?);
        }
        larges.push(rate(&on_large, large, duration).await?);
        let spent = on_large.processor_time()?.saturating_sub(before);
        costs.push(spent.as_secs_f64() * 1e6 / f64::from(u32::try_from(large.sent - sent)?.max(1)));
        if round % 2 == 0 {
            smalls.push(rate(&on_small, small, duration).await?);
        }
    }
    let ratio =
        |a: &[f64], b: &[f64]| median(&a.iter().zip(b).map(|(a, b)| a / b.max(1.0)).collect::<Vec<_>>());
    table.add(Figure::plain("raw limit: the same rows, 64 to a transaction, large set", median(&raws), "/s"));
    table.add(Figure::plain("uploads, 32 connections, large set", median(&larges), "/s"));
    table.add(Figure::plain("uploads, 32 connections, small set", median(&smalls), "/s"));
    table.add(Figure::plain("processor time of the server for an upload, large set", median(&costs), "µs"));
    table.add(Figure::at_least("uploads on the large set / raw limit", ratio(&larges, &raws), 0.15, ""));
    table.add(Figure::at_least(
        "uploads on the large set / on the small set",
        ratio(&larges, &smalls),
        0.9,
        "",
    ));
    table.add(Figure::at_most("memory after the uploads, large set", on_large.memory()?, 150.0, "MB"));
    fs::remove_file(raw_path)?;
    on_large.stop().await?;
    on_small.stop().await
}

/// Sends reports for a duration; returns how many were acknowledged per second.
async fn rate(process: &Process, set: &mut Set, duration: Duration) -> anyhow::Result<f64> {
    let started = Instant::now();
    let times = load(process, set, CLIENTS, move || started.elapsed() < duration).await?;
    Ok(f64::from(u32::try_from(times.len())?) / started.elapsed().as_secs_f64())
}

/// Sends reports over several connections for as long as `goes_on` says; returns how long each waited for its
/// acknowledgement.
pub async fn load(
    process: &Process,
    set: &mut Set,
    clients: usize,
    goes_on: impl Fn() -> bool + Clone + Send + 'static,
) -> anyhow::Result<Vec<Duration>> {
    let next = Arc::new(AtomicU64::new(set.sent));
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let (next, address, scale, first_free) =
            (Arc::clone(&next), process.address, set.scale, set.first_free);
        let (path, goes_on) = (format!("/api/upload/{}", set.key), goes_on.clone());
        tasks.spawn(async move {
            let mut client = Client::connect(address).await?;
            let mut times = Vec::new();
            while goes_on() {
                let slot = scale.slot(next.fetch_add(1, Ordering::Relaxed), first_free);
                let body = report::body(slot);
                let sent = Instant::now();
                let answer = client.post(&path, &body).await?;
                times.push(sent.elapsed());
                let is_new = answer.body.windows(8).any(|part| part == b"\"stored\"");
                let text = String::from_utf8_lossy(&answer.body);
                anyhow::ensure!(answer.status == 200 && is_new, "{}: {text}", answer.status);
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        times.extend(ended?.context("an upload failed")?);
    }
    set.sent = next.load(Ordering::Relaxed);
    Ok(times)
}
