//! The names of copies: `<reason>-<time>-<tag of the owner>-<number>.db`. The number is added from the second copy of the same
//! time on. Files with any other name are never treated as copies, because users may store their own files here.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{
    StoreError,
    copy::finish,
    files::{self, io_error},
    owner::{Owner, is_tag},
};
use crate::time::Timestamp;

/// The endings of names.
const ENDINGS: [&str; 2] = [".db", ".db.zst"];

/// A finished copy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyName {
    /// When it was created, as written in its name.
    time: String,
    /// Number among the copies of the same time.
    number: u64,
    /// The tag of its owner; `None` for copies from older versions of the program.
    pub tag: Option<String>,
    /// The file.
    pub path: PathBuf,
}

/// A name that is reserved for one copy.
#[derive(Debug)]
pub(in crate::db) struct ReservedName {
    pub path: PathBuf,
    is_given: std::cell::Cell<bool>,
}

impl ReservedName {
    /// Renames a complete file to this name, once its content is on the disk.
    ///
    /// # Errors
    /// If the file cannot be synced or renamed.
    pub fn give(&self, file: &Path) -> Result<(), StoreError> {
        finish(file, &self.path)?;
        self.is_given.set(true);
        Ok(())
    }
}

impl Drop for ReservedName {
    fn drop(&mut self) {
        if !self.is_given.get() {
            // The name was not used: delete the empty file that reserves it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Reserves a name for a copy by creating an empty file. Two processes never get the same name, and a later copy always has a
/// later name.
///
/// # Errors
/// If the folder cannot be read or written.
pub(in crate::db) fn reserve(
    folder: &Path,
    reason: &str,
    owner: &Owner,
    now: Timestamp,
    ending: &str,
) -> Result<ReservedName, StoreError> {
    // No colons, because some systems do not allow them in file names.
    let time: String = now.to_string().chars().filter(|c| *c != ':' && *c != '-').collect();
    let tag = owner.tag().map(|tag| format!("-{tag}")).unwrap_or_default();
    let all = entries(folder, reason)?;
    let taken = all.iter().filter(|copy| copy.time == time).map(|copy| copy.number).max();
    let mut number = taken.map_or(1, |number| number.saturating_add(1));
    loop {
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{reason}-{time}{tag}{suffix}{ending}"));
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(_) => {
                files::give_to_owner_of_folder(&path);
                return Ok(ReservedName { path, is_given: false.into() });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number = number.saturating_add(1),
            Err(error) => return Err(io_error(&path, &error)),
        }
    }
}

/// Lists the complete copies with this reason, of all owners, newest first.
///
/// # Errors
/// If the folder cannot be read.
pub fn list(folder: &Path, reason: &str) -> Result<Vec<CopyName>, StoreError> {
    let mut all = entries(folder, reason)?;
    all.retain(|copy| files::length(&copy.path) > 0);
    all.sort_by(|one, other| other.cmp(one));
    Ok(all)
}

fn entries(folder: &Path, reason: &str) -> Result<Vec<CopyName>, StoreError> {
    let entries = fs::read_dir(folder).map_err(|error| io_error(folder, &error))?;
    let named = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let name = entry.file_name().into_string().ok()?;
        let (time, tag, number) = parse(&name, reason)?;
        // Links were created by someone else.
        entry.file_type().is_ok_and(|kind| kind.is_file()).then(|| CopyName {
            time: time.to_owned(),
            number,
            tag: tag.map(str::to_owned),
            path: entry.path(),
        })
    });
    Ok(named.collect())
}

/// Splits a name into time, tag and number.
fn parse<'a>(name: &'a str, reason: &str) -> Option<(&'a str, Option<&'a str>, u64)> {
    let stem = ENDINGS.into_iter().find_map(|ending| name.strip_suffix(ending))?;
    let mut parts = stem.strip_prefix(reason)?.strip_prefix('-')?.split('-').peekable();
    let time = parts.next().filter(|time| is_time(time))?;
    let tag = parts.next_if(|part| is_tag(part));
    let number = match parts.next() {
        None => 1,
        Some(digits) if digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().filter(|number| *number > 1)?
        }
        Some(_) => return None,
    };
    parts.next().is_none().then_some((time, tag, number))
}

/// Returns whether a text is a time such as `20261123T120000Z`.
fn is_time(text: &str) -> bool {
    text.len() == 16
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_names_are_the_programs() {
        for (name, is) in [
            ("duplistatus-20261123T120000Z-0123456789ab.db", Some((Some("0123456789ab"), 1))),
            ("duplistatus-20261123T120000Z-0123456789ab-12.db.zst", Some((Some("0123456789ab"), 12))),
            ("duplistatus-20261123T120000Z.db", Some((None, 1))),
            ("duplistatus-20261123T120000Z-2.db.zst", Some((None, 2))),
            ("duplistatus-before-the-move.db", None),
            ("duplistatus-20261123T120000Z-0123456789ab-mine.db", None),
            ("duplistatus-20261123T120000Z-0123456789AB.db", None),
            ("duplistatus-20261123T120000Z-0123456789ab-1.db", None),
            ("duplistatus-20261123T120000Z-0123456789ab-2-3.db", None),
            ("duplistatus-20261123.db", None),
            ("duplistatus-zzz.db", None),
            ("duplistatus.db", None),
            ("duplistatus-20261123T120000Z-0123456789ab.db.bak", None),
            ("before-migration-20261123T120000Z-0123456789ab.db", None),
        ] {
            assert_eq!(parse(name, "duplistatus").map(|(_, tag, number)| (tag, number)), is, "{name}");
        }
    }
}
