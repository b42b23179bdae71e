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
            // The first requests fill the caches.
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

/// Compares 10,000 servers with 200, for each way to ask.
pub async fn measure_wide(args: &Args, wide: &Set, narrow: &Set, table: &mut Table) -> anyhow::Result<()> {
    let on_wide = Process::start(args, "serve", &wide.folder).await?;
    let on_narrow = Process::start(args, "serve", &narrow.folder).await?;
    let mut many = on_wide.visit().await?;
    let mut few = on_narrow.visit().await?;
    for (name, query, fields) in WAYS {
        for request in [Request::Html, Request::Data] {
            let (mut long, mut short) = (Vec::new(), Vec::new());
            for number in 0..args.rounds() * 20 {
                let pair = (
                    request.ask(&mut many, query, fields).await?,
                    request.ask(&mut few, query, fields).await?,
                );
                // The first ones fill caches, and have the sizes of past days read.
                if number >= 10 {
                    long.push(pair.0);
                    short.push(pair.1);
                }
            }
            let (long, short) = (median_ms(&long), median_ms(&short));
            let kind = request.kind();
            table.add(Figure::plain(format!("dashboard {kind}, {name}, 10,000 × 5 jobs"), long, "ms"));
            let ratio = format!("dashboard {kind}, {name}, 10,000 × 5 jobs / 200 × 5 jobs");
            table.add(Figure::at_most(ratio, long / short, 1.5, ""));
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    table.add(Figure::at_most(
        "memory after these dashboards, 10,000 × 5 jobs",
        on_wide.memory()?,
        60.0,
        "MB",
    ));
    on_wide.stop().await?;
    on_narrow.stop().await
}

/// What is asked for: its name, the query of the page, and the fields of the data's query.
const WAYS: [(&str, &str, &str); 5] = [
    ("all", "", ""),
    ("attention", "?filter=attention", r#""filter":"attention""#),
    ("by name", "?sort=name", r#""sort":"name""#),
    ("latest", "?sort=latest", r#""sort":"latest""#),
    ("search", "?q=server-0", r#""search":"server-0""#),
];

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

    fn kind(self) -> &'static str {
        match self {
            Self::Html => "page",
            Self::Data => "data",
        }
    }

    async fn time(self, client: &mut Client) -> anyhow::Result<Duration> {
        self.ask(client, "", "").await
    }

    async fn ask(self, client: &mut Client, query: &str, fields: &str) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let answer = match self {
            Self::Html => client.get(&format!("/{query}"), "identity").await?,
            Self::Data => client.post("/api/fn/dashboard", &format!(r#"{{"query":{{{fields}}}}}"#)).await?,
        };
        anyhow::ensure!(
            answer.status == 200,
            "/{query} ({fields}): {} {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        Ok(started.elapsed())
    }
}
