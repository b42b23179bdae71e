//! Checks of the data folder and its permissions.

use std::{fs, path::Path};

use duplistatus::{
    db::engine::folder_check::{FolderState, Kind, Requirement},
    dto::health::{Check, State},
};

use super::{AS_THE_SERVER, check};

/// Tests what the server needs from the folder, and its file system; nothing if the folder does not exist.
pub(super) fn checks(folder: &Path) -> Vec<Check> {
    if !folder.is_dir() {
        return vec![check_folder(folder, true)];
    }
    let place = FolderState::of(folder);
    let mut checks =
        vec![check_folder(folder, place.problem_with(Requirement::Modes).is_none()), file_system(&place)];
    checks.extend(problems(&place));
    checks
}

/// Describes failed requirements, for the start of the server and for `doctor`.
pub(crate) fn problems(place: &FolderState) -> Vec<Check> {
    let name = place.file_system.as_deref().unwrap_or("file system");
    let told = |(need, why): &(Requirement, String)| match need {
        Requirement::Write => {
            check("writing_files", State::Failing, format!("cannot create files: {why}"), AS_THE_SERVER)
        }
        Requirement::Lock => check(
            "locks",
            State::Failing,
            format!("cannot lock files: {why}"),
            format!(
                "Two programs could write at once. Move the data folder from this {name} to a local disk."
            ),
        ),
        Requirement::Log => check(
            "log_file",
            State::Failing,
            format!("SQLite cannot use a write-ahead log: {why}"),
            format!("Move the data folder from this {name} to a local disk."),
        ),
        Requirement::Modes => check(
            "modes",
            State::Warning,
            format!("cannot protect files from other users: {why}"),
            format!(
                "Anyone who can read the disk can read the database. Mount this {name} for one user (umask=077, uid=…), or move the data folder."
            ),
        ),
        Requirement::Socket => check(
            "socket",
            State::Warning,
            format!("cannot create a socket: {why}"),
            "`db restore` cannot reach a running server here. Stop the server first, or move the data folder to a local disk with a shorter path.",
        ),
    };
    place.refused.iter().map(told).collect()
}

/// Describes the file system.
fn file_system(place: &FolderState) -> Check {
    let name = place.file_system.as_deref();
    let tried = if place.refused.is_empty() { "; all required operations were tested and work" } else { "" };
    match (name, place.kind()) {
        (None, _) => {
            check("file_system", State::Ok, format!("not reported by the operating system{tried}"), "")
        }
        (Some(name), Kind::Network) => check(
            "file_system",
            State::Warning,
            format!("{name}, a network file system{tried}"),
            "SQLite needs the locks of a local disk, and a lost connection can damage the file. Move the data folder to a local disk. \
             Backups may stay there (--backup-dir).",
        ),
        (Some(name), Kind::UserSpace) => check(
            "file_system",
            State::Note,
            format!("{name}, a file system in user space{tried}"),
            "It is as reliable as the program behind it. A local disk is safer for the data folder.",
        ),
        (Some(name), Kind::Plain) => check(
            "file_system",
            State::Note,
            format!("{name}, without owners and modes{tried}"),
            "It also has no journal, so a power cut can damage it. A local disk with another file system is safer.",
        ),
        (Some(name), Kind::Local) => check("file_system", State::Ok, format!("{name}{tried}"), ""),
    }
}

/// Checks the folder and its files. Gives no advice that its file system does not support.
fn check_folder(folder: &Path, keeps_modes: bool) -> Check {
    let shown = folder.display();
    let data = match fs::metadata(folder) {
        Ok(data) => data,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return check(
                "folder",
                State::Note,
                format!("{shown} does not exist yet"),
                "The first start creates it.",
            );
        }
        Err(error) => {
            return check("folder", State::Failing, format!("{shown}: {error}"), AS_THE_SERVER);
        }
    };
    if !data.is_dir() {
        return check(
            "folder",
            State::Failing,
            format!("{shown} is not a folder"),
            "Set another --data-dir.",
        );
    }
    let database = folder.join("duplistatus.db");
    // Opening a file in append mode does not change it.
    if database.exists()
        && let Err(error) = fs::OpenOptions::new().append(true).open(&database)
    {
        let figure = format!("cannot write {}: {error}", database.display());
        let advice = "Change its owner to the user that runs the server, and check the file system.";
        return check("folder", State::Failing, figure, advice);
    }
    if let Err(error) = fs::read_dir(folder) {
        return check("folder", State::Failing, format!("{shown}: {error}"), AS_THE_SERVER);
    }
    let foreign = of_other_owners(folder);
    if !foreign.is_empty() {
        let figure = format!("different owner than the folder: {}", foreign.join(", "));
        let advice = format!("The server may not be able to use them: chown -R --reference={shown} {shown}");
        return check("folder", State::Warning, figure, advice);
    }
    let open = readable_by_others(folder);
    if open.is_empty() || !keeps_modes {
        let whose = if keeps_modes { ", accessible only to its owner" } else { "" };
        return check("folder", State::Ok, format!("{shown}{whose}"), "");
    }
    let figure = format!("readable by other users: {}", open.join(", "));
    let advice = format!("chmod -R go-rwx {shown}");
    check("folder", State::Warning, figure, advice)
}

/// Returns the folder and its files that other users can access.
#[cfg(unix)]
fn readable_by_others(folder: &Path) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let inside = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut open: Vec<String> = std::iter::once(folder.to_owned())
        .chain(inside)
        .filter(|path| {
            fs::symlink_metadata(path)
                .is_ok_and(|data| !data.is_symlink() && data.permissions().mode() & 0o077 != 0)
        })
        .map(|path| path.display().to_string())
        .collect();
    open.sort_unstable();
    open
}

/// Returns files whose owner differs from that of the folder, such as those created by another user on the
/// command line.
#[cfg(unix)]
fn of_other_owners(folder: &Path) -> Vec<String> {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| fs::symlink_metadata(path).ok().map(|data| data.uid());
    let inside = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut foreign: Vec<String> =
        inside.filter(|path| owner(path) != owner(folder)).map(|path| path.display().to_string()).collect();
    foreign.sort_unstable();
    foreign
}

/// Other systems have no such owners.
#[cfg(not(unix))]
fn of_other_owners(_folder: &Path) -> Vec<String> {
    Vec::new()
}

/// Other systems have no such permissions.
#[cfg(not(unix))]
fn readable_by_others(_folder: &Path) -> Vec<String> {
    Vec::new()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_others_can_open_is_named() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("data");
        assert_eq!(check_folder(&path, true).state, State::Note);
        fs::create_dir(&path)?;
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
        mode(&path, 0o700)?;
        assert_eq!(check_folder(&path, true).state, State::Ok);
        let key = path.join("secret.key");
        fs::write(&key, "x")?;
        mode(&key, 0o640)?;
        let found = check_folder(&path, true);
        assert_eq!(found.state, State::Warning);
        assert!(found.figure.ends_with("data/secret.key") && found.advice.starts_with("chmod"), "{found:?}");
        mode(&key, 0o600)?;
        mode(&path, 0o750)?;
        assert!(check_folder(&path, true).figure.ends_with("/data"), "the folder itself");
        assert_eq!(check_folder(&key, true).state, State::Failing, "it is not a folder");
        Ok(())
    }

    fn place(file_system: &str, refused: &[Requirement]) -> FolderState {
        let refused = refused.iter().map(|need| (*need, "Operation not permitted".to_owned())).collect();
        FolderState { file_system: Some(file_system.to_owned()), refused }
    }

    #[test]
    fn what_the_file_system_refuses_is_never_advised() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        assert!(check_folder(folder.path(), true).advice.starts_with("chmod"));
        assert_eq!(check_folder(folder.path(), false).advice, "");
        let told = problems(&place("vfat", &[Requirement::Modes, Requirement::Socket]));
        let states: Vec<_> = told.iter().map(|check| (check.name.as_str(), check.state)).collect();
        assert_eq!(states, [("modes", State::Warning), ("socket", State::Warning)]);
        assert!(told.iter().all(|check| !check.advice.contains("chmod")), "{told:?}");
        assert!(told.iter().any(|check| check.advice.contains("vfat")), "{told:?}");
        Ok(())
    }

    #[test]
    fn network_and_user_space_are_named() {
        for (name, state, words) in [
            ("ext4", State::Ok, "all required operations were tested and work"),
            ("nfs4", State::Warning, "a network file system"),
            ("fuse.mergerfs", State::Note, "a file system in user space"),
            ("exfat", State::Note, "without owners and modes"),
        ] {
            let found = file_system(&place(name, &[]));
            assert!(
                found.state == state && found.figure.contains(words) && found.figure.contains(name),
                "{found:?}"
            );
        }
        let failing = problems(&place("cifs", &[Requirement::Write, Requirement::Lock, Requirement::Log]));
        assert!(failing.iter().all(|check| check.state == State::Failing), "{failing:?}");
    }
}
