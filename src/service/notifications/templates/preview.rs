//! What a text becomes: with the newest incidents of its topic or the first digest, or with made-up ones.

use super::{Story, Values, as_shown};
use crate::{
    db::{
        Connection, StoreError,
        tables::noticing::incidents::{self, IncidentRow, Wanted},
    },
    dto::{
        incidents::IncidentFilter,
        template::{TemplateForm, TemplatePreview, TemplateQuery, TemplateTopic},
    },
    noticing::state::Problem,
    notify::{About, Item, Message},
    service::notifications::digests,
    time::Timestamp,
    topic::Topic,
    verdict::Verdict,
    zone::Zone,
};

/// Jobs that a preview lists.
const SEVERAL: i64 = 3;

/// A text with the values of what happened.
pub(super) fn preview(
    conn: &mut Connection,
    query: &TemplateQuery,
    form: &TemplateForm,
    zone: &Zone,
    (now, address): (Timestamp, Option<&str>),
) -> Result<TemplatePreview, StoreError> {
    let (values, about, of) = match query.topic {
        TemplateTopic::Job(topic) => {
            let found = newest(conn, topic)?;
            let is_real = found.is_some();
            let story = match found {
                Some(incident) => Story::of(conn, incident, (topic, false), zone)?,
                None => made_up(topic, "photos", zone, now),
            };
            let of = is_real.then(|| name(&story.item));
            (Values::of(conn, &story, zone, (now, address))?, About::Jobs, of)
        }
        TemplateTopic::List => {
            let (items, is_real) = several(conn, zone, now)?;
            let of = is_real.then(|| items.iter().map(name).collect::<Vec<_>>().join(", "));
            let address = address.map(str::to_owned);
            let message =
                Message { id: 1, items, more: 0, address, may_be_repeated: false, mute: None, written: None };
            (Values::of_list(&message), About::Jobs, of)
        }
        TemplateTopic::Digest => {
            let (summary, is_real) = digests::example(conn, zone, now)?;
            let of = is_real.then(|| summary.name.clone());
            (Values::of_digest(&summary, address), summary.written.about, of)
        }
    };
    Ok(as_shown(values.fill(&form.title, &form.body, about), of))
}

fn name(item: &Item) -> String {
    format!("{} / {}", item.server, item.job)
}

/// What a message would list of the incidents that are open now. Fewer than two are no list: then they are made up.
fn several(conn: &mut Connection, zone: &Zone, now: Timestamp) -> Result<(Vec<Item>, bool), StoreError> {
    let wanted = Wanted { filter: Some(IncidentFilter::Open), ..Wanted::default() };
    let rows = incidents::list(conn, wanted, SEVERAL, 0)?;
    if rows.len() < 2 {
        let all = [(Topic::Failed, "photos"), (Topic::Late, "mail")];
        return Ok((all.map(|(topic, job)| made_up(topic, job, zone, now).item).to_vec(), false));
    }
    let mut items = Vec::new();
    for row in rows {
        let topic = Topic::from(row.problem.parse().unwrap_or(Problem::Check));
        items.push(Story::of(conn, row, (topic, false), zone)?.item);
    }
    items.sort_by_key(|item| std::cmp::Reverse(item.topic));
    Ok((items, true))
}

/// The newest incident that a message of a topic would be about now.
fn newest(conn: &mut Connection, topic: Topic) -> Result<Option<IncidentRow>, StoreError> {
    let worst = match topic {
        Topic::Recovered | Topic::System => None,
        Topic::Check | Topic::Quota | Topic::NewWarning => Some(Verdict::Check),
        Topic::Late | Topic::Silent => Some(Verdict::Late),
        Topic::Failed => Some(Verdict::Failed),
        Topic::Stuck => Some(Verdict::Stuck),
    };
    let filters = match topic {
        Topic::Recovered => &[IncidentFilter::Closed][..],
        _ => &[IncidentFilter::Open, IncidentFilter::Acknowledged],
    };
    for filter in filters {
        let wanted = Wanted { filter: Some(*filter), worst, ..Wanted::default() };
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
fn made_up(topic: Topic, job: &str, zone: &Zone, now: Timestamp) -> Story {
    let (server, job) = ("nas".to_owned(), job.to_owned());
    let since = now.plus(-3 * 3600);
    let at = |time: Timestamp| zone.moment(time).zoned();
    let what = match topic {
        Topic::Recovered => {
            format!("The job is good again. It was failing for 3 h, from {} to {}.", at(since), at(now))
        }
        Topic::Check | Topic::Quota | Topic::NewWarning => {
            "The source shrank from 48,210 to 12 files.".to_owned()
        }
        Topic::Late | Topic::Silent => {
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
