//! The servers of the dashboard, with those of their jobs that pass the filter.

use std::collections::HashMap;

use super::{super::choice::Choice, View};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::{self, JobRecord, LiveRow},
            labels,
            lists::{self, Order, WantedServers},
            servers as server_rows,
            servers::ServerRecord,
            verifications::{self, Verification},
        },
    },
    dto::{
        Paging,
        dashboard::{DashboardQuery, Filter, ServerGroup, Sort},
    },
    ids::ServerId,
    service::rows::{count, job_row, moment, with_handling},
    verdict::Verdict,
};

/// Servers on a page.
const PAGE: i64 = 25;
/// The bit of a server without a job, or with one that has never reported.
const NEVER: i64 = 256;

/// What of the jobs is shown.
struct Passing<'q> {
    filter: Filter,
    wanted: &'q str,
    /// Jobs and servers that have the tag; `None` while none is chosen.
    tagged: Option<(Vec<i64>, Vec<i64>)>,
}

/// Whether the name or the alias of a job contains a text.
fn is_called(job: &JobRecord, wanted: &str) -> bool {
    contains(&job.name, wanted) || job.alias.as_deref().is_some_and(|alias| contains(alias, wanted))
}

impl Passing<'_> {
    fn is_named(&self, server: &ServerRecord) -> bool {
        contains(&server.name, self.wanted)
            || server.alias.as_deref().is_some_and(|alias| contains(alias, self.wanted))
    }

    fn passes(&self, server: &ServerRecord, job: &JobRecord) -> bool {
        let verdict = job.verdict();
        let filtered = match self.filter {
            Filter::All => true,
            Filter::Attention => verdict.needs_attention(),
            Filter::Only(wanted) => verdict == wanted,
            Filter::Never => job.summary.last_report_at.is_none(),
        };
        let is_found =
            || self.is_named(server) || is_called(job, self.wanted) || verdict.as_str() == self.wanted;
        let is_tagged = || match &self.tagged {
            None => true,
            Some((jobs, servers)) => jobs.contains(&job.id) || servers.contains(&server.id),
        };
        filtered && is_found() && is_tagged()
    }
}

impl View {
    /// One page of servers with those of their jobs that pass the filter, and the jobs that are shown.
    pub(super) fn servers(
        &self,
        conn: &mut Connection,
        choice: &Choice,
        live: &[LiveRow],
    ) -> Result<(Vec<ServerGroup>, Vec<JobRecord>, Paging), StoreError> {
        let text = wanted_text(&self.query);
        let wanted = wanted(&self.query, &text, choice);
        let paged = |total| Paging::new(self.query.page, PAGE, total);
        let (ids, total) = lists::page(conn, &wanted, PAGE, |total| paged(total).offset())?;
        let paging = paged(total);
        let mut known: HashMap<i64, ServerRecord> =
            server_rows::of_ids(conn, &ids)?.into_iter().map(|server| (server.id, server)).collect();
        let all = jobs::listed(conn, &ids)?;
        let job_ids: Vec<i64> = all.iter().map(|job| job.id).collect();
        let tested = verifications::latest(conn, &job_ids)?;
        let mut tags: HashMap<i64, Vec<String>> = HashMap::new();
        for (server, name) in labels::of_servers(conn, &ids)? {
            tags.entry(server).or_default().push(name);
        }
        let tagged = match choice.tag {
            None => None,
            Some(tag) => {
                Some((labels::tagged_jobs(conn, tag, &ids)?, labels::tagged_servers(conn, tag, &ids)?))
            }
        };
        let passing = Passing { filter: self.query.filter, wanted: &text, tagged };
        let mut groups: Vec<ServerGroup> = ids
            .iter()
            .filter_map(|id| known.remove(&id.0))
            .map(|server| {
                let tags = tags.remove(&server.id).unwrap_or_default();
                self.group(server, tags, &all, &passing, live, &tested)
            })
            .collect();
        let rows = groups.iter_mut().flat_map(|group| &mut group.jobs);
        with_handling(conn, &self.zone, self.now, rows)?;
        Ok((groups, all, paging))
    }

    fn group(
        &self,
        server: ServerRecord,
        tags: Vec<String>,
        all: &[JobRecord],
        passing: &Passing<'_>,
        live: &[LiveRow],
        tested: &HashMap<i64, Verification>,
    ) -> ServerGroup {
        let (zone, now) = (&self.zone, self.now);
        // Sorted by server: a binary search instead of a walk for each server.
        let start = all.partition_point(|job| job.server_id < server.id);
        let own = all.iter().skip(start).take_while(|job| job.server_id == server.id);
        let own: Vec<&JobRecord> = own.collect();
        let mut shown: Vec<&JobRecord> =
            own.iter().copied().filter(|job| passing.passes(&server, job)).collect();
        if self.query.sort == Sort::Worst {
            shown.sort_by_key(|job| job.verdict());
        }
        let worst = own.iter().map(|job| job.verdict()).min();
        ServerGroup {
            id: ServerId(server.id),
            name: server.name,
            alias: server.alias,
            tags,
            worst,
            worst_count: count(own.iter().filter(|job| Some(job.verdict()) == worst).count()),
            jobs_total: count(own.len()),
            last_seen: moment(zone, server.last_seen.as_deref()),
            jobs: shown.into_iter().map(|job| job_row(zone, now, job, live, tested)).collect(),
        }
    }
}

/// What is looked for, as names are compared.
fn wanted_text(query: &DashboardQuery) -> String {
    query.search.trim().to_lowercase().replace(char::is_control, " ")
}

fn wanted<'q>(query: &DashboardQuery, text: &'q str, choice: &Choice) -> WantedServers<'q> {
    let bits = |verdicts: &[Verdict]| verdicts.iter().map(|verdict| 1_i64 << verdict.rank()).sum();
    let attention: Vec<Verdict> =
        Verdict::ALL.into_iter().filter(|verdict| verdict.needs_attention()).collect();
    WantedServers {
        verdicts: match query.filter {
            Filter::All => None,
            Filter::Attention => Some(bits(&attention)),
            Filter::Only(verdict) => Some(bits(&[verdict])),
            Filter::Never => Some(NEVER),
        },
        text,
        text_rank: text.parse::<Verdict>().ok().map(Verdict::rank),
        group: choice.group,
        tag: choice.tag,
        order: match (query.sort, query.filter) {
            // They are all as bad.
            (Sort::Name, _) | (Sort::Worst, Filter::Only(_) | Filter::Never) => Order::Name,
            (Sort::Worst, _) => Order::Worst,
            (Sort::Latest, _) => Order::Latest,
        },
    }
}

fn contains(text: &str, wanted: &str) -> bool {
    wanted.is_empty() || text.to_lowercase().contains(wanted)
}
