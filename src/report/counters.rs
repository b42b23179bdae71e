//! The counters of a backup. Invariant: a figure the sender does not know is `None`, never −1 and never an
//! invented 0.

use serde::{Deserialize, Serialize};

use super::value::{self, Object};

/// The counters of the result object: whole numbers, sizes in bytes.
///
/// A run that was not completed reports mostly zeros: see [`crate::outcome`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Files deleted since the last version. `DeletedFiles`.
    pub deleted_files: Option<i64>,
    /// Folders deleted since the last version. `DeletedFolders`.
    pub deleted_folders: Option<i64>,
    /// Files changed since the last version. `ModifiedFiles`.
    pub modified_files: Option<i64>,
    /// Files examined. `ExaminedFiles`.
    pub examined_files: Option<i64>,
    /// Files opened because they might have changed. `OpenedFiles`.
    pub opened_files: Option<i64>,
    /// Files added since the last version. `AddedFiles`.
    pub added_files: Option<i64>,
    /// Bytes of changed files. `SizeOfModifiedFiles`.
    pub size_of_modified_files: Option<i64>,
    /// Bytes of new files. `SizeOfAddedFiles`.
    pub size_of_added_files: Option<i64>,
    /// Bytes examined: the size of the source. `SizeOfExaminedFiles`.
    pub size_of_examined_files: Option<i64>,
    /// Bytes of opened files. `SizeOfOpenedFiles`.
    pub size_of_opened_files: Option<i64>,
    /// Files that were not processed. `NotProcessedFiles`.
    pub not_processed_files: Option<i64>,
    /// Folders added since the last version. `AddedFolders`.
    pub added_folders: Option<i64>,
    /// Files above the size limit. `TooLargeFiles`.
    pub too_large_files: Option<i64>,
    /// Files that could not be read. `FilesWithError`.
    pub files_with_error: Option<i64>,
    /// Files of which only the timestamp changed (since 2.1.2). `TimestampChangedFiles`.
    pub timestamp_changed_files: Option<i64>,
    /// Folders changed since the last version. `ModifiedFolders`.
    pub modified_folders: Option<i64>,
    /// Symbolic links changed. `ModifiedSymlinks`.
    pub modified_symlinks: Option<i64>,
    /// Symbolic links added. `AddedSymlinks`.
    pub added_symlinks: Option<i64>,
    /// Symbolic links deleted. `DeletedSymlinks`.
    pub deleted_symlinks: Option<i64>,
}

impl Counters {
    /// Reads the counters from the result object, or from the lines of a text report.
    pub(crate) fn from_data(data: &Object) -> Self {
        let count = |key| value::count(data, key);
        Self {
            deleted_files: count("DeletedFiles"),
            deleted_folders: count("DeletedFolders"),
            modified_files: count("ModifiedFiles"),
            examined_files: count("ExaminedFiles"),
            opened_files: count("OpenedFiles"),
            added_files: count("AddedFiles"),
            size_of_modified_files: count("SizeOfModifiedFiles"),
            size_of_added_files: count("SizeOfAddedFiles"),
            size_of_examined_files: count("SizeOfExaminedFiles"),
            size_of_opened_files: count("SizeOfOpenedFiles"),
            not_processed_files: count("NotProcessedFiles"),
            added_folders: count("AddedFolders"),
            too_large_files: count("TooLargeFiles"),
            files_with_error: count("FilesWithError"),
            timestamp_changed_files: count("TimestampChangedFiles"),
            modified_folders: count("ModifiedFolders"),
            modified_symlinks: count("ModifiedSymlinks"),
            added_symlinks: count("AddedSymlinks"),
            deleted_symlinks: count("DeletedSymlinks"),
        }
    }
}
