//! What there is to tell about an incident: what happened, since when, what was expected, the first error.

use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::{self, JobRecord},
            noticing::{incidents::IncidentRow, silent_server},
        },
    },
    ids::JobId,
    noticing::state::Problem,
    notify::{Item, reason},
    time::Timestamp,
    topic::Topic,
    units::span,
    zone::Zone,
};

/// An incident, as it is told.
pub(super) struct Story {
    /// What a message lists of it.
    pub item: Item,
    /// The incident.
    pub incident: IncidentRow,
    /// Its job, unless that was deleted.
    pub job: Option<JobRecord>,
}

impl Story {
    /// An incident as things stand now. `told` says what happened, and whether it was told before.
    pub(super) fn of(
        conn: &mut Connection,
        incident: IncidentRow,
        (topic, is_reminder): (Topic, bool),
        zone: &Zone,
    ) -> Result<Self, StoreError> {
        let job = match incident.job_id {
            Some(job) => Some(jobs::find(conn, JobId(job))?),
            None => None,
        };
        let mut facts = facts(&incident, job.as_ref(), zone);
        if topic == Topic::Silent
            && let Some(count) = silent_server::overdue_jobs(conn, &incident)?
        {
            facts.insert(0, format!("All {count} jobs of {} are overdue.", incident.server_name));
        }
        let path =
            incident.job_id.map_or_else(|| "/incidents".to_owned(), |job| format!("/incidents?job={job}"));
        let (server, name) = (incident.server_name.clone(), incident.job_name.clone());
        let id = Some(incident.id);
        let item = Item { topic, is_reminder, server, job: name, facts, incident: id, path };
        Ok(Self { item, incident, job })
    }

    /// Since when something is wrong.
    pub(super) fn since(&self) -> Timestamp {
        time(&self.incident.since)
    }
}

fn facts(incident: &IncidentRow, job: Option<&JobRecord>, zone: &Zone) -> Vec<String> {
    let at = |time: Timestamp| zone.moment(time).zoned();
    let since = time(&incident.since);
    let last_good = job.and_then(|job| job.summary.last_success_at.as_deref()).map(time);
    if let Some(closed) = incident.closed_at.as_deref().map(time) {
        let was = match incident.worst.parse().unwrap_or(Problem::Check) {
            Problem::Check => "needed attention",
            Problem::Stale => "was silent",
            Problem::Late => "was overdue",
            Problem::Failed => "was failing",
            Problem::Stuck => "was stuck",
        };
        let lasted = span(closed.since(since));
        let is_good = incident.closed_why.as_deref() == Some("good");
        let begin = if is_good { "The job is good again." } else { "The incident was closed." };
        let ended = format!("{begin} It {was} for {lasted}, from {} to {}.", at(since), at(closed));
        let good = last_good.map(|good| format!("The last good run began at {}.", at(good)));
        return [ended].into_iter().chain(good).collect();
    }
    let mut facts = Vec::new();
    if let Some(job) = job {
        let headline = job.summary.last_headline.as_deref();
        facts.extend(job.why().wrong.iter().map(|wrong| reason(wrong, headline, zone)));
        if job.summary.failures > 1 {
            facts.push(format!("{} runs in a row have failed.", job.summary.failures));
        }
    }
    let since = at(since);
    if !facts.iter().any(|fact| fact.contains(&since)) {
        facts.push(format!("Since {since}."));
    }
    if job.is_some() {
        facts.push(match last_good {
            Some(good) => format!("The last good run began at {}.", at(good)),
            None => "There was no good run yet.".to_owned(),
        });
    }
    facts
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap_or_default()
}
