//! Imports a database of the Node application with a hundred thousand runs into an empty database.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, ensure};
use duplistatus::time::Timestamp;
use rusqlite::{Connection, params};

use crate::{
    args::Args,
    figures::{Figure, Table},
    raw,
    statistics::median,
};

const SERVERS: u32 = 20;
const JOBS: u32 = 5;
const RUNS: u32 = 1000;
/// Log lines of a run, as many as in the Node application's own test data.
const LINES: usize = 5;
/// The speed that an import has to reach, as a share of the speed of plain insertions.
const SHARE: f64 = 0.2;
/// 2024-01-01.
const FIRST: i64 = 1_704_067_200;

/// Imports once in each round, each time into an empty database.
pub async fn measure(args: &Args, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    let source = folder.join("backups.db");
    let runs = RUNS / args.divide;
    fill(&source, runs)?;
    let count = f64::from(SERVERS * JOBS * runs);
    let (mut rates, mut bare) = (Vec::new(), Vec::new());
    for round in 0..args.rounds() {
        let data = folder.join(format!("import-{round}"));
        let started = Instant::now();
        let status = Command::new(&args.binary)
            .arg("import")
            .arg(&source)
            .arg("--data-dir")
            .arg(&data)
            .args(["--time-zone", "UTC", "--log", "error", "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .with_context(|| format!("cannot start {}", args.binary.display()))?;
        ensure!(status.success(), "the import ended with {status}");
        rates.push(count / started.elapsed().as_secs_f64());
        // The rows of as many runs, in the same database, with as many in a transaction as in one batch of the
        // import.
        let took = raw::insert_runs(&data.join("duplistatus.db"), u64::from(SERVERS * JOBS * runs), 500)?;
        bare.push(count / took.as_secs_f64());
        fs::remove_dir_all(&data)?;
    }
    let size = fs::metadata(&source)?.len();
    fs::remove_file(&source)?;
    let name = format!("import of {count} runs with {LINES} log lines ({} MB), a second", size / 1_000_000);
    table.add(Figure::plain(name, median(&rates), "runs/s"));
    table.add(Figure::plain("bare SQLite: the rows of as many runs, a second", median(&bare), "runs/s"));
    let shares: Vec<f64> = rates.iter().zip(&bare).map(|(rate, bare)| rate / bare).collect();
    table.add(Figure::at_least("import / bare SQLite", median(&shares), SHARE, ""));
    Ok(())
}

/// Fills the database in the order in which reports arrive, day by day.
fn fill(path: &Path, runs: u32) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN;")?;
    connection.execute_batch(
        "CREATE TABLE servers (id TEXT PRIMARY KEY, name TEXT NOT NULL, alias TEXT, note TEXT, created_at DATETIME);
         CREATE TABLE backups (id TEXT PRIMARY KEY, server_id TEXT NOT NULL, backup_name TEXT NOT NULL,
             backup_id TEXT NOT NULL, date DATETIME NOT NULL, status TEXT NOT NULL, duration_seconds INTEGER NOT NULL,
             size INTEGER, uploaded_size INTEGER, examined_files INTEGER, warnings INTEGER, errors INTEGER,
             created_at DATETIME, messages_array TEXT, warnings_array TEXT, errors_array TEXT, available_backups TEXT,
             added_files INTEGER, size_of_examined_files INTEGER, main_operation TEXT, parsed_result TEXT, version TEXT,
             begin_time DATETIME, end_time DATETIME, warnings_actual_length INTEGER, messages_actual_length INTEGER,
             known_file_size INTEGER, backup_list_count INTEGER, backend_main_operation TEXT);
         CREATE INDEX idx_backups_server_id ON backups (server_id); CREATE INDEX idx_backups_date ON backups (date);",
    )?;
    for server in 0..SERVERS {
        connection.execute(
            "INSERT INTO servers VALUES (?, ?, '', '', '2024-01-01 00:00:00')",
            params![machine(server), format!("server-{server:02}")],
        )?;
    }
    {
        let mut insert = connection.prepare(
            "INSERT INTO backups VALUES (?, ?, ?, 'DB-1', ?, 'Success', 600.5, 412998127361, 611220981, 184211, 0, 0, ?, ?,
                 '[]', '[]', '[]', 12, 412998127361, 'Backup', 'Success', '2.1.0.5 (2.1.0.5_stable_2025-03-04)', ?, ?, 0, 5,
                 287661203991, 27, 'Backup')",
        )?;
        for run in 0..runs {
            for (job, server) in (0..JOBS).flat_map(|job| (0..SERVERS).map(move |server| (job, server))) {
                let at = FIRST + i64::from(run) * 43_200 + i64::from(job * 3600 + server * 60);
                let (begin, end) = (Timestamp::from_unix(at), Timestamp::from_unix(at + 600));
                let (begin, end) = (iso(begin), iso(end));
                insert.execute(params![
                    format!("{run:08x}-{job:04x}-4000-8000-{server:012x}"),
                    machine(server),
                    format!("Job {job}"),
                    begin,
                    end,
                    log(Timestamp::from_unix(at)),
                    begin,
                    end,
                ])?;
            }
        }
    }
    connection.execute_batch("COMMIT")
}

fn machine(server: u32) -> String {
    format!("{server:032x}")
}

fn iso(at: Timestamp) -> String {
    at.to_string().replace('Z', ".000Z")
}

fn log(at: Timestamp) -> String {
    let at = at.to_string().replace('T', " ").replace('Z', " +00");
    let lines: Vec<String> = (0..LINES)
        .map(|line| {
            format!(
                "\"{at} - [Information-Duplicati.Library.Main.BasicResults-BackendEvent]: Backend event: Put - \
                 Completed: duplicati-b{at}{line:04x}f20.dblock.zip.aes (49.95 MB)\""
            )
        })
        .collect();
    format!("[{}]", lines.join(","))
}
