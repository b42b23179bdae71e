//! The dashboard. Its cost follows what it shows (servers, jobs, sixty days), never the length of the history.

mod problems;
mod servers;
mod totals;

use std::{collections::HashMap, sync::Arc};

use super::site_levels::Levels;
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            days,
            days::SiteDayRow,
            ingest_keys as ingest_key_rows,
            ingest_keys::KeyRecord,
            jobs,
            jobs::{JobRecord, LiveRow},
            rejected_reports,
            rejected_reports::RejectedRecord,
            servers as server_rows,
            servers::ServerRecord,
            verifications::{self, Verification},
        },
    },
    dto::dashboard::{Dashboard, DashboardQuery, Enclosed, Waiting},
    error::Error,
    service::{
        Actor, Services,
        ingest::rejected::row as rejected_row,
        ingest_keys,
        rows::{LIVE_FOR, count, moment, next_change},
    },
    time::{Day, Timestamp},
    verdict::Verdict,
    zone::Zone,
};

/// Refusals that are shown while the first report is waited for.
const REFUSED: i64 = 5;

/// One view of the dashboard.
///
/// # Errors
/// When the database refuses.
pub async fn show(services: &Services, actor: &Actor, query: DashboardQuery) -> Result<Dashboard, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let today = services.zone.day(now);
    let sees_rejected = actor.may(Permission::ViewRejected).is_ok();
    let levels = Arc::clone(&services.site_levels);
    let makes_keys = actor.may(Permission::ManageIngestKeys).is_ok();
    Ok(services
        .db
        .read(move |conn| {
            let mut material = DashboardData::load(conn, today, now)?;
            let days = (today.plus(-29), today);
            material.levels = levels.of(conn, material.jobs.iter().map(|(_, job)| job), days, now)?;
            if sees_rejected {
                material.rejected = rejected_reports::count(conn, Some(now.plus(-86_400)))?;
            }
            if material.servers.is_empty() && makes_keys {
                material.keys = Some(ingest_key_rows::all(conn)?);
                if sees_rejected {
                    material.refused = rejected_reports::list(conn, REFUSED, 0)?;
                }
            }
            Ok(material.arrange(&zone, now, &query))
        })
        .await?)
}

/// Everything that is read, in one go.
struct DashboardData {
    servers: Vec<ServerRecord>,
    jobs: Vec<(Verdict, JobRecord)>,
    live: Vec<LiveRow>,
    tested: HashMap<i64, Verification>,
    days: Vec<SiteDayRow>,
    /// Of the last 30 days.
    levels: Levels,
    today: Day,
    /// Nothing for those who could not look at them.
    rejected: i64,
    /// All keys: only while there is no server, and for those who may see them.
    keys: Option<Vec<KeyRecord>>,
    /// What was refused last: with the keys.
    refused: Vec<(i64, RejectedRecord)>,
}

impl DashboardData {
    /// `today` is the site's day, by which days were summed up.
    fn load(conn: &mut Connection, today: Day, now: Timestamp) -> Result<Self, StoreError> {
        let jobs = jobs::of_backups(conn, None)?;
        Ok(Self {
            servers: server_rows::all(conn)?,
            jobs: jobs.into_iter().map(|job| (job.verdict(), job)).collect(),
            tested: verifications::latest(conn, None)?,
            live: LiveRow::since(conn, now.plus(-LIVE_FOR))?,
            days: days::site_days_since(conn, today.plus(-59))?,
            levels: Levels::default(),
            today,
            rejected: 0,
            keys: None,
            refused: Vec::new(),
        })
    }

    fn arrange(&self, zone: &Zone, now: Timestamp, query: &DashboardQuery) -> Dashboard {
        let verdicts = Verdict::ALL
            .into_iter()
            .map(|verdict| (verdict, count(self.jobs.iter().filter(|(v, _)| *v == verdict).count())))
            .collect();
        let next_expected = self.jobs.iter().filter_map(|(_, job)| job.state.as_ref()?.slot.as_deref());
        let next_expected = next_expected.filter(|at| **at > *now.to_string()).min();
        let last_report = self.servers.iter().filter_map(|server| server.last_seen.as_deref()).max();
        let (servers, paging) = self.page(zone, now, query);
        Dashboard {
            now: zone.moment(now),
            servers_total: count(self.servers.len()),
            verdicts,
            running: count(self.live.len()),
            last_report: moment(zone, last_report),
            next_expected: moment(zone, next_expected),
            problems: self.problems(zone),
            totals: self.totals(),
            servers,
            paging,
            rejected_recently: self.rejected,
            never_reported: self.never_reported(),
            waiting: self.waiting(zone, now).as_ref().map(Enclosed::new),
            changes_at: next_change(zone, now, self.jobs.iter().map(|(_, job)| job), self.live.iter()),
        }
    }

    /// Servers without a job, and jobs without a report.
    fn never_reported(&self) -> i64 {
        let servers = self.servers.iter().filter(|server| self.jobs_of(server.id).next().is_none()).count();
        let jobs = self.jobs.iter().filter(|(_, job)| has_never_reported(job)).count();
        count(servers + jobs)
    }

    fn waiting(&self, zone: &Zone, now: Timestamp) -> Option<Waiting> {
        let (keys, refused) = (self.keys.clone()?, self.refused.clone());
        let keys = keys.into_iter().map(|row| ingest_keys::row(zone, now, row, &[]));
        Some(Waiting {
            keys: keys.filter(|key| key.revoked.is_none() && !key.expired).collect(),
            refused: refused.into_iter().map(|(id, row)| rejected_row(zone, id, row)).collect(),
        })
    }

    fn server_name(&self, id: i64) -> String {
        self.servers
            .iter()
            .find(|server| server.id == id)
            .map_or_else(String::new, |s| s.display_name().to_owned())
    }

    fn jobs_of(&self, server: i64) -> impl Iterator<Item = &(Verdict, JobRecord)> {
        // Sorted by server: a binary search instead of a walk for each server.
        let start = self.jobs.partition_point(|(_, job)| job.server_id < server);
        self.jobs.iter().skip(start).take_while(move |(_, job)| job.server_id == server)
    }
}

/// Whether nothing says that a job's backups work: it is known (by its progress, say), and no report of it ever came.
fn has_never_reported(job: &JobRecord) -> bool {
    job.summary.last_report_at.is_none()
}

#[cfg(test)]
mod tests;
