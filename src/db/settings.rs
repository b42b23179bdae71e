//! Settings that live in the database: the `configuration` table.

use diesel::prelude::*;

use super::{Connection, StoreError, schema::configuration};
use crate::{time::Timestamp, zone::Zone};

/// The IANA name of the time zone by which the stored per-day totals were made.
pub const SITE_TIME_ZONE: &str = "site.time_zone";

/// When old runs were last deleted.
pub const LAST_CLEANUP: &str = "database.last_cleanup";

/// The zone by which the stored per-day totals were made: the site's at the last start, else this one.
///
/// # Errors
/// When the database refuses.
pub fn site_zone(conn: &mut Connection, otherwise: &Zone) -> Result<Zone, StoreError> {
    let name = get(conn, SITE_TIME_ZONE)?;
    Ok(name.and_then(|name| Zone::named(&name).ok()).unwrap_or_else(|| otherwise.clone()))
}

/// The value of a setting.
///
/// # Errors
/// When the database refuses.
pub fn get(conn: &mut Connection, key: &str) -> Result<Option<String>, StoreError> {
    let value: Option<Option<String>> = configuration::table
        .filter(configuration::key.eq(key))
        .select(configuration::value)
        .first(conn)
        .optional()?;
    Ok(value.flatten())
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
