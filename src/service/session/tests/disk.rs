//! Repeated actions of strangers and single users do not fill the disk.

use super::{
    throttle::{fail, from, try_from, waits},
    *,
};
use crate::service::audit;

async fn rows(services: &Services) -> Result<(i64, i64), StoreError> {
    use diesel::prelude::*;

    use crate::db::schema::{audit_log, login_failures};
    services
        .db
        .read(|conn| {
            let failures = login_failures::table.count().get_result(conn)?;
            Ok((failures, audit_log::table.count().get_result(conn)?))
        })
        .await
}

#[tokio::test]
async fn names_that_strangers_make_up_fill_no_disk() -> TestResult {
    let (_folder, services) = services()?;
    let (_, before) = rows(&services).await?;
    // Addresses of one household, and of many.
    for number in 0..300 {
        let one = from(&format!("2001:db8::{number:x}"))?;
        let _refused = try_from(&services, &one, &format!("made up {number}"), "wrong").await;
        let many = from(&format!("2001:db8:{number:x}::1"))?;
        let _refused = try_from(&services, &many, &format!("another {number}"), "wrong").await;
    }
    let (failures, entries) = rows(&services).await?;
    assert_eq!(failures, 0);
    assert!(entries - before <= 60, "{}", entries - before);
    // Successful actions are still recorded.
    add(&services, "jo", Role::Viewer).await?;
    let begun = try_from(&services, &from("203.0.113.9")?, "jo", PASSWORD).await;
    assert!(begun.is_ok());
    let newest = trail(&services).await?.pop().ok_or("nothing")?;
    assert_eq!((newest.actor_name.as_str(), newest.action.as_str()), ("jo", "session.begin"));
    // After the hour, what was not written is summed up.
    at(&services, 3600);
    audit::settle_repeats(&services).await?;
    let (_, after) = rows(&services).await?;
    assert!(after - before <= 163, "{}", after - before);
    let counted = |record: &crate::db::tables::audit::AuditRecord| {
        let after: serde_json::Value =
            record.after.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        after["and_more"].as_i64().unwrap_or(1)
    };
    let trail = trail(&services).await?;
    let failed: Vec<_> = trail.iter().filter(|entry| !entry.success).collect();
    assert_eq!(failed.iter().map(|entry| counted(entry)).sum::<i64>(), 600);
    assert!(
        failed.iter().any(|entry| entry.address.as_deref() == Some("2001:db8::/64") && counted(entry) > 200)
    );
    audit::settle_repeats(&services).await?;
    assert_eq!(rows(&services).await?.1, after, "once");
    Ok(())
}

#[tokio::test]
async fn a_person_who_signs_in_again_and_again_fills_no_disk() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    for _ in 0..200 {
        let actor = signed_in(&services, "jo").await?;
        end(&services, &actor).await?;
    }
    assert!(trail(&services).await?.len() <= 101);
    at(&services, 3600);
    signed_in(&services, "jo").await?;
    let trail = trail(&services).await?;
    let more = |action: &str| {
        let is_sum = |entry: &&crate::db::tables::audit::AuditRecord| {
            entry.action == action
                && entry.after.as_deref().is_some_and(|after| after.contains("\"and_more\":150"))
        };
        trail.iter().filter(is_sum).count()
    };
    assert_eq!((more("session.begin"), more("session.end")), (1, 1));
    Ok(())
}

#[tokio::test]
async fn ten_thousand_rows_do_not_free_the_one_that_is_meant() -> TestResult {
    use diesel::connection::SimpleConnection as _;
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    add(&services, "kim", Role::Viewer).await?;
    fail(&services, "jo", 5).await?;
    services
        .db
        .write(|tx| {
            Ok(tx.conn.batch_execute(
                "INSERT INTO login_failures (account, failures, last_at)
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
                 SELECT 'name ' || i, 1, '2026-11-23T12:00:01Z' FROM n",
            )?)
        })
        .await?;
    fail(&services, "kim", 1).await?;
    assert_eq!(waits(&services, "jo").await, Some(30));
    let (known, _) = rows(&services).await?;
    assert!(known < 10_000, "{known}");
    Ok(())
}

#[tokio::test]
async fn failures_are_forgotten_after_days() -> TestResult {
    let (_folder, services) = services()?;
    add(&services, "jo", Role::Viewer).await?;
    fail(&services, "jo", 4).await?;
    at(&services, 2 * 86_400);
    expire_sessions(&services).await?;
    assert_eq!(rows(&services).await?.0, 2, "of the address, and of all together");
    at(&services, 2 * 86_400 + 1);
    expire_sessions(&services).await?;
    assert_eq!(rows(&services).await?.0, 0);
    Ok(())
}
