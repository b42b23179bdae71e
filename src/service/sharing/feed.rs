//! The Atom feed of incidents: one entry when an incident was opened, and one when it was closed.

use super::{open, stable_id, subject::name_of};
use crate::{
    db::tables::{noticing::incidents::IncidentRow, shared_links::SharedLinkRow, subjects},
    dto::{Moment, sharing::LinkKind},
    error::Error,
    ids::JobId,
    service::{Services, rows::missing_is_not_found, session::Caller},
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};

/// Entries of a feed.
const ENTRIES: usize = 100;

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// A UUID.
    pub id: String,
    /// The name of what it is about; empty for the site.
    pub name: String,
    /// When the newest entry was written.
    pub updated: Timestamp,
    /// The newest first.
    pub entries: Vec<FeedEntry>,
}

/// That an incident was opened or closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// A UUID, which does not change.
    pub id: String,
    /// Server and job.
    pub name: String,
    /// The job, if it still exists.
    pub job: Option<JobId>,
    /// When this happened.
    pub at: Timestamp,
    /// The state of the job at its worst.
    pub problem: Verdict,
    /// Since when, on the site's clock.
    pub since: Moment,
    /// When it was closed, for an entry that says so.
    pub closed: Option<Moment>,
}

/// The feed of a link.
///
/// # Errors
/// [`Error::NotFound`] when the token is not one of ours; [`Error::TooMany`] for an address that tries too many.
pub async fn show(services: &Services, caller: &Caller, token: &str) -> Result<Feed, Error> {
    let row = open(services, caller, LinkKind::Feed, token).await?;
    let zone = services.zone.clone();
    let load = move |conn: &mut _| {
        let most = i64::try_from(ENTRIES).unwrap_or(i64::MAX);
        let (opened, closed) = subjects::incidents(conn, row.about(), most)?;
        let opened = opened.iter().map(|incident| entry(&zone, &row, incident, false));
        let closed = closed.iter().map(|incident| entry(&zone, &row, incident, true));
        let mut entries: Vec<FeedEntry> = opened.chain(closed).collect();
        entries.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
        entries.truncate(ENTRIES);
        let created = row.created_at.parse().unwrap_or_default();
        let updated = entries.first().map_or(created, |newest| newest.at);
        Ok(Feed { id: stable_id(&row, "feed"), name: name_of(conn, row.about())?, updated, entries })
    };
    services.db.read(load).await.map_err(missing_is_not_found)
}

fn entry(zone: &Zone, row: &SharedLinkRow, incident: &IncidentRow, is_closed: bool) -> FeedEntry {
    let time = |text: &str| text.parse::<Timestamp>().unwrap_or_default();
    let closed = incident.closed_at.as_deref().filter(|_| is_closed).map(time);
    let what = if is_closed { "closed" } else { "opened" };
    FeedEntry {
        id: stable_id(row, &format!("incident {} {what}", incident.id)),
        name: format!("{} / {}", incident.server_name, incident.job_name),
        job: incident.job_id.map(JobId),
        at: closed.unwrap_or_else(|| time(&incident.opened_at)),
        problem: incident.worst.parse().unwrap_or(Verdict::Check),
        since: zone.moment(time(&incident.since)),
        closed: closed.map(|at| zone.moment(at)),
    }
}
