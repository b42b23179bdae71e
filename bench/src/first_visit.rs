//! What a browser loads at its first visit to the demo's dashboard, compressed.

use std::{collections::BTreeSet, fs, path::Path};

use rusqlite::Connection;

use crate::{
    args::Args,
    client::Client,
    figures::{Figure, Table},
    process::Process,
    raw,
};

/// The longest start of the demo, as a multiple of the time to insert the rows of its runs.
const DEMONSTRATION: f64 = 20.0;

/// The kinds of files that count, in addition to the page itself.
const KINDS: [&str; 3] = [".css", ".js", ".wasm"];

/// Measures the page and the files that it refers to.
pub async fn measure(args: &Args, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    let data = folder.join("visit");
    fs::create_dir(&data)?;
    let process = Process::start(args, "demo", &data).await?;
    let start = process.start.as_secs_f64();
    table.add(Figure::plain("start to first answer, demonstration", start, "s"));
    let mut client = Client::connect(process.address).await?;
    let page = client.get("/", "br").await?;
    anyhow::ensure!(page.encoding.as_deref() == Some("br"), "the page is not compressed");
    let plain = client.get("/", "identity").await?;
    let mut total = kb(page.body.len());
    table.add(Figure::plain("first visit, page", total, "kB"));
    for path in files(&String::from_utf8_lossy(&plain.body)) {
        let file = client.get(&path, "br").await?;
        anyhow::ensure!(file.status == 200, "{path}: {}", file.status);
        let size = kb(file.body.len());
        total += size;
        let name = format!("first visit, {path}");
        table.add(match path.ends_with(".wasm") {
            true => Figure::at_most(name, size, 250.0, "kB"),
            false => Figure::plain(name, size, "kB"),
        });
    }
    table.add(Figure::at_most("first visit, page, styles, script and wasm", total, 350.0, "kB"));
    process.stop().await?;
    // The demo has stopped, and nothing else needs its database.
    let database = data.join("demo").join("duplistatus.db");
    let runs = Connection::open(&database)?
        .query_row("SELECT count(*) FROM backups", [], |row| row.get::<_, i64>(0))?;
    let bare = raw::insert_runs(&database, u64::try_from(runs)?, 64)?.as_secs_f64();
    table.add(Figure::plain(format!("bare SQLite: {runs} rows, 64 to a transaction"), bare * 1000.0, "ms"));
    table.add(Figure::at_most("start of the demonstration / bare SQLite", start / bare, DEMONSTRATION, ""));
    Ok(())
}

/// Returns everything under `/pkg/` that a page refers to, without duplicates.
fn files(html: &str) -> BTreeSet<String> {
    html.split(['"', '\'', '`', '(', ')', ' '])
        .filter(|word| word.starts_with("/pkg/") && KINDS.iter().any(|kind| word.ends_with(kind)))
        .map(str::to_owned)
        .collect()
}

fn kb(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0
}
