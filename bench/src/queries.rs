//! The page of a server: its statistics and trends over all of its history, with the lists of jobs and runs.

use std::time::{Duration, Instant};

use duplistatus::{
    dto::server::{Range, ServerQuery},
    ids::ServerId,
    service::{Actor, Services, overview::server},
};

use crate::{
    args::Args,
    data::{Set, services},
    figures::{Figure, Table},
    statistics::median_ms,
};

/// Reads the page of each server in turn, over all of its history.
pub async fn measure(args: &Args, large: &Set, table: &mut Table) -> anyhow::Result<()> {
    let services = services(&large.path())?;
    let mut pages = Vec::new();
    for _ in 0..args.rounds() {
        for id in 1..=i64::from(large.scale.servers) {
            pages.push(time_of_page(&services, ServerId(id)).await?);
        }
    }
    services.db.close().await;
    table.add(Figure::at_most("data of a server's page, all of its history", median_ms(&pages), 2.0, "ms"));
    Ok(())
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
