//! Lists in the order of their ids, of which programs read one part after another. A part begins behind the last id of the part before it, so
//! that each is found by an index, however far the list goes.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    ingest_keys::KeyRecord,
    noticing::{accepted::AcceptedRow, incidents::EventRow, pauses::PauseRow, windows::WindowRow},
    servers::ServerRecord,
    text_pattern::pattern,
};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{
            accepted_warnings, incident_events, incidents, ingest_keys, job_tags, jobs, maintenance_windows,
            pauses, server_groups, server_tags, servers, tags,
        },
    },
    ids::{GroupId, JobId, ServerId, TagId},
    verdict::Verdict,
};

/// Which servers or jobs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Jobs of this server.
    pub server: Option<ServerId>,
    /// Servers in this group, or their jobs.
    pub group: Option<GroupId>,
    /// With this tag; jobs also if their server has it.
    pub tag: Option<TagId>,
    /// Jobs with this verdict, or servers with such a job.
    pub verdict: Option<Verdict>,
    /// Archived ones, or the others.
    pub archived: Option<bool>,
    /// What the name or the alias contains.
    pub text: Option<String>,
}

/// What lists show of a job beside its summary.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct JobText {
    pub id: i64,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub notes: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub archived_at: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    #[diesel(deserialize_as = LossyText)]
    pub schedule_source: String,
}

/// The servers behind an id, each with its group.
///
/// # Errors
/// Database errors.
pub fn servers(
    conn: &mut Connection,
    wanted: &Wanted,
    after: i64,
    limit: i64,
) -> Result<Vec<(ServerRecord, Option<i64>)>, StoreError> {
    let Wanted { server, group, tag, verdict, archived, text } = wanted;
    let mut query = servers::table.filter(servers::id.gt(after)).into_boxed();
    if let Some(server) = server {
        query = query.filter(servers::id.eq(server.0));
    }
    if let Some(group) = group {
        query = query.filter(servers::group_id.eq(group.0));
    }
    if let Some(tag) = tag {
        let tagged = server_tags::table.filter(server_tags::tag_id.eq(tag.0)).select(server_tags::server_id);
        query = query.filter(servers::id.eq_any(tagged));
    }
    if let Some(verdict) = verdict {
        let with = jobs::table.filter(jobs::rank.eq(verdict.rank())).select(jobs::server_id);
        query = query.filter(servers::id.eq_any(with));
    }
    match archived {
        Some(true) => query = query.filter(servers::archived_at.is_not_null()),
        Some(false) => query = query.filter(servers::archived_at.is_null()),
        None => {}
    }
    if let Some(text) = text {
        let alias = servers::alias.like(pattern(text)).escape('\\').assume_not_null();
        query = query.filter(servers::name.like(pattern(text)).escape('\\').or(alias));
    }
    Ok(query
        .order(servers::id)
        .limit(limit)
        .select((ServerRecord::as_select(), servers::group_id))
        .load(conn)?)
}

/// The jobs behind an id.
///
/// # Errors
/// Database errors.
pub fn jobs(
    conn: &mut Connection,
    wanted: &Wanted,
    after: i64,
    limit: i64,
) -> Result<Vec<JobText>, StoreError> {
    let Wanted { server, group, tag, verdict, archived, text } = wanted;
    let mut query = jobs::table.filter(jobs::id.gt(after)).into_boxed();
    if let Some(server) = server {
        query = query.filter(jobs::server_id.eq(server.0));
    }
    if let Some(group) = group {
        let members = servers::table.filter(servers::group_id.eq(group.0)).select(servers::id);
        query = query.filter(jobs::server_id.eq_any(members));
    }
    if let Some(tag) = tag {
        let of_job = job_tags::table.filter(job_tags::tag_id.eq(tag.0)).select(job_tags::job_id);
        let of_server =
            server_tags::table.filter(server_tags::tag_id.eq(tag.0)).select(server_tags::server_id);
        query = query.filter(jobs::id.eq_any(of_job).or(jobs::server_id.eq_any(of_server)));
    }
    if let Some(verdict) = verdict {
        query = query.filter(jobs::rank.eq(verdict.rank()));
    }
    match archived {
        Some(true) => query = query.filter(jobs::archived_at.is_not_null()),
        Some(false) => query = query.filter(jobs::archived_at.is_null()),
        None => {}
    }
    if let Some(text) = text {
        let alias = jobs::alias.like(pattern(text)).escape('\\').assume_not_null();
        query = query.filter(jobs::name.like(pattern(text)).escape('\\').or(alias));
    }
    Ok(query
        .order(jobs::id)
        .limit(limit)
        .select((jobs::id, jobs::notes, jobs::archived_at, jobs::created_at, jobs::schedule_source))
        .load(conn)?)
}

/// How many jobs each of these servers has.
///
/// # Errors
/// Database errors.
pub fn job_counts(conn: &mut Connection, of: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    let rows: Vec<(i64, i64)> = jobs::table
        .filter(jobs::server_id.eq_any(of))
        .group_by(jobs::server_id)
        .select((jobs::server_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The tags of these jobs themselves, by name.
///
/// # Errors
/// Database errors.
pub fn job_tags(conn: &mut Connection, of: &[i64]) -> Result<Vec<(i64, String)>, StoreError> {
    let rows: Vec<(i64, LossyText)> = job_tags::table
        .inner_join(tags::table)
        .filter(job_tags::job_id.eq_any(of))
        .order(tags::name_key)
        .select((job_tags::job_id, tags::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(job, name)| (job, name.into())).collect())
}

/// The names of these groups.
///
/// # Errors
/// Database errors.
pub fn group_names(conn: &mut Connection, of: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
    let rows: Vec<(i64, LossyText)> = server_groups::table
        .filter(server_groups::id.eq_any(of))
        .select((server_groups::id, server_groups::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name)| (id, name.into())).collect())
}

/// A group or a tag.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct LabelRow {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
}

/// The groups behind an id, each with the number of its servers.
///
/// # Errors
/// Database errors.
pub fn groups(conn: &mut Connection, after: i64, limit: i64) -> Result<Vec<(LabelRow, i64)>, StoreError> {
    let rows: Vec<LabelRow> = server_groups::table
        .filter(server_groups::id.gt(after))
        .order(server_groups::id)
        .limit(limit)
        .select((server_groups::id, server_groups::name, server_groups::created_at))
        .load(conn)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let counts: Vec<(Option<i64>, i64)> = servers::table
        .filter(servers::group_id.eq_any(ids))
        .group_by(servers::group_id)
        .select((servers::group_id, diesel::dsl::count_star()))
        .load(conn)?;
    let counts: HashMap<Option<i64>, i64> = counts.into_iter().collect();
    let count = |row: &LabelRow| counts.get(&Some(row.id)).copied().unwrap_or(0);
    Ok(rows.into_iter().map(|row| (count(&row), row)).map(|(count, row)| (row, count)).collect())
}

/// The tags behind an id, each with the number of servers and of jobs that have it.
///
/// # Errors
/// Database errors.
pub fn tags(conn: &mut Connection, after: i64, limit: i64) -> Result<Vec<(LabelRow, i64, i64)>, StoreError> {
    let rows: Vec<LabelRow> = tags::table
        .filter(tags::id.gt(after))
        .order(tags::id)
        .limit(limit)
        .select((tags::id, tags::name, tags::created_at))
        .load(conn)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let servers: Vec<(i64, i64)> = server_tags::table
        .filter(server_tags::tag_id.eq_any(&ids))
        .group_by(server_tags::tag_id)
        .select((server_tags::tag_id, diesel::dsl::count_star()))
        .load(conn)?;
    let jobs: Vec<(i64, i64)> = job_tags::table
        .filter(job_tags::tag_id.eq_any(&ids))
        .group_by(job_tags::tag_id)
        .select((job_tags::tag_id, diesel::dsl::count_star()))
        .load(conn)?;
    let [servers, jobs] = [servers, jobs].map(|rows| rows.into_iter().collect::<HashMap<i64, i64>>());
    let of = |counts: &HashMap<i64, i64>, id: i64| counts.get(&id).copied().unwrap_or(0);
    Ok(rows
        .into_iter()
        .map(|row| {
            let id = row.id;
            (row, of(&servers, id), of(&jobs, id))
        })
        .collect())
}

/// The pauses behind an id, those that ended included.
///
/// # Errors
/// Database errors.
pub fn pauses(conn: &mut Connection, after: i64, limit: i64) -> Result<Vec<PauseRow>, StoreError> {
    Ok(pauses::table
        .filter(pauses::id.gt(after))
        .order(pauses::id)
        .limit(limit)
        .select(PauseRow::as_select())
        .load(conn)?)
}

/// The kinds of warnings that are accepted, behind an id.
///
/// # Errors
/// Database errors.
pub fn accepted_warnings(
    conn: &mut Connection,
    after: i64,
    limit: i64,
) -> Result<Vec<AcceptedRow>, StoreError> {
    Ok(accepted_warnings::table
        .filter(accepted_warnings::id.gt(after))
        .order(accepted_warnings::id)
        .limit(limit)
        .select(AcceptedRow::as_select())
        .load(conn)?)
}

/// The ingest keys before an id, newest first.
///
/// # Errors
/// Database errors.
pub fn ingest_keys(conn: &mut Connection, before: i64, limit: i64) -> Result<Vec<KeyRecord>, StoreError> {
    Ok(ingest_keys::table
        .filter(ingest_keys::id.lt(before))
        .order(ingest_keys::id.desc())
        .limit(limit)
        .select(KeyRecord::as_select())
        .load(conn)?)
}

/// Of which incidents events are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WantedEvents {
    /// Of one incident.
    pub incident: Option<i64>,
    /// Of the incidents of a job.
    pub job: Option<JobId>,
    /// Of the incidents of a server.
    pub server: Option<ServerId>,
}

/// The incident of an event, with its server and its job, unless they were deleted.
pub type OfIncident = (i64, Option<i64>, Option<i64>);

/// The events of incidents before an id, newest first, each with its incident, and the server and the job of that.
///
/// # Errors
/// Database errors.
pub fn events(
    conn: &mut Connection,
    wanted: WantedEvents,
    before: i64,
    limit: i64,
) -> Result<Vec<(EventRow, OfIncident)>, StoreError> {
    let mut query = incident_events::table
        .inner_join(incidents::table)
        .filter(incident_events::id.lt(before))
        .into_boxed();
    if let Some(incident) = wanted.incident {
        query = query.filter(incident_events::incident_id.eq(incident));
    }
    if let Some(job) = wanted.job {
        query = query.filter(incidents::job_id.eq(job.0));
    }
    if let Some(server) = wanted.server {
        query = query.filter(incidents::server_id.eq(server.0));
    }
    Ok(query
        .order(incident_events::id.desc())
        .limit(limit)
        .select((EventRow::as_select(), (incidents::id, incidents::server_id, incidents::job_id)))
        .load(conn)?)
}

/// The maintenance windows behind an id.
///
/// # Errors
/// Database errors.
pub fn windows(conn: &mut Connection, after: i64, limit: i64) -> Result<Vec<WindowRow>, StoreError> {
    Ok(maintenance_windows::table
        .filter(maintenance_windows::id.gt(after))
        .order(maintenance_windows::id)
        .limit(limit)
        .select(WindowRow::as_select())
        .load(conn)?)
}
