//! Settings of the program.

use super::*;
use crate::{
    access::Role,
    service::testing::{
        TestResult,
        accounts::{actions, member, trail},
        services,
    },
};

#[tokio::test]
async fn a_change_is_kept_and_recorded_by_its_differences() -> TestResult {
    let (_folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    assert_eq!(
        services.settings(),
        Settings {
            local_read_api: false,
            audit_days: 180,
            private_networks: false,
            retention_days: None,
            retention_keep_last: 4,
            backup_keep: 7,
        }
    );
    let wanted = Settings { local_read_api: true, audit_days: 90, ..Settings::default() };
    change(&services, &root, wanted).await?;
    assert_eq!(services.settings(), wanted);
    // The next start loads the same settings.
    services.keep(Settings::default());
    services.load_settings().await?;
    assert_eq!(services.settings(), wanted);
    let entry = trail(&services).await?.pop().ok_or("nothing")?;
    assert_eq!((entry.action.as_str(), entry.actor_name.as_str()), ("settings.change", "root"));
    assert_eq!(entry.before.as_deref(), Some(r#"{"audit_days":180,"local_read_api":false}"#));
    assert_eq!(entry.after.as_deref(), Some(r#"{"audit_days":90,"local_read_api":true}"#));
    change(&services, &root, wanted).await?;
    let changes = actions(&services).await?.into_iter().filter(|action| action == "settings.change");
    assert_eq!(changes.count(), 1, "nothing changed the second time");
    Ok(())
}

#[tokio::test]
async fn the_audit_trail_is_kept_for_a_month_to_a_year() -> TestResult {
    let (_folder, services) = services()?;
    for (audit_days, allowed) in [(29, false), (30, true), (365, true), (366, false), (i64::MIN, false)] {
        let changed =
            change(&services, &Actor::CommandLine, Settings { audit_days, ..Settings::default() }).await;
        match changed {
            Ok(()) => assert!(allowed, "{audit_days}"),
            Err(Error::Invalid { field: "audit_days", .. }) => assert!(!allowed, "{audit_days}"),
            Err(other) => return Err(other.into()),
        }
    }
    assert_eq!(services.settings().audit_days, 365);
    Ok(())
}

#[tokio::test]
async fn what_is_damaged_has_its_default() -> TestResult {
    let (_folder, services) = services()?;
    let now = services.clock.now();
    services
        .db
        .write(move |tx| {
            settings::set(tx.conn, AUDIT, "1", now)?;
            settings::set(tx.conn, READ_API, "perhaps", now)?;
            settings::set(tx.conn, PRIVATE_NETWORKS, "true", now)
        })
        .await?;
    services.load_settings().await?;
    assert_eq!(services.settings(), Settings { private_networks: true, ..Settings::default() });
    Ok(())
}

#[tokio::test]
async fn only_administrators_may() -> TestResult {
    let (_folder, services) = services()?;
    let jo = member(&services, "jo", Role::Operator).await?;
    let wanted = Settings { local_read_api: true, ..Settings::default() };
    assert!(matches!(change(&services, &jo, wanted).await, Err(Error::Forbidden)));
    assert_eq!(services.settings(), Settings::default());
    Ok(())
}
