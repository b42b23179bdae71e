//! Uploaded backups that wait for confirmation.

use super::*;
use crate::{
    access::Role,
    db::engine::{copy::Form, temp_folder::RECEIVED},
    service::{
        database::{Target, backup, stats},
        testing::{
            TestResult,
            accounts::{actions, member, signed_in},
            at, report, send, services,
        },
    },
};

const ME: &Actor = &Actor::CommandLine;

/// Creates an uploaded backup with one run, and a second run that it lacks.
async fn sent(services: &Services, folder: &Path) -> Result<UploadedBackup, Box<dyn std::error::Error>> {
    let made = folder.join("made.db");
    if !made.exists() {
        send(services, report("2026-11-22T02:00:00Z", "Success")).await?;
        backup(services, ME, Target::File(made.clone()), Form::CHECKED).await?;
        send(services, report("2026-11-23T02:00:00Z", "Success")).await?;
    }
    let place = TempFolder::beside(services.db.path(), RECEIVED)?;
    let path = place.path().join("file");
    std::fs::copy(made, &path)?;
    Ok(UploadedBackup { path, folder: place, name: "nightly.db".into() })
}

fn waiting(folder: &Path) -> std::io::Result<usize> {
    let names = std::fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.file_name());
    Ok(names.filter(|name| name.to_string_lossy().starts_with(RECEIVED)).count())
}

#[tokio::test]
async fn what_was_sent_is_told_and_then_restored_once() -> TestResult {
    let (folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    let sent = sent(&services, folder.path()).await?;
    let reference = keep_upload(&services, &root, sent).await?;
    assert_eq!(stats(&services, ME).await?.runs, 2, "nothing is changed");
    for _ in 0..2 {
        let told = preview_upload(&services, &root, &reference).await?;
        assert_eq!((told.name.as_str(), told.report.lost_runs), ("nightly.db", 1), "it waits on");
    }
    let choice = RestoreChoice { revive: false };
    let report = restore_upload(&services, &root, &reference, choice).await?;
    assert_eq!((report.lost_runs, stats(&services, ME).await?.runs), (1, 1));
    assert_eq!(waiting(folder.path())?, 0, "it is deleted");
    let again = restore_upload(&services, &root, &reference, choice).await;
    assert!(matches!(again, Err(Error::Invalid { field: "file", .. })), "{again:?}");
    Ok(())
}

#[tokio::test]
async fn nobody_else_and_no_other_session_finds_it() -> TestResult {
    let (folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    let reference = keep_upload(&services, &root, sent(&services, folder.path()).await?).await?;
    let others = [
        member(&services, "kim", Role::Administrator).await?,
        // The same user in another browser.
        signed_in(&services, "root").await?,
    ];
    for other in &others {
        let told = preview_upload(&services, other, &reference).await;
        assert!(matches!(told, Err(Error::Invalid { field: "file", .. })), "{told:?}");
        let done = restore_upload(&services, other, &reference, RestoreChoice { revive: false }).await;
        assert!(matches!(done, Err(Error::Invalid { field: "file", .. })), "{done:?}");
    }
    let operator = member(&services, "jo", Role::Operator).await?;
    assert!(matches!(preview_upload(&services, &operator, &reference).await, Err(Error::Forbidden)));
    assert!(preview_upload(&services, &root, "another").await.is_err());
    let kept = keep_upload(&services, ME, sent(&services, folder.path()).await?).await;
    assert!(matches!(kept, Err(Error::Forbidden)), "a session is needed that can confirm it: {kept:?}");
    assert!(preview_upload(&services, &root, &reference).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn it_waits_a_quarter_of_an_hour_and_each_session_has_one() -> TestResult {
    let (folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    let first = keep_upload(&services, &root, sent(&services, folder.path()).await?).await?;
    let second = keep_upload(&services, &root, sent(&services, folder.path()).await?).await?;
    assert_eq!(waiting(folder.path())?, 1, "the first one is deleted");
    assert!(preview_upload(&services, &root, &first).await.is_err());
    for number in 0..MOST {
        let other = member(&services, &format!("person{number}"), Role::Administrator).await?;
        keep_upload(&services, &other, sent(&services, folder.path()).await?).await?;
    }
    assert_eq!(waiting(folder.path())?, MOST, "the oldest made room");
    let third = keep_upload(&services, &root, sent(&services, folder.path()).await?).await?;
    assert!(preview_upload(&services, &root, &second).await.is_err());
    let timer = || expire_after(Duration::ZERO, Arc::downgrade(&services.uploads), services.clock.clone());
    at(&services, WAITS - 1);
    timer().await;
    assert!(waiting(folder.path())? > 0);
    let told = preview_upload(&services, &root, &third).await;
    assert!(told.is_ok(), "{told:?}");
    // No further request is made.
    at(&services, WAITS);
    timer().await;
    assert_eq!(waiting(folder.path())?, 0);
    Ok(())
}

#[tokio::test]
async fn what_is_no_backup_is_not_kept_and_is_recorded() -> TestResult {
    let (folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    let one = sent(&services, folder.path()).await?;
    std::fs::write(&one.path, "a letter")?;
    let kept = keep_upload(&services, &root, one).await;
    assert!(matches!(kept, Err(Error::Invalid { field: "file", .. })), "{kept:?}");
    assert_eq!(waiting(folder.path())?, 0);
    assert!(actions(&services).await?.contains(&"database.restore!".to_owned()));
    Ok(())
}

#[tokio::test]
async fn what_could_not_be_restored_waits_on() -> TestResult {
    let (folder, services) = services()?;
    let root = member(&services, "root", Role::Administrator).await?;
    let sent = sent(&services, folder.path()).await?;
    let path = sent.path.clone();
    let reference = keep_upload(&services, &root, sent).await?;
    let whole = std::fs::read(&path)?;
    std::fs::write(&path, "half")?;
    let choice = RestoreChoice { revive: false };
    assert!(restore_upload(&services, &root, &reference, choice).await.is_err());
    std::fs::write(&path, whole)?;
    assert!(restore_upload(&services, &root, &reference, choice).await.is_ok());
    Ok(())
}
