//! Statistics of a server's page, from the per-day totals and the summaries of jobs.

use crate::{
    db::tables::{days::ServerDay, jobs::JobRecord, totals::Totals},
    dto::server::Statistics,
    service::rows::moment,
    zone::Zone,
};

/// Sums up days of jobs, with what the jobs are like now.
pub(super) fn statistics(zone: &Zone, chosen: &[&JobRecord], days: &[ServerDay]) -> Statistics {
    let total = days.iter().fold(Totals::default(), |total, row| total.with_runs(&row.totals));
    let now = |field: fn(&JobRecord) -> Option<i64>| {
        chosen.iter().filter_map(|job| field(job)).reduce(i64::saturating_add)
    };
    // The worst of them, so that one good job never hides another: never comes before any time.
    let oldest = chosen.iter().min_by_key(|job| job.summary.last_success_at.clone());
    let last_run = chosen.iter().filter_map(|job| job.summary.last_start.as_deref()).max();
    // Space of some destinations says nothing about what all jobs have stored.
    let all_tell =
        chosen.iter().all(|job| job.summary.storage_size.is_none() || job.summary.quota_total.is_some());
    // Jobs of one server often share a destination: its space is counted once for each size it reports.
    let mut quotas: Vec<(i64, i64)> =
        chosen.iter().filter_map(|job| Some((job.summary.quota_total?, job.summary.quota_free?))).collect();
    quotas.sort_unstable();
    quotas.dedup_by_key(|(total, _)| *total);
    Statistics {
        runs: total.backups(),
        successful: total.successes,
        warnings: total.warnings,
        failed: total.failures,
        incomplete: total.incomplete,
        average_duration: total.average_duration(),
        uploaded_size: total.uploaded_size,
        source_size: now(|job| job.summary.files_size),
        storage_size: now(|job| job.summary.storage_size),
        versions: now(|job| job.summary.versions),
        quota: quotas
            .into_iter()
            .map(|(total, free)| (total - free.min(total), total))
            .reduce(|a, b| (a.0.saturating_add(b.0), a.1.saturating_add(b.1)))
            .filter(|_| all_tell),
        last_success: oldest.and_then(|job| moment(zone, job.summary.last_success_at.as_deref())),
        last_success_job: oldest.map(|job| job.display_name().to_owned()),
        last_run: moment(zone, last_run),
    }
}
