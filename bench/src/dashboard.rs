//! How long the dashboard takes, and whether history makes it slower.

use std::time::{Duration, Instant};

use crate::{
    args::Args,
    client::Client,
    data::Set,
    figures::{Figure, Table},
    process::Process,
    statistics::median_ms,
};

/// Compares a year of history with ten days, request by request.
pub async fn measure(args: &Args, large: &Set, recent: &Set, table: &mut Table) -> anyhow::Result<()> {
    let on_large = Process::start(args, "serve", &large.folder).await?;
    let on_recent = Process::start(args, "serve", &recent.folder).await?;
    let mut year = on_large.visit().await?;
    let mut ten_days = on_recent.visit().await?;
    for request in [Request::Html, Request::Data] {
        let (mut long, mut short) = (Vec::new(), Vec::new());
        for number in 0..args.rounds() * 30 {
            let pair = (request.time(&mut year).await?, request.time(&mut ten_days).await?);
            // The first ones fill caches.
            if number >= 10 {
                long.push(pair.0);
                short.push(pair.1);
            }
        }
        let (long, short, name) = (median_ms(&long), median_ms(&short), request.name());
        table.add(Figure::plain(format!("{name}, 365 runs a job"), long, "ms"));
        table.add(Figure::plain(format!("{name}, 10 runs a job"), short, "ms"));
        table.add(Figure::at_most(format!("{name}, 365 runs / 10 runs"), long / short, 1.3, ""));
    }
    on_large.stop().await?;
    on_recent.stop().await
}

#[derive(Debug, Clone, Copy)]
enum Request {
    Html,
    Data,
}

impl Request {
    fn name(self) -> &'static str {
        match self {
            Self::Html => "dashboard page, 200 × 5 jobs",
            Self::Data => "dashboard data, 200 × 5 jobs",
        }
    }

    async fn time(self, client: &mut Client) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let answer = match self {
            Self::Html => client.get("/", "identity").await?,
            Self::Data => client.post("/api/fn/dashboard", r#"{"query":{}}"#).await?,
        };
        anyhow::ensure!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        Ok(started.elapsed())
    }
}
