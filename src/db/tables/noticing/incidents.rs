//! Incidents, with the timeline of each, as they are read.

use std::collections::{HashMap, HashSet};

use diesel::{prelude::*, sqlite::Sqlite};

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{incident_events, incidents},
    },
    dto::incidents::IncidentFilter,
    ids::{JobId, ServerId},
    noticing::{
        checks::CheckKind,
        incident::{Event, Incident},
        state::Problem,
    },
    time::Timestamp,
    verdict::Verdict,
};

/// An incident as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = incidents)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct IncidentRow {
    pub id: i64,
    pub job_id: Option<i64>,
    pub server_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub server_name: String,
    #[diesel(deserialize_as = LossyText)]
    pub job_name: String,
    #[diesel(deserialize_as = LossyText)]
    pub opened_at: String,
    #[diesel(deserialize_as = LossyText)]
    pub since: String,
    #[diesel(deserialize_as = LossyText)]
    pub problem: String,
    #[diesel(deserialize_as = LossyText)]
    pub worst: String,
    pub silence_told: bool,
    #[diesel(deserialize_as = LossyText)]
    pub checks: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub acknowledged_by: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub snoozed_until: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub closed_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub closed_why: Option<String>,
}

/// What was done about the problem of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandledRow {
    /// When the incident began.
    pub since: String,
    /// Who acknowledged it, and when.
    pub acknowledged: Option<(String, Option<String>)>,
    /// Until when it is snoozed.
    pub snoozed_until: Option<String>,
    /// When a user closed it.
    pub closed: Option<String>,
}

/// An entry of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = incident_events)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct EventRow {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub at: String,
    #[diesel(deserialize_as = LossyText)]
    pub event: String,
    #[diesel(deserialize_as = LossyText)]
    pub details: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub actor: Option<String>,
    pub run_id: Option<i64>,
}

impl EventRow {
    /// What happened; `None` when the row is damaged.
    pub fn event(&self) -> Option<Event> {
        serde_json::from_str(&self.details).ok()
    }
}

impl IncidentRow {
    /// The checks that were found while it was open.
    pub fn checks(&self) -> Vec<CheckKind> {
        serde_json::from_str(&self.checks).unwrap_or_default()
    }

    pub(super) fn incident(&self) -> Incident {
        let problem = |word: &str| word.parse().unwrap_or(Problem::Check);
        Incident {
            opened: self.opened_at.parse().unwrap_or_default(),
            since: self.since.parse().unwrap_or_default(),
            problem: problem(&self.problem),
            worst: problem(&self.worst),
            silence_told: self.silence_told,
            checks: self.checks(),
            acknowledged: self.acknowledged_by.clone(),
            snoozed_until: self.snoozed_until.as_deref().and_then(|at| at.parse().ok()),
        }
    }
}

/// Which incidents are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Open or closed ones; all where nothing is said.
    pub filter: Option<IncidentFilter>,
    /// Of one server.
    pub server: Option<ServerId>,
    /// Of one job.
    pub job: Option<JobId>,
    /// What they were about at their worst.
    pub worst: Option<Verdict>,
    /// Opened before this one: its time and its id.
    pub before: Option<(Timestamp, i64)>,
}

impl Wanted {
    fn query(self) -> incidents::BoxedQuery<'static, Sqlite> {
        let mut query = incidents::table.into_boxed();
        query = match self.filter {
            None => query,
            Some(IncidentFilter::Open) => {
                query.filter(incidents::closed_at.is_null()).filter(incidents::acknowledged_by.is_null())
            }
            Some(IncidentFilter::Acknowledged) => {
                query.filter(incidents::closed_at.is_null()).filter(incidents::acknowledged_by.is_not_null())
            }
            Some(IncidentFilter::Closed) => query.filter(incidents::closed_at.is_not_null()),
        };
        if let Some(server) = self.server {
            query = query.filter(incidents::server_id.eq(server.0));
        }
        if let Some(job) = self.job {
            query = query.filter(incidents::job_id.eq(job.0));
        }
        if let Some(worst) = self.worst {
            query = query.filter(incidents::worst.eq(worst.as_str()));
        }
        if let Some((at, id)) = self.before {
            let at = at.to_string();
            let same = incidents::opened_at.eq(at.clone()).and(incidents::id.lt(id));
            query = query
                .filter(incidents::opened_at.le(at.clone()))
                .filter(incidents::opened_at.lt(at).or(same));
        }
        query
    }
}

/// What was done about the problems of these jobs: the open incident of each or, if a user closed it, the last one.
///
/// # Errors
/// Database errors.
pub fn handled(conn: &mut Connection, jobs: &[i64]) -> Result<HashMap<i64, HandledRow>, StoreError> {
    if jobs.is_empty() {
        return Ok(HashMap::new());
    }
    let mut rows: Vec<IncidentRow> = incidents::table
        .filter(incidents::job_id.eq_any(jobs))
        // With `+`, SQLite cannot use the index of `closed_at`: it would read all open incidents if there are many ids.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("+closed_at IS NULL"))
        .select(IncidentRow::as_select())
        .load(conn)?;
    let known: HashSet<i64> = rows.iter().filter_map(|row| row.job_id).collect();
    for job in jobs.iter().filter(|job| !known.contains(job)) {
        let last = incidents::table
            .filter(incidents::job_id.eq(job))
            .order((incidents::opened_at.desc(), incidents::id.desc()))
            .select(IncidentRow::as_select())
            .first(conn)
            .optional()?;
        rows.extend(last.filter(|row: &IncidentRow| row.closed_why.as_deref() == Some("person")));
    }
    let acknowledged: Vec<i64> =
        rows.iter().filter(|row| row.acknowledged_by.is_some()).map(|row| row.id).collect();
    let times: HashMap<i64, String> = if acknowledged.is_empty() {
        HashMap::new()
    } else {
        incident_events::table
            .filter(incident_events::incident_id.eq_any(acknowledged))
            .filter(incident_events::event.eq("acknowledged"))
            .order(incident_events::id.asc())
            .select((incident_events::incident_id, incident_events::at))
            .load::<(i64, String)>(conn)?
            .into_iter()
            .collect()
    };
    let handled = rows.into_iter().filter_map(|row| {
        let at = times.get(&row.id).cloned();
        let acknowledged = row.acknowledged_by.map(|who| (who, at));
        let (snoozed_until, closed) = (row.snoozed_until, row.closed_at);
        Some((row.job_id?, HandledRow { since: row.since, acknowledged, snoozed_until, closed }))
    });
    Ok(handled.collect())
}

/// How many incidents there are.
///
/// # Errors
/// Database errors.
pub fn count(conn: &mut Connection, wanted: Wanted) -> Result<i64, StoreError> {
    Ok(wanted.query().count().get_result(conn)?)
}

/// Incidents, those that were opened last first.
///
/// # Errors
/// Database errors.
pub fn list(
    conn: &mut Connection,
    wanted: Wanted,
    limit: i64,
    offset: i64,
) -> Result<Vec<IncidentRow>, StoreError> {
    Ok(wanted
        .query()
        .order((incidents::opened_at.desc(), incidents::id.desc()))
        .limit(limit)
        .offset(offset)
        .select(IncidentRow::as_select())
        .load(conn)?)
}

/// Incidents that were opened after a time, and those that are open, the newest first.
///
/// # Errors
/// Database errors.
pub fn lately(conn: &mut Connection, since: Timestamp, limit: i64) -> Result<Vec<IncidentRow>, StoreError> {
    let open = incidents::table
        .filter(incidents::closed_at.is_null())
        .filter(incidents::opened_at.le(since.to_string()))
        .order((incidents::opened_at.desc(), incidents::id.desc()))
        .limit(limit)
        .select(IncidentRow::as_select())
        .load(conn)?;
    let mut rows: Vec<IncidentRow> = incidents::table
        .filter(incidents::opened_at.gt(since.to_string()))
        .order((incidents::opened_at.desc(), incidents::id.desc()))
        .limit(limit)
        .select(IncidentRow::as_select())
        .load(conn)?;
    rows.extend(open);
    Ok(rows)
}

/// An incident by its id.
///
/// # Errors
/// Database errors.
pub fn find(conn: &mut Connection, id: i64) -> Result<Option<IncidentRow>, StoreError> {
    Ok(incidents::table.find(id).select(IncidentRow::as_select()).first(conn).optional()?)
}

/// The timeline of an incident, oldest first.
///
/// # Errors
/// Database errors.
pub fn timeline(conn: &mut Connection, id: i64) -> Result<Vec<EventRow>, StoreError> {
    Ok(incident_events::table
        .filter(incident_events::incident_id.eq(id))
        .order(incident_events::id)
        .select(EventRow::as_select())
        .load(conn)?)
}

/// The incident of a job that is open.
pub(super) fn open_of(conn: &mut Connection, job: JobId) -> Result<Option<i64>, StoreError> {
    Ok(incidents::table
        .filter(incidents::job_id.eq(job.0))
        .filter(incidents::closed_at.is_null())
        .select(incidents::id)
        .first(conn)
        .optional()?)
}

/// An incident, if it is open.
pub(super) fn open(conn: &mut Connection, id: i64) -> Result<Option<Incident>, StoreError> {
    Ok(open_row(conn, id)?.map(|row| row.incident()))
}

pub(super) fn open_row(conn: &mut Connection, id: i64) -> Result<Option<IncidentRow>, StoreError> {
    Ok(incidents::table
        .find(id)
        .filter(incidents::closed_at.is_null())
        .select(IncidentRow::as_select())
        .first(conn)
        .optional()?)
}
