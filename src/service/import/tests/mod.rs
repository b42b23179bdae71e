//! Imports of all formats, and the resulting database.

use std::path::{Path, PathBuf};

use diesel::prelude::*;

use super::*;
use crate::{
    db::{
        care::invariants,
        node::fixture::{Fixture, NodeRun, Version},
        schema::backups,
        tables::runs::RunRecord,
    },
    dto::import::Tally,
    service::testing::{TestResult, report, send, services},
};

mod audit_log;
mod hostile;
mod node;
mod restricted;
mod secrets;
mod tables;
mod users;

const NAS: &str = "0123456789abcdef0123456789abcdef";

fn request(path: &Path) -> Request {
    Request { path: path.to_owned(), named: None, key_file: None, dry_run: false }
}

async fn try_import(services: &Services, request: Request) -> Result<ImportReport, ImportError> {
    let (progress, _) = watch::channel(ImportProgress::default());
    run(services, &Actor::CommandLine, request, &progress).await
}

async fn import_file(services: &Services, path: &Path) -> Result<ImportReport, ImportError> {
    let report = try_import(services, request(path)).await?;
    check(services).await?;
    Ok(report)
}

/// Checks that derived data matches the runs.
async fn check(services: &Services) -> Result<(), StoreError> {
    let zone = services.zone.clone();
    let found = services.db.read(move |conn| invariants::verify(conn, &zone)).await?;
    assert_eq!(found.count, 0, "{found:#?}");
    Ok(())
}

/// Returns all runs, oldest first.
async fn stored(services: &Services) -> Result<Vec<RunRecord>, StoreError> {
    services
        .db
        .read(|conn| {
            Ok(backups::table
                .order((backups::start_time, backups::id))
                .select(RunRecord::as_select())
                .load(conn)?)
        })
        .await
}

/// Creates a database of the Node application with one server.
fn fixture(folder: &Path, version: Version) -> Result<(PathBuf, Fixture), rusqlite::Error> {
    let path = folder.join("backups.db");
    let fixture = Fixture::create(&path, version)?;
    fixture.server(NAS, "nas")?;
    Ok((path, fixture))
}

fn tally(found: i64, added: i64, completed: i64, known: i64) -> Tally {
    Tally { found, added, completed, known, left_out: 0 }
}
