//! The list of the schedules of all jobs.

pub mod export;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::{
    choice::Choice,
    job_parts::{KnownRules, Setup, schedule, tolerance},
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            jobs::{self, JobRecord},
            labels,
            schedule_list::{self, Order, ScheduleFilter},
            servers,
        },
    },
    dto::{
        Paging,
        schedules::{ScheduleRow, SchedulesPage, SchedulesQuery},
    },
    error::Error,
    ids::{JobId, ServerId},
    service::{
        Actor, Services,
        monitoring::AT_ONCE,
        rows::{count, moment},
    },
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};

/// Rows on a page.
const PAGE: i64 = 50;
/// Groups for which something can be set that are named.
const GROUPS: i64 = 300;

/// One page of the jobs that pass the filter.
///
/// # Errors
/// When the actor may not.
pub async fn list(services: &Services, actor: &Actor, query: SchedulesQuery) -> Result<SchedulesPage, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, now, site) = (actor.zone(services), services.clock.now(), services.zone.clone());
    let list = move |conn: &mut Connection| {
        let choice = Choice::of(conn, &query.group, &query.tag)?;
        let (filter, order) = wanted(&query, &choice);
        let paging = |total| Paging::new(query.page, PAGE, total);
        let (ids, total) = schedule_list::page(conn, &filter, order, PAGE, |total| paging(total).offset())?;
        Ok(SchedulesPage {
            now: zone.moment(now),
            rows: Rows::new(&zone, &site, now).of(conn, &ids)?,
            paging: paging(total),
            labels: choice.labels(conn)?,
            groups: labels::groups(conn, GROUPS)?,
            at_once: count(AT_ONCE),
        })
    };
    Ok(services.db.read(list).await?)
}

/// Some of the rows, in the order of the query.
///
/// # Errors
/// When the actor may not.
pub(in crate::service) async fn rows(
    services: &Services,
    actor: &Actor,
    query: SchedulesQuery,
    limit: i64,
    skipped: i64,
) -> Result<Vec<ScheduleRow>, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, now) = (services.zone.clone(), services.clock.now());
    let read = services.db.read(move |conn| {
        let choice = Choice::of(conn, &query.group, &query.tag)?;
        let (filter, order) = wanted(&query, &choice);
        let (ids, _) = schedule_list::page(conn, &filter, order, limit, |_| skipped)?;
        Rows::new(&zone, &zone, now).of(conn, &ids)
    });
    Ok(read.await?)
}

/// The jobs that pass the filter: one more than can be changed at once, at most.
///
/// # Errors
/// Database errors.
pub(super) async fn all(services: &Services, query: SchedulesQuery) -> Result<Vec<JobId>, Error> {
    let most = count(AT_ONCE) + 1;
    let read = services.db.read(move |conn| {
        let choice = Choice::of(conn, &query.group, &query.tag)?;
        let (filter, order) = wanted(&query, &choice);
        Ok(schedule_list::page(conn, &filter, order, most, |_| 0)?.0)
    });
    Ok(read.await?)
}

fn wanted(query: &SchedulesQuery, choice: &Choice) -> (ScheduleFilter, Order) {
    let filter = ScheduleFilter {
        rank: query.state.map(Verdict::rank),
        source: query.source,
        group: choice.group,
        tag: choice.tag,
        text: query.text.trim().to_lowercase(),
    };
    (filter, Order { sort: query.sort, descending: query.descending })
}

/// Makes rows, and remembers what many of them share.
struct Rows<'z> {
    zone: &'z Zone,
    site: &'z Zone,
    now: Timestamp,
    rules: KnownRules,
    servers: HashMap<i64, String>,
}

impl<'z> Rows<'z> {
    fn new(zone: &'z Zone, site: &'z Zone, now: Timestamp) -> Self {
        Self { zone, site, now, rules: KnownRules::default(), servers: HashMap::new() }
    }

    /// The rows of jobs, in their order.
    fn of(&mut self, conn: &mut Connection, ids: &[JobId]) -> Result<Vec<ScheduleRow>, StoreError> {
        let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let records = jobs::of_ids(conn, &numbers)?.into_iter().map(|record| (record.id, record));
        let mut records: HashMap<i64, JobRecord> = records.collect();
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(record) = records.remove(&id.0) {
                rows.push(self.row(conn, &record)?);
            }
        }
        Ok(rows)
    }

    fn row(&mut self, conn: &mut Connection, job: &JobRecord) -> Result<ScheduleRow, StoreError> {
        let (zone, now) = (self.zone, self.now);
        let server_name = match self.servers.get(&job.server_id) {
            Some(known) => known.clone(),
            None => {
                let name = servers::find(conn, ServerId(job.server_id))?.display_name().to_owned();
                self.servers.insert(job.server_id, name.clone());
                name
            }
        };
        let setup = Setup::listed(conn, &mut self.rules, job, self.site, now)?;
        let state = job.state.as_ref();
        let paused = setup.settings.paused(now);
        let next = state.and_then(|state| moment(zone, state.slot.as_deref()));
        Ok(ScheduleRow {
            job: JobId(job.id),
            job_name: job.display_name().to_owned(),
            server: ServerId(job.server_id),
            server_name,
            verdict: job.verdict(),
            schedule: schedule(&setup, next.into_iter().collect()),
            tolerance: tolerance(&setup),
            due: state.and_then(|state| moment(zone, state.due.as_deref())),
            is_paused: paused.is_some(),
            paused_until: paused.flatten().map(|until| zone.moment(until)),
            last_good: moment(zone, job.summary.last_success_at.as_deref()),
            runs: job.summary.run_count,
        })
    }
}
