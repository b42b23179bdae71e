//! A run that was found, as it is read.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text},
};

use crate::db::{
    engine::lossy_text::{LossyText, OptionalLossyText},
    tables::run_lists::ListRow,
};

/// A run that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The run.
    pub run: ListRow,
    /// The id of its server.
    pub server_id: i64,
    /// The name of its server.
    pub server: String,
    /// The alias of its server.
    pub server_alias: Option<String>,
    /// The name of its job.
    pub job: String,
    /// The alias of its job.
    pub job_alias: Option<String>,
    /// Its first error or warning.
    pub headline: Option<String>,
}

#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    job_id: i64,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    status: String,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    start_time: String,
    #[diesel(sql_type = Bool)]
    start_assumed: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    duration: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    files_count: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    files_size: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    storage_size: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    uploaded_size: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    versions: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    warnings_count: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    errors_count: Option<i64>,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    outcome: String,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = OptionalLossyText)]
    headline: Option<String>,
    #[diesel(sql_type = BigInt)]
    server_id: i64,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    server: String,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = OptionalLossyText)]
    server_alias: Option<String>,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    job: String,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = OptionalLossyText)]
    job_alias: Option<String>,
}

impl From<Row> for Found {
    fn from(row: Row) -> Self {
        let Row { server_id, server, server_alias, job, job_alias, headline, .. } = row;
        Self {
            run: ListRow {
                id: row.id,
                job_id: row.job_id,
                status: row.status,
                start_time: row.start_time,
                start_assumed: row.start_assumed,
                duration: row.duration,
                files_count: row.files_count,
                files_size: row.files_size,
                storage_size: row.storage_size,
                uploaded_size: row.uploaded_size,
                versions: row.versions,
                warnings_count: row.warnings_count,
                errors_count: row.errors_count,
                outcome: row.outcome,
            },
            server_id,
            server,
            server_alias,
            job,
            job_alias,
            headline,
        }
    }
}
