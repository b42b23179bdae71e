//! The cost of an ordinary report for the writer.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use diesel::connection::{Connection as _, InstrumentationEvent};

use super::*;
use crate::service::{Actor, ingest_keys};

/// Executed statements, and those that are cached.
#[derive(Debug, Default)]
struct Seen {
    run: Vec<String>,
    kept: BTreeSet<String>,
}

#[tokio::test]
async fn a_report_prepares_nothing_anew_and_reads_no_history() -> TestResult {
    let (_folder, services) = services()?;
    let key = ingest_keys::create(&services, &Actor::CommandLine, "").await?.secret;
    let seen = Arc::new(Mutex::new(Seen::default()));
    let watched = Arc::clone(&seen);
    let watch = move |event: InstrumentationEvent<'_>| {
        let mut seen = watched.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            InstrumentationEvent::StartQuery { query, .. } => seen.run.push(query.to_string()),
            InstrumentationEvent::CacheQuery { sql, .. } => drop(seen.kept.insert(sql.to_owned())),
            _ => {}
        }
    };
    services
        .db
        .write(|tx| {
            tx.conn.set_instrumentation(watch);
            Ok(())
        })
        .await?;
    for begin in ["2026-11-21T02:00:00Z", "2026-11-21T03:00:00Z"] {
        seen.lock().unwrap_or_else(PoisonError::into_inner).run.clear();
        send_with(&services, Some(&key), report(begin, "Success")).await?;
    }
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    // The statements of the group were cached before the instrumentation started.
    let brackets = ["BEGIN IMMEDIATE", "SAVEPOINT member", "RELEASE member", "COMMIT"];
    for run in &seen.run {
        let sql = run.split(" -- binds:").next().unwrap_or_default();
        assert!(seen.kept.contains(sql) || brackets.contains(&sql), "prepared anew: {sql}");
    }
    let reads_runs = seen.run.iter().filter(|run| run.contains("FROM `backups`")).count();
    // Two queries find out whether the run is known, by its start and its reported begin; the third
    // reads the runs of its day.
    assert_eq!(reads_runs, 3, "{:#?}", seen.run);
    Ok(())
}
