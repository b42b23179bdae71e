//! How long the addresses take that widgets and Prometheus request all day.

use std::time::Instant;

use crate::{
    args::Args,
    data::Set,
    figures::{Figure, Table},
    process::Process,
    statistics::median_ms,
};

/// What is requested, what it is called, and its limit in milliseconds.
const ADDRESSES: [(&str, &str, f64); 2] =
    [("/api/summary", "summary for programs", 2.0), ("/metrics", "metrics of 1,000 jobs", 10.0)];

/// Measures them on the large set.
pub async fn measure(args: &Args, large: &Set, table: &mut Table) -> anyhow::Result<()> {
    let process = Process::start(args, "serve", &large.folder).await?;
    let mut client = process.visit().await?;
    for (path, name, limit) in ADDRESSES {
        let mut times = Vec::new();
        for number in 0..args.rounds() * 30 {
            let started = Instant::now();
            let answer = client.get(path, "identity").await?;
            anyhow::ensure!(answer.status == 200, "{path}: {}", answer.status);
            // The first requests fill the caches.
            if number >= 10 {
                times.push(started.elapsed());
            }
        }
        table.add(Figure::at_most(format!("{name}, 200 × 5 jobs"), median_ms(&times), limit, "ms"));
    }
    for path in ["/api/v1/jobs", "/api/v1/runs"] {
        let tag = client.get(path, "identity").await?.tag;
        let mut times = Vec::new();
        for _ in 0..args.rounds() * 30 {
            let started = Instant::now();
            let answer = client.get_unless(path, "identity", &tag).await?;
            anyhow::ensure!(answer.status == 304, "{path}: {}", answer.status);
            times.push(started.elapsed());
        }
        table.add(Figure::at_most(format!("{path} that has not changed"), median_ms(&times), 0.3, "ms"));
    }
    process.stop().await
}
