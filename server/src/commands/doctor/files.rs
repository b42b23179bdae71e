//! Who can read and write the data folder.

use std::{fs, path::Path};

use duplistatus::dto::health::{Check, State};

use super::{AS_THE_SERVER, check};

/// The folder and what is in it.
pub(super) fn check_folder(folder: &Path) -> Check {
    let shown = folder.display();
    let data = match fs::metadata(folder) {
        Ok(data) => data,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return check(
                "folder",
                State::Note,
                format!("{shown} does not exist yet"),
                "The first start makes it.",
            );
        }
        Err(error) => {
            return check("folder", State::Failing, format!("{shown}: {error}"), AS_THE_SERVER);
        }
    };
    if !data.is_dir() {
        return check("folder", State::Failing, format!("{shown} is no folder"), "Say another --data-dir.");
    }
    let database = folder.join("duplistatus.db");
    // Opening it so changes nothing.
    if database.exists()
        && let Err(error) = fs::OpenOptions::new().append(true).open(&database)
    {
        let figure = format!("{} cannot be written: {error}", database.display());
        let advice = "Give it to the user that runs the server, and look at the file system.";
        return check("folder", State::Failing, figure, advice);
    }
    if let Err(error) = fs::read_dir(folder) {
        return check("folder", State::Failing, format!("{shown}: {error}"), AS_THE_SERVER);
    }
    let foreign = of_other_owners(folder);
    if !foreign.is_empty() {
        let figure = format!("not of the owner of the folder: {}", foreign.join(", "));
        let advice = format!("The server may not be able to use them: chown -R --reference={shown} {shown}");
        return check("folder", State::Warning, figure, advice);
    }
    let open = readable_by_others(folder);
    if open.is_empty() {
        return check("folder", State::Ok, format!("{shown}, only for its owner"), "");
    }
    let figure = format!("others than the owner can open: {}", open.join(", "));
    let advice = format!("chmod -R go-rwx {shown}");
    check("folder", State::Warning, figure, advice)
}

/// The folder and the files in it that others than their owner can do something with.
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

/// Files in the folder that belong to somebody else than the folder: what another user made on the command line.
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

/// The system tells it otherwise.
#[cfg(not(unix))]
fn of_other_owners(_folder: &Path) -> Vec<String> {
    Vec::new()
}

/// The system tells it otherwise.
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
        assert_eq!(check_folder(&path).state, State::Note);
        fs::create_dir(&path)?;
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
        mode(&path, 0o700)?;
        assert_eq!(check_folder(&path).state, State::Ok);
        let key = path.join("secret.key");
        fs::write(&key, "x")?;
        mode(&key, 0o640)?;
        let found = check_folder(&path);
        assert_eq!(found.state, State::Warning);
        assert!(found.figure.ends_with("data/secret.key") && found.advice.starts_with("chmod"), "{found:?}");
        mode(&key, 0o600)?;
        mode(&path, 0o750)?;
        assert!(check_folder(&path).figure.ends_with("/data"), "the folder itself");
        assert_eq!(check_folder(&key).state, State::Failing, "it is no folder");
        Ok(())
    }
}
