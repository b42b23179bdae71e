//! Reports from arrival to database, with a manual clock and a real file.

mod answers;
mod bounds;
mod contents;
mod copies;
mod cost;
mod days;
mod duplicates;
mod identity;
mod open;
mod outcomes;
mod readers;
mod rebuilt;
mod rehearsals;
mod senders;
mod times;
mod trends;
mod which_job;

use diesel::prelude::*;

use super::{IngestError, Stored};
use crate::{
    db::{
        StoreError,
        schema::{backups, operations},
        tables::{
            jobs::{self, Summary},
            runs::RunRecord,
            servers::{self, ServerRecord},
        },
    },
    service::{
        Services,
        testing::{TestResult, at, report, send, send_with, services, services_in, text_report},
    },
};

/// Returns all runs, oldest first.
async fn runs(services: &Services) -> Result<Vec<RunRecord>, StoreError> {
    let query = backups::table.order(backups::start_time).select(RunRecord::as_select());
    services.db.read(move |conn| Ok(query.load(conn)?)).await
}

/// Returns all servers, by name.
async fn servers(services: &Services) -> Result<Vec<ServerRecord>, StoreError> {
    services.db.read(servers::all).await
}

/// Returns the names of the servers.
async fn server_names(services: &Services) -> Result<Vec<String>, StoreError> {
    Ok(servers(services).await?.into_iter().map(|server| server.name).collect())
}

/// Returns the summary of the only job.
async fn summary(services: &Services) -> Result<Summary, Box<dyn std::error::Error>> {
    let mut jobs = services.db.read(|conn| jobs::all(conn, None)).await?;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    Ok(jobs.remove(0).summary)
}

/// Returns when the only job becomes overdue, if its schedule is known.
async fn due(services: &Services) -> Result<Option<String>, Box<dyn std::error::Error>> {
    let mut jobs = services.db.read(|conn| jobs::all(conn, None)).await?;
    Ok(jobs.remove(0).state.and_then(|state| state.due))
}

/// Returns other operations as `(word, status)`, by word.
async fn operations(services: &Services) -> Result<Vec<(String, String)>, StoreError> {
    let query = operations::table
        .order((operations::operation, operations::start_time))
        .select((operations::operation, operations::status));
    services.db.read(move |conn| Ok(query.load(conn)?)).await
}
