//! What the destination stores and what was transferred. Invariant: all figures come from one `BackendStatistics`;
//! child results repeat their parent's figures and must never be summed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json;
use super::time;
use super::value::{self, Object};

/// Duplicati's `BackendStatistics`; sizes in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// Bytes at the destination that belong to the backup. `KnownFileSize`.
    pub known_file_size: Option<i64>,
    /// Files at the destination that belong to the backup. `KnownFileCount`.
    pub known_file_count: Option<i64>,
    /// Versions kept. `BackupListCount`, or `KnownFilesets` where that is missing.
    pub versions: Option<i64>,
    /// Bytes sent. `BytesUploaded`.
    pub bytes_uploaded: Option<i64>,
    /// Bytes received. `BytesDownloaded`.
    pub bytes_downloaded: Option<i64>,
    /// Files sent. `FilesUploaded`.
    pub files_uploaded: Option<i64>,
    /// Files received. `FilesDownloaded`.
    pub files_downloaded: Option<i64>,
    /// Files deleted at the destination. `FilesDeleted`.
    pub files_deleted: Option<i64>,
    /// Folders created at the destination. `FoldersCreated`.
    pub folders_created: Option<i64>,
    /// Calls to the destination. `RemoteCalls`.
    pub remote_calls: Option<i64>,
    /// Calls that had to be repeated. `RetryAttempts`.
    pub retry_attempts: Option<i64>,
    /// Bytes at the destination that do not belong to the backup. `UnknownFileSize`.
    pub unknown_file_size: Option<i64>,
    /// Files at the destination that do not belong to the backup. `UnknownFileCount`.
    pub unknown_file_count: Option<i64>,
    /// Capacity of the destination in bytes, above 0. `TotalQuotaSpace`.
    pub quota_total: Option<i64>,
    /// Bytes free at the destination, above 0. `FreeQuotaSpace`.
    pub quota_free: Option<i64>,
    /// Quota set by the user in bytes, above 0. `AssignedQuotaSpace`.
    pub quota_assigned: Option<i64>,
    /// Whether the quota is exceeded. `ReportedQuotaError`.
    pub quota_error: bool,
    /// Whether the quota is nearly exceeded. `ReportedQuotaWarning`.
    pub quota_warning: bool,
    /// When the newest version was created, seconds since 1970 UTC. `LastBackupDate`.
    pub last_backup_date: Option<i64>,
}

impl Storage {
    /// Reads the `BackendStatistics` of a result object.
    pub(crate) fn from_data(data: &Object) -> Self {
        let Some(stats) = statistics(data) else {
            return Self::default();
        };
        let count = |key| value::count(&stats, key);
        // 0 means "the destination did not answer", −1 "it cannot tell"; neither is a quota.
        let quota = |key| count(key).filter(|bytes| *bytes > 0);
        Self {
            known_file_size: count("KnownFileSize"),
            known_file_count: count("KnownFileCount"),
            versions: count("BackupListCount").or_else(|| count("KnownFilesets")),
            bytes_uploaded: count("BytesUploaded"),
            bytes_downloaded: count("BytesDownloaded"),
            files_uploaded: count("FilesUploaded"),
            files_downloaded: count("FilesDownloaded"),
            files_deleted: count("FilesDeleted"),
            folders_created: count("FoldersCreated"),
            remote_calls: count("RemoteCalls"),
            retry_attempts: count("RetryAttempts"),
            unknown_file_size: count("UnknownFileSize"),
            unknown_file_count: count("UnknownFileCount"),
            quota_total: quota("TotalQuotaSpace"),
            quota_free: quota("FreeQuotaSpace"),
            quota_assigned: quota("AssignedQuotaSpace"),
            quota_error: value::flag(&stats, "ReportedQuotaError"),
            quota_warning: value::flag(&stats, "ReportedQuotaWarning"),
            last_backup_date: stats.get("LastBackupDate").and_then(time::instant),
        }
    }
}

/// Returns how many minutes the sender's clock was ahead of UTC when the newest version was created. It is the only
/// exact offset in a report.
pub(crate) fn local_offset(data: &Object) -> Option<i32> {
    let stats = statistics(data)?;
    time::parse_iso(stats.get("LastBackupDate")?.as_str()?)?.1
}

fn statistics(data: &Object) -> Option<Object> {
    match data.get("BackendStatistics") {
        Some(Value::Object(stats)) => Some(stats.clone()),
        Some(Value::String(text)) => json::embedded_object(text),
        // Relays flatten the result. This key shows that the figures are the statistics and not those of a restore.
        _ => data.contains_key("KnownFileSize").then(|| data.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn storage(data: &Value) -> Storage {
        data.as_object().map(Storage::from_data).unwrap_or_default()
    }

    #[test]
    fn statistics_are_read_from_where_a_relay_put_them() {
        let statistics = json!({ "KnownFileSize": 5, "KnownFilesets": 2, "TotalQuotaSpace": 9 });
        let inside = storage(&json!({ "BackendStatistics": statistics }));
        assert_eq!(
            (inside.known_file_size, inside.versions, inside.quota_total),
            (Some(5), Some(2), Some(9))
        );
        assert_eq!(storage(&json!({ "BackendStatistics": statistics.to_string() })), inside);
        assert_eq!(storage(&statistics), inside);
        assert_eq!(storage(&json!({ "BytesUploaded": 7 })), Storage::default(), "figures of a restore");
    }

    #[test]
    fn a_quota_that_the_destination_does_not_tell_is_none() {
        let told = json!({ "KnownFileSize": 0, "TotalQuotaSpace": 0, "FreeQuotaSpace": -1, "AssignedQuotaSpace": 1 });
        let Storage { known_file_size, quota_total, quota_free, quota_assigned, .. } = storage(&told);
        assert_eq!(
            (known_file_size, quota_total, quota_free, quota_assigned),
            (Some(0), None, None, Some(1))
        );
    }

    #[test]
    fn the_senders_offset_is_that_of_its_newest_version() {
        let offset = |date: &str| {
            let data = json!({ "BackendStatistics": { "LastBackupDate": date } });
            data.as_object().and_then(local_offset)
        };
        assert_eq!(offset("2026-01-01T05:30:00+05:30"), Some(330));
        assert_eq!(offset("2026-01-01T05:30:00"), None);
    }
}
