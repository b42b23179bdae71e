//! Tests what the program needs from its data folder, because file systems support less than their names suggest.

use std::{fs, io, path::Path};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::Text};

use super::{
    StoreError, StoreErrorKind,
    connection::establish,
    temp_folder::{TEMP_PREFIX, TempFolder},
};
use crate::crypto::token;

/// Something the data folder must support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Creating and writing files.
    Write,
    /// Locking files, so that two programs do not use the same folder.
    Lock,
    /// A write-ahead log, which processes share through memory.
    Log,
    /// Permissions that hide files from other users.
    Modes,
    /// A socket, through which commands reach the server.
    Socket,
}

/// The kind of file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// On a disk of this machine, or unknown.
    Local,
    /// On another machine.
    Network,
    /// Implemented by a user-space program, of unknown quality.
    UserSpace,
    /// Without owners and permissions.
    Plain,
}

/// The test results of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderState {
    /// The type of the file system, if the system provides it.
    pub file_system: Option<String>,
    /// Requirements that failed, with the message of the system.
    pub refused: Vec<(Requirement, String)>,
}

const NETWORK: [&str; 13] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "smb2",
    "afs",
    "ceph",
    "9p",
    "lustre",
    "beegfs",
    "ncpfs",
    "glusterfs",
];
const PLAIN: [&str; 4] = ["vfat", "exfat", "msdos", "fat"];

impl Kind {
    /// Returns the kind of a file system type.
    pub fn of(file_system: &str) -> Self {
        let program = file_system.strip_prefix("fuse.").unwrap_or_default();
        if NETWORK.contains(&file_system)
            || NETWORK.contains(&program)
            || ["sshfs", "rclone", "s3fs", "davfs", "curlftpfs"].contains(&program)
        {
            Self::Network
        } else if PLAIN.contains(&file_system) {
            Self::Plain
        } else if file_system.starts_with("fuse") || file_system == "virtiofs" {
            Self::UserSpace
        } else {
            Self::Local
        }
    }
}

impl FolderState {
    /// Tests an existing folder. The test files are deleted.
    pub fn of(folder: &Path) -> Self {
        Self { file_system: file_system(folder), refused: refused(folder) }
    }

    /// Returns the kind of the file system; local if unknown.
    pub fn kind(&self) -> Kind {
        self.file_system.as_deref().map_or(Kind::Local, Kind::of)
    }

    /// Returns why a requirement failed; `None` if it did not.
    pub fn problem_with(&self, need: Requirement) -> Option<&str> {
        self.refused.iter().find(|one| one.0 == need).map(|one| one.1.as_str())
    }
}

fn refused(folder: &Path) -> Vec<(Requirement, String)> {
    let trial = match TempFolder::make(folder, TEMP_PREFIX, None) {
        Ok(trial) => trial,
        // Nothing else can be tested.
        Err(error) => return vec![(Requirement::Write, error.to_string())],
    };
    let file = trial.path().join("file");
    let tried = [
        (Requirement::Write, fs::write(&file, "tried").and_then(|()| fs::File::open(&file)?.sync_all())),
        (Requirement::Lock, lock(&file)),
        (Requirement::Log, log(&trial.path().join("file.db")).map_err(io::Error::other)),
        (Requirement::Modes, modes(&file)),
        (Requirement::Socket, socket(folder)),
    ];
    tried.into_iter().filter_map(|(need, result)| Some((need, result.err()?.to_string()))).collect()
}

fn lock(path: &Path) -> io::Result<()> {
    let open = || fs::File::options().read(true).write(true).open(path);
    let (one, other) = (open()?, open()?);
    one.try_lock()?;
    match other.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Ok(()),
        Ok(()) => Err(io::Error::other("two programs get the same lock")),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Tests whether a second connection reads what the first has written to the log.
fn log(path: &Path) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Mode {
        #[diesel(sql_type = Text)]
        journal_mode: String,
    }
    let mut one = establish(path)?;
    let mode: Mode = diesel::sql_query("PRAGMA journal_mode = WAL").get_result(&mut one)?;
    if mode.journal_mode != "wal" {
        return Err(StoreError::new(
            StoreErrorKind::Io,
            format!("SQLite uses {} instead", mode.journal_mode),
        ));
    }
    one.batch_execute("CREATE TABLE tried (number INTEGER); INSERT INTO tried VALUES (7);")?;
    let mut other = establish(path)?;
    match super::dynamic::number(&mut other, "SELECT number FROM tried")? {
        Some(7) => Ok(()),
        _ => Err(StoreError::new(StoreErrorKind::Io, "what one connection writes another one does not see")),
    }
}

#[cfg(unix)]
fn modes(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    match fs::metadata(path)?.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(io::Error::other("modes of files are not kept")),
    }
}

#[cfg(unix)]
fn socket(folder: &Path) -> io::Result<()> {
    // As long as the real name, because the length is limited.
    let name = format!(".try-{}", token::random_text(7).map_err(io::Error::other)?);
    let path = folder.join(name);
    let bound = std::os::unix::net::UnixListener::bind(&path);
    // It may not exist.
    let _ = fs::remove_file(&path);
    bound.map(drop)
}

#[cfg(not(unix))]
fn modes(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn socket(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns the type of the file system of a folder.
fn file_system(folder: &Path) -> Option<String> {
    let folder = fs::canonicalize(folder).ok()?;
    find(&fs::read_to_string("/proc/self/mountinfo").ok()?, &folder)
}

/// Returns the type of the innermost, last mounted file system above a path.
fn find(mounts: &str, path: &Path) -> Option<String> {
    let parsed = mounts.lines().filter_map(|line| {
        let (place, what) = line.split_once(" - ")?;
        let mounted = unescaped(place.split(' ').nth(4)?);
        path.starts_with(&mounted).then(|| (mounted.len(), what.split(' ').next().unwrap_or_default()))
    });
    // Of two mounts at the same place the later hides the earlier.
    parsed.max_by_key(|(length, _)| *length).map(|(_, kind)| kind.to_owned())
}

/// Decodes spaces and similar characters, which are written as octal numbers.
fn unescaped(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .into_iter()
        .fold(text.to_owned(), |text, (escaped, is)| text.replace(escaped, is))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_system_of_a_folder_is_named() {
        let mounts = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
             30 22 0:40 / /mnt/my\\040nas rw,relatime - nfs4 nas:/export rw,vers=4.2\n\
             31 22 0:41 / /mnt/my\\040nas/disk rw - vfat /dev/sdb1 rw\n\
             32 22 0:42 / /data rw - ext4 /dev/vdb rw\n33 22 0:43 / /data rw - fuse.mergerfs pool rw\n";
        for (path, name) in [
            ("/var/lib/duplistatus", "ext4"),
            ("/mnt/my nas/x", "nfs4"),
            ("/mnt/my nas/disk/x", "vfat"),
            ("/mnt/my nas2", "ext4"),
            ("/data", "fuse.mergerfs"),
        ] {
            assert_eq!(find(mounts, Path::new(path)).as_deref(), Some(name), "{path}");
        }
        assert_eq!(find("nonsense", Path::new("/")), None);
        for (name, kind) in [
            ("ext4", Kind::Local),
            ("overlay", Kind::Local),
            ("nfs", Kind::Network),
            ("cifs", Kind::Network),
            ("fuse.sshfs", Kind::Network),
            ("fuse.glusterfs", Kind::Network),
            ("fuse.mergerfs", Kind::UserSpace),
            ("fuseblk", Kind::UserSpace),
            ("virtiofs", Kind::UserSpace),
            ("vfat", Kind::Plain),
        ] {
            assert_eq!(Kind::of(name), kind, "{name}");
        }
    }

    #[test]
    fn everything_that_is_needed_is_tried_and_nothing_is_left() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let place = FolderState::of(folder.path());
        assert_eq!(place.refused, []);
        assert_eq!(fs::read_dir(folder.path())?.count(), 0);
        let none = FolderState::of(&folder.path().join("none"));
        assert!(
            none.problem_with(Requirement::Write).is_some() && none.problem_with(Requirement::Lock).is_none(),
            "{none:?}"
        );
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_whose_name_is_too_long_for_a_socket_is_told() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let deep = folder.path().join("x".repeat(60)).join("y".repeat(60));
        fs::create_dir_all(&deep)?;
        let needs: Vec<Requirement> = FolderState::of(&deep).refused.into_iter().map(|one| one.0).collect();
        assert_eq!(needs, [Requirement::Socket]);
        Ok(())
    }
}
