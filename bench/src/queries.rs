//! The page of a server: statistics and trends over its whole history, with the lists of jobs and runs.

use std::time::{Duration, Instant};

use duplistatus::{
    dto::server::{Range, ServerQuery},
    ids::ServerId,
    service::{Actor, Services, overview::server},
};
use rusqlite::{Connection, Statement};

use crate::{
    args::Args,
    data::{Set, services},
    figures::{Figure, Table},
    statistics::{median, median_ms, ratios},
};

/// The longest time for the data of a page, as a multiple of the time of plain queries for the same rows.
const PAGE: f64 = 4.0;

/// Reads the page of each server in turn, over its whole history, alternating with plain queries.
pub async fn measure(args: &Args, large: &Set, table: &mut Table) -> anyhow::Result<()> {
    let services = services(&large.path())?;
    let connection = Connection::open(large.path())?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8000;")?;
    let mut bare_page = BarePage::new(&connection)?;
    let (mut pages, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..args.rounds() {
        for id in 1..=i64::from(large.scale.servers) {
            pages.push(time_of_page(&services, ServerId(id)).await?);
            bare.push(bare_page.time(id)?);
        }
    }
    services.db().close().await;
    table.add(Figure::plain("data of a server's page, all of its history", median_ms(&pages), "ms"));
    table.add(Figure::plain("bare SQLite: its days and 25 runs", median_ms(&bare), "ms"));
    let ratio = median(&ratios(&pages, &bare));
    table.add(Figure::at_most("data of a server's page / bare SQLite", ratio, PAGE, ""));
    Ok(())
}

/// Plain queries for every row that the page is made from.
struct BarePage<'c> {
    days: Statement<'c>,
    runs: Statement<'c>,
}

impl<'c> BarePage<'c> {
    fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            days: connection.prepare(
                "SELECT * FROM job_days WHERE day IN (SELECT day FROM site_days)
                 AND job_id IN (SELECT id FROM jobs WHERE server_id = ?) ORDER BY day, job_id",
            )?,
            runs: connection.prepare(
                "SELECT id, job_id, status, start_time, duration, files_count, files_size, storage_size, uploaded_size,
                 versions, warnings_count, errors_count FROM backups WHERE server_id = ? ORDER BY start_time DESC LIMIT 25",
            )?,
        })
    }

    fn time(&mut self, server: i64) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let mut values = 0;
        for statement in [&mut self.days, &mut self.runs] {
            let columns = statement.column_count();
            let mut rows = statement.query([server])?;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    std::hint::black_box(row.get_ref(column)?);
                    values += 1;
                }
            }
        }
        let took = started.elapsed();
        anyhow::ensure!(values > 0, "server {server} has no days");
        Ok(took)
    }
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
