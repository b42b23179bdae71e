//! Incidents, with the timeline of each. Rows are added and changed in the transaction that changes the state of their job.

use diesel::{prelude::*, sqlite::Sqlite};

use super::facts::json;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{incident_events, incidents, job_states, jobs, servers},
    },
    dto::incidents::IncidentFilter,
    ids::{JobId, JobRef, RunId, ServerId},
    noticing::{
        incident::{Closing, Entry, Event, Incident, Track},
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

/// What of an incident changes while it is open.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = incidents, treat_none_as_null = true)]
struct Changing {
    problem: &'static str,
    worst: &'static str,
    silence_told: bool,
    checks: String,
    acknowledged_by: Option<String>,
    snoozed_until: Option<String>,
}

impl Changing {
    fn of(incident: &Incident) -> Result<Self, StoreError> {
        Ok(Self {
            problem: incident.problem.as_str(),
            worst: incident.worst.as_str(),
            silence_told: incident.silence_told,
            checks: json(&incident.checks)?,
            acknowledged_by: incident.acknowledged.clone(),
            snoozed_until: incident.snoozed_until.map(|at| at.to_string()),
        })
    }
}

impl IncidentRow {
    fn incident(&self) -> Incident {
        let problem = |word: &str| word.parse().unwrap_or(Problem::Check);
        Incident {
            opened: self.opened_at.parse().unwrap_or_default(),
            since: self.since.parse().unwrap_or_default(),
            problem: problem(&self.problem),
            worst: problem(&self.worst),
            silence_told: self.silence_told,
            checks: serde_json::from_str(&self.checks).unwrap_or_default(),
            acknowledged: self.acknowledged_by.clone(),
            snoozed_until: self.snoozed_until.as_deref().and_then(|at| at.parse().ok()),
        }
    }
}

/// An incident.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, id: i64) -> Result<IncidentRow, StoreError> {
    Ok(incidents::table.find(id).select(IncidentRow::as_select()).first(conn)?)
}

/// Which incidents are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Open or closed ones.
    pub filter: IncidentFilter,
    /// Of one server.
    pub server: Option<ServerId>,
    /// Of one job.
    pub job: Option<JobId>,
    /// What they were about at their worst.
    pub worst: Option<Verdict>,
}

impl Wanted {
    fn query(self) -> incidents::BoxedQuery<'static, Sqlite> {
        let mut query = incidents::table.into_boxed();
        query = match self.filter {
            IncidentFilter::Open => {
                query.filter(incidents::closed_at.is_null()).filter(incidents::acknowledged_by.is_null())
            }
            IncidentFilter::Acknowledged => {
                query.filter(incidents::closed_at.is_null()).filter(incidents::acknowledged_by.is_not_null())
            }
            IncidentFilter::Closed => query.filter(incidents::closed_at.is_not_null()),
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
        query
    }
}

/// How many incidents there are.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Connection, wanted: Wanted) -> Result<i64, StoreError> {
    Ok(wanted.query().count().get_result(conn)?)
}

/// Incidents, those that were opened last first.
///
/// # Errors
/// When the database refuses.
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

/// The timeline of an incident, oldest first.
///
/// # Errors
/// When the database refuses.
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
    let row = incidents::table
        .find(id)
        .filter(incidents::closed_at.is_null())
        .select(IncidentRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(|row| row.incident()))
}

/// Stores what happened to the incident of a job. `known` is the row of the one that was open, and what is open now. Returns the row
/// of that.
pub(super) fn save(
    conn: &mut Connection,
    job: JobRef,
    (row, open): (Option<i64>, Option<&Incident>),
    entries: &[Entry],
    run: Option<RunId>,
) -> Result<Option<i64>, StoreError> {
    if entries.is_empty() {
        return Ok(row.filter(|_| open.is_some()));
    }
    let (id, stays) = match (row, open) {
        (Some(id), Some(incident)) => {
            diesel::update(incidents::table.find(id)).set(Changing::of(incident)?).execute(conn)?;
            (id, true)
        }
        (Some(id), None) => (id, false),
        (None, Some(incident)) => (insert(conn, job, incident)?, true),
        (None, None) => return Ok(None),
    };
    for entry in entries {
        add(conn, id, entry, run)?;
    }
    Ok(stays.then_some(id))
}

fn insert(conn: &mut Connection, job: JobRef, incident: &Incident) -> Result<i64, StoreError> {
    let (server_name, alias, job_name): (LossyText, OptionalLossyText, LossyText) = jobs::table
        .inner_join(servers::table)
        .filter(jobs::id.eq(job.id.0))
        .select((servers::name, servers::alias, jobs::name))
        .first(conn)?;
    let alias: Option<String> = alias.into();
    let server_name = alias.unwrap_or_else(|| server_name.into());
    let job_name: String = job_name.into();
    Ok(diesel::insert_into(incidents::table)
        .values((
            incidents::job_id.eq(job.id.0),
            incidents::server_id.eq(job.server.0),
            incidents::server_name.eq(server_name),
            incidents::job_name.eq(job_name),
            incidents::opened_at.eq(incident.opened.to_string()),
            incidents::since.eq(incident.since.to_string()),
            Changing::of(incident)?,
        ))
        .returning(incidents::id)
        .get_result(conn)?)
}

/// Adds an entry to the timeline; the last one closes the incident.
fn add(conn: &mut Connection, id: i64, entry: &Entry, run: Option<RunId>) -> Result<(), StoreError> {
    diesel::insert_into(incident_events::table)
        .values((
            incident_events::incident_id.eq(id),
            incident_events::at.eq(entry.at.to_string()),
            incident_events::event.eq(entry.event.as_str()),
            incident_events::details.eq(json(&entry.event)?),
            incident_events::actor.eq(entry.event.actor()),
            incident_events::run_id.eq(run.map(|run| run.0)),
        ))
        .execute(conn)?;
    if let Event::Closed { why } = &entry.event {
        diesel::update(incidents::table.find(id))
            .set((
                incidents::closed_at.eq(entry.at.to_string()),
                incidents::closed_why.eq(why.as_str()),
                incidents::snoozed_until.eq(None::<String>),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What a person does to an incident that is open: the job keeps its state. Returns whether there is such an incident.
///
/// # Errors
/// When the database refuses.
pub fn handle(
    conn: &mut Connection,
    id: i64,
    act: impl FnOnce(&mut Track) -> Option<Entry>,
) -> Result<Option<IncidentRow>, StoreError> {
    let row = incidents::table
        .find(id)
        .filter(incidents::closed_at.is_null())
        .select(IncidentRow::as_select())
        .first(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let mut track = Track { open: Some(row.incident()), dismissed: None };
    let Some(entry) = act(&mut track) else { return Ok(Some(row)) };
    if let Some(incident) = &track.open {
        diesel::update(incidents::table.find(id)).set(Changing::of(incident)?).execute(conn)?;
    }
    add(conn, id, &entry, None)?;
    if track.open.is_none() {
        diesel::update(job_states::table.filter(job_states::incident_id.eq(id)))
            .set(job_states::incident_id.eq(None::<i64>))
            .execute(conn)?;
        if let Some(job) = row.job_id
            && let Some(mut record) = super::facts::find(conn, JobId(job))?
        {
            record.dismissed = track.dismissed;
            record.save(conn, JobId(job))?;
        }
    }
    Ok(Some(row))
}

/// Closes what is open about the jobs of a server, or about one of them, because they are gone.
///
/// # Errors
/// When the database refuses.
pub fn close_gone(
    conn: &mut Connection,
    server: ServerId,
    job: Option<JobId>,
    what: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let open = incidents::table.filter(incidents::closed_at.is_null()).select(incidents::id).into_boxed();
    let open = match job {
        Some(job) => open.filter(incidents::job_id.eq(job.0)),
        None => open.filter(incidents::server_id.eq(server.0)),
    };
    let ids: Vec<i64> = open.load(conn)?;
    for id in ids {
        let why = Closing::Gone { what: what.to_owned() };
        add(conn, id, &Entry { at: now, event: Event::Closed { why } }, None)?;
        diesel::update(job_states::table.filter(job_states::incident_id.eq(id)))
            .set(job_states::incident_id.eq(None::<i64>))
            .execute(conn)?;
    }
    Ok(())
}
