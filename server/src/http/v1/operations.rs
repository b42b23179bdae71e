//! Operations other than backups.

use std::collections::BTreeMap;

use duplistatus::{
    dto::server::OperationValue,
    ids::{JobId, ServerId},
    service::programs::lists::operations,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{FieldParams, List, Page, PageParams},
    params::{Answer, Context, Params},
    words::{Status, Time},
};
use crate::http::id_path::IdPath;

/// An operation other than a backup, such as a verification, a restore or a compaction.
#[derive(Debug, Serialize, ToSchema)]
pub struct Operation {
    /// Its id.
    id: i64,
    /// Id of its server.
    server: i64,
    /// Id of its job.
    job: i64,
    /// Duplicati's name, such as `Test` or `Restore`.
    operation: String,
    /// What Duplicati said.
    status: Status,
    /// When it began, by the clock of the server.
    started: Time,
    /// Whether the start was derived from the arrival of the report.
    start_assumed: bool,
    /// Seconds that it took.
    duration: Option<i64>,
    /// Whether it was stopped.
    stopped: bool,
    /// Number of warnings.
    warnings: Option<i64>,
    /// Number of errors.
    errors: Option<i64>,
    /// Why it did not go well.
    headline: Option<String>,
    /// Its own figures by Duplicati's name: numbers, bytes or texts.
    #[schema(value_type = Object)]
    details: BTreeMap<String, Value>,
}

impl From<operations::Operation> for Operation {
    fn from(operation: operations::Operation) -> Self {
        let operations::Operation { id, server, job, row } = operation;
        let details = row.details.into_iter().map(|figure| {
            let value = match figure.value {
                OperationValue::Bytes(number) | OperationValue::Count(number) => number.into(),
                OperationValue::Text(text) => text.into(),
            };
            (figure.name, value)
        });
        Self {
            id,
            server: server.0,
            job: job.0,
            operation: row.operation,
            status: Status(row.status),
            started: row.started.into(),
            start_assumed: row.start_assumed,
            duration: row.duration,
            stopped: row.stopped,
            warnings: row.warnings,
            errors: row.errors,
            headline: row.message,
            details: details.collect(),
        }
    }
}

/// Filters of operations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Id of the server.
    server: Option<i64>,
    /// Id of the job.
    job: Option<i64>,
    /// Duplicati's name, such as `Test`.
    operation: Option<String>,
}

/// Lists operations, those that were reported last first.
#[utoipa::path(get, path = "/api/v1/operations", tag = "operations", params(Filter, PageParams),
    responses((status = 200, body = List<Operation>)))]
pub async fn list(Context(services, actor): Context, page: Page, Params(filter): Params<Filter>) -> Answer {
    let Filter { server, job, operation } = filter;
    let filter = operations::Filter { server: server.map(ServerId), job: job.map(JobId), operation };
    let listed = operations::list(&services, &actor, filter, page.part()?).await?;
    page.answer(listed.map(Operation::from))
}

/// Returns an operation.
#[utoipa::path(get, path = "/api/v1/operations/{operation}", tag = "operations", params(FieldParams),
    responses((status = 200, body = Operation)))]
pub async fn get(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    Params(fields): Params<FieldParams>,
) -> Answer {
    fields.answer(&Operation::from(operations::find(&services, &actor, id).await?))
}
