//! What is recorded: notifications, rejected reports and the audit log.

use std::collections::BTreeMap;

use duplistatus::{
    dto::{audit::AuditRow, rejected::RejectedRow},
    ids::{ChannelId, ServerId},
    service::programs::lists::records::{self, AuditFilterBy, NotificationFilter},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{List, Page, PageParams},
    params::{Answer, Context, Params},
    words::{NotificationStatus, Time, Topic, time},
};

/// A message to a channel: sent, waiting, failed, or not needed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notification {
    /// Its id.
    id: i64,
    /// Id of the channel, unless it was deleted.
    channel: Option<i64>,
    /// The name that the channel had.
    channel_name: Option<String>,
    /// A topic, `digest` or `test`.
    topic: String,
    /// Id of the incident.
    incident: Option<i64>,
    /// `event`, `reminder` or `escalation`.
    purpose: String,
    /// `queued`, `sent`, `failed` or `dropped`.
    status: String,
    /// Why it was not sent, or what it waits for.
    reason: Option<String>,
    /// What the service of the channel answered.
    answer: Option<String>,
    /// Number of attempts.
    attempts: i64,
    /// When it is tried again.
    next_attempt: Option<Time>,
    /// When it was sent.
    sent: Option<Time>,
    /// When it was created.
    created: Option<Time>,
}

/// Reports that were rejected for the same reason from the same address.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedReport {
    /// Its id.
    id: i64,
    /// When the first one came.
    first_seen: Time,
    /// When the last one came.
    last_seen: Time,
    /// How many came.
    count: i64,
    /// The HTTP status that they were answered.
    http_status: i64,
    /// Why they were rejected.
    reason: String,
    /// The field that was wrong.
    field: Option<String>,
    /// What to do.
    hint: String,
    /// The machine that the last one names.
    machine: Option<String>,
    /// The job that the last one names.
    job: Option<String>,
    /// The address that sent them.
    address: String,
    /// Bytes of the last one.
    size: i64,
    /// The start of the last one. Secrets are masked.
    sample: String,
}

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    id: i64,
    /// When.
    at: Time,
    /// What kind of actor it was, such as `user` or `command`.
    actor_kind: String,
    /// Who.
    actor: String,
    /// The address of the request.
    address: Option<String>,
    /// What was done, such as `user.create`.
    action: String,
    /// The kind of the target.
    target_kind: Option<String>,
    /// Id of the target.
    target_id: Option<i64>,
    /// Name of the target.
    target: Option<String>,
    /// Whether it succeeded.
    success: bool,
    /// What it was before.
    before: BTreeMap<String, String>,
    /// What it is since.
    after: BTreeMap<String, String>,
}

impl From<records::Notification> for Notification {
    fn from(told: records::Notification) -> Self {
        Self {
            id: told.id,
            channel: told.channel.map(|id| id.0),
            channel_name: told.channel_name,
            topic: told.topic,
            incident: told.incident,
            purpose: told.purpose,
            status: told.status,
            reason: told.reason,
            answer: told.answer,
            attempts: told.attempts,
            next_attempt: time(told.next_attempt),
            sent: time(told.sent),
            created: time(told.created),
        }
    }
}

impl From<RejectedRow> for RejectedReport {
    fn from(row: RejectedRow) -> Self {
        Self {
            id: row.id,
            first_seen: row.first.into(),
            last_seen: row.last.into(),
            count: row.count,
            http_status: row.http_status,
            reason: row.reason,
            field: row.field,
            hint: row.hint,
            machine: row.machine,
            job: row.job,
            address: row.source,
            size: row.size,
            sample: row.sample,
        }
    }
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id,
            at: row.at.into(),
            actor_kind: row.actor_kind,
            actor: row.actor,
            address: row.address,
            action: row.action,
            target_kind: row.target_kind,
            target_id: row.target_id,
            target: row.target,
            success: row.success,
            before: row.before.into_iter().collect(),
            after: row.after.into_iter().collect(),
        }
    }
}

/// Filters of notifications.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NotificationsFilter {
    /// Id of the channel.
    channel: Option<i64>,
    /// Whether it waits, was sent, failed or was not needed.
    status: Option<NotificationStatus>,
    /// What it is about.
    topic: Option<Topic>,
    /// Id of the server.
    server: Option<i64>,
    /// Created at this time or later.
    from: Option<Time>,
    /// Created before this time.
    until: Option<Time>,
}

/// Filters of the audit log.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Name of the actor.
    actor: Option<String>,
    /// An action such as `user.create`, or `user.` for all of them.
    action: Option<String>,
    /// Whether it succeeded.
    success: Option<bool>,
    /// At this time or later.
    from: Option<Time>,
    /// Before this time.
    until: Option<Time>,
    /// What the actor, the target or the address contains.
    text: Option<String>,
}

/// Lists notifications, newest first.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "notifications",
    params(NotificationsFilter, PageParams), responses((status = 200, body = List<Notification>)))]
pub async fn notifications(
    Context(services, actor): Context,
    page: Page,
    Params(filter): Params<NotificationsFilter>,
) -> Answer {
    let NotificationsFilter { channel, status, topic, server, from, until } = filter;
    let filter = NotificationFilter {
        channel: channel.map(ChannelId),
        status: status.map(|status| status.0.as_str().to_owned()),
        topic: topic.map(|topic| topic.0),
        server: server.map(ServerId),
        from: from.map(|at| at.0),
        until: until.map(|at| at.0),
    };
    let listed = records::notifications(&services, &actor, filter, page.part()?).await?;
    page.answer(listed.map(Notification::from))
}

/// Lists rejected reports, those that were seen last first.
#[utoipa::path(get, path = "/api/v1/rejected", tag = "reports", params(PageParams),
    responses((status = 200, body = List<RejectedReport>)))]
pub async fn rejected(Context(services, actor): Context, page: Page) -> Answer {
    let listed = records::rejected_reports(&services, &actor, page.part()?).await?;
    page.answer(listed.map(RejectedReport::from))
}

/// Lists the audit log, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(AuditFilter, PageParams),
    responses((status = 200, body = List<AuditEntry>)))]
pub async fn audit(
    Context(services, actor): Context,
    page: Page,
    Params(filter): Params<AuditFilter>,
) -> Answer {
    let AuditFilter { actor: by, action, success, from, until, text } = filter;
    let (from, until) = (from.map(|at| at.0), until.map(|at| at.0));
    let filter = AuditFilterBy { actor: by, action, success, from, until, text };
    let listed = records::audit_entries(&services, &actor, filter, page.part()?).await?;
    page.answer(listed.map(AuditEntry::from))
}
