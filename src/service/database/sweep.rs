//! Deletes temporary files of killed processes.

use std::{fs, path::Path, time::SystemTime};

use crate::{
    db::engine::{files, owner, temp_folder},
    service::Services,
};

/// Prefix of temporary key files.
const KEY: &str = ".secret.key.";
/// Number of random characters after the prefix.
const KEY_END: usize = 6;
/// Age in seconds after which a temporary key file is certainly abandoned.
const YOUNG_KEY: u64 = 60;

/// Deletes temporary files of killed processes of this data folder: uploads, copies, incomplete files. Files of running processes and
/// of others are kept.
pub async fn sweep(services: &Services) {
    let (database, backups) = (services.db.path().to_owned(), super::backup::folder(services));
    let swept = tokio::task::spawn_blocking(move || sweep_folders(&database, &backups, SystemTime::now()));
    match swept.await {
        Ok(0) => {}
        Ok(deleted) => tracing::info!(deleted, "files were deleted that a process left which was killed"),
        Err(error) => tracing::warn!(%error, "what a process left that was killed could not be looked for"),
    }
}

fn sweep_folders(database: &Path, backups: &Path, now: SystemTime) -> usize {
    let data = files::folder_of(database);
    // A read-only folder is left unchanged.
    let Ok(instance) = owner::instance(data) else { return 0 };
    let copies = data.join("copies");
    let folders = [data, &copies, backups].into_iter();
    let swept: usize = folders.map(|folder| temp_folder::sweep(folder, &instance, now)).sum();
    swept + sweep_keys(data, now)
}

/// Deletes temporary key files, because they contain keys.
fn sweep_keys(data: &Path, now: SystemTime) -> usize {
    let is_left = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let end = name.to_str().and_then(|name| name.strip_prefix(KEY));
        let is_one = end
            .is_some_and(|end| end.len() == KEY_END && end.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let written =
            entry.metadata().ok().filter(fs::Metadata::is_file).and_then(|data| data.modified().ok());
        let age = written.map(|at| now.duration_since(at).unwrap_or_else(|error| error.duration()));
        is_one && age.is_some_and(|age| age.as_secs() >= YOUNG_KEY)
    };
    let Ok(entries) = fs::read_dir(data) else { return 0 };
    entries
        .filter_map(Result::ok)
        .filter(is_left)
        .filter(|entry| fs::remove_file(entry.path()).is_ok())
        .count()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        db::engine::temp_folder::{RECEIVED, TEMP_PREFIX, TempFolder},
        service::testing::{TestResult, services},
    };

    #[tokio::test]
    async fn what_was_left_in_any_folder_of_the_program_goes() -> TestResult {
        let (folder, services) = services()?;
        let (database, backups) = (services.db.path(), folder.path().join("elsewhere"));
        fs::create_dir(&backups)?;
        let instance = owner::instance(folder.path())?;
        let copies = crate::db::engine::copy::folder(database)?;
        let left = |place: &Path, kind: &str| -> std::io::Result<std::path::PathBuf> {
            let path = place.join(format!("{kind}-{instance}-killedkilled-1"));
            fs::create_dir(&path)?;
            fs::write(path.join("file.db"), "half")?;
            Ok(path)
        };
        let dead =
            [left(folder.path(), RECEIVED)?, left(&copies, TEMP_PREFIX)?, left(&backups, TEMP_PREFIX)?];
        let living = TempFolder::make(&backups, TEMP_PREFIX, Some(&instance))?;
        let (key, mine) =
            (folder.path().join(".secret.key.a1B2c3"), folder.path().join(".secret.key.backup-2026"));
        fs::write(&key, "half a key")?;
        fs::write(&mine, "a whole one")?;
        // By the clock of the file system, which may differ from that of the program.
        let now = fs::metadata(&mine)?.modified()?;
        let later = now + Duration::from_secs(YOUNG_KEY);
        assert_eq!(sweep_folders(database, &backups, now), 0, "it may be being written");
        assert_eq!(sweep_folders(database, &backups, later), 4);
        assert!(dead.iter().all(|path| !path.exists()) && !key.exists());
        assert!(living.path().exists() && mine.exists() && database.exists());
        Ok(())
    }
}
