//! Determines which runs are past their retention.

use std::collections::{BTreeSet, HashMap};

use super::retention::{Policy, place};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::{self, JobRecord},
            operations,
            protected_runs::ProtectedRuns,
            retention::{self, Extent},
            servers,
        },
    },
    dto::database::{CleanedJob, CleanupRequest, Retention},
    ids::{JobId, JobRef, ServerId},
    time::{Day, Timestamp},
    zone::Zone,
};

/// What a clean-up has to delete of a job.
pub(super) struct Target {
    pub job: JobRef,
    /// Runs that began before this are deleted.
    pub before: String,
    /// Other operations that began before this are deleted.
    pub cutoff: Timestamp,
    pub cleaned: Option<CleanedJob>,
    pub operations: i64,
}

/// What a clean-up has to delete, and the rules it is based on.
pub(super) struct Plan {
    /// Settings and rules when they were read, without the request.
    pub rules: Policy,
    pub targets: Vec<Target>,
}

/// Determines which runs are deleted by the request, or else by settings and rules.
pub(super) fn plan(
    conn: &mut Connection,
    zone: &Zone,
    today: Day,
    request: Option<&CleanupRequest>,
) -> Result<Plan, StoreError> {
    let (server, job) = match request.and_then(|r| Some((r.server.as_deref()?, r.job.as_deref()))) {
        Some((server, job)) => place(conn, server, job).map(|(server, job)| (Some(server), job))?,
        None => (None, None),
    };
    let rules = Policy::load(conn)?;
    let policy = match request {
        Some(request) => rules.clone().for_request(request, server, job),
        None => rules.clone(),
    };
    Ok(Plan { targets: targets(conn, zone, today, &policy, (server, job))?, rules })
}

/// Determines which runs are deleted, of all jobs, of one server, or of one job.
pub(super) fn targets(
    conn: &mut Connection,
    zone: &Zone,
    today: Day,
    policy: &Policy,
    (server, job): (Option<ServerId>, Option<JobId>),
) -> Result<Vec<Target>, StoreError> {
    let names = names(conn)?;
    // The index is scanned once for each different age, not once for each job.
    let mut extents: HashMap<i64, HashMap<i64, Extent>> = HashMap::new();
    let mut targets = Vec::new();
    for record in jobs::all(conn, server)? {
        if job.is_some_and(|wanted| wanted.0 != record.id) {
            continue;
        }
        let retention = policy.of(record.server_id, record.id);
        let Some(days) = retention.days else { continue };
        let cutoff = zone.start(today.plus(-days));
        let of_jobs = match extents.entry(days) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => new.insert(retention::extents(conn, cutoff)?),
        };
        let old = of_jobs.remove(&record.id);
        let mut target = target(conn, &record, cutoff, retention.keep_last, old)?;
        if let Some(cleaned) = &mut target.cleaned {
            cleaned.retention = retention;
            cleaned.server = names.get(&record.server_id).cloned().unwrap_or_default();
        }
        if target.cleaned.is_some() || target.operations > 0 {
            targets.push(target);
        }
    }
    Ok(targets)
}

fn names(conn: &mut Connection) -> Result<HashMap<i64, String>, StoreError> {
    Ok(servers::all(conn)?.into_iter().map(|server| (server.id, server.name)).collect())
}

fn target(
    conn: &mut Connection,
    record: &JobRecord,
    cutoff: Timestamp,
    keep_last: i64,
    old: Option<Extent>,
) -> Result<Target, StoreError> {
    let job = record.job_ref();
    let mut before = cutoff.to_string();
    let operations = operations::count_before(conn, job, cutoff)?;
    let old_runs = old.as_ref().map_or(0, |extent| extent.runs);
    let nothing = Extent { runs: 0, oldest: None, newest: None };
    let mut going = match old {
        // There are enough newer runs, so only the age counts.
        Some(extent) if record.summary.run_count - extent.runs >= keep_last => extent,
        Some(_) => match retention::first_of_last(conn, job, keep_last)? {
            Some(first) => {
                before = before.min(first);
                retention::extent(conn, job, &before, &BTreeSet::new())?
            }
            None => nothing,
        },
        None => nothing,
    };
    if going.runs > 0 {
        let first_kept = before.parse().unwrap_or(cutoff);
        let mut protected_runs = ProtectedRuns::of(job, &record.summary);
        let stay = protected_runs.before(conn, first_kept)?;
        if !stay.is_empty() {
            going = retention::extent(conn, job, &before, stay)?;
        }
    }
    let cleaned = going.oldest.zip(going.newest).map(|(oldest, newest)| CleanedJob {
        server: String::new(),
        job: record.name.clone(),
        retention: Retention { days: None, keep_last },
        runs: going.runs,
        oldest: oldest.parse().unwrap_or_default(),
        newest: newest.parse().unwrap_or_default(),
        kept: old_runs - going.runs,
    });
    Ok(Target { job, before, cutoff, cleaned, operations })
}
