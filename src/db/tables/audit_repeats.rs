//! Limits entries of repeatable events: each hour the audit log gets a few of them and, after the hour, one entry with
//! the number of the others. So strangers cannot fill the disk.

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::audit::AuditRecord;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{audit_log, audit_repeats},
    },
    time::Timestamp,
};

/// Length of a period in seconds.
const SPAN: i64 = 3600;
/// Maximum number of failures per hour, over all actors, with an entry of their own.
const WRITTEN: i64 = 60;
/// Maximum number of failures per hour that are counted separately; the others are counted together.
const TOLD_APART: usize = 100;

/// The number of repetitions of an event in one hour.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_repeats)]
struct Repeat {
    #[diesel(deserialize_as = LossyText)]
    since: String,
    #[diesel(deserialize_as = LossyText)]
    actor_kind: String,
    #[diesel(deserialize_as = LossyText)]
    actor_name: String,
    #[diesel(deserialize_as = LossyText)]
    address: String,
    #[diesel(deserialize_as = LossyText)]
    action: String,
    #[diesel(deserialize_as = LossyText)]
    target_name: String,
    actor_id: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    target_kind: Option<String>,
    target_id: Option<i64>,
    success: bool,
    seen: i64,
    written: i64,
    #[diesel(deserialize_as = LossyText)]
    last_at: String,
}

/// Adds an entry if there were few of its kind in this hour, otherwise only counts it. `network` identifies the address;
/// `most` is the maximum number of entries.
///
/// # Errors
///
/// Database errors.
pub fn save(
    conn: &mut Connection,
    entry: &AuditRecord,
    network: &str,
    most: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    settle(conn, now)?;
    let since = hour(now);
    let mut repeat = Repeat {
        since: since.clone(),
        actor_kind: entry.actor_kind.clone(),
        actor_name: entry.actor_name.clone(),
        address: network.to_owned(),
        action: entry.action.clone(),
        target_name: entry.target_name.clone().unwrap_or_default(),
        actor_id: entry.actor_id,
        target_kind: entry.target_kind.clone(),
        target_id: entry.target_id,
        success: entry.success,
        seen: 0,
        written: 0,
        last_at: now.to_string(),
    };
    let mut known = find(conn, &repeat)?;
    let failures: Vec<i64> = audit_repeats::table
        .filter(audit_repeats::since.eq(&since))
        .filter(audit_repeats::success.eq(false))
        .select(audit_repeats::written)
        .load(conn)?;
    // Successful actions are always counted separately: they belong to existing users, of whom there are few, and
    // strangers must not be able to hide them.
    let is_beyond = !entry.success && known.is_none() && failures.len() >= TOLD_APART;
    if is_beyond {
        // Counts all further failures together.
        repeat = Repeat {
            actor_kind: "anonymous".into(),
            actor_name: "others".into(),
            address: String::new(),
            target_name: String::new(),
            actor_id: None,
            target_kind: None,
            target_id: None,
            ..repeat
        };
        known = find(conn, &repeat)?;
    }
    let (seen, written) = known.unwrap_or_default();
    let has_room = entry.success || failures.iter().sum::<i64>() < WRITTEN;
    let is_written = seen < most && has_room && !is_beyond;
    if is_written {
        entry.save(conn)?;
    }
    repeat.seen = seen + 1;
    repeat.written = written + i64::from(is_written);
    diesel::replace_into(audit_repeats::table).values(&repeat).execute(conn)?;
    Ok(())
}

/// Adds one entry for each event that was only counted in past hours. Returns how many.
///
/// # Errors
///
/// Database errors.
pub fn settle(conn: &mut Connection, now: Timestamp) -> Result<usize, StoreError> {
    let over = || audit_repeats::table.filter(audit_repeats::since.lt(hour(now)));
    let all: Vec<Repeat> = over().select(Repeat::as_select()).load(conn)?;
    if all.is_empty() {
        return Ok(0);
    }
    diesel::delete(over()).execute(conn)?;
    let mut entries = 0;
    for repeat in all.into_iter().filter(|repeat| repeat.seen > repeat.written) {
        summary(repeat, now).save(conn)?;
        entries += 1;
    }
    Ok(entries)
}

/// Returns whether [`settle`] has something to do.
///
/// # Errors
///
/// Database errors.
pub fn is_due(conn: &mut Connection, now: Timestamp) -> Result<bool, StoreError> {
    let over = audit_repeats::table.filter(audit_repeats::since.lt(hour(now)));
    Ok(diesel::select(diesel::dsl::exists(over)).get_result(conn)?)
}

/// Returns how many sign-ins have failed since a time, including those only counted.
///
/// # Errors
///
/// Database errors.
pub fn failed_sign_ins(conn: &mut Connection, since: Timestamp) -> Result<i64, StoreError> {
    const ENTRIES: &str = "coalesce(sum(CASE WHEN json_valid(after) THEN coalesce(json_extract(after, '$.and_more'), 1) \
                           ELSE 1 END), 0)";
    let entries: i64 = audit_log::table
        .filter(audit_log::at.ge(since.to_string()))
        .filter(audit_log::success.eq(false))
        .filter(audit_log::action.like("session.%"))
        .select(sql::<BigInt>(ENTRIES))
        .get_result(conn)?;
    let counted: i64 = audit_repeats::table
        .filter(audit_repeats::since.ge(hour(since)))
        .filter(audit_repeats::last_at.ge(since.to_string()))
        .filter(audit_repeats::success.eq(false))
        .filter(audit_repeats::action.like("session.%"))
        .select(sql::<BigInt>("coalesce(sum(seen - written), 0)"))
        .get_result(conn)?;
    Ok(entries + counted)
}

fn summary(repeat: Repeat, now: Timestamp) -> AuditRecord {
    let after = serde_json::json!({
        "and_more": repeat.seen - repeat.written,
        "from": repeat.since,
        "until": repeat.last_at,
    });
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    AuditRecord {
        at: now.to_string(),
        actor_kind: repeat.actor_kind,
        actor_id: repeat.actor_id,
        actor_name: repeat.actor_name,
        address: some(repeat.address),
        action: repeat.action,
        target_kind: repeat.target_kind,
        target_id: repeat.target_id,
        target_name: some(repeat.target_name),
        success: repeat.success,
        before: None,
        after: Some(after.to_string()),
    }
}

fn hour(now: Timestamp) -> String {
    Timestamp::from_unix(now.unix() - now.unix().rem_euclid(SPAN)).to_string()
}

/// Returns how often an event occurred in its hour, and how many of these have an entry.
fn find(conn: &mut Connection, repeat: &Repeat) -> Result<Option<(i64, i64)>, StoreError> {
    let key = (
        &repeat.since,
        &repeat.actor_kind,
        &repeat.actor_name,
        &repeat.address,
        &repeat.action,
        &repeat.target_name,
    );
    Ok(audit_repeats::table
        .find(key)
        .select((audit_repeats::seen, audit_repeats::written))
        .first(conn)
        .optional()?)
}
