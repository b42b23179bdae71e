//! Settings in the database: the `configuration` table.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, engine::lossy_text::OptionalLossyText, schema::configuration},
    time::Timestamp,
    zone::Zone,
};

/// The IANA name of the time zone used for the stored daily totals.
pub const SITE_TIME_ZONE: &str = "site.time_zone";

/// When old runs were last cleaned up.
pub const LAST_CLEANUP: &str = "database.last_cleanup";
/// When the database was last backed up.
pub const LAST_BACKUP: &str = "database.last_backup";
/// The result of the last integrity check: a [`crate::dto::health::LastIntegrity`].
pub const LAST_INTEGRITY: &str = "database.last_integrity";
/// When a write was last tried only to find out whether the disk has space again, or the lock is free.
pub const TRIED: &str = "database.tried";
/// When the database was last restored, and the result as JSON.
pub const LAST_RESTORE: &str = "database.last_restore";

/// Returns the zone used for the stored daily totals: the site's zone at the last start, or
/// `otherwise`.
///
/// # Errors
///
/// Database errors.
pub fn site_zone(conn: &mut Connection, otherwise: &Zone) -> Result<Zone, StoreError> {
    let name = get(conn, SITE_TIME_ZONE)?;
    Ok(name.and_then(|name| Zone::named(&name).ok()).unwrap_or_else(|| otherwise.clone()))
}

/// Returns the value of a setting.
///
/// # Errors
///
/// Database errors.
pub fn get(conn: &mut Connection, key: &str) -> Result<Option<String>, StoreError> {
    let value: Option<OptionalLossyText> = configuration::table
        .filter(configuration::key.eq(key))
        .select(configuration::value)
        .first(conn)
        .optional()?;
    Ok(value.and_then(Into::into))
}

/// Stores a setting.
///
/// # Errors
///
/// Database errors.
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

/// Returns the row id and value of a setting.
///
/// # Errors
///
/// Database errors.
pub fn find(conn: &mut Connection, key: &str) -> Result<Option<(i64, Option<String>)>, StoreError> {
    Ok(configuration::table
        .filter(configuration::key.eq(key))
        .select((configuration::id, configuration::value))
        .first(conn)
        .optional()?)
}

/// Creates a setting without a value, to get the row id that an encrypted value is bound to.
///
/// # Errors
///
/// Database errors.
pub fn create(conn: &mut Connection, key: &str, now: Timestamp) -> Result<i64, StoreError> {
    let now = now.to_string();
    Ok(diesel::insert_into(configuration::table)
        .values((
            configuration::key.eq(key),
            configuration::created_at.eq(&now),
            configuration::updated_at.eq(&now),
        ))
        .returning(configuration::id)
        .get_result(conn)?)
}

/// Returns row id, key and value of every setting whose key has a prefix.
///
/// # Errors
///
/// Database errors.
pub fn with_prefix(conn: &mut Connection, prefix: &str) -> Result<Vec<(i64, String, String)>, StoreError> {
    let rows: Vec<(i64, String, Option<String>)> = configuration::table
        .filter(configuration::key.ge(prefix))
        .filter(configuration::key.lt(format!("{prefix}\u{10ffff}")))
        .select((configuration::id, configuration::key, configuration::value))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, key, value)| Some((id, key, value?))).collect())
}

/// Replaces the encrypted value of a row after it was encrypted with another key.
///
/// # Errors
///
/// Database errors.
pub fn reseal(conn: &mut Connection, row: i64, sealed: &str) -> Result<(), StoreError> {
    diesel::update(configuration::table.find(row)).set(configuration::value.eq(sealed)).execute(conn)?;
    Ok(())
}
