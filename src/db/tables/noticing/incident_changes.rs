//! How incidents change: rows are added and changed in the transaction that changes the state of their job.

use diesel::prelude::*;

use super::{
    facts::{self, json},
    incidents::{IncidentRow, open_of, open_row},
    settings::Scope,
};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{incident_events, incidents, job_states, jobs, servers},
        tables::notifications::queue,
    },
    ids::{JobId, JobRef, RunId},
    noticing::incident::{Closing, Entry, Event, Incident, Track},
    time::Timestamp,
};

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

/// The state of a job has this incident no more.
fn unlink(conn: &mut Connection, id: i64) -> Result<(), StoreError> {
    diesel::update(job_states::table.filter(job_states::incident_id.eq(id)))
        .set(job_states::incident_id.eq(None::<i64>))
        .execute(conn)?;
    Ok(())
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
    type Names = (LossyText, OptionalLossyText, LossyText, OptionalLossyText);
    let (server_name, alias, job_name, job_alias): Names = jobs::table
        .inner_join(servers::table)
        .filter(jobs::id.eq(job.id.0))
        .select((servers::name, servers::alias, jobs::name, jobs::alias))
        .first(conn)?;
    let shown = |name: LossyText, alias: OptionalLossyText| {
        let alias: Option<String> = alias.into();
        alias.filter(|alias| !alias.is_empty()).unwrap_or_else(|| name.into())
    };
    let (server_name, job_name) = (shown(server_name, alias), shown(job_name, job_alias));
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
    if matches!(entry.event, Event::Snoozed { .. } | Event::Closed { .. }) {
        // The end of a snooze is a time at which the state of the job changes.
        judge_again(conn, id)?;
    }
    if let Event::Closed { why } = &entry.event {
        diesel::update(incidents::table.find(id))
            .set((
                incidents::closed_at.eq(entry.at.to_string()),
                incidents::closed_why.eq(why.as_str()),
                incidents::snoozed_until.eq(None::<String>),
            ))
            .execute(conn)?;
    }
    queue::event(conn, id, entry, run)
}

/// Lets the job of an incident that is snoozed be judged again at once.
fn judge_again(conn: &mut Connection, id: i64) -> Result<(), StoreError> {
    let job: Option<Option<i64>> = incidents::table
        .find(id)
        .filter(incidents::snoozed_until.is_not_null())
        .select(incidents::job_id)
        .first(conn)
        .optional()?;
    let Some(job) = job.flatten() else { return Ok(()) };
    diesel::update(job_states::table.find(job))
        .set(job_states::next_change_at.eq(job_states::evaluated_at.nullable()))
        .execute(conn)?;
    Ok(())
}

/// Says in the timeline of what is open about a job that a person changed what is expected of it.
///
/// # Errors
/// Database errors.
pub fn note(conn: &mut Connection, job: JobId, event: Event, now: Timestamp) -> Result<(), StoreError> {
    match open_of(conn, job)? {
        Some(id) => add(conn, id, &Entry { at: now, event }, None),
        None => Ok(()),
    }
}

/// What a person does to an incident that is open: the job keeps its state. Returns whether there is such an incident.
///
/// # Errors
/// Database errors.
pub fn handle(
    conn: &mut Connection,
    id: i64,
    act: impl FnOnce(&mut Track) -> Option<Entry>,
) -> Result<Option<IncidentRow>, StoreError> {
    let Some(row) = open_row(conn, id)? else { return Ok(None) };
    let mut track = Track { open: Some(row.incident()), dismissed: None };
    let Some(entry) = act(&mut track) else { return Ok(Some(row)) };
    if let Some(incident) = &track.open {
        diesel::update(incidents::table.find(id)).set(Changing::of(incident)?).execute(conn)?;
    }
    add(conn, id, &entry, None)?;
    if track.open.is_none() {
        unlink(conn, id)?;
        if let Some(job) = row.job_id
            && let Some(mut record) = facts::find(conn, JobId(job))?
        {
            record.dismissed = track.dismissed;
            record.save(conn, JobId(job))?;
        }
    }
    Ok(Some(row))
}

/// Closes what is open about a job, or about the jobs of a server or of all, because they are gone.
///
/// # Errors
/// Database errors.
pub fn close_gone(conn: &mut Connection, scope: Scope, what: &str, now: Timestamp) -> Result<(), StoreError> {
    let open = incidents::table.filter(incidents::closed_at.is_null()).select(incidents::id).into_boxed();
    let open = match scope {
        Scope::Site => open,
        Scope::Group(group) => {
            let members = servers::table.filter(servers::group_id.eq(group.0)).select(servers::id.nullable());
            open.filter(incidents::server_id.eq_any(members))
        }
        Scope::Server(server) => open.filter(incidents::server_id.eq(server.0)),
        Scope::Job(job) => open.filter(incidents::job_id.eq(job.0)),
    };
    let ids: Vec<i64> = open.load(conn)?;
    for id in ids {
        let why = Closing::Gone { what: what.to_owned() };
        add(conn, id, &Entry { at: now, event: Event::Closed { why } }, None)?;
        unlink(conn, id)?;
    }
    Ok(())
}
