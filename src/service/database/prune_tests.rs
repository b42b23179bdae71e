//! Which backups are deleted when newer ones are made.

use super::*;
use crate::{
    clock::Clock,
    db::tables::tasks,
    service::{Crypto, Options},
    zone::Zone,
};

/// Makes a backup in the folder, and checks that it exists.
async fn make(services: &Services) -> Result<std::path::PathBuf, Box<dyn std::error::Error>> {
    let made = backup(services, &Actor::CommandLine, Target::Folder, Form::CHECKED).await?;
    let path = std::path::PathBuf::from(made.path);
    assert!(files::length(&path) > 0, "{path:?}");
    Ok(path)
}

async fn keep(services: &Services, number: i64) -> Result<(), Error> {
    settings::adjust(services, &Actor::CommandLine, move |settings| settings.backup_keep = number)
        .await
        .map(drop)
}

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names: Vec<String> =
        fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

#[tokio::test]
async fn only_what_this_program_made_is_deleted_and_never_the_newest() -> TestResult {
    let (folder, services) = services()?;
    keep(&services, 1).await?;
    let kept = folder.path().join("backups");
    fs::create_dir(&kept)?;
    let others = [
        "duplistatus-before-the-move.db",
        "duplistatus-zzz.db",
        "duplistatus-99991231T235959Z-0123456789ab.db.zst",
        "duplistatus-20261101T023000Z.db.zst",
        "duplistatus-20261101T023000Z.db",
        "notes.txt",
    ];
    for name in others {
        fs::write(kept.join(name), "mine")?;
    }
    let mut made = Vec::new();
    // More than ten in one second: number ten must not sort before number two.
    for _ in 0..12 {
        made.push(make(&services).await?);
    }
    // One from a clock that was set back.
    services.clock.set(Timestamp::from_unix(NOON - 86_400));
    made.push(make(&services).await?);
    let newest = made.pop().ok_or("none")?;
    assert!(newest.exists() && made.iter().all(|path| !path.exists()), "{:?}", names(&kept)?);
    assert!(others.iter().all(|name| kept.join(name).exists()), "{:?}", names(&kept)?);
    assert_eq!(names(&kept)?.len(), others.len() + 1);
    let shown = backups(&services, &Actor::CommandLine).await?.files;
    let own: Vec<&str> = shown.iter().filter(|file| file.own).map(|file| file.name.as_str()).collect();
    assert_eq!(own, [newest.file_name().and_then(|name| name.to_str()).ok_or("no name")?]);
    Ok(())
}

/// Returns a program running on a backup of another one, with the same backup folder.
async fn program(
    folder: &Path,
    backup: &Path,
    backups: &Path,
) -> Result<Services, Box<dyn std::error::Error>> {
    let path = folder.join("duplistatus.db");
    let now = Timestamp::from_unix(NOON);
    restore_at_rest(&path, backup, RestoreChoice::default(), now)?;
    let options = Options { backup_dir: Some(backups.to_owned()), open_ingest: true, ..Options::default() };
    let db = Db::open(&path)?;
    Ok(Services::new(db, Clock::manual(now), Zone::utc(), options, Crypto::for_made_up_data()?))
}

#[tokio::test]
async fn two_programs_that_began_with_one_backup_leave_each_others_in_one_folder() -> TestResult {
    let (folder, first) = services()?;
    let seed = folder.path().join("seed");
    back_up(&first, &seed, Form::CHECKED).await?;
    let (one, other, shared) = (tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?);
    let one = program(one.path(), &seed, shared.path()).await?;
    let other = program(other.path(), &seed, shared.path()).await?;
    for services in [&one, &other] {
        keep(services, 1).await?;
    }
    let of_one = make(&one).await?;
    let of_other = make(&other).await?;
    assert!(of_one.exists() && of_other.exists() && of_one != of_other);
    let again = make(&other).await?;
    assert!(of_one.exists() && !of_other.exists() && again.exists());
    Ok(())
}

#[tokio::test]
async fn a_restored_backup_goes_on_where_it_was_and_one_of_another_database_does_not() -> TestResult {
    let (folder, services) = services()?;
    keep(&services, 1).await?;
    let first = make(&services).await?;
    let kept = folder.path().join("kept");
    fs::copy(&first, &kept)?;
    bring_back(&services, &kept).await?;
    services.load_settings().await?;
    let second = make(&services).await?;
    assert!(!first.exists(), "it is the same database");

    let (other_folder, other) = crate::service::testing::services()?;
    let foreign = other_folder.path().join("foreign");
    back_up(&other, &foreign, Form::CHECKED).await?;
    bring_back(&services, &foreign).await?;
    keep(&services, 1).await?;
    let third = make(&services).await?;
    assert!(second.exists() && third.exists(), "backups of the former database stay");
    Ok(())
}

#[tokio::test]
async fn a_restored_backup_says_of_nothing_that_it_is_under_way() -> TestResult {
    let (folder, services) = services()?;
    let now = services.clock.now();
    services
        .db
        .write(move |tx| {
            tasks::add(tx.conn, "backup", now)?;
            tasks::claim(tx.conn, "backup", "this", now)
        })
        .await?;
    let path = folder.path().join("backup");
    back_up(&services, &path, COMPRESSED).await?;
    bring_back(&services, &path).await?;
    assert_eq!(backups(&services, &Actor::CommandLine).await?.task.running_since, None);
    let row = services.db.read(|conn| tasks::find(conn, "backup")).await?;
    assert_eq!((row.running_by, row.alive_at), (None, None));
    Ok(())
}

#[tokio::test]
async fn a_backup_from_before_there_were_ids_goes_on_with_the_present_one() -> TestResult {
    let (folder, services) = services()?;
    let path = folder.path().join("old.db");
    let mut conn = open_writer(&path)?;
    migrate::migrate_to(&mut conn, &["0001".to_owned()])?;
    drop(conn);
    let id = services.db.read(crate::db::engine::owner::database_id).await?;
    bring_back(&services, &path).await?;
    assert_eq!(services.db.read(crate::db::engine::owner::database_id).await?, id);
    assert!(id.is_some());
    Ok(())
}
