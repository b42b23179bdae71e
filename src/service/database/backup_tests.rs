//! Backups and restores while reports arrive; files that are not backups.

use std::{fs, path::Path, sync::Arc};

use diesel::prelude::*;
use tokio::task::JoinSet;

use super::*;
use crate::{
    access::Role,
    db::{
        Db,
        engine::{
            connection::{open_unpooled, open_writer},
            copy::Form,
            dynamic, files, migrate,
            owner::Owner,
        },
        node::fixture,
        schema::backups as runs,
    },
    dto::database::{RestoreChoice, RestoreReport},
    error::Error,
    service::{
        Actor, Services,
        ingest::IngestError,
        settings,
        testing::{
            NOON, TestResult,
            accounts::{add, sign_in, trail, who},
            report, send, services,
        },
    },
    time::Timestamp,
};

#[path = "prune_tests.rs"]
mod pruned;
#[path = "restore_tests.rs"]
mod restored;
#[path = "revive_tests.rs"]
mod revived;

const COMPRESSED: Form = Form { verify: true, compress: true };

/// Returns one of many numbered reports.
fn numbered(number: i64) -> serde_json::Value {
    report(&Timestamp::from_unix(NOON - 86_400 + number).to_string(), "Success")
}

async fn starts(services: &Services) -> Result<Vec<String>, Error> {
    Ok(services.db.read(|conn| Ok(runs::table.select(runs::start_time).order(runs::id).load(conn)?)).await?)
}

async fn back_up(services: &Services, path: &Path, form: Form) -> Result<(), Error> {
    let report = backup(services, &Actor::CommandLine, Target::File(path.to_owned()), form).await?;
    assert_eq!((report.size, report.compressed), (files::length(path), form.compress));
    Ok(())
}

async fn bring_back(services: &Services, path: &Path) -> Result<RestoreReport, Error> {
    restore(services, &Actor::CommandLine, path.to_owned(), None, RestoreChoice::default()).await
}

#[tokio::test]
async fn what_was_backed_up_comes_back_and_what_arrived_later_is_told() -> TestResult {
    for form in [Form::CHECKED, COMPRESSED] {
        let (folder, services) = services()?;
        send(&services, numbered(1)).await?;
        send(&services, numbered(2)).await?;
        let before = starts(&services).await?;
        let path = folder.path().join("backup");
        back_up(&services, &path, form).await?;
        send(&services, numbered(3)).await?;
        let told = bring_back(&services, &path).await?;
        assert_eq!(starts(&services).await?, before);
        assert_eq!((told.servers, told.runs, told.compared), (1, 2, true));
        let lost = told.lost.first().ok_or("nothing lost")?;
        let newest = Timestamp::from_unix(NOON - 86_400 + 3);
        assert_eq!((lost.server.as_str(), lost.runs, lost.newest), ("nas", 1, Some(newest)));
        assert_eq!((told.lost_runs, told.lost.len()), (1, 1));
        // The previous database has it, and can be restored like any backup.
        let kept = told.kept.ok_or("not kept")?;
        let back = bring_back(&services, Path::new(&kept)).await?;
        assert_eq!((back.runs, starts(&services).await?.len(), back.lost_runs), (3, 3, 0));
    }
    Ok(())
}

#[tokio::test]
async fn only_the_owner_can_read_a_backup() -> TestResult {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, services) = services()?;
    for form in [Form::CHECKED, COMPRESSED] {
        let path = folder.path().join("backup");
        back_up(&services, &path, form).await?;
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_acknowledged_report_disappears_unnoticed_under_load() -> TestResult {
    let (folder, services) = services()?;
    send(&services, numbered(0)).await?;
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for client in 0..4 {
        let (services, stop) = (services.clone(), Arc::clone(&stop));
        clients.spawn(async move {
            let mut stored = Vec::new();
            for number in 1.. {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                let number = client * 20_000 + number;
                match send(&services, numbered(number)).await {
                    Ok(_) => stored.push(Timestamp::from_unix(NOON - 86_400 + number).to_string()),
                    // Busy is acceptable: Duplicati sends the report again.
                    Err(IngestError::Store(error)) if error.is_busy() => {}
                    Err(error) => return Err(error.to_string()),
                }
            }
            Ok(stored)
        });
    }
    let count = async || starts(&services).await.map(|all| all.len());
    let mut lost = 0;
    for number in 0..3 {
        let path = folder.path().join(format!("backup {number}"));
        back_up(&services, &path, Form::CHECKED).await?;
        let some = count().await?;
        while count().await? < some + 20 {}
        let told = bring_back(&services, &path).await?;
        assert!(told.compared && told.lost_runs > 0, "{told:?}");
        lost += told.lost_runs;
        let some = count().await?;
        while count().await? < some + 20 {}
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let mut acknowledged = vec![Timestamp::from_unix(NOON - 86_400).to_string()];
    while let Some(stored) = clients.join_next().await {
        acknowledged.extend(stored??);
    }
    let there = starts(&services).await?;
    let missing = acknowledged.iter().filter(|start| !there.contains(start)).count();
    assert_eq!(i64::try_from(missing)?, lost, "what is not there was told");
    let found = integrity(&services, &Actor::CommandLine).await?;
    assert!(found.is_in_order(), "{found:?}");
    Ok(())
}

#[tokio::test]
async fn all_sessions_end() -> TestResult {
    let (folder, services) = services()?;
    add(&services, "root", Role::Administrator).await?;
    let token = sign_in(&services, "root").await?;
    let path = folder.path().join("backup");
    back_up(&services, &path, Form::CHECKED).await?;
    let mut access = services.access();
    access.mark_unchanged();
    bring_back(&services, &path).await?;
    assert!(who(&services, &token).await?.is_none());
    assert!(access.has_changed()?, "open streams look whether they may go on");
    sign_in(&services, "root").await?;
    Ok(())
}

#[tokio::test]
async fn backups_of_its_own_are_named_by_time_listed_and_limited() -> TestResult {
    let (folder, services) = services()?;
    let actor = Actor::CommandLine;
    settings::adjust(&services, &actor, |settings| settings.backup_keep = 2).await?;
    for hours in 0..3 {
        services.clock.set(Timestamp::from_unix(NOON + hours * 3600));
        backup(&services, &actor, Target::Folder, COMPRESSED).await?;
    }
    let names: Vec<String> =
        backups(&services, &actor).await?.files.into_iter().map(|file| file.name).collect();
    let path = services.db.path().to_owned();
    let owner = services.db.read(move |conn| Ok(Owner::of(conn, &path))).await?;
    let tag = owner.tag().ok_or("no tag")?;
    let expected = [14, 13].map(|hour| format!("duplistatus-20261123T{hour}0000Z-{tag}.db.zst"));
    assert_eq!(names, expected);
    let name = names.first().ok_or("none")?;
    assert_eq!(download(&services, &actor, name).await?, folder.path().join("backups").join(name));
    for hostile in ["../duplistatus.db", "/etc/passwd", "", "duplistatus-1.db"] {
        assert!(matches!(download(&services, &actor, hostile).await, Err(Error::NotFound)), "{hostile}");
        assert!(matches!(delete_backup(&services, &actor, hostile).await, Err(Error::NotFound)), "{hostile}");
    }
    delete_backup(&services, &actor, name).await?;
    assert_eq!(backups(&services, &actor).await?.files.len(), 1);
    let status = status(&services, &actor).await?;
    assert_eq!(status.last_backup, Some(services.clock.now()));
    // Both pages name the same one, also after all files are gone.
    let last = |page: crate::dto::database::BackupsPage| page.last.map(|at| at.at);
    assert_eq!(last(backups(&services, &actor).await?), status.last_backup);
    Ok(())
}

#[tokio::test]
async fn only_administrators_may() -> TestResult {
    let (folder, services) = services()?;
    let viewer = crate::service::testing::accounts::member(&services, "jo", Role::Operator).await?;
    let path = folder.path().join("backup");
    let refused = backup(&services, &viewer, Target::File(path.clone()), Form::CHECKED).await;
    assert!(matches!(refused, Err(Error::Forbidden)) && !path.exists());
    assert!(matches!(
        restore(&services, &viewer, path, None, RestoreChoice::default()).await,
        Err(Error::Forbidden)
    ));
    assert!(matches!(backups(&services, &viewer).await, Err(Error::Forbidden)));
    assert!(matches!(download(&services, &viewer, "x").await, Err(Error::Forbidden)));
    Ok(())
}

#[tokio::test]
async fn a_backup_that_cannot_be_written_leaves_the_older_one() -> TestResult {
    let (folder, services) = services()?;
    let to = |path| backup(&services, &Actor::CommandLine, Target::File(path), Form::CHECKED);
    let refused = to(folder.path().join("none").join("backup")).await;
    assert!(
        matches!(&refused, Err(Error::Invalid { hint, .. }) if hint.contains("does not exist")),
        "{refused:?}"
    );
    let failed = to(folder.path().join("x".repeat(300))).await;
    assert!(matches!(failed, Err(Error::Store(_))), "{failed:?}");
    let last = trail(&services).await?.pop().ok_or("nothing")?;
    assert_eq!((last.action.as_str(), last.success), ("database.backup", false));
    Ok(())
}
