//! What people set for the site, for groups, for servers and for jobs, and what follows from it for one job.

use diesel::prelude::*;

pub use super::scope::Scope;
use super::{
    facts::json,
    groups,
    scope::{Columns, rows_of},
};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{accepted_warnings, jobs, maintenance_windows, monitoring_rules, pauses, servers},
    },
    ids::JobRef,
    noticing::{
        checks::CheckKind,
        schedule::Schedule,
        settings::{Accepted, Span, StoredSettings, Tolerance, Window},
    },
    time::Timestamp,
};

/// What is set for a site, a group, a server or a job. `None`: as the next wider one says.
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
        let has_schedule = self.schedule.is_some();
        // A check that is switched off anywhere is off.
        let off = match (self.off, wider.off) {
            (Some(mut own), Some(other)) => {
                own.extend(other.into_iter().filter(|kind| !own.contains(kind)).collect::<Vec<_>>());
                Some(own)
            }
            (own, other) => own.or(other),
        };
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
            off,
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
    let row = rows_of!(monitoring_rules, scope).select(RuleRow::as_select()).first(conn).optional()?;
    Ok(row.map(RuleRow::rule).unwrap_or_default())
}

/// Sets it. What is the same as that of the next wider one is nothing.
///
/// # Errors
/// Database errors.
pub fn set_rule(conn: &mut Connection, scope: Scope, rule: &Rule) -> Result<(), StoreError> {
    let known: Vec<i64> = rows_of!(monitoring_rules, scope).select(monitoring_rules::id).load(conn)?;
    diesel::delete(monitoring_rules::table.filter(monitoring_rules::id.eq_any(known))).execute(conn)?;
    if *rule == Rule::default() {
        return Ok(());
    }
    let Rule { schedule, schedule_zone, schedule_set, tolerance, zone, off } = rule;
    let Columns { group, server, job } = scope.columns();
    diesel::insert_into(monitoring_rules::table)
        .values((
            monitoring_rules::group_id.eq(group),
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
    resolve_with(conn, job, None)
}

/// The same, were this set for one of the scopes that count for the job.
///
/// # Errors
/// Database errors.
pub fn resolve_with(
    conn: &mut Connection,
    job: JobRef,
    tried: Option<(Scope, &Rule)>,
) -> Result<StoredSettings, StoreError> {
    let mut all = StoredSettings::default();
    for scope in Scope::chain(conn, job)? {
        let rule = match tried {
            Some((of, tried)) if of == scope => tried.clone(),
            _ => rule(conn, scope)?,
        };
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
        let (pauses, windows) = match scope {
            // What was over before the server came into the group never concerned it.
            Scope::Group(group) => groups::excused(conn, group, job.server)?,
            scope => excused(conn, scope)?,
        };
        all.pauses.extend(pauses);
        all.windows.extend(windows);
    }
    all.pauses.sort_by_key(|span| span.from);
    let id = job.id.0;
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

/// Pauses and maintenance windows of exactly a scope. Damaged ones are none.
///
/// # Errors
/// Database errors.
pub(super) fn excused(conn: &mut Connection, scope: Scope) -> Result<(Vec<Span>, Vec<Window>), StoreError> {
    let spans: Vec<(LossyText, OptionalLossyText)> = rows_of!(pauses, scope)
        .order((pauses::from_at, pauses::id))
        .select((pauses::from_at, pauses::until_at))
        .load(conn)?;
    let span = |(from, until): (LossyText, OptionalLossyText)| {
        let until: Option<String> = until.into();
        Some(Span { from: from.as_str().parse().ok()?, until: until.map(|at| at.parse()).transpose().ok()? })
    };
    let windows: Vec<LossyText> = rows_of!(maintenance_windows, scope)
        .order(maintenance_windows::id)
        .select(maintenance_windows::spans)
        .load(conn)?;
    let windows = windows.iter().filter_map(|spans| parsed::<Window>(Some(spans.as_str())));
    Ok((spans.into_iter().filter_map(span).collect(), windows.collect()))
}
