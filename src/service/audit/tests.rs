//! Adding, filtering and expiring entries.

use diesel::connection::SimpleConnection as _;
use serde_json::json;

use super::{
    entry::{NAME, differences},
    *,
};
use crate::{
    access::Role,
    db::StoreErrorKind,
    service::{
        settings,
        settings::Settings,
        testing::{
            NOON, TestResult,
            accounts::{actions, add, member, trail},
            at, services, services_in,
        },
    },
    time::{Day, Timestamp},
};

const ROOT: Actor = Actor::CommandLine;

async fn sql(services: &Services, sql: String) -> Result<(), StoreError> {
    services.db.write(move |tx| Ok(tx.conn.batch_execute(&sql)?)).await
}

/// Adds entries, given as `(seconds after noon, actor, action, target, success)`.
async fn enter(services: &Services, entries: &[(i64, &str, &str, &str, bool)]) -> Result<(), StoreError> {
    for (second, actor, action, target, success) in entries {
        let entry = AuditRecord {
            at: Timestamp::from_unix(NOON + second).to_string(),
            actor_kind: "user".into(),
            actor_id: Some(1),
            actor_name: (*actor).into(),
            address: Some("192.0.2.7".into()),
            action: (*action).into(),
            target_kind: Some("user".into()),
            target_id: None,
            target_name: Some((*target).into()).filter(|name: &String| !name.is_empty()),
            success: *success,
            before: None,
            after: None,
        };
        services.db.write(move |tx| entry.save(tx.conn)).await?;
    }
    Ok(())
}

/// Returns the targets of the entries found by a query.
async fn found(services: &Services, query: AuditQuery) -> Result<Vec<String>, Error> {
    let page = list(services, &ROOT, query).await?;
    assert_eq!(page.paging.total, count(page.rows.len()));
    Ok(page.rows.into_iter().map(|row| row.target.unwrap_or_default()).collect())
}

fn any() -> AuditQuery {
    AuditQuery::default()
}

#[tokio::test]
async fn nothing_is_changed_and_nothing_young_is_deleted() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    // The triggers use the real clock.
    sql(
        &services,
        "INSERT INTO audit_log (at, actor_kind, actor_name, action, success) VALUES
        (strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-29 days'), 'system', 'young', 'a.b', 1),
        (strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-31 days'), 'system', 'old', 'a.b', 1)"
            .into(),
    )
    .await?;
    let before = trail(&services).await?;
    for refused in [
        "UPDATE audit_log SET success = 0",
        "UPDATE audit_log SET actor_name = 'somebody else' WHERE actor_name = 'old'",
        "UPDATE audit_log SET at = '2001-01-01T00:00:00Z'",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE actor_name = 'young'",
    ] {
        let error = sql(&services, refused.into()).await.err().ok_or(refused)?;
        assert!(error.to_string().contains("audit log"), "{error}");
        assert_ne!(error.kind, StoreErrorKind::Busy);
    }
    assert_eq!(trail(&services).await?, before);
    sql(&services, "DELETE FROM audit_log WHERE actor_name = 'old'".into()).await?;
    assert_eq!(trail(&services).await?.len(), before.len() - 1);
    Ok(())
}

#[tokio::test]
async fn old_entries_go_in_batches() -> TestResult {
    let (_folder, services) = services()?;
    // Far in the past, so that the real clock agrees: 1,201 entries of 2001, one a minute.
    let begin: Timestamp = "2001-06-01T00:00:00Z".parse()?;
    sql(&services, format!(
        "INSERT INTO audit_log (at, actor_kind, actor_name, action, success)
         WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
         SELECT strftime('%Y-%m-%dT%H:%M:%SZ', {} + i * 60, 'unixepoch'), 'system', 'duplistatus', 'a.b', 1 FROM n",
        begin.unix()
    )).await?;
    settings::change(&services, &ROOT, Settings { audit_days: 30, ..Settings::default() }).await?;
    let kept = async || Ok::<_, Error>(trail(&services).await?.iter().filter(|e| e.action == "a.b").count());
    services.clock.set(begin.plus(30 * 86_400));
    assert_eq!(expire(&services).await?, 0);
    services.clock.set(begin.plus(30 * 86_400 + 1100 * 60));
    assert_eq!(expire(&services).await?, 1100);
    assert_eq!(kept().await?, 101, "the one of exactly thirty days ago stays");
    services.clock.set(begin.plus(31 * 86_400));
    assert_eq!(expire(&services).await?, 101);
    let note = list(&services, &ROOT, AuditQuery { action: "audit.expire".into(), ..any() }).await?;
    let deleted: Vec<_> = note.rows.iter().map(|row| row.after.clone()).collect();
    assert_eq!(
        deleted,
        [[("deleted".to_owned(), "101".to_owned())], [("deleted".to_owned(), "1100".to_owned())]]
    );
    Ok(())
}

#[tokio::test]
async fn entries_are_found_by_actor_action_and_success() -> TestResult {
    let (_folder, services) = services()?;
    enter(
        &services,
        &[
            (0, "jo", "user.create", "a", true),
            (1, "jo", "user.delete", "b", false),
            (2, "kim", "user.create_first", "c", true),
            (3, "jo (widget)", "user.create", "d", true),
        ],
    )
    .await?;
    assert_eq!(found(&services, any()).await?, ["d", "c", "b", "a"], "newest first");
    assert_eq!(found(&services, AuditQuery { actor: " jo ".into(), ..any() }).await?, ["b", "a"]);
    assert_eq!(found(&services, AuditQuery { action: "user.".into(), ..any() }).await?, ["d", "c", "b", "a"]);
    assert_eq!(found(&services, AuditQuery { action: "user.create".into(), ..any() }).await?, ["d", "a"]);
    assert_eq!(found(&services, AuditQuery { success: Some(false), ..any() }).await?, ["b"]);
    let all = AuditQuery { actor: "jo".into(), action: "user.".into(), success: Some(true), ..any() };
    assert_eq!(found(&services, all).await?, ["a"]);
    let page = list(&services, &ROOT, AuditQuery { actor: "nobody".into(), ..any() }).await?;
    assert_eq!((page.rows.len(), page.paging.pages(), page.retention_days), (0, 1, 180));
    assert_eq!(page.actors, ["jo", "jo (widget)", "kim"]);
    assert_eq!(page.actions, ["user.create", "user.create_first", "user.delete"]);
    Ok(())
}

#[tokio::test]
async fn text_is_found_as_it_is() -> TestResult {
    let (_folder, services) = services()?;
    enter(
        &services,
        &[
            (0, "100%", "a.b", "", true),
            (1, "1000", "a.b", "snake_case", true),
            (2, "x", "a.b", "snake-case", true),
            (3, "x", "a.b", r"back\slash", true),
            (4, "x", "a.b", "<img src=x onerror=alert(1)>", true),
        ],
    )
    .await?;
    let by = async |text: &str| found(&services, AuditQuery { text: text.into(), ..any() }).await;
    assert_eq!(by("00%").await?, [""]);
    assert_eq!(by("E_C").await?, ["snake_case"]);
    assert_eq!(by(r"k\s").await?, [r"back\slash"]);
    assert_eq!(by("<img src=x").await?, ["<img src=x onerror=alert(1)>"]);
    assert_eq!(by("192.0.2").await?.len(), 5);
    assert_eq!(by("' OR 1=1 --").await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn days_are_the_sites() -> TestResult {
    let (_folder, services) = services_in(Zone::named("Pacific/Auckland")?)?;
    // In that zone 24 November begins at 11:00 UTC of the 23rd: an hour before noon.
    enter(
        &services,
        &[
            (-3601, "jo", "a.b", "evening", true),
            (-3600, "jo", "a.b", "midnight", true),
            (23 * 3600 - 1, "jo", "a.b", "last second", true),
            (23 * 3600, "jo", "a.b", "tomorrow", true),
        ],
    )
    .await?;
    let day = |number: i64| Some(Day::from_civil(2026, 11, number));
    let one = AuditQuery { from: day(24), to: day(24), ..any() };
    assert_eq!(found(&services, one).await?, ["last second", "midnight"]);
    assert_eq!(found(&services, AuditQuery { to: day(23), ..any() }).await?, ["evening"]);
    assert_eq!(found(&services, AuditQuery { from: day(25), ..any() }).await?, ["tomorrow"]);
    assert_eq!(found(&services, AuditQuery { from: day(25), to: day(24), ..any() }).await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn pages_do_not_overlap() -> TestResult {
    let (_folder, services) = services()?;
    // All in the same second, so they are sorted by id.
    let names: Vec<String> = (0..120).map(|number| number.to_string()).collect();
    let entries: Vec<_> = names.iter().map(|name| (0, "jo", "a.b", name.as_str(), true)).collect();
    enter(&services, &entries).await?;
    let mut seen = Vec::new();
    for page in 1..=3 {
        let page = list(&services, &ROOT, AuditQuery { page, ..any() }).await?;
        assert_eq!((page.paging.total, page.paging.pages()), (120, 3));
        seen.extend(page.rows.into_iter().filter_map(|row| row.target));
    }
    assert!(seen.iter().rev().eq(&names), "{seen:?}");
    let beyond = list(&services, &ROOT, AuditQuery { page: 99, ..any() }).await?;
    assert_eq!((beyond.paging.page, beyond.rows.len()), (3, 20));
    Ok(())
}

#[tokio::test]
async fn an_export_is_recorded() -> TestResult {
    let (_folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    let rows = export(&services, &root, AuditQuery { action: "user.".into(), ..any() }).await?;
    assert_eq!(rows.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(), ["user.create"]);
    let entry = trail(&services).await?.pop().ok_or("nothing")?;
    assert_eq!((entry.action.as_str(), entry.actor_name.as_str()), ("audit.export", "root"));
    assert_eq!(entry.after.as_deref(), Some(r#"{"rows":1}"#));
    Ok(())
}

#[tokio::test]
async fn only_administrators_look() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Operator).await?;
    let guest = Actor::Guest { address: String::new() };
    let before = actions(&services).await?;
    for actor in [&jo, &guest] {
        assert!(matches!(list(&services, actor, any()).await, Err(Error::Forbidden)));
        assert!(matches!(export(&services, actor, any()).await, Err(Error::Forbidden)));
    }
    assert_eq!(actions(&services).await?, before);
    Ok(())
}

#[tokio::test]
async fn what_is_not_done_is_not_recorded() -> TestResult {
    let (_folder, services) = services()?;
    at(&services, 1);
    let now = services.clock.now();
    let failed: Result<(), _> = services
        .db
        .write(move |tx| {
            record(tx, &ROOT, now, Entry::new("a.b"))?;
            Err(StoreError::new(StoreErrorKind::NotFound, "no such thing"))
        })
        .await;
    assert!(failed.is_err() && trail(&services).await?.is_empty());
    Ok(())
}

#[test]
fn only_what_differs_is_kept() {
    let kept = differences(
        Some(json!({ "same": 1, "gone": 2, "other": "x" })),
        Some(json!({ "same": 1, "other": "y", "new": null })),
    );
    assert_eq!(kept, (Some(json!({ "gone": 2, "other": "x" })), Some(json!({ "other": "y", "new": null }))));
    assert_eq!(differences(None, Some(json!({ "a": 1 }))), (None, Some(json!({ "a": 1 }))));
    let long = "x".repeat(500);
    let entry = Entry::new("a.b").on("server", 1, long).record(&ROOT, Timestamp::default());
    assert_eq!(entry.target_name.map(|name| name.len()), Some(NAME));
}
