//! Channels and what was told, as pages show them.

use super::{imported, imported_rules, own_problems};
use crate::{
    access::Permission,
    crypto::qr::qr_svg_path,
    db::{
        Connection, StoreError, Tx,
        tables::{
            channels::{self, ChannelRow as Row},
            digests,
            noticing::incidents,
            notifications::{
                history::{self, NotificationRow as StoredRow, Wanted},
                outcome::TEST,
            },
            servers, system_problems,
        },
    },
    dto::{
        Paging,
        channel::{ChannelForm, ChannelRow, ChannelsPage, NotificationRow, PhoneLink},
        incidents::TimelineEntry,
        notification_history::{HistoryPage, HistoryQuery, HistoryRow, STATUSES},
    },
    error::Error,
    ids::{ChannelId, DigestId, ServerId},
    notify::{Config, phone_link},
    service::{
        Actor, Services, audit,
        audit::Entry,
        rows::{missing_is_not_found, moment},
    },
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
    let imported = imported::list(services).await?;
    let imported_rules = imported_rules::preview(services).await?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let has_links = services.options.public_url.is_some();
    Ok(services
        .db
        .read(move |conn| {
            let rows = channels::all(conn)?.into_iter().map(|row| channel(&zone, row)).collect();
            let every = Wanted { is_past: true, ..Wanted::default() };
            let paging = Paging::new(page, PAGE, history::count(conn, &every)?);
            let mut notifications = Vec::new();
            for told in history::list(conn, &every, PAGE, paging.offset())? {
                notifications.push(notification(conn, &zone, told)?);
            }
            Ok(ChannelsPage {
                now: zone.moment(now),
                channels: rows,
                notifications,
                paging,
                has_links,
                imported,
                imported_rules,
            })
        })
        .await?)
}

/// All channels, without their secrets.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; when the database refuses.
pub async fn all_channels(services: &Services, actor: &Actor) -> Result<Vec<ChannelRow>, Error> {
    actor.may(Permission::ViewSettings)?;
    let rows = services.db.read(channels::all).await?;
    Ok(rows.into_iter().map(|row| channel(&services.zone, row)).collect())
}

fn channel(zone: &Zone, row: Row) -> ChannelRow {
    let config = row.config();
    let combine = row.combine().as_str().to_owned();
    let combine_minutes = (row.combine_seconds / 60).to_string();
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
        form: ChannelForm {
            combine,
            combine_minutes,
            ..config.map(|config| config.form()).unwrap_or_default()
        },
    }
}

/// How a phone subscribes to the topic of an ntfy server.
fn phone(config: &Config) -> Option<PhoneLink> {
    let Config::Ntfy { server, topic, .. } = config else { return None };
    let url = phone_link(server, topic);
    let code = qr_svg_path(&url).ok()?;
    Some(PhoneLink { url, qr_size: code.size, qr_path: code.path })
}

fn notification(conn: &mut Connection, zone: &Zone, row: StoredRow) -> Result<NotificationRow, StoreError> {
    let (is_digest, is_test) = (row.kind == digests::KIND, row.kind == TEST);
    let subject = subject(conn, &row)?;
    Ok(NotificationRow {
        id: row.id,
        channel: row.channel_name.unwrap_or_default(),
        topic: Topic::from_word(&row.kind),
        subject,
        is_digest,
        is_test,
        incident: row.incident_id,
        status: row.status,
        created: zone.moment(row.created_at.parse().unwrap_or_default()),
        sent: moment(zone, row.sent_at.as_deref()),
        next_attempt: moment(zone, row.next_attempt_at.as_deref()),
        attempts: row.attempts,
        answer: row.answer,
    })
}

/// What a row is about, in words; empty when that was deleted.
fn subject(conn: &mut Connection, row: &StoredRow) -> Result<String, StoreError> {
    if let Some(id) = row.incident_id {
        let incident = incidents::find(conn, id)?;
        return Ok(incident.map_or_else(String::new, |it| format!("{} / {}", it.server_name, it.job_name)));
    }
    if let Some(id) = row.problem_id {
        let problem = system_problems::find(conn, id)?;
        return Ok(problem.map_or_else(String::new, |it| format!("{} / {}", own_problems::NAME, it.name)));
    }
    match row.digest_id {
        Some(id) => Ok(digests::find(conn, DigestId(id))?.name),
        None => Ok(String::new()),
    }
}

/// A page of all notifications.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; when the database refuses.
pub async fn all(services: &Services, actor: &Actor, query: HistoryQuery) -> Result<HistoryPage, Error> {
    actor.may(Permission::ViewSettings)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    Ok(services
        .db
        .read(move |conn| {
            let channels = channels::receivers(conn)?;
            let HistoryQuery { channel, status, topic, server, from, to, page } = query;
            let status = Some(status).filter(|status| STATUSES.contains(&status.as_str()));
            let server = match server.trim() {
                "" => None,
                // A name that nothing has finds nothing.
                name => Some(servers::find_shown(conn, name)?.unwrap_or(ServerId(0))),
            };
            let (from, to) = (from.map(|day| zone.start(day)), to.map(|day| zone.start(day.plus(1))));
            let wanted = Wanted { channel, status, topic, server, from, to, ..Wanted::default() };
            let paging = Paging::new(page, PAGE, history::count(conn, &wanted)?);
            let mut rows = Vec::new();
            for told in history::list(conn, &wanted, PAGE, paging.offset())? {
                let of = |row: &&Row| told.channel_id == Some(row.id) && row.is_enabled;
                let is_about = told.incident_id.is_some() || told.problem_id.is_some();
                let can_resend = is_about && channels.iter().any(|row| of(&row));
                let (purpose, reason) = (told.purpose.clone(), told.reason.clone());
                rows.push(HistoryRow { row: notification(conn, &zone, told)?, purpose, reason, can_resend });
            }
            let channels = channels.into_iter().map(|row| (ChannelId(row.id), row.name)).collect();
            Ok(HistoryPage { now: zone.moment(now), rows, paging, channels })
        })
        .await?)
}

/// Queues a notification once more. What it says is made from what is known of its incident now.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Invalid`] when it cannot be sent.
pub async fn resend(services: &Services, actor: &Actor, id: i64) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx: &mut Tx<'_>| {
            let row = history::find(tx.conn, id)?;
            let channel = channels::all(tx.conn)?.into_iter().find(|one| Some(one.id) == row.channel_id);
            let Some(channel) = channel
                .filter(|one| one.is_enabled && (row.incident_id.is_some() || row.problem_id.is_some()))
            else {
                let hint = "its channel is disabled or was deleted: nothing can be sent".into();
                return Ok(Err(Error::Invalid { field: "channel", hint }));
            };
            if row.status == "queued" {
                let hint = "it waits to be sent already".into();
                return Ok(Err(Error::Invalid { field: "status", hint }));
            }
            history::send_again(tx.conn, id, &channel.name, now)?;
            let entry = Entry::new("notification.resend").on("notification", id, channel.name);
            audit::record(tx, &actor, now, entry)?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)?
}

/// What was told of an incident, as entries of its timeline.
///
/// # Errors
/// Database errors.
pub fn told_of(conn: &mut Connection, zone: &Zone, incident: i64) -> Result<Vec<TimelineEntry>, StoreError> {
    let rows = history::of_incident(conn, incident)?.into_iter().map(|row| {
        let event = match row.status.as_str() {
            "sent" => "told",
            "failed" => "not_told",
            "dropped" => "told_nobody",
            _ => "waits",
        };
        let at = row.sent_at.as_deref().unwrap_or(&row.created_at);
        TimelineEntry {
            at: zone.moment(at.parse().unwrap_or_default()),
            event: event.into(),
            problem: None,
            setting: None,
            check: None,
            actor: row.channel_name,
            note: row.answer.filter(|_| event == "not_told"),
            until: moment(zone, row.next_attempt_at.as_deref()),
            run: None,
        }
    });
    Ok(rows.collect())
}
