//! Consecutive failed sign-ins of existing users. The key is the hash of the name; what is counted separately (an
//! address, a device, the second factor) follows after a slash.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::login_failures,
    },
    time::Timestamp,
};

/// Maximum number of rows, because strangers can add them.
const MAX_ROWS: i64 = 10_000;

/// Maximum wait after a failure, in seconds.
pub const LONGEST_WAIT: i64 = 900;

/// Failures of one account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = login_failures, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct FailureRecord {
    #[diesel(deserialize_as = LossyText)]
    pub account: String,
    pub failures: i64,
    #[diesel(deserialize_as = LossyText)]
    pub last_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub blocked_until: Option<String>,
}

/// Returns the failures stored under a key.
///
/// # Errors
///
/// Database errors.
pub fn find(conn: &mut Connection, account: &str) -> Result<Option<FailureRecord>, StoreError> {
    Ok(login_failures::table.find(account).select(FailureRecord::as_select()).first(conn).optional()?)
}

/// Stores the failures of an account. If there are too many rows, deletes those that are not locked and failed
/// longest ago, so that an attacker who tries ten thousand names does not unlock the targeted one.
///
/// # Errors
///
/// Database errors.
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
            // Deletes some more, so that not every failure has to.
            .limit(rows - MAX_ROWS + MAX_ROWS / 20)
            .select(login_failures::account)
            .load(conn)?;
        diesel::delete(login_failures::table.filter(login_failures::account.eq_any(oldest))).execute(conn)?;
    }
    Ok(())
}

/// Deletes the failures under a key.
///
/// # Errors
///
/// Database errors.
pub fn forget(conn: &mut Connection, account: &str) -> Result<(), StoreError> {
    diesel::delete(login_failures::table.find(account)).execute(conn)?;
    Ok(())
}

/// Deletes all failures of an account, including those counted separately.
///
/// # Errors
///
/// Database errors.
pub fn forget_all(conn: &mut Connection, account: &str) -> Result<(), StoreError> {
    // All keys that are the account, or start with it and a slash: `0` is the character after `/`.
    let all = login_failures::table
        .filter(login_failures::account.ge(account.to_owned()))
        .filter(login_failures::account.lt(format!("{account}0")));
    diesel::delete(all).execute(conn)?;
    Ok(())
}

/// Deletes accounts without a failure since a time.
///
/// # Errors
///
/// Database errors.
pub fn expire(conn: &mut Connection, before: Timestamp) -> Result<usize, StoreError> {
    let old = login_failures::table.filter(login_failures::last_at.lt(before.to_string()));
    Ok(diesel::delete(old).execute(conn)?)
}

/// Returns the accounts that are locked at a time, entirely or for one address.
///
/// # Errors
///
/// Database errors.
pub fn blocked(conn: &mut Connection, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let keys: Vec<LossyText> = login_failures::table
        .filter(login_failures::last_at.ge(now.plus(-LONGEST_WAIT).to_string()))
        .filter(login_failures::blocked_until.gt(now.to_string()))
        .select(login_failures::account)
        .load(conn)?;
    let account = |key: LossyText| key.as_str().split('/').next().unwrap_or_default().to_owned();
    let mut accounts: Vec<String> = keys.into_iter().map(account).collect();
    accounts.sort();
    accounts.dedup();
    Ok(accounts)
}
