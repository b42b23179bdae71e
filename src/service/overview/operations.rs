//! Operations other than backups, as the page of a server lists them.

use serde_json::Value;

use crate::{
    db::{Connection, StoreError, tables::operations},
    dto::server::{OperationFigure, OperationRow, OperationValue},
    ids::ServerId,
    status::Status,
    zone::Zone,
};

/// The latest operations of a server that are no backups.
pub(super) fn operation_rows(
    conn: &mut Connection,
    zone: &Zone,
    server: ServerId,
) -> Result<Vec<OperationRow>, StoreError> {
    let rows = operations::latest(conn, server, 20)?;
    Ok(rows.into_iter().map(|found| row(zone, found)).collect())
}

/// An operation as lists show it.
pub(in crate::service) fn row(zone: &Zone, found: operations::OperationRow) -> OperationRow {
    OperationRow {
        operation: found.operation,
        job_name: found.job_name,
        status: found.status.parse().unwrap_or(Status::Unknown),
        started: zone.moment(found.start_time.parse().unwrap_or_default()),
        start_assumed: found.start_assumed,
        duration: found.duration,
        stopped: found.interrupted,
        warnings: found.warnings_count,
        errors: found.errors_count,
        message: found.headline,
        details: details(found.details.as_deref()),
    }
}

/// Figures that say something: no zeros, no "false".
fn details(json: Option<&str>) -> Vec<OperationFigure> {
    let object: serde_json::Map<String, Value> =
        json.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    // Lists of at most 20 stand beside the number of all.
    let is_repeated = |name: &str| {
        name.strip_suffix("Count").is_some_and(|list| object.contains_key(&format!("{list}ActualLength")))
    };
    let figure = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::Number(number) => {
                let number = number.as_i64().filter(|number| *number != 0)?;
                let is_size = name.contains("Size") || name.starts_with("Bytes");
                if is_size { OperationValue::Bytes(number) } else { OperationValue::Count(number) }
            }
            Value::String(text) => OperationValue::Text(text.clone()),
            Value::Bool(true) => OperationValue::Text("true".into()),
            _ => return None,
        };
        (!is_repeated(name)).then(|| OperationFigure { name: name.clone(), value })
    };
    object.iter().filter_map(figure).collect()
}
