//! The problem cards of the dashboard.

use crate::{
    db::{
        Connection, StoreError,
        tables::{
            lists::{self, ProblemJobs},
            servers, verifications,
        },
    },
    dto::dashboard::Problem,
    ids::{JobId, RunId, ServerId},
    service::rows::{checks, handling, moment},
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};

/// Problem cards.
const PROBLEMS: usize = 12;

/// The jobs that need attention, worst first.
pub(super) fn problems(
    conn: &mut Connection,
    zone: &Zone,
    now: Timestamp,
) -> Result<Vec<Problem>, StoreError> {
    let found = lists::problems(conn, PROBLEMS)?;
    let ids: Vec<i64> = found.iter().map(|one| one.job.id).collect();
    let tested = verifications::latest(conn, &ids)?;
    let mut handled = handling(conn, zone, now, &ids)?;
    let mut all = Vec::with_capacity(found.len());
    for ProblemJobs { job, others, others_count } in found {
        let server_name =
            servers::display_name(conn, Some(job.server_id))?.map_or_else(String::new, |(_, name)| name);
        let (summary, state, verdict) = (&job.summary, job.state.as_ref(), job.verdict());
        let since = match verdict {
            Verdict::Failed => summary.failing_since.as_deref(),
            Verdict::Late => state.and_then(|state| state.slot.as_deref()),
            Verdict::Stuck => state.map(|state| state.since.as_str()),
            _ => summary.last_start.as_deref(),
        };
        let shows_message = matches!(verdict, Verdict::Failed | Verdict::Check);
        all.push(Problem {
            server_id: ServerId(job.server_id),
            server_name,
            job_id: JobId(job.id),
            job_name: job.display_name().to_owned(),
            other_jobs: others,
            other_count: others_count,
            verdict,
            run_id: summary.last_run_id.map(RunId),
            since: moment(zone, since),
            failures: summary.failures,
            message: summary.last_headline.clone().filter(|_| shows_message),
            outcome: summary.last_outcome(),
            checks: checks(&job.why(), tested.get(&job.id)),
            last_success: moment(zone, summary.last_success_at.as_deref()),
            interval: state.and_then(|state| state.interval),
            handling: handled.remove(&job.id),
        });
    }
    Ok(all)
}
