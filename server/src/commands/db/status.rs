//! `duplistatus db status`.

use std::fmt;

use duplistatus::{
    dto::database::{DatabaseStatus, PoolState, SlowQuery, Statements, TableSize},
    service::{Actor, database},
    time::Timestamp,
    units::{size, thousands},
};
use serde::Serialize;

use crate::commands::output::Output;
use crate::{cli::GlobalOptions, commands};

#[derive(Serialize)]
struct JsonOutput {
    #[serde(flatten)]
    status: DatabaseStatus,
    tables: Vec<TableSize>,
}

/// Joins words into lines that fit a terminal.
fn folded(words: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.clone()),
        }
    }
    lines
}

fn bytes(number: u64) -> String {
    size(i64::try_from(number).unwrap_or(i64::MAX))
}

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DatabaseStatus {
            path,
            file_size,
            wal_size,
            disk_free,
            page_size,
            pages,
            free_pages,
            schema_version,
            sqlite_version,
            compile_options,
            oldest_run,
            newest_run,
            last_cleanup,
            last_backup,
            pool,
            statements,
            slow_queries,
        } = &self.status;
        let time = |at: &Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        writeln!(f, "file           {path}, {}", bytes(*file_size))?;
        writeln!(f, "log            {}", bytes(*wal_size))?;
        let free = disk_free.map_or_else(|| "unknown".to_owned(), bytes);
        writeln!(f, "disk           {free} free")?;
        writeln!(
            f,
            "pages          {} of {page_size} bytes, {} free ({})",
            thousands(*pages),
            thousands(*free_pages),
            size(free_pages.saturating_mul(*page_size))
        )?;
        writeln!(f, "schema         {schema_version}")?;
        writeln!(f, "runs           {} to {}", time(oldest_run), time(newest_run))?;
        writeln!(f, "last clean-up  {}", time(last_cleanup))?;
        writeln!(f, "last backup    {}", time(last_backup))?;
        let PoolState { readers, in_use, idle, waiting, writes_waiting } = pool;
        writeln!(
            f,
            "connections    {readers} readers ({in_use} in use, {idle} idle, {waiting} waiting), 1 writer ({writes_waiting} waiting); of this command"
        )?;
        let Statements { run, prepared, slow_from } = statements;
        writeln!(f, "statements     {run} run, {prepared} kept prepared; of this command")?;
        writeln!(f, "SQLite         {sqlite_version}")?;
        for line in folded(compile_options) {
            writeln!(f, "               {line}")?;
        }
        writeln!(f, "\n{:<34}  {:>12}  {:>10}", "table, index", "rows", "size")?;
        for table in &self.tables {
            writeln!(f, "{:<34}  {:>12}  {:>10}", table.name, thousands(table.rows), size(table.bytes))?;
            for index in &table.indexes {
                writeln!(f, "  {:<32}  {:>12}  {:>10}", index.name, "", size(index.bytes))?;
            }
        }
        write!(f, "\nslow queries, from {slow_from} ms")?;
        if slow_queries.is_empty() {
            write!(f, ": none in this command; for a running server, see its log or its Database page")?;
        }
        for SlowQuery { sql, plan, times, longest, .. } in slow_queries {
            write!(f, "\n{longest} ms, {times} times: {sql}")?;
            for step in plan.iter().flat_map(|plan| plan.lines()) {
                write!(f, "\n    {step}")?;
            }
        }
        Ok(())
    }
}

/// Shows the status of the database.
pub(super) async fn run(options: &GlobalOptions, out: Output) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let tables = database::tables(&services, &Actor::CommandLine).await?;
    // Last, so that it includes whether the query above was slow.
    let status = database::status(&services, &Actor::CommandLine).await?;
    services.db().close().await;
    out.show(&JsonOutput { status, tables })
}
