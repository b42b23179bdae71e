//! What is recorded: notifications, the audit log, rejected reports; and ingest keys.

use super::{Listed, Part, Position};
use crate::{
    access::Permission,
    db::tables::{
        audit::{self as audit_log, AuditFilter},
        id_lists,
        notifications::history::{self, NotificationRow, Wanted},
        rejected_reports, servers,
    },
    dto::{audit::AuditRow, key::KeyRow, rejected::RejectedRow},
    error::Error,
    ids::{ChannelId, ServerId},
    service::{Actor, Services, audit, ingest::rejected, ingest_keys},
    time::Timestamp,
    topic::Topic,
};

/// Which notifications are wanted; what is not said narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotificationFilter {
    /// Of this channel.
    pub channel: Option<ChannelId>,
    /// With this status.
    pub status: Option<String>,
    /// About this topic.
    pub topic: Option<Topic>,
    /// Of this server.
    pub server: Option<ServerId>,
    /// Created at this time or later.
    pub from: Option<Timestamp>,
    /// Created before this time.
    pub until: Option<Timestamp>,
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: i64,
    /// Its channel, unless that was deleted.
    pub channel: Option<ChannelId>,
    /// The name that the channel had.
    pub channel_name: Option<String>,
    /// The word of its topic, or `digest` or `test`.
    pub topic: String,
    /// The incident that it is about.
    pub incident: Option<i64>,
    /// `event`, `reminder` or `escalation`.
    pub purpose: String,
    /// `queued`, `sent`, `failed` or `dropped`.
    pub status: String,
    /// Why it was not sent, or what it waits for.
    pub reason: Option<String>,
    /// What the service of the channel answered.
    pub answer: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_attempt: Option<Timestamp>,
    /// When it was sent.
    pub sent: Option<Timestamp>,
    /// When it was created.
    pub created: Option<Timestamp>,
}

/// Which entries of the audit log are wanted; what is not said narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilterBy {
    /// Name of the actor.
    pub actor: Option<String>,
    /// The action, or the start of actions with a dot at its end.
    pub action: Option<String>,
    /// Those that succeeded, or those that failed.
    pub success: Option<bool>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// What actor, target or address contain.
    pub text: Option<String>,
}

/// A part of the notifications, newest first.
///
/// # Errors
/// When the actor may not view settings; database errors.
pub async fn notifications(
    services: &Services,
    actor: &Actor,
    filter: NotificationFilter,
    part: Part,
) -> Result<Listed<Notification>, Error> {
    actor.may(Permission::ViewSettings)?;
    let NotificationFilter { channel, status, topic, server, from, until } = filter;
    let wanted =
        Wanted { channel, status, topic, server, from, to: until, is_past: false, before: part.before() };
    let rows = services.db.read(move |conn| history::list(conn, &wanted, part.read(), 0)).await?;
    let listed = Listed::of(part, rows, |row| Position { at: row.created_at.parse().ok(), id: row.id });
    Ok(listed.map(notification))
}

fn notification(row: NotificationRow) -> Notification {
    let at = |text: Option<String>| text.and_then(|text| text.parse().ok());
    Notification {
        id: row.id,
        channel: row.channel_id.map(ChannelId),
        channel_name: row.channel_name,
        topic: row.kind,
        incident: row.incident_id,
        purpose: row.purpose,
        status: row.status,
        reason: row.reason,
        answer: row.answer,
        attempts: row.attempts,
        next_attempt: at(row.next_attempt_at),
        sent: at(row.sent_at),
        created: at(Some(row.created_at)),
    }
}

/// A part of the audit log, newest first.
///
/// # Errors
/// When the actor may not view the audit log; database errors.
pub async fn audit_entries(
    services: &Services,
    actor: &Actor,
    filter: AuditFilterBy,
    part: Part,
) -> Result<Listed<AuditRow>, Error> {
    actor.may(Permission::ViewAudit)?;
    let zone = services.zone.clone();
    let AuditFilterBy { actor, action, success, from, until, text } = filter;
    let wanted = AuditFilter { actor, action, success, from, to: until, text, before: part.before() };
    let rows = services.db.read(move |conn| audit_log::list(conn, &wanted, part.read(), 0)).await?;
    let listed = Listed::of(part, rows, |(id, row)| Position { at: row.at.parse().ok(), id: *id });
    Ok(listed.map(|(id, row)| audit::row(&zone, id, row)))
}

/// A part of the rejected reports, those that were seen last first.
///
/// # Errors
/// When the actor may not view rejected reports; database errors.
pub async fn rejected_reports(
    services: &Services,
    actor: &Actor,
    part: Part,
) -> Result<Listed<RejectedRow>, Error> {
    actor.may(Permission::ViewRejected)?;
    let zone = services.zone.clone();
    let rows =
        services.db.read(move |conn| rejected_reports::list(conn, part.read(), part.skipped())).await?;
    let listed = Listed::of(part, rows, |_| part.counted());
    Ok(listed.map(|(id, row)| rejected::row(&zone, id, row)))
}

/// A part of the ingest keys, without their secrets, newest first.
///
/// # Errors
/// When the actor may not view ingest keys; database errors.
pub async fn keys(services: &Services, actor: &Actor, part: Part) -> Result<Listed<KeyRow>, Error> {
    actor.may(Permission::ViewIngestKeys)?;
    let (zone, now) = (services.zone.clone(), services.clock.now());
    Ok(services
        .db
        .read(move |conn| {
            let rows = id_lists::ingest_keys(conn, part.below(), part.read())?;
            let listed = Listed::of(part, rows, |row| Position { at: None, id: row.id });
            let of: Vec<ServerId> =
                listed.rows.iter().filter_map(|row| row.server_id).map(ServerId).collect();
            let names: Vec<(ServerId, String)> = servers::of_ids(conn, &of)?
                .into_iter()
                .map(|server| (ServerId(server.id), server.name))
                .collect();
            Ok(listed.map(|row| ingest_keys::row(&zone, now, row, &names)))
        })
        .await?)
}
