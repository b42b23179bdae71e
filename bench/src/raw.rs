//! The limit of the machine: the rows of a report, written with prepared statements and nothing else.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use duplistatus::time::{Day, Timestamp};
use rusqlite::{Connection, Statement, params};

use crate::{
    pattern::Pattern,
    report,
    scale::{Scale, Slot},
};

/// Reports in one transaction, as in the program.
const GROUP: u64 = 64;

/// Opens a database with the pragmas of the program's writer.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000; PRAGMA journal_size_limit = 67108864;
         PRAGMA wal_autocheckpoint = 4000;",
    )?;
    Ok(connection)
}

/// The runs of [`insert_runs`] begin one minute apart from this time on, before those of any data set.
const FIRST_RUN: i64 = 0;

/// Inserts rows of runs into a database that has at least one, all copies of its newest; returns how long it took.
pub fn insert_runs(path: &Path, count: u64, to_a_transaction: u64) -> rusqlite::Result<Duration> {
    let connection = open(path)?;
    let mut run = Pattern::read(&connection, "backups", "id = (SELECT max(id) FROM backups)")?;
    let mut insert = run.insert(&connection, "backups", "")?;
    let started = Instant::now();
    for number in 0..count {
        if number % to_a_transaction == 0 {
            connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        let minutes = i64::try_from(number).unwrap_or(i64::MAX);
        run.set("start_time", Timestamp::from_unix(FIRST_RUN + minutes * 60).to_string());
        insert.execute(rusqlite::params_from_iter(run.values()))?;
        if number % to_a_transaction == to_a_transaction - 1 || number + 1 == count {
            connection.execute_batch("COMMIT")?;
        }
    }
    Ok(started.elapsed())
}

/// Writes reports for a duration; returns how many per second. Continues the count in `sent`.
pub fn write_for(
    path: &Path,
    scale: Scale,
    first_free: Day,
    sent: &mut u64,
    duration: Duration,
) -> rusqlite::Result<f64> {
    let connection = open(path)?;
    let mut writer = Writer::new(&connection)?;
    let (started, mut written) = (Instant::now(), 0_u32);
    while started.elapsed() < duration {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..GROUP {
            writer.write(scale, scale.slot(*sent, first_free))?;
            *sent += 1;
            written += 1;
        }
        connection.execute_batch("COMMIT")?;
    }
    let rate = f64::from(written) / started.elapsed().as_secs_f64();
    // The next measurement must not pay for these pages.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(rate)
}

struct Writer<'c> {
    connection: &'c Connection,
    run: (Pattern, Statement<'c>),
    raw: (Pattern, Statement<'c>),
    job_day: (Pattern, Statement<'c>),
    site_day: Statement<'c>,
    job: Statement<'c>,
    facts: Statement<'c>,
    state: Statement<'c>,
    machine: Statement<'c>,
    server: Statement<'c>,
    key: Statement<'c>,
    recent: String,
}

impl<'c> Writer<'c> {
    fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        let like = |table: &str, condition: &str, end: &str| {
            let pattern = Pattern::read(connection, table, condition)?;
            let insert = pattern.insert(connection, table, end)?;
            Ok::<_, rusqlite::Error>((pattern, insert))
        };
        let recent = connection.query_row("SELECT recent FROM jobs WHERE id = 1", [], |row| row.get(0))?;
        Ok(Self {
            connection,
            run: like("backups", "id = (SELECT min(run_id) FROM raw_reports)", "")?,
            raw: like("raw_reports", "run_id = (SELECT min(run_id) FROM raw_reports)", "")?,
            job_day: like(
                "job_days",
                "true LIMIT 1",
                "ON CONFLICT (day, job_id) DO UPDATE SET runs = runs + 1, warnings = warnings + 1,
                 duration_sum = duration_sum + 754, duration_runs = duration_runs + 1,
                 uploaded_size = uploaded_size + 611220981, files_count = 1, files_size = 2, storage_size = 3, versions = 4",
            )?,
            site_day: connection.prepare(
                "INSERT INTO site_days (day, runs, successes, warnings, failures, uploaded_size, stale)
                 VALUES (?, 0, 0, 0, 0, 0, TRUE) ON CONFLICT (day) DO UPDATE SET stale = TRUE WHERE NOT stale",
            )?,
            job: connection.prepare(
                "UPDATE jobs SET run_count = run_count + 1, uploaded_total = uploaded_total + 611220981, last_run_id = ?,
                 last_status = 'warning', last_start = ?, last_report_at = ?, last_duration = 754, last_uploaded = 611220981,
                 last_warnings = 2, last_success_at = ?, files_count = 184211, files_size = 412998127361,
                 storage_size = 287661203991, versions = 27, quota_total = 4000000000000, quota_free = 1200000000000,
                 recent = ?, last_headline = 'Failed to process path'
                 WHERE id = ?",
            )?,
            // The same bytes, written again.
            facts: connection.prepare("UPDATE job_facts SET facts = facts || '' WHERE job_id = ?")?,
            state: connection.prepare(
                "UPDATE job_states SET evaluated_at = ?1, next_change_at = ?1, slot = ?1, due = ?1, state = state || ''
                 WHERE job_id = ?2",
            )?,
            machine: connection.prepare("UPDATE machine_ids SET last_seen = ?, machine_name = ? WHERE machine_id = ?")?,
            server: connection.prepare(
                "UPDATE servers SET last_seen = ?, duplicati_version = '2.2.0.1', operating_system = 'Microsoft Windows 11 Pro'
                 WHERE id = ?",
            )?,
            key: connection.prepare("UPDATE ingest_keys SET last_used_at = ?, use_count = use_count + 1 WHERE id = 1")?,
            recent,
        })
    }

    /// Writes every row of one report. Ids count up from 1 in the order in which the data set was created.
    fn write(&mut self, scale: Scale, slot: Slot) -> rusqlite::Result<()> {
        let Slot { server, job, start } = slot;
        let (server_id, name) = (i64::from(server) + 1, report::server_name(server));
        let job_id = i64::from(server * scale.jobs + job) + 1;
        let (end, day, start) = (start.plus(754).to_string(), start.utc_day().to_string(), start.to_string());
        self.key.execute([&end])?;
        self.machine.execute(params![end, name, report::machine_id(server)])?;
        self.server.execute(params![end, server_id])?;
        let (run, insert) = &mut self.run;
        run.set("server_id", server_id);
        run.set("job_id", job_id);
        run.set("start_time", start.clone());
        run.set("end_time", end.clone());
        run.set("created_at", end.clone());
        insert.execute(rusqlite::params_from_iter(run.values()))?;
        let run_id = self.connection.last_insert_rowid();
        let (raw, insert) = &mut self.raw;
        raw.set("run_id", run_id);
        raw.set("received_at", end.clone());
        insert.execute(rusqlite::params_from_iter(raw.values()))?;
        let (job_day, insert) = &mut self.job_day;
        job_day.set("job_id", job_id);
        job_day.set("day", day.clone());
        insert.execute(rusqlite::params_from_iter(job_day.values()))?;
        self.job.execute(params![run_id, start, end, start, self.recent, job_id])?;
        self.facts.execute([job_id])?;
        self.state.execute(params![end, job_id])?;
        self.site_day.execute([&day])?;
        Ok(())
    }
}
