//! The figures for Prometheus, as they are stored. The server renders them.

use std::collections::{HashMap, HashSet};

use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        engine::files,
        tables::{
            channels,
            jobs::time,
            labels,
            lists::{self, ListScope, ScopeTotals},
            metrics::{self, JobFigures, Outbox},
            noticing::{
                incidents::{self, Wanted},
                states,
            },
            servers, settings,
        },
    },
    dto::{database::PoolState, incidents::IncidentFilter},
    error::Error,
    service::{Actor, Services},
    time::Timestamp,
    verdict::Verdict,
};

/// Messages that failed are counted for so many seconds.
const LATELY: i64 = 86_400;

/// All figures, of one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The jobs, worst first.
    pub jobs: Vec<Job>,
    /// How many jobs were left out.
    pub omitted: i64,
    /// Number of servers.
    pub servers: i64,
    /// Sums over all jobs.
    pub totals: ScopeTotals,
    /// Open incidents: not acknowledged, and acknowledged.
    pub incidents: (i64, i64),
    /// Messages.
    pub outbox: Outbox,
    /// Channels: working, failing, turned off.
    pub channels: [i64; 3],
    /// Whether the database can be written.
    pub is_writable: bool,
    /// Connections and waiting queries.
    pub pool: PoolState,
    /// Bytes of the database.
    pub database_size: u64,
    /// Bytes of its write-ahead log.
    pub wal_size: u64,
    /// Bytes that can be written to its disk, if known.
    pub free_space: Option<u64>,
    /// When the database was last backed up.
    pub last_backup: Option<Timestamp>,
    /// When the states of jobs were last evaluated by this process.
    pub last_evaluation: Option<Timestamp>,
    /// For how many seconds the longest due evaluation has waited.
    pub evaluator_lag: i64,
}

/// A job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// Id of its server.
    pub server_id: i64,
    /// Its id.
    pub id: i64,
    /// Name of its server.
    pub server: String,
    /// Its name; no two jobs have the same names.
    pub name: String,
    /// Alias of its server, or an empty text.
    pub server_alias: String,
    /// Its alias, or an empty text.
    pub alias: String,
    /// Group of its server, or an empty text.
    pub group: String,
    /// Its verdict.
    pub state: &'static str,
    /// When its latest run began.
    pub last_run: Option<i64>,
    /// When its last report arrived.
    pub last_report: Option<i64>,
    /// When its last good run began.
    pub last_success: Option<i64>,
    /// Seconds that its latest run took.
    pub last_duration: Option<i64>,
    /// Bytes that its latest run uploaded.
    pub last_uploaded: Option<i64>,
    /// Failed runs in a row.
    pub failures: i64,
    /// Stored runs.
    pub runs: i64,
    /// Files of its source.
    pub source_files: Option<i64>,
    /// Bytes of its source.
    pub source_size: Option<i64>,
    /// Bytes at its destination.
    pub stored_size: Option<i64>,
    /// Versions at its destination.
    pub versions: Option<i64>,
    /// Bytes of its quota.
    pub quota: Option<i64>,
    /// Free bytes of its quota.
    pub quota_free: Option<i64>,
    /// The slot whose good run is awaited.
    pub next_slot: Option<i64>,
    /// When that slot makes it overdue.
    pub due: Option<i64>,
    /// Open incidents: at most one.
    pub incidents: i64,
}

impl Job {
    fn of(row: JobFigures, groups: &HashMap<i64, String>) -> Self {
        let unix = |text: Option<String>| time(text.as_deref()).map(Timestamp::unix);
        let verdict =
            row.rank.and_then(|rank| Verdict::ALL.into_iter().find(|verdict| verdict.rank() == rank));
        Self {
            server_id: row.server_id,
            id: row.id,
            server: row.server,
            name: row.name,
            server_alias: row.server_alias.unwrap_or_default(),
            alias: row.alias.unwrap_or_default(),
            group: row.group_id.and_then(|id| groups.get(&id).cloned()).unwrap_or_default(),
            state: verdict.unwrap_or(Verdict::New).as_str(),
            last_run: unix(row.last_start),
            last_report: unix(row.last_report_at),
            last_success: unix(row.last_success_at),
            last_duration: row.last_duration,
            last_uploaded: row.last_uploaded,
            failures: row.failures,
            runs: row.run_count,
            source_files: row.files_count,
            source_size: row.files_size,
            stored_size: row.storage_size,
            versions: row.versions,
            quota: row.quota_total,
            quota_free: row.quota_free,
            next_slot: unix(row.slot),
            due: unix(row.due),
            incidents: i64::from(row.incident_id.is_some()),
        }
    }
}

/// Reads all figures.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn snapshot(services: &Services, actor: &Actor) -> Result<Snapshot, Error> {
    actor.may(Permission::ViewBackups)?;
    // Before a query of this function waits itself.
    let pool = services.db.pool();
    let (now, most) = (services.clock.now(), services.options.metrics_max_jobs);
    let around = Around {
        pool,
        is_writable: services.db.read_only_cause().is_none(),
        database_size: files::length(services.db.path()),
        wal_size: files::length(&files::log(services.db.path())),
        free_space: services.room().free,
        last_evaluation: *services.last_round.borrow(),
    };
    let read =
        move |conn: &mut Connection| metrics::of_one_moment(conn, |conn| load(conn, around, now, most));
    Ok(services.db.read(read).await?)
}

/// What is known without the database.
struct Around {
    pool: PoolState,
    is_writable: bool,
    database_size: u64,
    wal_size: u64,
    free_space: Option<u64>,
    last_evaluation: Option<Timestamp>,
}

fn load(conn: &mut Connection, around: Around, now: Timestamp, most: i64) -> Result<Snapshot, StoreError> {
    let totals = lists::totals(conn, ListScope::Site)?;
    let groups = labels::groups(conn, i64::MAX)?.into_iter().map(|(id, name)| (id.0, name)).collect();
    let rows = metrics::jobs(conn, most)?;
    let jobs: Vec<Job> = rows.into_iter().map(|row| Job::of(row, &groups)).collect();
    let jobs = distinct(jobs);
    let shown = i64::try_from(jobs.len()).unwrap_or(i64::MAX);
    let open = |filter| Wanted { filter: Some(filter), ..Wanted::default() };
    // Settings that were changed let states be evaluated at once: they have the first time there is.
    let due = states::next_change(conn)?.filter(|at| at.unix() > 0);
    let last_backup = settings::get(conn, settings::LAST_BACKUP)?;
    Ok(Snapshot {
        omitted: totals.jobs().saturating_sub(shown).max(0),
        jobs,
        servers: servers::count(conn)?,
        totals,
        incidents: (
            incidents::count(conn, open(IncidentFilter::Open))?,
            incidents::count(conn, open(IncidentFilter::Acknowledged))?,
        ),
        outbox: metrics::outbox(conn, now.plus(-LATELY))?,
        channels: of_channels(conn)?,
        is_writable: around.is_writable,
        pool: around.pool,
        database_size: around.database_size,
        wal_size: around.wal_size,
        free_space: around.free_space,
        last_backup: time(last_backup.as_deref()),
        last_evaluation: around.last_evaluation,
        evaluator_lag: due.map_or(0, |due| now.since(due).max(0)),
    })
}

/// Lets no two jobs have the same names, which damaged texts can have: Prometheus would reject all figures.
fn distinct(mut jobs: Vec<Job>) -> Vec<Job> {
    let mut seen = HashSet::new();
    for job in &mut jobs {
        if !seen.insert((job.server.clone(), job.name.clone())) {
            job.name = format!("{} (job {})", job.name, job.id);
            seen.insert((job.server.clone(), job.name.clone()));
        }
    }
    jobs
}

fn of_channels(conn: &mut Connection) -> Result<[i64; 3], StoreError> {
    let mut counts = [0; 3];
    for row in channels::all(conn)? {
        let [working, failing, off] = &mut counts;
        let count = match (row.is_enabled, row.failing_since) {
            (false, _) => off,
            (true, Some(_)) => failing,
            (true, None) => working,
        };
        *count += 1;
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_jobs_have_the_same_names() {
        let job = |id, name: &str| Job { id, server: "nas".into(), name: name.into(), ..Job::default() };
        let jobs = distinct(vec![job(1, "a"), job(2, "a"), job(3, "b"), job(4, "a")]);
        let names: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
        assert_eq!(names, ["a", "a (job 2)", "b", "a (job 4)"]);
    }
}
