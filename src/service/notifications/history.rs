//! Channels and what was told, as pages show them.

use super::{drafts, imported};
use crate::{
    access::Permission,
    crypto::qr::qr_svg_path,
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
        channel::{ChannelRow, ChannelsPage, NotificationRow, PhoneLink},
    },
    error::Error,
    ids::ChannelId,
    notify::{Config, phone_link},
    service::{Actor, Services, rows::moment},
    topic::Topic,
    zone::Zone,
};

/// Rows on a page.
const PAGE: i64 = 25;

/// The channels, and a page of what was told; with `draft` also what the actor entered last and could not be stored.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; when the database refuses.
pub async fn list(services: &Services, actor: &Actor, page: i64, draft: bool) -> Result<ChannelsPage, Error> {
    actor.may(Permission::ViewSettings)?;
    let draft = if draft { drafts::find(services, actor) } else { None };
    let imported = imported::list(services).await?;
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
            Ok(ChannelsPage {
                now: zone.moment(now),
                channels: rows,
                notifications,
                paging,
                has_links,
                draft,
                imported,
            })
        })
        .await?)
}

fn channel(zone: &Zone, row: Row) -> ChannelRow {
    let config = row.config();
    ChannelRow {
        id: ChannelId(row.id),
        kind: config.as_ref().map_or_else(String::new, |config| config.kind().to_owned()),
        target: config.as_ref().map_or_else(String::new, Config::target),
        topics: row.topics(),
        name: row.name,
        is_enabled: row.is_enabled,
        delay: row.delay,
        allows_private: row.allows_private,
        delivered: moment(zone, row.delivered_at.as_deref()),
        failing_since: moment(zone, row.failing_since.as_deref()),
        failure: row.failure,
        tested: row.tested,
        phone: config.as_ref().and_then(phone),
        form: config.map(|config| config.form()).unwrap_or_default(),
    }
}

/// How a phone subscribes to the topic of an ntfy server.
fn phone(config: &Config) -> Option<PhoneLink> {
    let Config::Ntfy { server, topic, .. } = config else { return None };
    let url = phone_link(server, topic);
    let code = qr_svg_path(&url).ok()?;
    Some(PhoneLink { url, qr_size: code.size, qr_path: code.path })
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
