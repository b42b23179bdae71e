//! The checks of an intact and a damaged database.

use std::{fs, sync::Arc};

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};

use super::*;
use crate::{
    access::Role,
    crypto::SecretKeys,
    db::tables::tasks,
    dto::{channel::ChannelForm, health::ReadOnly},
    service::{
        database, notifications,
        security::secrets,
        testing::{
            NOON, TestResult,
            accounts::{member, second_factor},
            at, report, send, services,
        },
    },
    topic::Topic,
};

fn find(all: &[Judged], name: &str) -> Option<State> {
    all.iter().find(|one| one.fact.name() == name).map(|one| one.state)
}

#[tokio::test]
async fn everything_is_looked_at_and_the_worst_comes_first() -> TestResult {
    let (_folder, services) = services()?;
    let around = RequestEnvironment::default();
    send(&services, report("2026-11-23T02:00:00Z", "Success")).await?;
    services.db.write(|tx| tasks::add(tx.conn, "keys", Timestamp::from_unix(NOON - 3600))).await?;
    let all = list(&services, &Actor::CommandLine, &around).await?;
    assert_eq!(all.len(), 15);
    assert!(all.is_sorted_by_key(|one| one.state));
    for (name, state) in [
        ("database", State::Ok),
        ("writing", State::Ok),
        ("file", State::Note),
        ("schema", State::Ok),
        ("tasks", State::Warning),
        ("backup", State::Note),
        ("reports", State::Ok),
        ("secrets", State::Ok),
        ("notifications", State::Note),
        ("security", State::Note),
    ] {
        assert_eq!(find(&all, name), Some(state), "{name}: {all:#?}");
    }
    database::check_integrity(&services, &Actor::CommandLine).await?;
    at(&services, 4 * 86_400);
    let later = list(&services, &Actor::CommandLine, &around).await?;
    assert_eq!((find(&later, "file"), find(&later, "reports")), (Some(State::Ok), Some(State::Warning)));
    for role in [Role::Viewer, Role::Operator] {
        let somebody = member(&services, role.as_str(), role).await?;
        assert!(matches!(list(&services, &somebody, &around).await, Err(Error::Forbidden)));
    }
    Ok(())
}

#[tokio::test]
async fn a_channel_that_does_not_deliver_is_named_with_its_reason() -> TestResult {
    let (_folder, services) = services()?;
    assert_eq!(ready(&services).await.notifications, "none");
    let form = ChannelForm {
        name: "family".into(),
        kind: "gotify".into(),
        target: "https://gotify.example".into(),
        token: "A1".into(),
        topics: Topic::ALL.to_vec(),
        is_enabled: true,
        ..ChannelForm::default()
    };
    let id = notifications::channels::create(&services, &Actor::CommandLine, form).await?;
    assert_eq!(ready(&services).await.notifications, "ok");
    let now = services.clock.now();
    services.db.write(move |tx| channels::failed(tx.conn, id, "403: forbidden", now)).await?;
    let told = ready(&services).await;
    assert!(told.is_ready() && told.notifications == "failing", "{told:?}");
    let all = list(&services, &Actor::CommandLine, &RequestEnvironment::default()).await?;
    let fact = Fact::Channels { all: 1, failing: vec!["family (403: forbidden)".into()] };
    assert!(all.contains(&Judged { state: State::Warning, fact }), "{all:?}");
    // Its secrets count as those of second factors do.
    services.db.write(move |tx| channels::set_secrets(tx.conn, id, Some("v1.other"))).await?;
    let all = list(&services, &Actor::CommandLine, &RequestEnvironment::default()).await?;
    assert_eq!(find(&all, "secrets"), Some(State::Warning));
    Ok(())
}

#[tokio::test]
async fn a_folder_that_nobody_serves_is_looked_at_and_left_alone() -> TestResult {
    let (folder, services) = services()?;
    let path = folder.path().join("duplistatus.db");
    send(&services, report("2026-11-23T02:00:00Z", "Success")).await?;
    services.db.close().await;
    let (now, zone) = (Timestamp::from_unix(NOON), Zone::utc());
    let keys = SecretKeys::in_memory()?;
    let look = |path: &Path| list_at_rest(&Actor::CommandLine, path, &zone, &keys, now);
    let (all, newest) = look(&path)?;
    assert_eq!((find(&all, "database"), find(&all, "reports")), (Some(State::Ok), Some(State::Ok)));
    assert_eq!(newest, Some("2026-11-23T02:00:00Z".parse()?));

    let none = folder.path().join("none.db");
    assert_eq!(find(&look(&none)?.0, "database"), None);
    assert!(!none.exists());

    let newer = folder.path().join("newer.db");
    fs::copy(&path, &newer)?;
    crate::db::engine::dynamic::execute(
        &mut connection::open_unpooled(&newer)?,
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')",
        &[],
    )?;
    let (all, _) = look(&newer)?;
    assert_eq!((find(&all, "schema"), find(&all, "reports")), (Some(State::Failing), None));

    let broken = folder.path().join("broken.db");
    fs::write(&broken, vec![7; 50_000])?;
    assert_eq!(find(&look(&broken)?.0, "database"), Some(State::Failing));
    Ok(())
}

#[tokio::test]
async fn while_nothing_can_be_stored_people_are_told_and_monitors_too() -> TestResult {
    let (_folder, services) = services()?;
    let viewer = member(&services, "vi", Role::Viewer).await?;
    assert_eq!(system_problem(&services, &viewer), None);
    assert!(ready(&services).await.is_ready());
    services.db.stop_writing("page 7 is not in order");
    assert_eq!(system_problem(&services, &viewer), Some(SystemProblem::ReadOnly(ReadOnly::Damaged)));
    assert_eq!(system_problem(&services, &Actor::Guest { address: String::new() }), None);
    assert_eq!(ready(&services).await.status, "degraded");
    let all = list(&services, &Actor::CommandLine, &RequestEnvironment::default()).await?;
    assert_eq!(find(&all, "writing"), Some(State::Failing));
    assert!(send(&services, report("2026-11-23T02:00:00Z", "Success")).await.is_err());

    // A new check found nothing wrong.
    assert!(database::recheck(&services).await?);
    assert!(ready(&services).await.is_ready());
    send(&services, report("2026-11-23T02:00:00Z", "Success")).await?;
    Ok(())
}

#[tokio::test]
async fn secrets_of_another_key_are_told() -> TestResult {
    let (folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    second_factor(&services, &root).await?;
    let all = list(&services, &Actor::CommandLine, &RequestEnvironment::default()).await?;
    assert_eq!(find(&all, "secrets"), Some(State::Ok));
    assert_eq!(secrets::lost(&services).await, 0);
    let (path, other) = (folder.path().join("duplistatus.db"), SecretKeys::in_memory()?);
    services.db.close().await;
    let (all, _) = list_at_rest(&Actor::CommandLine, &path, &Zone::utc(), &other, services.clock.now())?;
    assert_eq!(find(&all, "secrets"), Some(State::Warning));
    Ok(())
}

#[tokio::test]
async fn a_lock_that_another_program_holds_is_told_until_it_lets_go() -> TestResult {
    let (folder, services) = services()?;
    let viewer = member(&services, "vi", Role::Viewer).await?;
    services.db.write(|tx| Ok(tx.conn.batch_execute("PRAGMA busy_timeout = 20")?)).await?;
    let path = folder.path().join("duplistatus.db");
    let mut other = SqliteConnection::establish(&path.to_string_lossy())?;
    other.batch_execute("BEGIN IMMEDIATE")?;
    assert!(send(&services, report("2026-11-23T02:00:00Z", "Success")).await.is_err());
    let now = ready(&services).await;
    assert_eq!((now.status, now.database, now.is_ready()), ("degraded", "locked", false));
    assert_eq!(system_problem(&services, &viewer), Some(SystemProblem::ReadOnly(ReadOnly::Locked)));
    let all = list(&services, &Actor::CommandLine, &RequestEnvironment::default()).await?;
    assert_eq!(find(&all, "writing"), Some(State::Failing));
    other.batch_execute("ROLLBACK")?;
    send(&services, report("2026-11-23T02:00:00Z", "Success")).await?;
    assert!(ready(&services).await.is_ready() && system_problem(&services, &viewer).is_none());
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn what_was_taken_away_is_noticed_before_anything_is_acknowledged() -> TestResult {
    let (folder, services) = services()?;
    let viewer = member(&services, "vi", Role::Viewer).await?;
    send(&services, report("2026-11-23T02:00:00Z", "Success")).await?;
    let (path, away) = (folder.path().join("duplistatus.db"), folder.path().join("away.db"));
    fs::rename(&path, &away)?;
    assert!(send(&services, report("2026-11-24T02:00:00Z", "Success")).await.is_err());
    assert_eq!(system_problem(&services, &viewer), Some(SystemProblem::ReadOnly(ReadOnly::Gone)));
    assert_eq!(ready(&services).await.status, "degraded");
    assert!(!path.exists(), "no empty one takes its place");
    assert!(!database::recheck(&services).await?);
    // Another file at the same path is not the open one.
    fs::write(&path, "x")?;
    at(&services, 120);
    if fs::metadata(&path)?.created().is_ok() {
        assert!(!database::recheck(&services).await?);
    }
    fs::rename(&away, &path)?;
    at(&services, 240);
    assert!(database::recheck(&services).await?);
    send(&services, report("2026-11-24T02:00:00Z", "Success")).await?;
    Ok(())
}

#[tokio::test]
async fn administrators_are_told_when_space_is_low() -> TestResult {
    let (_folder, mut services) = services()?;
    let (viewer, root) =
        (member(&services, "vi", Role::Viewer).await?, member(&services, "ro", Role::Administrator).await?);
    let now = services.clock.now();
    let with = |free| Arc::new(DiskSpaceCache::of(now, DiskSpace { free: Some(free), database: 1 }));
    services.space = with(50_000_000);
    assert_eq!(
        (system_problem(&services, &root), system_problem(&services, &viewer)),
        (Some(SystemProblem::LowSpace), None)
    );
    services.space = with(u64::MAX);
    assert_eq!(system_problem(&services, &root), None);
    Ok(())
}
