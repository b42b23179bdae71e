//! What people set for the site, for servers and for jobs, and what follows from it for one job.

use diesel::prelude::*;

use super::facts::json;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{accepted_warnings, jobs, maintenance_windows, monitoring_rules, pauses, servers},
    },
    ids::{JobId, JobRef, ServerId},
    noticing::{
        checks::CheckKind,
        schedule::Schedule,
        settings::{Accepted, Span, StoredSettings, Tolerance, Window},
    },
    time::Timestamp,
};

/// For what something is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Site,
    /// A server, with all of its jobs.
    Server(ServerId),
    /// A job.
    Job(JobId),
}

impl Scope {
    pub(super) const fn columns(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Site => (None, None),
            Self::Server(server) => (Some(server.0), None),
            Self::Job(job) => (None, Some(job.0)),
        }
    }
}

/// What is set for a site, a server or a job. `None`: as the next wider one says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// The schedule.
    pub schedule: Option<Schedule>,
    /// Its zone, when it is another one than the job's.
    pub schedule_zone: Option<String>,
    /// When the schedule was set, or that it is the wider one's again.
    pub schedule_set: Option<Timestamp>,
    /// The tolerance.
    pub tolerance: Option<Tolerance>,
    /// The zone.
    pub zone: Option<String>,
    /// Checks that are switched off.
    pub off: Option<Vec<CheckKind>>,
}

impl Rule {
    /// It, with what the next wider one says where it says nothing.
    #[must_use]
    pub fn or(self, wider: Self) -> Self {
        let (has_schedule, off) = (self.schedule.is_some(), self.off);
        let (own, other) = (self.schedule_zone, wider.schedule_zone);
        Self {
            schedule: self.schedule.or(wider.schedule),
            schedule_zone: if has_schedule { own } else { other },
            schedule_set: if has_schedule {
                self.schedule_set
            } else {
                self.schedule_set.max(wider.schedule_set)
            },
            tolerance: self.tolerance.or(wider.tolerance),
            zone: self.zone.or(wider.zone),
            off: off.or(wider.off),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = monitoring_rules)]
struct RuleRow {
    #[diesel(deserialize_as = OptionalLossyText)]
    schedule: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    schedule_zone: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    schedule_set_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    tolerance: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    time_zone: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    checks_off: Option<String>,
}

fn parsed<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Option<T> {
    text.and_then(|text| serde_json::from_str(text).ok())
}

impl RuleRow {
    fn rule(self) -> Rule {
        Rule {
            schedule: parsed(self.schedule.as_deref()),
            schedule_zone: self.schedule_zone,
            schedule_set: self.schedule_set_at.and_then(|at| at.parse().ok()),
            tolerance: parsed(self.tolerance.as_deref()),
            zone: self.time_zone,
            off: parsed(self.checks_off.as_deref()),
        }
    }
}

/// What is set for exactly this.
///
/// # Errors
/// Database errors.
pub fn rule(conn: &mut Connection, scope: Scope) -> Result<Rule, StoreError> {
    let (server, job) = scope.columns();
    let row = monitoring_rules::table
        .filter(monitoring_rules::server_id.is(server))
        .filter(monitoring_rules::job_id.is(job))
        .select(RuleRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(RuleRow::rule).unwrap_or_default())
}

/// Sets it. What is the same as that of the next wider one is nothing.
///
/// # Errors
/// Database errors.
pub fn set_rule(conn: &mut Connection, scope: Scope, rule: &Rule) -> Result<(), StoreError> {
    let (server, job) = scope.columns();
    diesel::delete(
        monitoring_rules::table
            .filter(monitoring_rules::server_id.is(server))
            .filter(monitoring_rules::job_id.is(job)),
    )
    .execute(conn)?;
    if *rule == Rule::default() {
        return Ok(());
    }
    let Rule { schedule, schedule_zone, schedule_set, tolerance, zone, off } = rule;
    diesel::insert_into(monitoring_rules::table)
        .values((
            monitoring_rules::server_id.eq(server),
            monitoring_rules::job_id.eq(job),
            monitoring_rules::schedule.eq(schedule.as_ref().map(json).transpose()?),
            monitoring_rules::schedule_zone.eq(schedule_zone),
            monitoring_rules::schedule_set_at.eq(schedule_set.map(|at| at.to_string())),
            monitoring_rules::tolerance.eq(tolerance.as_ref().map(json).transpose()?),
            monitoring_rules::time_zone.eq(zone),
            monitoring_rules::checks_off.eq(off.as_ref().map(json).transpose()?),
        ))
        .execute(conn)?;
    Ok(())
}

/// What is set for a job, with what it inherits.
///
/// # Errors
/// Database errors.
pub fn resolve(conn: &mut Connection, job: JobRef) -> Result<StoredSettings, StoreError> {
    let own = rule(conn, Scope::Job(job.id))?;
    resolve_with(conn, job, own)
}

/// The same, were this set for the job itself.
///
/// # Errors
/// Database errors.
pub fn resolve_with(conn: &mut Connection, job: JobRef, own: Rule) -> Result<StoredSettings, StoreError> {
    let wider = [rule(conn, Scope::Server(job.server))?, rule(conn, Scope::Site)?];
    let mut all = StoredSettings::default();
    for rule in std::iter::once(own).chain(wider) {
        let Rule { schedule, schedule_zone, schedule_set, tolerance, zone, off } = rule;
        if all.schedule.is_none() {
            (all.schedule, all.schedule_zone) = (schedule, schedule_zone);
            all.schedule_set = all.schedule_set.max(schedule_set);
        }
        all.tolerance = all.tolerance.or(tolerance);
        all.zone = all.zone.or(zone);
        for kind in off.into_iter().flatten() {
            if !all.off.contains(&kind) {
                all.off.push(kind);
            }
        }
    }
    let (server, id) = (job.server.0, job.id.0);
    let spans: Vec<(LossyText, OptionalLossyText)> = pauses::table
        .filter(
            pauses::job_id
                .eq(id)
                .or(pauses::server_id.eq(server))
                .or(pauses::job_id.is_null().and(pauses::server_id.is_null())),
        )
        .order((pauses::from_at, pauses::id))
        .select((pauses::from_at, pauses::until_at))
        .load(conn)?;
    let span = |(from, until): (LossyText, OptionalLossyText)| {
        let until: Option<String> = until.into();
        Some(Span { from: from.as_str().parse().ok()?, until: until.map(|at| at.parse()).transpose().ok()? })
    };
    all.pauses = spans.into_iter().filter_map(span).collect();
    let windows: Vec<LossyText> = maintenance_windows::table
        .filter(
            maintenance_windows::job_id
                .eq(id)
                .or(maintenance_windows::server_id.eq(server))
                .or(maintenance_windows::job_id.is_null().and(maintenance_windows::server_id.is_null())),
        )
        .order(maintenance_windows::id)
        .select(maintenance_windows::spans)
        .load(conn)?;
    all.windows = windows.iter().filter_map(|spans| parsed::<Window>(Some(spans.as_str()))).collect();
    let accepted: Vec<(LossyText, OptionalLossyText)> = accepted_warnings::table
        .filter(accepted_warnings::job_id.eq(id).or(accepted_warnings::job_id.is_null()))
        .order(accepted_warnings::id)
        .select((accepted_warnings::kind, accepted_warnings::until_at))
        .load(conn)?;
    for (kind, until) in accepted {
        let until: Option<String> = until.into();
        let until = until.and_then(|at| at.parse().ok());
        all.accepted.push(Accepted { kind: kind.into(), until });
    }
    let (of_job, of_server): (OptionalLossyText, OptionalLossyText) = jobs::table
        .inner_join(servers::table)
        .filter(jobs::id.eq(id))
        .select((jobs::archived_at, servers::archived_at))
        .first(conn)?;
    let (of_job, of_server): (Option<String>, Option<String>) = (of_job.into(), of_server.into());
    all.is_archived = of_job.or(of_server).is_some();
    Ok(all)
}
