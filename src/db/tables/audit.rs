//! The audit log. Rows are only added; a trigger of the database rejects changes.

use diesel::prelude::*;

use super::text_pattern::pattern;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::audit_log,
    },
    time::Timestamp,
};

/// One entry, except for its id.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct AuditRecord {
    #[diesel(deserialize_as = LossyText)]
    pub at: String,
    #[diesel(deserialize_as = LossyText)]
    pub actor_kind: String,
    pub actor_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub actor_name: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub address: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub action: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub target_kind: Option<String>,
    pub target_id: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub target_name: Option<String>,
    pub success: bool,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub before: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub after: Option<String>,
}

impl AuditRecord {
    /// Adds the entry.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn save(&self, conn: &mut Connection) -> Result<(), StoreError> {
        diesel::insert_into(audit_log::table).values(self).execute(conn)?;
        Ok(())
    }
}

/// Returns how many entries have the same time, actor, action, target and result.
///
/// # Errors
///
/// Database errors.
pub fn count_same(conn: &mut Connection, entry: &AuditRecord) -> Result<i64, StoreError> {
    let AuditRecord { at, actor_name, action, target_name, after, .. } = entry;
    Ok(audit_log::table
        .filter(audit_log::at.eq(at))
        .filter(audit_log::action.eq(action))
        .filter(audit_log::actor_name.eq(actor_name))
        .filter(audit_log::target_name.is(target_name))
        .filter(audit_log::after.is(after))
        .count()
        .get_result(conn)?)
}

/// A filter of entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Name of the actor.
    pub actor: Option<String>,
    /// An action (`user.create`), or all actions with a prefix (`user.`).
    pub action: Option<String>,
    /// Only successful or only failed actions.
    pub success: Option<bool>,
    /// Start of the period, inclusive.
    pub from: Option<Timestamp>,
    /// End of the period, exclusive.
    pub to: Option<Timestamp>,
    /// Text that occurs in the actor, the target or the address.
    pub text: Option<String>,
    /// Recorded before this one: its time and its id.
    pub before: Option<(Timestamp, i64)>,
}

/// The query of the entries that match a filter.
macro_rules! matching {
    ($filter:expr) => {{
        let AuditFilter { actor, action, success, from, to, text, before } = $filter;
        let mut query = audit_log::table.into_boxed();
        if let Some(actor) = actor {
            query = query.filter(audit_log::actor_name.eq(actor.clone()));
        }
        if let Some(action) = action {
            query = if action.ends_with('.') {
                // A range instead of `LIKE`: it uses the index and has no wildcards.
                query
                    .filter(audit_log::action.ge(action.clone()))
                    .filter(audit_log::action.lt(format!("{action}\u{10ffff}")))
            } else {
                query.filter(audit_log::action.eq(action.clone()))
            };
        }
        if let Some(success) = success {
            query = query.filter(audit_log::success.eq(*success));
        }
        if let Some(from) = from {
            query = query.filter(audit_log::at.ge(from.to_string()));
        }
        if let Some(to) = to {
            query = query.filter(audit_log::at.lt(to.to_string()));
        }
        if let Some((at, id)) = before {
            let at = at.to_string();
            let same = audit_log::at.eq(at.clone()).and(audit_log::id.lt(*id));
            query = query.filter(audit_log::at.le(at.clone())).filter(audit_log::at.lt(at).or(same));
        }
        if let Some(text) = text {
            let pattern = pattern(text);
            query = query.filter(
                audit_log::actor_name
                    .like(pattern.clone())
                    .escape('\\')
                    .or(audit_log::target_name.like(pattern.clone()).escape('\\').assume_not_null())
                    .or(audit_log::address.like(pattern).escape('\\').assume_not_null()),
            );
        }
        query
    }};
}

/// Lists matching entries with their ids, newest first.
///
/// # Errors
///
/// Database errors.
pub fn list(
    conn: &mut Connection,
    filter: &AuditFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<(i64, AuditRecord)>, StoreError> {
    Ok(matching!(filter)
        .order((audit_log::at.desc(), audit_log::id.desc()))
        .limit(limit)
        .offset(offset)
        .select((audit_log::id, AuditRecord::as_select()))
        .load(conn)?)
}

/// Returns how many entries match.
///
/// # Errors
///
/// Database errors.
pub fn count(conn: &mut Connection, filter: &AuditFilter) -> Result<i64, StoreError> {
    Ok(matching!(filter).count().get_result(conn)?)
}

/// Returns the actors and the actions in the log, for the filter's lists.
///
/// # Errors
///
/// Database errors.
pub fn choices(conn: &mut Connection) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let actors: Vec<LossyText> = audit_log::table
        .select(audit_log::actor_name)
        .distinct()
        .order(audit_log::actor_name)
        .limit(200)
        .load(conn)?;
    let actions: Vec<LossyText> = audit_log::table
        .select(audit_log::action)
        .distinct()
        .order(audit_log::action)
        .limit(200)
        .load(conn)?;
    let texts = |all: Vec<LossyText>| all.into_iter().map(Into::into).collect();
    Ok((texts(actors), texts(actions)))
}

/// Returns how many entries are older than a time.
///
/// # Errors
///
/// Database errors.
pub fn count_before(conn: &mut Connection, before: Timestamp) -> Result<i64, StoreError> {
    Ok(audit_log::table.filter(audit_log::at.lt(before.to_string())).count().get_result(conn)?)
}

/// Deletes at most `limit` entries older than a time. Returns how many.
///
/// # Errors
/// Database errors; also if an entry is younger than the minimum retention.
pub fn expire(conn: &mut Connection, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let old: Vec<i64> = audit_log::table
        .filter(audit_log::at.lt(before.to_string()))
        .order(audit_log::at)
        .limit(limit)
        .select(audit_log::id)
        .load(conn)?;
    Ok(diesel::delete(audit_log::table.filter(audit_log::id.eq_any(old))).execute(conn)?)
}
