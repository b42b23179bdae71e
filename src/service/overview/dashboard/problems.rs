//! The problem cards of the dashboard.

use std::collections::HashMap;

use super::DashboardData;
use crate::{
    db::tables::jobs::JobRecord,
    dto::dashboard::Problem,
    ids::{JobId, RunId, ServerId},
    service::rows::{checks, moment},
    verdict::Verdict,
    zone::Zone,
};

/// Problem cards.
const PROBLEMS: usize = 12;

impl DashboardData {
    /// The jobs that need attention, worst first.
    pub(super) fn problems(&self, zone: &Zone) -> Vec<Problem> {
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
                let state = job.state.as_ref();
                let since = match verdict {
                    Verdict::Failed => summary.failing_since.as_deref(),
                    Verdict::Late => state.and_then(|state| state.slot.as_deref()),
                    Verdict::Stuck => state.map(|state| state.since.as_str()),
                    _ => summary.last_start.as_deref(),
                };
                let shows_message = matches!(verdict, Verdict::Failed | Verdict::Check);
                Problem {
                    server_id: ServerId(job.server_id),
                    server_name: self.server_name(job.server_id),
                    job_id: JobId(job.id),
                    job_name: job.display_name().to_owned(),
                    other_jobs: others.iter().map(|job| job.display_name().to_owned()).collect(),
                    verdict: *verdict,
                    run_id: summary.last_run_id.map(RunId),
                    since: moment(zone, since),
                    failures: summary.failures,
                    message: summary.last_headline.clone().filter(|_| shows_message),
                    outcome: summary.last_outcome(),
                    checks: checks(&job.why(), self.tested.get(&job.id)),
                    last_success: moment(zone, summary.last_success_at.as_deref()),
                    interval: state.and_then(|state| state.interval),
                }
            })
            .collect()
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
