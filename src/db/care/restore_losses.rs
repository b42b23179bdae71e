//! Determines the data that a restore would lose.

use std::path::Path;

use diesel::{prelude::*, sql_types::Text};

use super::restore_candidate::Candidate;
use crate::{
    db::{
        StoreError, StoreErrorKind,
        engine::{connection::establish, dynamic, header},
    },
    dto::database::LostRuns,
};

/// Maximum number of servers listed individually; the total includes the others.
const TOLD: usize = 50;
/// Columns that a later or richer copy of a report changes.
const SAYS: [&str; 10] = [
    "status",
    "end_time",
    "duration",
    "warnings_count",
    "errors_count",
    "files_count",
    "files_size",
    "storage_size",
    "uploaded_size",
    "versions",
];

/// Data that only the current database has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lost {
    /// By server, most runs first.
    pub servers: Vec<LostRuns>,
    /// Total number of runs.
    pub runs: i64,
    /// Number of other operations.
    pub operations: i64,
    /// Number of runs that both have, with different content.
    pub changed: i64,
}

impl Candidate {
    /// Returns what would be lost if this candidate replaced a database.
    ///
    /// # Errors
    /// If either cannot be read.
    pub fn lacks(&self, database: &Path) -> Result<Lost, StoreError> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            name: String,
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            runs: i64,
            #[diesel(sql_type = Text)]
            newest: String,
        }
        if !header::has_sound_header(database)? {
            return Err(StoreError::new(StoreErrorKind::Corrupt, "the first page cannot be read"));
        }
        let mut conn = establish(database)?;
        diesel::sql_query("ATTACH ? AS candidate")
            .bind::<Text, _>(self.path().to_string_lossy().into_owned())
            .execute(&mut conn)?;
        // Row ids may differ between the two files; names and times do not.
        let same_job =
            "JOIN candidate.jobs AS new_job ON new_job.server_id = new_server.id AND new_job.name = jobs.name
             WHERE new_server.name = servers.name AND";
        let rows: Vec<Row> = diesel::sql_query(format!(
            "SELECT servers.name, count(*) AS runs, max(backups.start_time) AS newest
             FROM main.backups JOIN main.jobs ON jobs.id = backups.job_id JOIN main.servers ON servers.id = jobs.server_id
             WHERE NOT EXISTS (
                 SELECT 1 FROM candidate.servers AS new_server {same_job} EXISTS (
                     SELECT 1 FROM candidate.backups AS new
                     WHERE new.job_id = new_job.id AND new.start_time = backups.start_time))
             GROUP BY servers.id ORDER BY runs DESC, servers.name"
        ))
        .load(&mut conn)?;
        let operations = dynamic::number(
            &mut conn,
            &format!(
                "SELECT count(*) FROM main.operations JOIN main.jobs ON jobs.id = operations.job_id
                 JOIN main.servers ON servers.id = jobs.server_id
                 WHERE NOT EXISTS (
                     SELECT 1 FROM candidate.servers AS new_server {same_job} EXISTS (
                         SELECT 1 FROM candidate.operations AS new
                         WHERE new.job_id = new_job.id AND new.operation = operations.operation
                           AND new.start_time = operations.start_time))"
            ),
        )?;
        let says_else = SAYS.map(|column| format!("new.{column} IS NOT backups.{column}")).join(" OR ");
        let changed = dynamic::number(
            &mut conn,
            &format!(
                "SELECT count(*) FROM main.backups JOIN main.jobs ON jobs.id = backups.job_id
                 JOIN main.servers ON servers.id = jobs.server_id
                 WHERE EXISTS (
                     SELECT 1 FROM candidate.servers AS new_server {same_job} EXISTS (
                         SELECT 1 FROM candidate.backups AS new
                         WHERE new.job_id = new_job.id AND new.start_time = backups.start_time AND ({says_else})))"
            ),
        )?;
        let runs = rows.iter().map(|row| row.runs).sum();
        let servers = rows
            .into_iter()
            .take(TOLD)
            .map(|Row { name, runs, newest }| LostRuns { server: name, runs, newest: newest.parse().ok() })
            .collect();
        Ok(Lost { servers, runs, operations: operations.unwrap_or(0), changed: changed.unwrap_or(0) })
    }
}
