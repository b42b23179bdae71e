//! Texts of messages that somebody changed.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::LossyText,
        schema::{channels, message_templates, notifications},
        tables::notifications::claim::LEASE,
    },
    dto::template::TemplateTopic,
    notify::Config,
    time::Timestamp,
};

/// A text.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = message_templates)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct TemplateRow {
    #[diesel(deserialize_as = LossyText)]
    pub topic: String,
    #[diesel(deserialize_as = LossyText)]
    pub channel_kind: String,
    #[diesel(deserialize_as = LossyText)]
    pub title: String,
    #[diesel(deserialize_as = LossyText)]
    pub body: String,
}

/// All of them.
///
/// # Errors
/// Database errors.
pub fn all(conn: &mut Connection) -> Result<Vec<TemplateRow>, StoreError> {
    Ok(message_templates::table
        .order((message_templates::topic, message_templates::channel_kind))
        .select(TemplateRow::as_select())
        .load(conn)?)
}

/// The text of a topic for exactly this kind of channel; an empty one stands for all.
///
/// # Errors
/// Database errors.
pub fn find(
    conn: &mut Connection,
    topic: TemplateTopic,
    kind: &str,
) -> Result<Option<TemplateRow>, StoreError> {
    Ok(message_templates::table
        .filter(message_templates::topic.eq(topic.as_str()))
        .filter(message_templates::channel_kind.eq(kind))
        .select(TemplateRow::as_select())
        .first(conn)
        .optional()?)
}

/// The text that counts for a kind of channel: its own, or that of all kinds.
///
/// # Errors
/// Database errors.
pub fn for_kind(
    conn: &mut Connection,
    topic: TemplateTopic,
    kind: &str,
) -> Result<Option<TemplateRow>, StoreError> {
    match find(conn, topic, kind)? {
        Some(own) => Ok(Some(own)),
        None => find(conn, topic, ""),
    }
}

/// The kind of the channel to which a message goes, and when the message was taken.
///
/// # Errors
/// Database errors.
pub fn receiver_of(
    conn: &mut Connection,
    message: i64,
) -> Result<Option<(&'static str, Timestamp)>, StoreError> {
    let row: Option<(LossyText, Option<String>)> = notifications::table
        .inner_join(channels::table)
        .filter(notifications::message_id.eq(message))
        .select((channels::config, notifications::leased_until))
        .first(conn)
        .optional()?;
    let Some((config, lease)) = row else { return Ok(None) };
    let config: Option<Config> = serde_json::from_str(config.as_str()).ok();
    let taken = lease.and_then(|at| at.parse::<Timestamp>().ok()).map(|at| at.plus(-LEASE));
    Ok(config.map(|config| config.kind()).zip(taken))
}

/// Stores a text, in the place of the one that there was.
///
/// # Errors
/// Database errors.
pub fn set(conn: &mut Connection, row: &TemplateRow, by: &str, now: Timestamp) -> Result<(), StoreError> {
    let changed = (
        message_templates::title.eq(&row.title),
        message_templates::body.eq(&row.body),
        message_templates::changed_by.eq(by),
        message_templates::changed_at.eq(now.to_string()),
    );
    diesel::insert_into(message_templates::table)
        .values((
            message_templates::topic.eq(&row.topic),
            message_templates::channel_kind.eq(&row.channel_kind),
            changed.clone(),
        ))
        .on_conflict((message_templates::topic, message_templates::channel_kind))
        .do_update()
        .set(changed)
        .execute(conn)?;
    Ok(())
}

/// Forgets a text: it is again that of all kinds, or that of the program. Returns whether there was one.
///
/// # Errors
/// Database errors.
pub fn delete(conn: &mut Connection, topic: TemplateTopic, kind: &str) -> Result<bool, StoreError> {
    let row = message_templates::table
        .filter(message_templates::topic.eq(topic.as_str()))
        .filter(message_templates::channel_kind.eq(kind));
    Ok(diesel::delete(row).execute(conn)? > 0)
}
