//! Channels and what was told, as pages show them.

use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            channels::{self, ChannelRow as Row},
            noticing::incidents,
            notifications::history::{self, NotificationRow as Told},
        },
    },
    dto::{
        Paging,
        channel::{ChannelRow, ChannelsPage, NotificationRow},
    },
    error::Error,
    ids::ChannelId,
    service::{Actor, Services, rows::moment},
    topic::Topic,
    zone::Zone,
};

/// Rows on a page.
const PAGE: i64 = 25;

/// The channels, and a page of what was told.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; when the database refuses.
pub async fn list(services: &Services, actor: &Actor, page: i64) -> Result<ChannelsPage, Error> {
    actor.may(Permission::ViewSettings)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let has_links = services.options.public_url.is_some();
    Ok(services
        .db
        .read(move |conn| {
            let rows = channels::all(conn)?.into_iter().map(|row| channel(&zone, row)).collect();
            let paging = Paging::new(page, PAGE, history::count(conn)?);
            let mut notifications = Vec::new();
            for told in history::newest(conn, PAGE, paging.offset())? {
                notifications.push(notification(conn, &zone, told)?);
            }
            Ok(ChannelsPage { now: zone.moment(now), channels: rows, notifications, paging, has_links })
        })
        .await?)
}

fn channel(zone: &Zone, row: Row) -> ChannelRow {
    let config = row.config();
    ChannelRow {
        id: ChannelId(row.id),
        kind: config.as_ref().map_or_else(String::new, |config| config.kind().to_owned()),
        target: config.map_or_else(String::new, |config| config.target()),
        topics: row.topics(),
        name: row.name,
        is_enabled: row.is_enabled,
        delay: row.delay,
        allows_private: row.allows_private,
        delivered: moment(zone, row.delivered_at.as_deref()),
        failing_since: moment(zone, row.failing_since.as_deref()),
        failure: row.failure,
    }
}

fn notification(conn: &mut Connection, zone: &Zone, row: Told) -> Result<NotificationRow, StoreError> {
    let incident = match row.incident_id {
        Some(id) => incidents::find(conn, id)?,
        None => None,
    };
    Ok(NotificationRow {
        id: row.id,
        channel: row.channel_name.unwrap_or_default(),
        topic: Topic::from_word(&row.kind),
        subject: incident.map_or_else(String::new, |it| format!("{} / {}", it.server_name, it.job_name)),
        incident: row.incident_id,
        status: row.status,
        created: zone.moment(row.created_at.parse().unwrap_or_default()),
        sent: moment(zone, row.sent_at.as_deref()),
        next_attempt: moment(zone, row.next_attempt_at.as_deref()),
        attempts: row.attempts,
        answer: row.answer,
    })
}
