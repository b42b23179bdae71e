//! Settings imported from the Node application: in the `configuration` table, under their old keys with [`PREFIX`], for later
//! use. Settings that may contain a password or a token are encrypted as a whole with our key; the key of the setting alone
//! decides that.

use crate::crypto::SecretLocation;

/// Prefix of their keys.
pub const PREFIX: &str = "node.";
/// Settings without secrets; all others are encrypted.
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

/// The key pair of this site with which browsers subscribe to messages. It is stored as imported secrets are.
pub const PUSH_KEY: &str = "push.site_key";

/// Returns whether the value of a setting is encrypted.
pub fn is_sealed_key(key: &str) -> bool {
    key == PUSH_KEY || key.strip_prefix(PREFIX).is_some_and(|key| !PLAIN.contains(&key))
}

/// The place where an encrypted setting is stored.
pub fn sealed_place(row: i64) -> SecretLocation<'static> {
    SecretLocation { table: "configuration", column: "value", row }
}
