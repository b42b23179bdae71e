//! An export contains what was selected, and sorts nothing.

use super::*;
use crate::{
    db::engine::dynamic::columns,
    service::testing::{TestResult, services},
};

fn all() -> Selection {
    Selection {
        from: None,
        until: None,
        jobs: None,
        statuses: Vec::new(),
        log: true,
        format: ExportFormat::Json,
    }
}

/// Columns of `backups` that an export omits: ids, and columns derived from others.
const DERIVED: [&str; 6] = ["id", "server_id", "job_id", "backup_name", "outcome", "delivery"];

#[tokio::test]
async fn every_column_of_a_run_is_exported() -> TestResult {
    let (_folder, services) = services()?;
    let stored = services.db().read(|conn| columns(conn, "main", "backups")).await?;
    for column in stored {
        let name = format!("backups.{}", column.name);
        let is_exported = COLUMNS.iter().any(|(_, source)| *source == name);
        assert!(
            is_exported || DERIVED.contains(&column.name.as_str()),
            "{name}: add it to the export and to the import, or say here that it is derived"
        );
    }
    Ok(())
}

#[tokio::test]
async fn rows_come_in_the_order_of_an_index_whatever_is_asked_for() -> TestResult {
    let (_folder, services) = services()?;
    let some = Selection {
        from: Some("2026-01-01T00:00:00Z".parse()?),
        until: Some("2026-02-01T00:00:00Z".parse()?),
        jobs: Some(vec![JobId(1), JobId(2)]),
        statuses: vec![Status::Error, Status::Fatal],
        ..all()
    };
    for selection in [all(), some] {
        let sql = format!("EXPLAIN QUERY PLAN {}", selection.sql(&COLUMNS, 1));
        let plan = services.db().read(move |conn| rows(conn, &sql)).await?;
        let plan: Vec<String> = plan
            .into_iter()
            .filter_map(|Row(values)| match values.into_iter().last() {
                Some(Value::Text(bytes)) => Some(String::from_utf8_lossy(&bytes).into_owned()),
                _ => None,
            })
            .collect();
        // The subquery for the machine id sorts, once for each run.
        let sorts = plan.iter().filter(|step| step.contains("TEMP B-TREE")).count();
        assert!(sorts <= 1 && plan.iter().any(|step| step.contains("idx_backups")), "{plan:#?}");
    }
    Ok(())
}

#[test]
fn formulas_are_disarmed_and_come_back_as_they_were() {
    for cell in ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "＝1", "'=1", "''", "'", "|x", "%x", "'nas'"]
    {
        let safe = escape_formula(cell);
        assert!(safe.starts_with('\'') && safe.len() == cell.len() + 1, "{cell:?}: {safe:?}");
        assert_eq!(fused(&safe), cell);
    }
    for cell in ["", "nas", "a=b", "Anna's", "2026-01-01T00:00:00Z"] {
        assert_eq!((escape_formula(cell).as_str(), fused(cell)), (cell, cell));
    }
}
