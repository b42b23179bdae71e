//! The names of copies: `<reason>-<time>-<tag of the owner>-<number>.db`, the number from the second of one time on. Only a name
//! that is exactly so is one of the program; a person may have a file that begins alike.

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

/// How names end.
const ENDINGS: [&str; 2] = [".db", ".db.zst"];

/// A finished copy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyName {
    /// When it was made, as in its name.
    time: String,
    /// The how manieth of its time.
    number: u64,
    /// Whose it is; none for those of older versions of the program.
    pub tag: Option<String>,
    /// The file.
    pub path: PathBuf,
}

/// A name that nobody else has or gets.
#[derive(Debug)]
pub(in crate::db) struct ReservedName {
    pub path: PathBuf,
    is_given: std::cell::Cell<bool>,
}

impl ReservedName {
    /// Gives it to a finished file, once its content is on the disk.
    ///
    /// # Errors
    /// When that does not work.
    pub fn give(&self, file: &Path) -> Result<(), StoreError> {
        finish(file, &self.path)?;
        self.is_given.set(true);
        Ok(())
    }
}

impl Drop for ReservedName {
    fn drop(&mut self) {
        if !self.is_given.get() {
            // An empty file is no copy.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Takes a name for a copy, with an empty file under it: two processes never give the same one, and a copy that is made later
/// has a later name.
///
/// # Errors
/// When the folder cannot be read or written.
pub(in crate::db) fn reserve(
    folder: &Path,
    reason: &str,
    owner: &Owner,
    now: Timestamp,
    ending: &str,
) -> Result<ReservedName, StoreError> {
    // No colons: other systems do not take them in a file's name.
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

/// The finished copies for a reason, of whomever they are, newest first.
///
/// # Errors
/// When the folder cannot be read.
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
        // A link is somebody else's.
        entry.file_type().is_ok_and(|kind| kind.is_file()).then(|| CopyName {
            time: time.to_owned(),
            number,
            tag: tag.map(str::to_owned),
            path: entry.path(),
        })
    });
    Ok(named.collect())
}

/// The time, the tag and the number in a name.
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

/// Whether a text is a time as in `20261123T120000Z`.
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
