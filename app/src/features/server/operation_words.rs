//! Words for other operations and their figures, in place of Duplicati's names of properties.

use duplistatus::{
    dto::server::{OperationFigure, OperationValue},
    units::{size, thousands},
};

use crate::{locale::Locale, tr};

/// What an operation is called. One of a build yet to come keeps its name, with spaces.
pub fn name(locale: Locale, operation: &str) -> String {
    match operation {
        "Restore" => tr!(locale, server.operations.kind.restore),
        "Test" => tr!(locale, server.operations.kind.test),
        "Compact" => tr!(locale, server.operations.kind.compact),
        "Delete" => tr!(locale, server.operations.kind.delete),
        "Repair" => tr!(locale, server.operations.kind.repair),
        "Vacuum" => tr!(locale, server.operations.kind.vacuum),
        "SendMail" => tr!(locale, server.operations.kind.send_mail),
        "SystemInfo" => tr!(locale, server.operations.kind.system_info),
        "CreateLogDb" => tr!(locale, server.operations.kind.create_log_db),
        "PurgeFiles" => tr!(locale, server.operations.kind.purge_files),
        "PurgeBrokenFiles" => tr!(locale, server.operations.kind.purge_broken_files),
        "ListBrokenFiles" => tr!(locale, server.operations.kind.list_broken_files),
        "List" | "ListAffected" | "ListChanges" | "ListRemote" | "ListFilesets" | "ListFolder"
        | "ListFileVersions" | "SearchFiles" | "TestFilters" => tr!(locale, server.operations.kind.list),
        "SetLock" => tr!(locale, server.operations.kind.set_lock),
        "ReadLockInfo" => tr!(locale, server.operations.kind.read_lock_info),
        "RemoteSynchronization" => tr!(locale, server.operations.kind.second_copy),
        "Sync" => tr!(locale, server.operations.kind.sync),
        "RestoreTest" => tr!(locale, server.operations.kind.restore_test),
        other => spaced(other),
    }
}

/// What a figure is called.
pub fn figure_name(locale: Locale, figure: &OperationFigure) -> String {
    match figure.name.as_str() {
        "DeletedSetsActualLength" | "DeletedSetsCount" => {
            tr!(locale, server.operations.figure.versions_deleted)
        }
        "VerificationsActualLength" | "VerificationsCount" => {
            tr!(locale, server.operations.figure.files_verified)
        }
        "VerificationProblems" => tr!(locale, server.operations.figure.files_damaged),
        "FilesetsCount" => tr!(locale, server.operations.figure.versions),
        "RewrittenFileLists" => tr!(locale, server.operations.figure.versions_rewritten),
        "RestorePath" => tr!(locale, server.operations.figure.restored_to),
        "TotalVolumesAccessed" => tr!(locale, server.operations.figure.volumes_read),
        "SizeOfSourceFiles" => tr!(locale, server.operations.figure.source_size),
        other => spaced(other.strip_suffix("ActualLength").unwrap_or(other)),
    }
}

/// What a figure says.
pub fn value(figure: &OperationFigure) -> String {
    match &figure.value {
        OperationValue::Bytes(bytes) => size(*bytes),
        OperationValue::Count(number) => thousands(*number),
        OperationValue::Text(text) => text.clone(),
    }
}

/// `SizeOfUploadedFiles` as `Size of uploaded files`; abbreviations keep their capitals.
fn spaced(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut words = String::with_capacity(name.len() + 8);
    for (at, letter) in letters.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        let is_small = |c: Option<char>| c.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit());
        let begins = letter.is_uppercase() && before.is_some() && (is_small(before) || is_small(after));
        if begins && before != Some(' ') {
            words.push(' ');
        }
        let is_abbreviation = letter.is_uppercase() && !is_small(after);
        if begins && !is_abbreviation {
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_properties_become_words() {
        assert_eq!(spaced("SizeOfUploadedFiles"), "Size of uploaded files");
        assert_eq!(spaced("UnchangedFiles"), "Unchanged files");
        assert_eq!(spaced("Sync"), "Sync");
        assert_eq!(spaced("CreateXMLIndex"), "Create XML index");
        assert_eq!(spaced("two words"), "two words");
        assert_eq!(spaced(""), "");
    }

    #[test]
    fn sizes_are_sizes() {
        let figure = |name: &str, value| OperationFigure { name: name.into(), value };
        assert_eq!(value(&figure("DeletedFileSize", OperationValue::Bytes(244_609_841))), "233 MiB");
        assert_eq!(value(&figure("UnchangedFiles", OperationValue::Count(20_410))), "20,410");
    }
}
