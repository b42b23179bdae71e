//! Channels: where problems are told.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::channels,
        tables::notifications::queue,
    },
    ids::ChannelId,
    notify::{Combine, Config, Quiet, Reminder, own::FailingChannel, routing::Recipient},
    time::Timestamp,
    topic::Topic,
};

/// A channel.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = channels)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ChannelRow {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = LossyText)]
    pub config: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub secrets: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub topics: String,
    pub is_enabled: bool,
    pub delay: i64,
    pub allows_private: bool,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub delivered_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub failing_since: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub failure: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub tested: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub quiet: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub reminder: String,
    #[diesel(deserialize_as = LossyText)]
    pub combine: String,
    pub combine_seconds: i64,
}

impl ChannelRow {
    /// Its kind and options; `None` when the row is damaged.
    pub fn config(&self) -> Option<Config> {
        serde_json::from_str(&self.config).ok()
    }

    /// Whether messages are sent to it, and not only signs of life.
    pub fn takes_messages(&self) -> bool {
        self.config().is_none_or(|config| config.takes_messages())
    }

    /// The topics that are sent to it.
    pub fn topics(&self) -> Vec<Topic> {
        serde_json::from_str(&self.topics).unwrap_or_default()
    }

    /// Its quiet hours.
    pub fn quiet(&self) -> Option<Quiet> {
        self.quiet.as_deref().and_then(|quiet| serde_json::from_str(quiet).ok())
    }

    /// Which of its messages are combined.
    pub fn combine(&self) -> Combine {
        Combine::from_word(&self.combine).unwrap_or_default()
    }

    /// It, as rules see it.
    pub fn recipient(&self) -> Recipient {
        Recipient {
            id: ChannelId(self.id),
            topics: self.topics(),
            delay: self.delay,
            reminder: Reminder::from_word(&self.reminder).unwrap_or_default(),
            quiet: self.quiet(),
            is_enabled: self.is_enabled,
            combine: self.combine(),
            window: self.combine_seconds,
        }
    }
}

/// What a person sets for a channel. `secrets` is sealed; `None` keeps what is stored.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = channels)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ChannelChange {
    pub name: String,
    pub config: String,
    pub topics: String,
    pub is_enabled: bool,
    pub delay: i64,
    pub allows_private: bool,
    pub combine: &'static str,
    pub combine_seconds: i64,
}

/// All channels, by name.
///
/// # Errors
/// Database errors.
pub fn all(conn: &mut Connection) -> Result<Vec<ChannelRow>, StoreError> {
    Ok(channels::table.order(channels::name).select(ChannelRow::as_select()).load(conn)?)
}

/// The channels that messages can be sent to, by name.
///
/// # Errors
/// Database errors.
pub fn receivers(conn: &mut Connection) -> Result<Vec<ChannelRow>, StoreError> {
    Ok(all(conn)?.into_iter().filter(ChannelRow::takes_messages).collect())
}

/// How many channels are in use.
///
/// # Errors
/// Database errors.
pub fn in_use(conn: &mut Connection) -> Result<i64, StoreError> {
    Ok(channels::table.filter(channels::is_enabled).count().get_result(conn)?)
}

/// The channels in use whose deliveries fail, by name.
///
/// # Errors
/// Database errors.
pub fn failing(conn: &mut Connection) -> Result<Vec<FailingChannel>, StoreError> {
    let failing = all(conn)?.into_iter().filter(|row| row.is_enabled);
    let failing = failing.filter_map(|row| {
        let since = row.failing_since?.parse().unwrap_or_default();
        let (id, why) = (ChannelId(row.id), row.failure.unwrap_or_default());
        Some(FailingChannel { id, name: row.name, why, since })
    });
    Ok(failing.collect())
}

/// A channel by its id.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, id: ChannelId) -> Result<ChannelRow, StoreError> {
    Ok(channels::table.find(id.0).select(ChannelRow::as_select()).first(conn)?)
}

/// Whether another channel has this name; letters count the same in either case.
///
/// # Errors
/// Database errors.
pub fn is_taken(conn: &mut Connection, name: &str, but: Option<ChannelId>) -> Result<bool, StoreError> {
    let same = all(conn)?;
    Ok(same.iter().any(|row| row.name.eq_ignore_ascii_case(name) && but.is_none_or(|id| id.0 != row.id)))
}

/// Creates a channel.
///
/// # Errors
/// Database errors.
pub fn create(
    conn: &mut Connection,
    change: ChannelChange,
    by: &str,
    now: Timestamp,
) -> Result<ChannelId, StoreError> {
    let id = diesel::insert_into(channels::table)
        .values((change, channels::created_by.eq(by), channels::created_at.eq(now.to_string())))
        .returning(channels::id)
        .get_result(conn)?;
    Ok(ChannelId(id))
}

/// Changes what is set for a channel. It counts as working until a delivery fails.
///
/// # Errors
/// Database errors.
pub fn change(conn: &mut Connection, id: ChannelId, change: ChannelChange) -> Result<(), StoreError> {
    let row = channels::table.find(id.0);
    if !change.is_enabled {
        queue::drop_of_channel(conn, id, "off")?;
    }
    diesel::update(row).set(change).execute(conn)?;
    diesel::update(row)
        .set((
            channels::failing_since.eq(None::<String>),
            channels::failure.eq(None::<String>),
            channels::tested.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets when a channel is told only what is urgent, and whether it is told again of what stays open.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn set_hours(
    conn: &mut Connection,
    id: ChannelId,
    quiet: Option<&str>,
    reminder: Reminder,
) -> Result<(), StoreError> {
    diesel::update(channels::table.find(id.0))
        .set((channels::quiet.eq(quiet), channels::reminder.eq(reminder.as_str())))
        .returning(channels::id)
        .get_result::<i64>(conn)?;
    Ok(())
}

/// Stores the sealed secrets of a channel.
///
/// # Errors
/// Database errors.
pub fn set_secrets(conn: &mut Connection, id: ChannelId, sealed: Option<&str>) -> Result<(), StoreError> {
    diesel::update(channels::table.find(id.0)).set(channels::secrets.eq(sealed)).execute(conn)?;
    Ok(())
}

/// Deletes a channel. Its history stays, with its name.
///
/// # Errors
/// Database errors.
pub fn delete(conn: &mut Connection, id: ChannelId) -> Result<(), StoreError> {
    queue::drop_of_channel(conn, id, "deleted")?;
    diesel::delete(channels::table.find(id.0)).execute(conn)?;
    Ok(())
}

/// The sealed secrets, with the ids of their channels.
///
/// # Errors
/// Database errors.
pub fn sealed(conn: &mut Connection) -> Result<Vec<(ChannelId, String)>, StoreError> {
    let rows: Vec<(i64, OptionalLossyText)> = channels::table
        .filter(channels::secrets.is_not_null())
        .select((channels::id, channels::secrets))
        .load(conn)?;
    let sealed = rows.into_iter().map(|(id, sealed)| (ChannelId(id), Option::<String>::from(sealed)));
    Ok(sealed.filter_map(|(id, sealed)| Some((id, sealed?))).collect())
}

/// Notes that a delivery worked. Returns whether those before failed.
///
/// # Errors
/// Database errors.
pub fn delivered(conn: &mut Connection, id: ChannelId, now: Timestamp) -> Result<bool, StoreError> {
    let failed = channels::table.find(id.0).filter(channels::failing_since.is_not_null());
    let has_failed = diesel::select(diesel::dsl::exists(failed)).get_result(conn)?;
    diesel::update(channels::table.find(id.0))
        .set((
            channels::delivered_at.eq(now.to_string()),
            channels::failing_since.eq(None::<String>),
            channels::failure.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(has_failed)
}

/// Notes that a delivery failed, and why. Returns whether that is new.
///
/// # Errors
/// Database errors.
pub fn failed(conn: &mut Connection, id: ChannelId, why: &str, now: Timestamp) -> Result<bool, StoreError> {
    let row = channels::table.find(id.0);
    diesel::update(row).set(channels::failure.eq(why)).execute(conn)?;
    let begun = channels::table.filter(channels::id.eq(id.0)).filter(channels::failing_since.is_null());
    let begun = diesel::update(begun).set(channels::failing_since.eq(now.to_string())).execute(conn)?;
    Ok(begun > 0)
}

/// Notes the answer to a test.
///
/// # Errors
/// Database errors.
pub fn tested(conn: &mut Connection, id: ChannelId, answer: &str) -> Result<(), StoreError> {
    diesel::update(channels::table.find(id.0)).set(channels::tested.eq(answer)).execute(conn)?;
    Ok(())
}
