//! What settings would have done, before they are saved.

use crate::{
    db::{
        Connection, StoreError,
        tables::{jobs, labels, noticing::settings::Scope},
    },
    dto::{
        job::{Alarms, Preview},
        monitoring::RuleForm,
        schedules::Defaults,
    },
    error::Error,
    ids::JobId,
    noticing::rehearsal::{Alarm, Closed},
    service::{
        Actor, Services,
        monitoring::{RuleChange, read_rule},
        noticing::rehearse,
        rows::count,
    },
    verdict::Verdict,
};

/// Days that are rehearsed.
const REHEARSED: i64 = 90;
/// Alarms that are named.
const NAMED: usize = 4;
/// Of many jobs, so many are rehearsed.
const SOME: usize = 20;

/// For what settings are tried.
#[derive(Debug, Clone)]
pub(super) enum Tried {
    /// A job.
    Job(JobId),
    /// Each of these jobs.
    Jobs(Vec<JobId>),
    /// A group, a server or everything, with so many jobs.
    Defaults(Defaults, i64),
}

impl Tried {
    /// The first jobs that it concerns, each with that for which the settings are tried, and how many there are in all.
    async fn jobs(self, services: &Services) -> Result<(Vec<(JobId, Scope)>, Option<i64>), Error> {
        Ok(match self {
            Self::Job(job) => (vec![(job, Scope::Job(job))], None),
            Self::Jobs(jobs) => {
                let all = count(jobs.len());
                (jobs.into_iter().take(SOME).map(|job| (job, Scope::Job(job))).collect(), Some(all))
            }
            Self::Defaults(of, all) => {
                let jobs = services.db.read(move |conn| some_of(conn, of)).await?;
                (jobs.into_iter().map(|job| (job, scope_of(of))).collect(), Some(all))
            }
        })
    }
}

/// For what something is set, by the word of its page.
pub(super) const fn scope_of(of: Defaults) -> Scope {
    match of {
        Defaults::Site => Scope::Site,
        Defaults::Group(group) => Scope::Group(group),
        Defaults::Server(server) => Scope::Server(server),
    }
}

fn some_of(conn: &mut Connection, of: Defaults) -> Result<Vec<JobId>, StoreError> {
    let servers = match of {
        Defaults::Site => None,
        Defaults::Group(group) => Some(labels::members(conn, group)?),
        Defaults::Server(server) => Some(vec![server]),
    };
    let jobs = jobs::refs(conn, servers.as_deref(), SOME)?;
    Ok(jobs.into_iter().map(|job| job.id).collect())
}

/// What the settings of a form would have done.
pub(super) async fn preview(
    services: &Services,
    actor: &Actor,
    of: Tried,
    form: &RuleForm,
) -> Result<Preview, Error> {
    match read_rule(form) {
        Ok(rules) => alarms(services, actor, of, rules).await.map(Preview::Alarms),
        Err(Error::Invalid { field, hint }) => Ok(Preview::Invalid(field.to_owned(), hint)),
        Err(error) => Err(error),
    }
}

async fn alarms(services: &Services, actor: &Actor, of: Tried, rules: RuleChange) -> Result<Alarms, Error> {
    let zone = actor.zone(services);
    let raised = |alarms: &[Alarm]| count(alarms.iter().filter(|alarm| !alarm.within).count());
    let (jobs, all) = of.jobs(services).await?;
    let is_one = all.is_none();
    let mut sum =
        Alarms { days: REHEARSED, of: all.map(|all| (count(jobs.len()), all)), ..Alarms::default() };
    for (job, scope) in jobs {
        let rehearsed = rehearse::trial_of(services, actor, (job, scope), REHEARSED, rules.clone()).await;
        let rehearsed = match rehearsed {
            // Deleted meanwhile.
            Err(Error::NotFound) if !is_one => continue,
            other => other?,
        };
        sum.tried += raised(&rehearsed.tried);
        sum.set += raised(&rehearsed.set);
        if is_one {
            sum.next = rehearsed.next.iter().map(|at| zone.moment(*at)).collect();
        }
        sum.last.extend(rehearsed.tried.iter().rev().filter_map(|alarm| match alarm.closed {
            Closed::At(closed) => {
                let kind = alarm.kind.parse().unwrap_or(Verdict::Check);
                Some((kind, zone.moment(alarm.opened), closed.map(|at| zone.moment(at))))
            }
            Closed::OfAnother => None,
        }));
    }
    if !is_one {
        sum.last.sort_by_key(|(_, opened, _)| std::cmp::Reverse(opened.at));
    }
    sum.last.truncate(NAMED);
    Ok(sum)
}
