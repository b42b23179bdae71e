//! Failed sign-ins in a row, by the hash of the name that was typed, whether or not there is such a person.

use diesel::prelude::*;

use super::{
    Connection, StoreError,
    lossy::{Lossy, MaybeLossy},
    schema::login_failures,
};
use crate::time::Timestamp;

/// Names that are remembered: strangers can add to them.
const MAX_ROWS: i64 = 10_000;

/// Failures of one account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = login_failures, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct FailureRecord {
    #[diesel(deserialize_as = Lossy)]
    pub account: String,
    pub failures: i64,
    #[diesel(deserialize_as = Lossy)]
    pub last_at: String,
    #[diesel(deserialize_as = MaybeLossy)]
    pub blocked_until: Option<String>,
}

/// What is known of an account.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Connection, account: &str) -> Result<Option<FailureRecord>, StoreError> {
    Ok(login_failures::table.find(account).select(FailureRecord::as_select()).first(conn).optional()?)
}

/// Stores the failures of an account. When there are too many accounts, those go that are not blocked and failed
/// longest ago: whoever tries ten thousand names must not free the one that is meant.
///
/// # Errors
/// When the database refuses.
pub fn save(conn: &mut Connection, record: &FailureRecord) -> Result<(), StoreError> {
    diesel::insert_into(login_failures::table)
        .values(record)
        .on_conflict(login_failures::account)
        .do_update()
        .set(record)
        .execute(conn)?;
    let rows: i64 = login_failures::table.count().get_result(conn)?;
    if rows > MAX_ROWS {
        let oldest: Vec<String> = login_failures::table
            .order((login_failures::blocked_until, login_failures::last_at))
            // Some more, so that not every failure has to look for one.
            .limit(rows - MAX_ROWS + MAX_ROWS / 20)
            .select(login_failures::account)
            .load(conn)?;
        diesel::delete(login_failures::table.filter(login_failures::account.eq_any(oldest))).execute(conn)?;
    }
    Ok(())
}

/// Forgets the failures of an account. True when there were any.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Connection, account: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(login_failures::table.find(account)).execute(conn)? > 0)
}

/// Forgets accounts that have not failed since a time.
///
/// # Errors
/// When the database refuses.
pub fn expire(conn: &mut Connection, before: Timestamp) -> Result<usize, StoreError> {
    let old = login_failures::table.filter(login_failures::last_at.lt(before.to_string()));
    Ok(diesel::delete(old).execute(conn)?)
}

/// Those of these accounts that are blocked at a time.
///
/// # Errors
/// When the database refuses.
pub fn blocked(
    conn: &mut Connection,
    accounts: &[String],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    Ok(login_failures::table
        .filter(login_failures::account.eq_any(accounts))
        .filter(login_failures::blocked_until.gt(now.to_string()))
        .select(login_failures::account)
        .load(conn)?)
}
