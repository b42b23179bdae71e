//! The incidents of a report.

use std::{cmp::Reverse, collections::HashMap};

use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::{self, JobRecord},
            noticing::incidents::IncidentRow,
            reports,
        },
    },
    dto::report::ReportedIncident,
    ids::{GroupId, JobId},
    noticing::state::Problem,
    notify,
    service::rows::moment,
    time::Timestamp,
    topic::Topic,
    zone::Zone,
};

/// Incidents that a report lists.
const LISTED: usize = 100;

/// What is open, worst first, and how much there is.
pub(super) fn open(
    conn: &mut Connection,
    zone: &Zone,
    group: Option<GroupId>,
) -> Result<(Vec<ReportedIncident>, i64), StoreError> {
    let (mut rows, count) = reports::open(conn, group)?;
    rows.sort_by_key(|row| Reverse(topic(&row.problem)));
    rows.truncate(LISTED);
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.job_id).collect();
    let jobs: HashMap<i64, JobRecord> =
        jobs::of_ids(conn, &ids)?.into_iter().map(|job| (job.id, job)).collect();
    let why = |job: &JobRecord| {
        let wrong = job.why().wrong;
        wrong.first().map(|wrong| notify::reason(wrong, job.summary.last_headline.as_deref(), zone))
    };
    let incidents = rows.into_iter().map(|row| {
        let why = row.job_id.and_then(|id| jobs.get(&id)).and_then(why);
        ReportedIncident { topic: topic(&row.problem), why, ..incident(zone, row) }
    });
    Ok((incidents.collect(), count))
}

/// What is over, and how much that is.
pub(super) fn closed(
    conn: &mut Connection,
    zone: &Zone,
    group: Option<GroupId>,
    period: (Timestamp, Timestamp),
) -> Result<(Vec<ReportedIncident>, i64), StoreError> {
    let (rows, count) = reports::closed(conn, group, period, i64::try_from(LISTED).unwrap_or(0))?;
    Ok((rows.into_iter().map(|row| incident(zone, row)).collect(), count))
}

fn topic(problem: &str) -> Topic {
    Topic::from(problem.parse().unwrap_or(Problem::Check))
}

fn incident(zone: &Zone, row: IncidentRow) -> ReportedIncident {
    ReportedIncident {
        server: row.server_name,
        job: row.job_name,
        id: row.job_id.map(JobId),
        topic: topic(&row.worst),
        since: zone.moment(row.since.parse().unwrap_or_default()),
        until: moment(zone, row.closed_at.as_deref()),
        has_recovered: row.closed_why.as_deref() == Some("good"),
        why: None,
        acknowledged: row.acknowledged_by,
    }
}
