//! Runs, slots and sizes of each job in a period: read server by server from the covering index.

use std::collections::HashMap;

use super::Period;
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            days,
            jobs::{self, JobRecord},
            run_lists::{self, ListRow, Wanted},
        },
    },
    dto::{
        job::SlotFate,
        report::{Change, ReportJob},
        server::RunSort,
    },
    ids::ServerId,
    outcome::RunOutcome,
    service::{overview::job_parts::Setup, rows::moment},
    status::Status,
    time::Timestamp,
};

/// Runs before the period from which its first slots and sizes follow: seconds.
const LEAD: i64 = 40 * 86_400;

/// The jobs of servers, in the order of these.
pub(super) fn jobs(
    conn: &mut Connection,
    period: &Period,
    servers: &[(ServerId, String)],
) -> Result<Vec<ReportJob>, StoreError> {
    let mut all = Vec::new();
    for (server, name) in servers {
        let records = jobs::listed(conn, &[*server])?;
        if records.is_empty() {
            continue;
        }
        let mut runs = runs(conn, period, *server)?;
        for record in records {
            let runs = runs.remove(&record.id).unwrap_or_default();
            all.push(job(conn, period, name, &record, &runs)?);
        }
    }
    Ok(all)
}

/// The runs of a server by their jobs, each in the order in which they began.
fn runs(
    conn: &mut Connection,
    period: &Period,
    server: ServerId,
) -> Result<HashMap<i64, Vec<ListRow>>, StoreError> {
    let between = Some((period.from.plus(-LEAD), period.until));
    let wanted = Wanted { between, ..Wanted::all(server, None) };
    let mut by_job: HashMap<i64, Vec<ListRow>> = HashMap::new();
    for run in run_lists::list(conn, wanted, RunSort::Started, true, i64::MAX, 0)? {
        by_job.entry(run.job_id).or_default().push(run);
    }
    Ok(by_job)
}

fn job(
    conn: &mut Connection,
    period: &Period,
    server: &str,
    record: &JobRecord,
    runs: &[ListRow],
) -> Result<ReportJob, StoreError> {
    let Period { from, until, now, zone, site } = period;
    let is_within = |at: Timestamp| at >= *from && at < *until;
    let mut job = ReportJob {
        id: record.id,
        server: server.to_owned(),
        name: record.display_name().to_owned(),
        verdict: Some(record.verdict()),
        quota: record.summary.quota_free.zip(record.summary.quota_total),
        last_success: moment(zone, record.summary.last_success_at.as_deref()),
        ..ReportJob::default()
    };
    for run in runs {
        let (outcome, begin) = (outcome(run), begin(run));
        let [source, stored] = [run.files_size, run.storage_size].map(|figure| outcome.figure(figure));
        if begin < *from {
            job.source.before = source.or(job.source.before);
            job.stored.before = stored.or(job.stored.before);
        } else {
            job.source.now = source.or(job.source.now);
            job.stored.now = stored.or(job.stored.now);
            job.uploaded = job.uploaded.saturating_add(outcome.uploaded(run.uploaded_size));
            count(&mut job, outcome, run.status.parse().unwrap_or(Status::Unknown));
        }
    }
    if job.source.before.is_none() && job.stored.before.is_none() {
        // It runs seldom, or is new.
        for (_, totals) in days::levels_before(conn, &[record.id], site.day(*from))? {
            job.source.before = totals.files_size;
            job.stored.before = totals.storage_size;
        }
    }
    for change in [&mut job.source, &mut job.stored] {
        *change = Change { now: change.now.or(change.before), ..*change };
    }
    let setup = Setup::load(conn, record.job_ref(), site, *now)?;
    for slot in setup.slots(runs, *now).into_iter().filter(|slot| is_within(slot.at)) {
        match slot.fate {
            SlotFate::Kept | SlotFate::Warned => job.kept += 1,
            SlotFate::Failed => job.lost += 1,
            SlotFate::Missed => job.missed += 1,
            SlotFate::Excused | SlotFate::Paused => {}
        }
    }
    Ok(job)
}

fn count(job: &mut ReportJob, outcome: RunOutcome, status: Status) {
    match outcome {
        RunOutcome::Good if status == Status::Success => job.good += 1,
        RunOutcome::Good => job.warned += 1,
        RunOutcome::Errors | RunOutcome::Failed => job.failed += 1,
        RunOutcome::Partial | RunOutcome::Stopped | RunOutcome::Skipped | RunOutcome::Unknown => {
            job.incomplete += 1;
        }
        RunOutcome::Rehearsal => {}
    }
}

fn outcome(run: &ListRow) -> RunOutcome {
    run.outcome.parse().unwrap_or_default()
}

fn begin(run: &ListRow) -> Timestamp {
    run.start_time.parse().unwrap_or_default()
}
