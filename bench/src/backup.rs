//! How fast the database is copied and checked, compared with plain SQLite.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use duplistatus::db::engine::{
    connection,
    copy::{self, Form},
};
use rusqlite::Connection;

use crate::{
    args::Args,
    data::Set,
    figures::{Figure, Table},
    statistics::{median, median_ms, ratios},
};

/// Unchecked, so that copying and checking are measured separately.
const COPIED: Form = Form { verify: false, compress: false };

/// Measures copying the large set and checking the copy, alternating with SQLite.
pub async fn measure(args: &Args, large: &Set, table: &mut Table) -> anyhow::Result<()> {
    let (database, copy, rounds) = (large.path(), large.folder.join("copy.db"), args.rounds());
    let measured = tokio::task::spawn_blocking(move || {
        // The first copy finds the system's cache as the last part left it.
        vacuum_into(&database, &copy)?;
        let copying = by_turns(rounds, || own_copy(&database, &copy), || vacuum_into(&database, &copy))?;
        let checking = by_turns(rounds, || own_check(&copy), || integrity_check(&copy))?;
        let size = fs::metadata(&copy)?.len();
        fs::remove_file(&copy)?;
        anyhow::Ok((copying, checking, size))
    });
    let ((own, sqlite), (own_checks, pragmas), size) = measured.await??;
    let size = size / 1_000_000;
    table.add(Figure::plain(format!("backup without verification ({size} MB)"), median_ms(&own), "ms"));
    table.add(Figure::plain("VACUUM INTO by SQLite alone", median_ms(&sqlite), "ms"));
    let speeds = ratios(&sqlite, &own);
    table.add(Figure::at_least("speed of a backup / of VACUUM INTO", median(&speeds), 0.6, ""));
    table.add(Figure::plain("verification of a backup", median_ms(&own_checks), "ms"));
    table.add(Figure::plain("PRAGMA integrity_check by SQLite alone", median_ms(&pragmas), "ms"));
    let times = ratios(&own_checks, &pragmas);
    table.add(Figure::at_most("time of a verification / of the pragma", median(&times), 1.2, ""));
    Ok(())
}

/// Measures two operations in rounds of alternating order: what the first one leaves in caches helps both.
fn by_turns(
    rounds: usize,
    mut one: impl FnMut() -> anyhow::Result<Duration>,
    mut other: impl FnMut() -> anyhow::Result<Duration>,
) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        if round % 2 == 1 {
            others.push(other()?);
        }
        ones.push(one()?);
        if round % 2 == 0 {
            others.push(other()?);
        }
    }
    Ok((ones, others))
}

/// Copies as `db backup` does.
fn own_copy(database: &Path, copy: &Path) -> anyhow::Result<Duration> {
    remove(copy)?;
    let started = Instant::now();
    copy::write(&mut connection::open_unpooled(database)?, copy, COPIED)?;
    Ok(started.elapsed())
}

fn vacuum_into(database: &Path, copy: &Path) -> anyhow::Result<Duration> {
    remove(copy)?;
    let started = Instant::now();
    Connection::open(database)?.execute("VACUUM INTO ?", [copy.to_string_lossy()])?;
    Ok(started.elapsed())
}

/// Checks a backup as the program does before it renames it.
fn own_check(copy: &Path) -> anyhow::Result<Duration> {
    let started = Instant::now();
    copy::verify(copy)?;
    Ok(started.elapsed())
}

fn integrity_check(copy: &Path) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let answer: String = Connection::open(copy)?.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    anyhow::ensure!(answer == "ok", "the copy is not in order: {answer}");
    Ok(started.elapsed())
}

/// Removes the copy of the previous round, if there is one: SQLite writes only to files that are empty or
/// missing.
fn remove(copy: &Path) -> std::io::Result<()> {
    if copy.exists() { fs::remove_file(copy) } else { Ok(()) }
}
