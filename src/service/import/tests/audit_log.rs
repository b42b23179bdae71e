//! The audit log is imported entry by entry, only once.

use super::*;
use crate::{db::tables::audit::AuditFilter, service::audit};

#[tokio::test]
async fn entries_come_once_and_without_secrets() -> TestResult {
    let (folder, services) = services()?;
    let (path, fixture) = fixture(folder.path(), Version::V1_4)?;
    fixture.audit(
        "2026-11-01 10:00:00",
        "database_initialization",
        r#"{"defaultPassword":"Duplistatus09","n":1}"#,
    )?;
    // Two equal entries are both imported.
    fixture.audit("2026-11-02 10:00:00", "login", "{}")?;
    fixture.audit("2026-11-02 10:00:00", "login", "{}")?;
    fixture.audit("2026-11-03 10:00:00", "Odd Action!", "not json")?;
    fixture.audit("some day", "login", "{}")?;
    let report = import_file(&services, &path).await?;
    assert_eq!(report.audit, tally(5, 5, 0, 0));
    assert_eq!(import_file(&services, &path).await?.audit, tally(5, 0, 0, 5));
    let filter = AuditFilter { action: Some("node.".into()), ..AuditFilter::default() };
    let rows = services.db.read(move |conn| crate::db::tables::audit::list(conn, &filter, 50, 0)).await?;
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).rev().collect();
    assert_eq!(rows.len(), 5);
    assert_eq!(
        (rows[0].at.as_str(), rows[0].action.as_str()),
        ("2026-11-01T10:00:00Z", "node.database_initialization")
    );
    let after = rows[0].after.clone().unwrap_or_default();
    assert!(!after.contains("Duplistatus09") && after.contains(r#""user_agent":"Firefox""#), "{after}");
    assert_eq!((rows[3].action.as_str(), rows[4].at.as_str()), ("node.odd_action_", "2026-11-03T10:00:00Z"));
    assert!(rows[3].after.clone().unwrap_or_default().contains("not json"));
    assert_eq!((rows[1].actor_kind.as_str(), rows[1].actor_name.as_str()), ("user", "jo"));
    let page = audit::list(&services, &Actor::CommandLine, crate::dto::audit::AuditQuery::default()).await?;
    assert_eq!(page.rows.len(), 7, "they stand in the trail like any other");
    Ok(())
}
