//! The evaluator: how long it takes when many of very many jobs become late at the same moment, and what it costs when nothing happens.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use duplistatus::{
    clock::Clock,
    service::{Actor, Services, ingest, ingest::Upload, noticing::evaluator},
    time::Timestamp,
};
use rusqlite::{Connection, params, params_from_iter};

use crate::{
    args::Args,
    data::services,
    figures::{Figure, Table},
    pattern::Pattern,
    report,
    scale::Slot,
    statistics::{median, median_ms},
};

/// Jobs of the large file.
const JOBS: u32 = 50_000;
/// Jobs of the small one.
const FEW: u32 = 500;
/// Jobs that become late at once.
const CHANGING: u32 = 1000;
/// Jobs of each server.
const ON_A_SERVER: u32 = 5;
/// What that may take in all: milliseconds.
const ALL: f64 = 200.0;
/// What an upload may wait for: milliseconds.
const ONE: f64 = 20.0;
/// How many times as long a look at nothing may take with a hundred times as many jobs.
const IDLE: f64 = 1.5;
/// Looks at nothing in a round.
const LOOKS: u32 = 60;

const DAY: i64 = 86_400;

/// Lets jobs become late, on a copy of the file in each round; then looks again and again when nothing is due.
pub async fn measure(args: &Args, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    let (many, few) = (folder.join("noticing.db"), folder.join("noticing-few.db"));
    let changing = CHANGING / args.divide;
    let due = make(&many, JOBS / args.divide, changing).await?;
    make(&few, FEW / args.divide, 0).await?;
    let (mut totals, mut longest, mut written, mut ratios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..args.rounds() {
        let path = folder.join(format!("noticing-{round}.db"));
        fs::copy(&many, &path)?;
        let slices = become_late(&path, due, changing).await?;
        totals.push(slices.iter().sum::<Duration>());
        longest.push(slices.into_iter().max().unwrap_or_default());
        let of_many = idle(&path, due).await?;
        let of_few = idle(&few, due).await?;
        ratios.push(of_many.as_secs_f64() / of_few.as_secs_f64().max(1e-9));
        fs::remove_file(&path)?;
        fs::copy(&many, &path)?;
        written.push(write_only(&path, changing)?);
        fs::remove_file(&path)?;
    }
    let name = format!("{changing} of {} jobs become late at once", JOBS / args.divide);
    table.add(Figure::at_most(&name, median_ms(&totals), ALL, "ms"));
    table.add(Figure::at_most(format!("{name}: longest transaction"), median_ms(&longest), ONE, "ms"));
    table.add(Figure::plain("bare SQLite: the rows of that, in one transaction", median_ms(&written), "ms"));
    table.add(Figure::at_most("an idle minute, 50,000 jobs / 500 jobs", median(&ratios), IDLE, ""));
    Ok(())
}

/// Makes a file in which so many jobs become late at one moment, and all others never. When that is.
async fn make(path: &Path, jobs: u32, changing: u32) -> anyhow::Result<Timestamp> {
    let start = Timestamp::from_unix(1_795_435_200);
    let clock = Clock::manual(start);
    let services = services(path)?.with_clock(clock.clone());
    for day in 0..8 {
        let start = start.plus(day * DAY);
        clock.set(start.plus(754));
        evaluator::tick(&services).await?;
        let upload = Upload {
            content_type: Some("application/json".to_owned()),
            body: report::body(Slot { server: 0, job: 0, start }),
            key: None,
            source: "127.0.0.1".to_owned(),
        };
        ingest::accept(&services, &Actor::Sender { key: None, server: None }, upload).await?;
    }
    services.db().close().await;
    drop(services);
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA synchronous = OFF; BEGIN")?;
    let due: String =
        connection
            .query_row("SELECT next_change_at FROM job_states WHERE job_id = 1", [], |row| row.get(0))?;
    {
        let mut server = Pattern::read(&connection, "servers", "id = 1")?;
        let mut job = Pattern::read(&connection, "jobs", "id = 1")?;
        let mut facts = Pattern::read(&connection, "job_facts", "job_id = 1")?;
        let mut state = Pattern::read(&connection, "job_states", "job_id = 1")?;
        let mut insert_server = server.insert(&connection, "servers", "")?;
        let mut insert_job = job.insert(&connection, "jobs", "")?;
        let mut insert_facts = facts.insert(&connection, "job_facts", "")?;
        let mut insert_state = state.insert(&connection, "job_states", "")?;
        for number in 1..jobs {
            if number % ON_A_SERVER == 0 {
                server.set("name", report::server_name(number / ON_A_SERVER));
                insert_server.execute(params_from_iter(server.values()))?;
                job.set("server_id", connection.last_insert_rowid());
            }
            job.set("name", report::job_name(number));
            job.set("backup_id", format!("DB-{number}"));
            insert_job.execute(params_from_iter(job.values()))?;
            let id = connection.last_insert_rowid();
            facts.set("job_id", id);
            insert_facts.execute(params_from_iter(facts.values()))?;
            state.set("job_id", id);
            let is_changing = number < changing;
            state.set(
                "next_change_at",
                if is_changing { due.clone() } else { "2099-01-01T00:00:00Z".to_owned() },
            );
            insert_state.execute(params_from_iter(state.values()))?;
        }
    }
    // The program ran all the time, or its own downtime would excuse them.
    connection.execute("UPDATE heartbeat SET at = ?", [&due])?;
    if changing == 0 {
        connection.execute("UPDATE job_states SET next_change_at = '2099-01-01T00:00:00Z'", [])?;
    }
    connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    due.parse().context("the first job never becomes late")
}

fn at(path: &Path, now: Timestamp) -> anyhow::Result<Services> {
    Ok(services(path)?.with_clock(Clock::manual(now)))
}

/// How long each transaction took, as who waits for it sees it.
async fn become_late(path: &Path, due: Timestamp, changing: u32) -> anyhow::Result<Vec<Duration>> {
    let services = at(path, due)?;
    let mut slices = Vec::new();
    loop {
        let started = Instant::now();
        if !evaluator::judge_some(&services).await? {
            break;
        }
        slices.push(started.elapsed());
    }
    services.db().close().await;
    let open = "SELECT count(*) FROM incidents WHERE closed_at IS NULL AND problem = 'late'";
    let late: u32 = Connection::open(path)?.query_row(open, [], |row| row.get(0))?;
    anyhow::ensure!(late == changing, "{late} of {changing} jobs are late");
    Ok(slices)
}

/// How long a look at nothing takes: the sign of life, and the question what is due.
async fn idle(path: &Path, now: Timestamp) -> anyhow::Result<Duration> {
    let services = at(path, now)?;
    let started = Instant::now();
    for _ in 0..LOOKS {
        evaluator::tick(&services).await?;
    }
    let took = started.elapsed() / LOOKS;
    services.db().close().await;
    Ok(took)
}

/// The rows of the same change, and nothing around them.
fn write_only(path: &Path, changing: u32) -> rusqlite::Result<Duration> {
    let connection = Connection::open(path)?;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
    let mut incident = connection.prepare(
        "INSERT INTO incidents (job_id, server_id, server_name, job_name, opened_at, since, problem, worst, checks)
         SELECT id, server_id, 'server', name, '2026-12-01T00:00:00Z', '2026-12-01T00:00:00Z', 'late', 'late', '[]'
         FROM jobs WHERE id = ?",
    )?;
    let mut event = connection.prepare(
        "INSERT INTO incident_events (incident_id, at, event, details) VALUES (?, '2026-12-01T00:00:00Z', 'opened', '{}')",
    )?;
    let mut state = connection.prepare(
        "UPDATE job_states SET verdict = 'late', since = due, evaluated_at = due, next_change_at = NULL, incident_id = ?,
         state = state || ' ' WHERE job_id = ?",
    )?;
    let started = Instant::now();
    connection.execute_batch("BEGIN IMMEDIATE")?;
    for job in 1..=changing {
        incident.execute([job])?;
        let id = connection.last_insert_rowid();
        event.execute([id])?;
        state.execute(params![id, job])?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(started.elapsed())
}
