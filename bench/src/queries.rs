//! What is read of a server's history: trends, statistics, and its page, which has both.

use std::time::{Duration, Instant};

use duplistatus::{
    dto::{
        history::Place,
        server::{Range, ServerQuery},
    },
    ids::ServerId,
    service::{Actor, Services, history, overview::server},
};

use crate::{
    args::Args,
    data::{Set, services},
    figures::{Figure, Table},
    statistics::median_ms,
};

/// Each of them over all of the history, for all servers in turn.
pub async fn measure(args: &Args, large: &Set, table: &mut Table) -> anyhow::Result<()> {
    let services = services(&large.path())?;
    // The history ends some days before today.
    let days = i64::from(large.scale.runs) + large.scale.free_days();
    let (mut trends, mut statistics, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..args.rounds() {
        for id in 1..=i64::from(large.scale.servers) {
            let id = ServerId(id);
            trends.push(time_of_trends(&services, id, days).await?);
            statistics.push(time_of_statistics(&services, id, large.scale.runs).await?);
            pages.push(time_of_page(&services, id).await?);
        }
    }
    services.db.close().await;
    table.add(Figure::at_most("trends of a server, each day of its history", median_ms(&trends), 2.0, "ms"));
    table.add(Figure::at_most(
        "statistics of a server, all of its history",
        median_ms(&statistics),
        2.0,
        "ms",
    ));
    table.add(Figure::at_most("data of a server's page, all of its history", median_ms(&pages), 2.0, "ms"));
    Ok(())
}

async fn time_of_trends(services: &Services, server: ServerId, days: i64) -> anyhow::Result<Duration> {
    let place = Place { server, job: None };
    let started = Instant::now();
    let found = history::trends(services, &Actor::CommandLine, place, days).await?;
    let took = started.elapsed();
    anyhow::ensure!(found.iter().any(|day| day.runs > 0), "the trends are empty");
    Ok(took)
}

async fn time_of_statistics(services: &Services, server: ServerId, runs: u32) -> anyhow::Result<Duration> {
    let place = Place { server, job: None };
    let started = Instant::now();
    let found = history::statistics(services, &Actor::CommandLine, place, None).await?;
    let took = started.elapsed();
    anyhow::ensure!(found.runs >= i64::from(runs), "only {} runs are in the statistics", found.runs);
    Ok(took)
}

async fn time_of_page(services: &Services, server: ServerId) -> anyhow::Result<Duration> {
    let query = ServerQuery {
        server,
        job: None,
        range: Range::All,
        sort: Default::default(),
        ascending: false,
        page: 1,
        day: None,
    };
    let started = Instant::now();
    let page = server::show(services, &Actor::CommandLine, query).await?;
    let took = started.elapsed();
    anyhow::ensure!(!page.runs.is_empty(), "the page has no runs");
    Ok(took)
}
