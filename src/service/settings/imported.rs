//! Settings of the Node application, as an import leaves them: in the `configuration` table under their old keys with [`PREFIX`]
//! before them, so that whatever uses them later finds them. What may contain a password or a token is encrypted as a whole, with
//! our key. The key of the setting alone decides that.

use crate::crypto::SecretLocation;

/// What their keys begin with here.
pub const PREFIX: &str = "node.";
/// Settings that hold no secrets; any other is sealed.
const PLAIN: [&str; 10] = [
    "audit_retention_days",
    "backup_settings",
    "cron_service",
    "last_overdue_check",
    "master_key_fingerprint",
    "notification_frequency",
    "notification_templates",
    "overdue_backup_notifications",
    "overdue_notifications",
    "overdue_tolerance",
];

/// Whether the value of a setting is sealed.
pub fn is_sealed_key(key: &str) -> bool {
    key.strip_prefix(PREFIX).is_some_and(|key| !PLAIN.contains(&key))
}

/// Where a sealed setting is stored.
pub fn sealed_place(row: i64) -> SecretLocation<'static> {
    SecretLocation { table: "configuration", column: "value", row }
}
