//! What was told, and what a message is about.

use diesel::{prelude::*, sqlite::Sqlite};

use super::{
    claim::rows_of,
    purpose::EVENT,
    status::{DROPPED, QUEUED},
};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{incidents, notifications},
    },
    ids::{ChannelId, ServerId},
    time::Timestamp,
    topic::Topic,
};

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = notifications)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct NotificationRow {
    pub id: i64,
    pub incident_id: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub dedupe_key: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub kind: String,
    #[diesel(deserialize_as = LossyText)]
    pub status: String,
    pub channel_id: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub channel_name: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub sent_at: Option<String>,
    pub attempts: i64,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub next_attempt_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub answer: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub purpose: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub reason: Option<String>,
    pub problem_id: Option<i64>,
    pub digest_id: Option<i64>,
}

impl NotificationRow {
    /// Whether it tells again what was told before.
    #[must_use]
    pub fn is_reminder(&self) -> bool {
        self.purpose != EVENT || self.dedupe_key.as_ref().is_some_and(|key| key.contains(" woke "))
    }
}

/// Which rows are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of one channel.
    pub channel: Option<ChannelId>,
    /// With one status.
    pub status: Option<String>,
    /// About one topic.
    pub topic: Option<Topic>,
    /// Of one server.
    pub server: Option<ServerId>,
    /// Created at that time or later.
    pub from: Option<Timestamp>,
    /// Created before that time.
    pub to: Option<Timestamp>,
    /// Without reminders that wait.
    pub is_past: bool,
    /// Created before this one: its time and its id.
    pub before: Option<(Timestamp, i64)>,
}

impl Wanted {
    /// Rows that this program queued; those of before have no key.
    fn query(&self) -> notifications::BoxedQuery<'static, Sqlite> {
        let mut query = notifications::table.filter(notifications::dedupe_key.is_not_null()).into_boxed();
        if self.is_past {
            query = query.filter(notifications::purpose.eq(EVENT).or(notifications::status.ne(QUEUED)));
        }
        if let Some(channel) = self.channel {
            query = query.filter(notifications::channel_id.eq(channel.0));
        }
        if let Some(status) = &self.status {
            query = query.filter(notifications::status.eq(status.clone()));
        }
        if let Some(topic) = self.topic {
            query = query.filter(notifications::kind.eq_any(topic.parts().chain([topic]).map(Topic::as_str)));
        }
        if let Some(server) = self.server {
            query = query.filter(notifications::server_id.eq(server.0));
        }
        if let Some(from) = self.from {
            query = query.filter(notifications::created_at.ge(from.to_string()));
        }
        if let Some(to) = self.to {
            query = query.filter(notifications::created_at.lt(to.to_string()));
        }
        if let Some((at, id)) = self.before {
            let at = at.to_string();
            let same = notifications::created_at.eq(at.clone()).and(notifications::id.lt(id));
            query = query
                .filter(notifications::created_at.le(at.clone()))
                .filter(notifications::created_at.lt(at).or(same));
        }
        query
    }
}

/// What a message tells: the rows that it has now, oldest first, and about how many incidents and problems they all are.
///
/// # Errors
/// Database errors.
pub fn of_message(
    conn: &mut Connection,
    message: i64,
    most: i64,
) -> Result<(Vec<NotificationRow>, i64), StoreError> {
    let rows = rows_of!(message);
    let (incidents, problems): (i64, i64) = rows
        .select((
            diesel::dsl::count(notifications::incident_id).aggregate_distinct(),
            diesel::dsl::count(notifications::problem_id).aggregate_distinct(),
        ))
        .first(conn)?;
    let total = incidents.saturating_add(problems);
    let rows = rows.order(notifications::id).limit(most).select(NotificationRow::as_select()).load(conn)?;
    Ok((rows, total))
}

/// The open incidents that a message is about: at most so many.
///
/// # Errors
/// Database errors.
pub fn open_incidents(conn: &mut Connection, message: i64, most: i64) -> Result<Vec<i64>, StoreError> {
    Ok(rows_of!(message)
        .inner_join(incidents::table)
        .filter(incidents::closed_at.is_null())
        .select(incidents::id)
        .distinct()
        .limit(most)
        .load(conn)?)
}

/// What was told of an incident, oldest first; without what is told again later, and what nobody needed.
///
/// # Errors
/// Database errors.
pub fn of_incident(conn: &mut Connection, incident: i64) -> Result<Vec<NotificationRow>, StoreError> {
    Ok(notifications::table
        .filter(notifications::incident_id.eq(incident))
        .filter(notifications::purpose.eq(EVENT).or(notifications::status.ne(QUEUED)))
        .filter(notifications::status.ne(DROPPED).or(notifications::reason.eq("rule")))
        .order(notifications::id)
        .select(NotificationRow::as_select())
        .load(conn)?)
}

/// Rows, the newest first.
///
/// # Errors
/// Database errors.
pub fn list(
    conn: &mut Connection,
    wanted: &Wanted,
    limit: i64,
    offset: i64,
) -> Result<Vec<NotificationRow>, StoreError> {
    Ok(wanted
        .query()
        .order((notifications::created_at.desc(), notifications::id.desc()))
        .limit(limit)
        .offset(offset)
        .select(NotificationRow::as_select())
        .load(conn)?)
}

/// How many rows there are.
///
/// # Errors
/// Database errors.
pub fn count(conn: &mut Connection, wanted: &Wanted) -> Result<i64, StoreError> {
    Ok(wanted.query().count().get_result(conn)?)
}

/// A row by its id.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, id: i64) -> Result<NotificationRow, StoreError> {
    Ok(notifications::table.find(id).select(NotificationRow::as_select()).first(conn)?)
}

/// Queues a row once more, to be sent at once.
///
/// # Errors
/// Database errors.
pub fn send_again(
    conn: &mut Connection,
    row: i64,
    channel_name: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    type Same = (Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, LossyText);
    let (channel, server, run, incident, problem, kind): Same = notifications::table
        .find(row)
        .select((
            notifications::channel_id,
            notifications::server_id,
            notifications::backup_id,
            notifications::incident_id,
            notifications::problem_id,
            notifications::kind,
        ))
        .first(conn)?;
    let kind: String = kind.into();
    diesel::insert_or_ignore_into(notifications::table)
        .values((
            notifications::channel_id.eq(channel),
            notifications::channel_name.eq(channel_name),
            notifications::server_id.eq(server),
            notifications::backup_id.eq(run),
            notifications::incident_id.eq(incident),
            notifications::problem_id.eq(problem),
            notifications::kind.eq(kind),
            notifications::status.eq(QUEUED),
            notifications::dedupe_key.eq(format!("again {row} {now}")),
            notifications::next_attempt_at.eq(now.to_string()),
            notifications::created_at.eq(now.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}
