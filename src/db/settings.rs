//! Settings that live in the database: the `configuration` table.

use diesel::prelude::*;

use super::{Connection, StoreError, lossy::MaybeLossy, schema::configuration};
use crate::time::Timestamp;

/// The IANA name of the time zone by which the stored per-day totals were made.
pub const SITE_TIME_ZONE: &str = "site.time_zone";

/// When old runs were last cleaned up.
pub const LAST_CLEANUP: &str = "database.last_cleanup";
/// When the database was last backed up.
pub const LAST_BACKUP: &str = "database.last_backup";

/// The value of a setting.
///
/// # Errors
/// When the database refuses.
pub fn get(conn: &mut Connection, key: &str) -> Result<Option<String>, StoreError> {
    let value: Option<MaybeLossy> = configuration::table
        .filter(configuration::key.eq(key))
        .select(configuration::value)
        .first(conn)
        .optional()?;
    Ok(value.and_then(Into::into))
}

/// Sets a setting.
///
/// # Errors
/// When the database refuses.
pub fn set(conn: &mut Connection, key: &str, value: &str, now: Timestamp) -> Result<(), StoreError> {
    let now = now.to_string();
    diesel::insert_into(configuration::table)
        .values((
            configuration::key.eq(key),
            configuration::value.eq(value),
            configuration::created_at.eq(&now),
            configuration::updated_at.eq(&now),
        ))
        .on_conflict(configuration::key)
        .do_update()
        .set((configuration::value.eq(value), configuration::updated_at.eq(&now)))
        .execute(conn)?;
    Ok(())
}
