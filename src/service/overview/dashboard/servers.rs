//! The servers of the dashboard, with those of their jobs that pass the filter.

use super::{DashboardData, has_never_reported};
use crate::{
    db::tables::{jobs::JobRecord, servers::ServerRecord},
    dto::{
        Paging,
        dashboard::{DashboardQuery, Filter, ServerGroup, Sort},
    },
    ids::ServerId,
    service::rows::{count, job_row, moment},
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};

/// Servers on a page.
const PAGE: i64 = 25;

impl DashboardData {
    /// One page of servers with those of their jobs that pass the filter.
    pub(super) fn page(
        &self,
        zone: &Zone,
        now: Timestamp,
        query: &DashboardQuery,
    ) -> (Vec<ServerGroup>, Paging) {
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
                            && (named
                                || contains(&job.name, &wanted)
                                || job.alias.as_ref().is_some_and(|alias| contains(alias, &wanted))
                                || verdict.as_str() == wanted)
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
            jobs: jobs
                .into_iter()
                .map(|(_, job)| job_row(zone, now, job, &self.live, &self.tested))
                .collect(),
        }
    }
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
