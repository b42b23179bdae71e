//! The dashboard. Its cost follows what it shows (servers, jobs, sixty days), never the length of the history.

use std::{collections::HashMap, sync::Arc};

use super::site_levels::Levels;
use crate::{
    access::Permission,
    chart::Series,
    db::{
        Connection, StoreError,
        tables::{
            days,
            days::SiteDayRow,
            ingest_keys as ingest_key_rows,
            ingest_keys::KeyRecord,
            jobs,
            jobs::{JobRecord, LiveRow},
            open_checks::OpenChecks,
            rejected_reports,
            rejected_reports::RejectedRecord,
            servers,
            servers::ServerRecord,
        },
    },
    dto::{
        Paging,
        dashboard::{
            Dashboard, DashboardQuery, Enclosed, Filter, Problem, ServerGroup, SiteDay, Sort, Totals, Waiting,
        },
    },
    error::Error,
    ids::{JobId, RunId, ServerId},
    service::{
        Actor, Services,
        ingest::rejected::row as rejected_row,
        ingest_keys,
        rows::{LIVE_FOR, count, job_row, moment, next_change},
    },
    time::{Day, Timestamp},
    verdict::{Verdict, judge},
    zone::Zone,
};

/// Servers on a page.
const PAGE: i64 = 25;
/// Problem cards.
const PROBLEMS: usize = 12;
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
    open: OpenChecks,
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
        let open = OpenChecks::of(conn, None, now)?;
        Ok(Self {
            servers: servers::all(conn)?,
            jobs: jobs.into_iter().map(|job| (judge(open.evidence(&job), now), job)).collect(),
            open,
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
        let next_expected = self.jobs.iter().filter_map(|(_, job)| job.summary.next_expected.as_deref());
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
            changes_at: next_change(
                zone,
                now,
                self.jobs.iter().map(|(_, job)| job),
                self.live.iter(),
                &self.open,
            ),
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

    fn problems(&self, zone: &Zone) -> Vec<Problem> {
        let mut bad: Vec<&(Verdict, JobRecord)> =
            self.jobs.iter().filter(|(v, _)| v.needs_attention()).collect();
        // Worst first; among equals the one that has waited longest for a good run.
        bad.sort_by(|(a, x), (b, y)| {
            a.cmp(b).then_with(|| x.summary.last_success_at.cmp(&y.summary.last_success_at))
        });
        grouped(bad)
            .into_iter()
            .take(PROBLEMS)
            .map(|((verdict, job), others)| {
                let summary = &job.summary;
                let since = match verdict {
                    Verdict::Failed => summary.failing_since.as_deref(),
                    Verdict::Late => summary.next_expected.as_deref(),
                    _ => summary.last_start.as_deref(),
                };
                let shows_message = matches!(verdict, Verdict::Failed | Verdict::Check);
                Problem {
                    server_id: ServerId(job.server_id),
                    server_name: self.server_name(job.server_id),
                    job_id: JobId(job.id),
                    job_name: job.name.clone(),
                    other_jobs: others.iter().map(|job| job.name.clone()).collect(),
                    verdict: *verdict,
                    run_id: summary.last_run_id.map(RunId),
                    since: moment(zone, since),
                    failures: summary.failures,
                    message: summary.last_headline.clone().filter(|_| shows_message),
                    outcome: summary.evidence().outcome,
                    checks: self.open.checks(job),
                    last_success: moment(zone, summary.last_success_at.as_deref()),
                    interval: summary.rhythm().map(|rhythm| rhythm.interval),
                }
            })
            .collect()
    }

    fn server_name(&self, id: i64) -> String {
        self.servers
            .iter()
            .find(|server| server.id == id)
            .map_or_else(String::new, |s| s.display_name().to_owned())
    }

    fn totals(&self) -> Totals {
        let sum = |field: fn(&JobRecord) -> Option<i64>| {
            self.jobs.iter().filter_map(|(_, job)| field(job)).fold(0_i64, i64::saturating_add)
        };
        let day_of = |number: i64| {
            let day = self.today.plus(number - 59).to_string();
            self.days.iter().find(|row| row.day == day)
        };
        let (previous, last): (Vec<_>, Vec<_>) = (0..60).map(day_of).partition_at(30);
        let of = |days: &[Option<&SiteDayRow>], field: fn(&SiteDayRow) -> i64| {
            days.iter().flatten().map(|row| field(row)).fold(0_i64, i64::saturating_add)
        };
        let source_size = sum(|job| job.summary.files_size);
        let storage_size = sum(|job| job.summary.storage_size);
        Totals {
            runs: sum(|job| Some(job.summary.run_count)),
            source_size,
            storage_size,
            uploaded_size: sum(|job| Some(job.summary.uploaded_total)),
            versions: sum(|job| job.summary.versions),
            days: self.site_days(&last, source_size, storage_size),
            runs_30_days: of(&last, SiteDayRow::backups),
            kept_30_days: of(&last, |row| row.successes + row.warnings),
            uploaded_30_days: of(&last, |row| row.uploaded_size),
            uploaded_previous_30_days: of(&previous, |row| row.uploaded_size),
        }
    }

    /// The last 30 days. Today's sizes are those of now: the others were read up to a minute ago.
    fn site_days(&self, days: &[Option<&SiteDayRow>], source_now: i64, stored_now: i64) -> Vec<SiteDay> {
        let level = |series: &Series, index: usize, now: i64| {
            let known = series.get(index).copied().flatten();
            if index + 1 == days.len() { known.map(|_| now) } else { known }
        };
        let day = |(index, row): (usize, &Option<&SiteDayRow>)| SiteDay {
            runs: row.map_or(0, |row| row.runs),
            uploaded_size: row.map_or(0, |row| row.uploaded_size),
            source_size: level(&self.levels.source, index, source_now),
            storage_size: level(&self.levels.stored, index, stored_now),
        };
        days.iter().enumerate().map(day).collect()
    }

    /// One page of servers with those of their jobs that pass the filter.
    fn page(&self, zone: &Zone, now: Timestamp, query: &DashboardQuery) -> (Vec<ServerGroup>, Paging) {
        let wanted = query.search.trim().to_lowercase();
        let mut groups: Vec<(&ServerRecord, Vec<&(Verdict, JobRecord)>)> = self
            .servers
            .iter()
            .filter_map(|server| {
                let named = contains(&server.name, &wanted)
                    || server.alias.as_deref().is_some_and(|a| contains(a, &wanted));
                let jobs: Vec<_> = self
                    .jobs_of(server.id)
                    .filter(|(verdict, job)| {
                        passes(query.filter, *verdict, job)
                            && (named || contains(&job.name, &wanted) || verdict.as_str() == wanted)
                    })
                    .collect();
                let empty_is_shown = matches!(query.filter, Filter::All | Filter::Never)
                    && named
                    && self.jobs_of(server.id).next().is_none();
                (!jobs.is_empty() || empty_is_shown).then_some((server, jobs))
            })
            .collect();
        let worst = |jobs: &[&(Verdict, JobRecord)]| jobs.iter().map(|(verdict, _)| *verdict).min();
        match query.sort {
            Sort::Worst => groups.sort_by_key(|(_, jobs)| worst(jobs).unwrap_or(Verdict::Ok)),
            Sort::Name => groups.sort_by_key(|(server, _)| server.display_name().to_lowercase()),
            Sort::Latest => groups.sort_by(|(a, _), (b, _)| b.last_seen.cmp(&a.last_seen)),
        }
        let paging = Paging::new(query.page, PAGE, count(groups.len()));
        let skip = usize::try_from(paging.offset()).unwrap_or(0);
        let page = groups.into_iter().skip(skip).take(usize::try_from(PAGE).unwrap_or(0));
        (page.map(|(server, jobs)| self.group(zone, now, server, jobs, query.sort)).collect(), paging)
    }

    fn jobs_of(&self, server: i64) -> impl Iterator<Item = &(Verdict, JobRecord)> {
        // Sorted by server: a binary search instead of a walk for each server.
        let start = self.jobs.partition_point(|(_, job)| job.server_id < server);
        self.jobs.iter().skip(start).take_while(move |(_, job)| job.server_id == server)
    }

    fn group(
        &self,
        zone: &Zone,
        now: Timestamp,
        server: &ServerRecord,
        mut jobs: Vec<&(Verdict, JobRecord)>,
        sort: Sort,
    ) -> ServerGroup {
        if sort == Sort::Worst {
            jobs.sort_by_key(|(verdict, _)| *verdict);
        }
        let worst = self.jobs_of(server.id).map(|(verdict, _)| *verdict).min();
        ServerGroup {
            id: ServerId(server.id),
            name: server.name.clone(),
            alias: server.alias.clone(),
            worst,
            worst_count: count(
                self.jobs_of(server.id).filter(|(verdict, _)| Some(*verdict) == worst).count(),
            ),
            jobs_total: count(self.jobs_of(server.id).count()),
            last_seen: moment(zone, server.last_seen.as_deref()),
            jobs: jobs.into_iter().map(|(_, job)| job_row(zone, now, job, &self.live, &self.open)).collect(),
        }
    }
}

/// Jobs that need attention, with the other jobs of the same server that are silent in the same way.
fn grouped(bad: Vec<&(Verdict, JobRecord)>) -> Vec<(&(Verdict, JobRecord), Vec<&JobRecord>)> {
    let mut groups: Vec<(&(Verdict, JobRecord), Vec<&JobRecord>)> = Vec::new();
    let mut known: HashMap<(Verdict, i64), usize> = HashMap::new();
    for one in bad {
        let (verdict, job) = one;
        let is_silent = matches!(verdict, Verdict::Late | Verdict::Stale);
        let first = known.get(&(*verdict, job.server_id)).filter(|_| is_silent);
        match first.and_then(|first| groups.get_mut(*first)) {
            Some((_, others)) => others.push(job),
            None => {
                known.insert((*verdict, job.server_id), groups.len());
                groups.push((one, Vec::new()));
            }
        }
    }
    groups
}

trait PartitionAt<T> {
    fn partition_at(self, index: usize) -> (Vec<T>, Vec<T>);
}

impl<T, I: Iterator<Item = T>> PartitionAt<T> for I {
    fn partition_at(self, index: usize) -> (Vec<T>, Vec<T>) {
        let mut first: Vec<T> = self.collect();
        let second = first.split_off(index.min(first.len()));
        (first, second)
    }
}

/// Whether nothing says that a job's backups work: it is known (by its progress, say), and no report of it ever came.
fn has_never_reported(job: &JobRecord) -> bool {
    job.summary.last_report_at.is_none()
}

fn passes(filter: Filter, verdict: Verdict, job: &JobRecord) -> bool {
    match filter {
        Filter::All => true,
        Filter::Attention => verdict.needs_attention(),
        Filter::Only(wanted) => verdict == wanted,
        Filter::Never => has_never_reported(job),
    }
}

fn contains(text: &str, wanted: &str) -> bool {
    wanted.is_empty() || text.to_lowercase().contains(wanted)
}

#[cfg(test)]
#[path = "dashboard_tests.rs"]
mod tests;
