//! Names and values of a run's figures.

use duplistatus::{
    dto::run::{Figure, FigureGroup, FigureKind, Unit},
    units::{size, thousands},
};

use crate::{locale::Locale, tr};

/// The name of a figure.
pub fn name(locale: Locale, kind: FigureKind) -> String {
    use FigureKind as K;
    match kind {
        K::ExaminedFiles => tr!(locale, run.figure.examined_files),
        K::ExaminedSize => tr!(locale, run.figure.examined_size),
        K::OpenedFiles => tr!(locale, run.figure.opened_files),
        K::OpenedSize => tr!(locale, run.figure.opened_size),
        K::NotProcessedFiles => tr!(locale, run.figure.not_processed_files),
        K::TooLargeFiles => tr!(locale, run.figure.too_large_files),
        K::FilesWithError => tr!(locale, run.figure.files_with_error),
        K::AddedFiles => tr!(locale, run.figure.added_files),
        K::AddedSize => tr!(locale, run.figure.added_size),
        K::ModifiedFiles => tr!(locale, run.figure.modified_files),
        K::ModifiedSize => tr!(locale, run.figure.modified_size),
        K::DeletedFiles => tr!(locale, run.figure.deleted_files),
        K::AddedFolders => tr!(locale, run.figure.added_folders),
        K::ModifiedFolders => tr!(locale, run.figure.modified_folders),
        K::DeletedFolders => tr!(locale, run.figure.deleted_folders),
        K::UploadedSize => tr!(locale, run.figure.uploaded_size),
        K::DownloadedSize => tr!(locale, run.figure.downloaded_size),
        K::FilesUploaded => tr!(locale, run.figure.files_uploaded),
        K::FilesDownloaded => tr!(locale, run.figure.files_downloaded),
        K::FilesDeleted => tr!(locale, run.figure.files_deleted),
        K::RetryAttempts => tr!(locale, run.figure.retry_attempts),
        K::StorageSize => tr!(locale, run.figure.storage_size),
        K::StorageFiles => tr!(locale, run.figure.storage_files),
        K::UnknownFiles => tr!(locale, run.figure.unknown_files),
        K::Versions => tr!(locale, run.figure.versions),
        K::QuotaTotal => tr!(locale, run.figure.quota_total),
        K::QuotaFree => tr!(locale, run.figure.quota_free),
    }
}

/// The name of a group.
pub fn group_name(locale: Locale, group: FigureGroup) -> String {
    match group {
        FigureGroup::Source => tr!(locale, run.group.source),
        FigureGroup::Changes => tr!(locale, run.group.changes),
        FigureGroup::Transfer => tr!(locale, run.group.transfer),
        FigureGroup::Destination => tr!(locale, run.group.destination),
    }
}

fn text(unit: Unit, value: i64) -> String {
    match unit {
        Unit::Bytes => size(value),
        Unit::Count => thousands(value),
    }
}

/// The value as text.
pub fn value(figure: Figure) -> String {
    text(figure.kind.unit(), figure.value)
}

/// The change since the run before with its sign; `None` without change or without a run before.
pub fn delta(figure: Figure) -> Option<String> {
    let change = figure.value.saturating_sub(figure.previous?);
    let sign = match change {
        0 => return None,
        1.. => '+',
        _ => '−',
    };
    Some(format!("{sign}{}", text(figure.kind.unit(), change.saturating_abs())))
}

/// One figure of a list.
pub fn find(figures: &[Figure], kind: FigureKind) -> Option<Figure> {
    figures.iter().copied().find(|figure| figure.kind == kind)
}

/// Whether anything was counted: a run that died early sends zeros, which say nothing.
pub fn any(figures: &[Figure]) -> bool {
    figures.iter().any(|figure| figure.value != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_a_sign_and_no_change_is_silent() {
        let figure = |kind, value, previous| Figure { kind, value, previous };
        assert_eq!(delta(figure(FigureKind::AddedFiles, 12, Some(10))).as_deref(), Some("+2"));
        assert_eq!(delta(figure(FigureKind::StorageSize, 0, Some(2048))).as_deref(), Some("−2.00 KiB"));
        assert_eq!(delta(figure(FigureKind::AddedFiles, 12, Some(12))), None);
        assert_eq!(delta(figure(FigureKind::AddedFiles, 12, None)), None);
        assert!(delta(figure(FigureKind::AddedFiles, i64::MIN, Some(i64::MAX))).is_some());
    }
}
