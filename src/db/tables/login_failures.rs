//! Failed sign-ins in a row, of people who exist. An account is the hash of the name; what is counted of it apart (an
//! address, a device, the code of the second factor) follows after a slash.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::login_failures,
    },
    time::Timestamp,
};

/// Rows that are remembered: strangers can add to them.
const MAX_ROWS: i64 = 10_000;

/// Longest wait after a failure: seconds.
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

/// What is known under a key.
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

/// Forgets the failures under a key.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Connection, account: &str) -> Result<(), StoreError> {
    diesel::delete(login_failures::table.find(account)).execute(conn)?;
    Ok(())
}

/// Forgets all failures of an account, with those that are counted apart.
///
/// # Errors
/// When the database refuses.
pub fn forget_all(conn: &mut Connection, account: &str) -> Result<(), StoreError> {
    // From the account itself to the last that begins with it and a slash: `0` comes after `/`.
    let all = login_failures::table
        .filter(login_failures::account.ge(account.to_owned()))
        .filter(login_failures::account.lt(format!("{account}0")));
    diesel::delete(all).execute(conn)?;
    Ok(())
}

/// Forgets accounts that have not failed since a time.
///
/// # Errors
/// When the database refuses.
pub fn expire(conn: &mut Connection, before: Timestamp) -> Result<usize, StoreError> {
    let old = login_failures::table.filter(login_failures::last_at.lt(before.to_string()));
    Ok(diesel::delete(old).execute(conn)?)
}

/// Accounts of which something is blocked at a time: all of it, or one address.
///
/// # Errors
/// When the database refuses.
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
