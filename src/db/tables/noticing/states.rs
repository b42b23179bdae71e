//! The state of each job, as lists read it.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Nullable, Text},
};
use serde::{Deserialize, Serialize};

use super::{facts::json, settings::Scope};
use crate::{
    db::{
        Connection, StoreError,
        engine::{
            lossy_text::{LossyText, OptionalLossyText},
            prepared::update,
        },
        schema::{backups, job_states, jobs, servers},
        tables::lists,
    },
    dto::schedules::ScheduleFrom,
    ids::{JobId, JobRef, ServerId},
    noticing::{
        schedule::{Plan, Source},
        settings::Settings,
        state::{State, Wrong},
    },
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};

/// A clock that was set back by less than this changes no state: seconds.
pub const SET_BACK: i64 = 7200;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = job_states, treat_none_as_null = true, primary_key(job_id))]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct StateRow {
    pub job_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub verdict: String,
    #[diesel(deserialize_as = LossyText)]
    pub since: String,
    #[diesel(deserialize_as = LossyText)]
    pub evaluated_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub next_change_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub slot: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub due: Option<String>,
    pub interval: Option<i64>,
    pub incident_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub state: String,
    #[diesel(deserialize_as = LossyText)]
    pub source: String,
}

/// Where the schedule of a job comes from.
pub(super) fn source(plan: Option<&Plan>, settings: &Settings) -> ScheduleFrom {
    match plan.map(|plan| plan.source) {
        _ if settings.is_never_late() => ScheduleFrom::Never,
        Some(Source::Set) => ScheduleFrom::Set,
        Some(Source::Told) => ScheduleFrom::Told,
        Some(Source::Inferred) => ScheduleFrom::Learned,
        None => ScheduleFrom::None,
    }
}

/// Why a job is as it is, and where its schedule comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StateReasons {
    /// What is wrong, worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<Wrong>,
    /// The last slot that our own downtime excuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excused: Option<Timestamp>,
    /// Since when nothing is heard of a job that failed, though a run was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<Timestamp>,
    /// Its schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The zone by whose clock the slots of the schedule are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl StateReasons {
    pub(super) fn of(state: State, plan: Option<Plan>, settings: &Settings) -> Self {
        let State { wrong, excused, silent_since, .. } = state;
        let zone = plan.as_ref().map(|plan| settings.zone_of(plan.source).name().to_owned());
        Self { wrong, excused, silent_since, plan, zone }
    }

    pub(super) fn to_json(&self) -> String {
        json(self).unwrap_or_default()
    }

    /// The zone by whose clock the slots of the schedule are.
    pub fn zone(&self) -> Zone {
        self.zone.as_deref().and_then(|name| Zone::named(name).ok()).unwrap_or_else(Zone::utc)
    }
}

impl StateRow {
    pub(super) fn save(&self, conn: &mut Connection, was: Option<&Self>) -> Result<(), StoreError> {
        if was.is_some() {
            update(job_states::table, job_states::job_id.eq(self.job_id), self).execute(conn)?;
        } else {
            diesel::insert_into(job_states::table).values(self).execute(conn)?;
        }
        if was.is_none_or(|was| was.verdict != self.verdict || was.source != self.source) {
            lists::place(conn, JobId(self.job_id))?;
        }
        Ok(())
    }

    /// What is concluded; nothing is known of a job whose row is damaged.
    pub fn verdict(&self) -> Verdict {
        self.verdict.parse().unwrap_or(Verdict::New)
    }

    /// Since when.
    pub fn since(&self) -> Timestamp {
        self.since.parse().unwrap_or_default()
    }

    pub(super) fn evaluated_at(&self) -> Timestamp {
        self.evaluated_at.parse().unwrap_or_default()
    }

    /// Whether what is set for the job was changed since.
    pub fn is_outdated(&self) -> bool {
        self.next_change_at.as_deref().and_then(|at| at.parse().ok()) == Some(OUTDATED)
    }

    /// Whether it is to be judged again, because it may not be what follows from what is known.
    pub fn is_distrusted(&self) -> bool {
        self.next_change_at.as_ref().is_some_and(|next| *next <= self.evaluated_at)
    }

    /// Why.
    pub fn why(&self) -> StateReasons {
        serde_json::from_str(&self.state).unwrap_or_default()
    }
}

/// The state of a job.
///
/// # Errors
/// Database errors.
pub fn find(conn: &mut Connection, job: JobId) -> Result<Option<StateRow>, StoreError> {
    Ok(job_states::table.find(job.0).select(StateRow::as_select()).first(conn).optional()?)
}

/// The earliest time at which a state changes although nothing arrives.
///
/// # Errors
/// Database errors.
pub fn next_change(conn: &mut Connection) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<LossyText> = job_states::table
        .filter(job_states::next_change_at.is_not_null())
        .order(job_states::next_change_at)
        .select(job_states::next_change_at.assume_not_null())
        .first(conn)
        .optional()?;
    // A damaged time is one that has come.
    Ok(at.map(|at| at.as_str().parse().unwrap_or_default()))
}

/// The first slot from a time on, of any job.
///
/// # Errors
/// Database errors.
pub fn next_slot(conn: &mut Connection, from: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<LossyText> = job_states::table
        .filter(job_states::slot.ge(from.to_string()))
        .order(job_states::slot)
        .select(job_states::slot.assume_not_null())
        .first(conn)
        .optional()?;
    Ok(at.and_then(|at| at.as_str().parse().ok()))
}

/// Jobs whose time has come, the longest due first.
///
/// # Errors
/// Database errors.
pub fn due(conn: &mut Connection, now: Timestamp, most: i64) -> Result<Vec<JobRef>, StoreError> {
    let rows: Vec<(i64, i64)> = job_states::table
        .inner_join(jobs::table)
        .filter(job_states::next_change_at.le(now.to_string()))
        .order(job_states::next_change_at)
        .limit(most)
        .select((jobs::server_id, jobs::id))
        .load(conn)?;
    Ok(rows.into_iter().map(refer).collect())
}

/// Lets every state be judged again: the clock by which they were judged was wrong, or the site is in another zone.
///
/// # Errors
/// Database errors.
pub fn distrust(conn: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    let at = sql::<Nullable<Text>>("min(evaluated_at, ").bind::<Text, _>(now.to_string()).sql(")");
    diesel::update(job_states::table).set(job_states::next_change_at.eq(at)).execute(conn)?;
    Ok(())
}

/// Lets states be judged again that were judged by a clock that was a little ahead, as soon as it shows that time.
///
/// # Errors
/// Database errors.
pub fn judge_again_in_time(conn: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    let ahead = job_states::table.filter(job_states::evaluated_at.gt(now.to_string()));
    diesel::update(ahead)
        .set(job_states::next_change_at.eq(job_states::evaluated_at.nullable()))
        .execute(conn)?;
    Ok(())
}

/// Stands for the next change of a state whose settings were changed: it is judged at once, by what is set then.
const OUTDATED: Timestamp = Timestamp::from_unix(0);

/// Lets the states of a server, of a group or of all jobs be judged again, by what is set then.
///
/// # Errors
/// Database errors.
pub fn outdate(conn: &mut Connection, scope: Scope) -> Result<(), StoreError> {
    let at = job_states::next_change_at.eq(OUTDATED.to_string());
    let of = |server: i64| jobs::table.filter(jobs::server_id.eq(server)).select(jobs::id);
    match scope {
        Scope::Site => diesel::update(job_states::table).set(at).execute(conn)?,
        Scope::Group(group) => {
            let members = servers::table.filter(servers::group_id.eq(group.0)).select(servers::id);
            let of_group = jobs::table.filter(jobs::server_id.eq_any(members)).select(jobs::id);
            diesel::update(job_states::table.filter(job_states::job_id.eq_any(of_group)))
                .set(at)
                .execute(conn)?
        }
        Scope::Server(server) => {
            diesel::update(job_states::table.filter(job_states::job_id.eq_any(of(server.0))))
                .set(at)
                .execute(conn)?
        }
        Scope::Job(job) => diesel::update(job_states::table.find(job.0)).set(at).execute(conn)?,
    };
    Ok(())
}

/// Whether what is set for a job was changed since it was judged.
pub(super) fn is_outdated(conn: &mut Connection, job: JobId) -> Result<bool, StoreError> {
    Ok(find(conn, job)?.is_some_and(|state| state.is_outdated()))
}

/// Whether every job with runs has a state.
///
/// # Errors
/// Database errors.
pub fn is_complete(conn: &mut Connection) -> Result<bool, StoreError> {
    Ok(missing(conn, 1)?.is_empty())
}

/// Forgets the state of a job of which nothing is known.
pub(super) fn delete(conn: &mut Connection, job: JobId) -> Result<(), StoreError> {
    diesel::delete(job_states::table.find(job.0)).execute(conn)?;
    lists::place(conn, job)
}

/// Jobs with runs that have no state.
pub(super) fn missing(conn: &mut Connection, most: usize) -> Result<Vec<JobRef>, StoreError> {
    let of_job =
        backups::table.filter(backups::server_id.eq(jobs::server_id)).filter(backups::job_id.eq(jobs::id));
    let rows: Vec<(i64, i64)> = jobs::table
        .left_join(job_states::table)
        .filter(job_states::job_id.nullable().is_null())
        .filter(diesel::dsl::exists(of_job))
        .order(jobs::id)
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select((jobs::server_id, jobs::id))
        .load(conn)?;
    Ok(rows.into_iter().map(refer).collect())
}

fn refer((server, job): (i64, i64)) -> JobRef {
    JobRef { server: ServerId(server), id: JobId(job) }
}
