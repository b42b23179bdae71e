//! What a text becomes: with the newest incident of its topic, or with a made-up one.

use super::{Story, Values, as_shown};
use crate::{
    db::{
        Connection, StoreError,
        tables::noticing::incidents::{self, IncidentRow, Wanted},
    },
    dto::{
        incidents::IncidentFilter,
        template::{TemplateForm, TemplatePreview, TemplateQuery},
    },
    notify::Item,
    time::Timestamp,
    topic::Topic,
    verdict::Verdict,
    zone::Zone,
};

/// A text with the values of an incident.
pub(super) fn preview(
    conn: &mut Connection,
    query: &TemplateQuery,
    form: &TemplateForm,
    zone: &Zone,
    (now, address): (Timestamp, Option<&str>),
) -> Result<TemplatePreview, StoreError> {
    let found = newest(conn, query.topic)?;
    let is_real = found.is_some();
    let story = match found {
        Some(incident) => Story::of(conn, incident, (query.topic, false), zone)?,
        None => made_up(query.topic, zone, now),
    };
    let values = Values::of(conn, &story, zone, (now, address))?;
    Ok(as_shown(values.fill(&form.title, &form.body), &story, is_real))
}

/// The newest incident that a message of a topic would be about now.
fn newest(conn: &mut Connection, topic: Topic) -> Result<Option<IncidentRow>, StoreError> {
    let worst = match topic {
        Topic::Recovered | Topic::System => None,
        Topic::Check => Some(Verdict::Check),
        Topic::Late => Some(Verdict::Late),
        Topic::Failed => Some(Verdict::Failed),
        Topic::Stuck => Some(Verdict::Stuck),
    };
    let filters = match topic {
        Topic::Recovered => &[IncidentFilter::Closed][..],
        _ => &[IncidentFilter::Open, IncidentFilter::Acknowledged],
    };
    for filter in filters {
        let wanted = Wanted { filter: *filter, worst, ..Wanted::default() };
        let rows = incidents::list(conn, wanted, 20, 0)?;
        let is_it =
            |row: &IncidentRow| topic != Topic::Recovered || row.closed_why.as_deref() == Some("good");
        if let Some(row) = rows.into_iter().find(is_it) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// An incident that never was.
fn made_up(topic: Topic, zone: &Zone, now: Timestamp) -> Story {
    let (server, job) = ("nas".to_owned(), "photos".to_owned());
    let since = now.plus(-3 * 3600);
    let at = |time: Timestamp| zone.moment(time).zoned();
    let what = match topic {
        Topic::Recovered => {
            format!("The job is good again. It was failing for 3 h, from {} to {}.", at(since), at(now))
        }
        Topic::Check => "The source shrank from 48,210 to 12 files.".to_owned(),
        Topic::Late => {
            format!(
                "A good run was expected about {}. It has been overdue since {}.",
                at(since.plus(-7200)),
                at(since)
            )
        }
        Topic::Failed => format!("The run of {} failed. The destination is full.", at(since)),
        Topic::Stuck | Topic::System => format!("The run started at {} and did not finish.", at(since)),
    };
    let mut facts = vec![what];
    if matches!(topic, Topic::Check | Topic::Failed | Topic::Stuck) {
        facts.push(format!("Since {}.", at(since)));
    }
    let item = Item {
        topic,
        is_reminder: false,
        server: server.clone(),
        job: job.clone(),
        facts,
        incident: None,
        path: "/incidents".to_owned(),
    };
    let problem = "failed".to_owned();
    let incident = IncidentRow {
        id: 0,
        job_id: None,
        server_id: None,
        server_name: server,
        job_name: job,
        opened_at: since.to_string(),
        since: since.to_string(),
        problem: problem.clone(),
        worst: problem,
        silence_told: false,
        checks: "[]".to_owned(),
        acknowledged_by: None,
        snoozed_until: None,
        closed_at: None,
        closed_why: None,
    };
    Story { item, incident, job: None }
}
