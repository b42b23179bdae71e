//! What a view costs with very many servers, and that pages of a list are what sorting and filtering all of it says.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;

use super::*;
use crate::{
    db::tables::lists::rebuild,
    dto::dashboard::{Filter, ServerGroup, Sort},
    service::testing::{TestResult, services},
    verdict::Verdict,
};

const ROOT: Actor = Actor::CommandLine;

/// So many servers with five jobs each, of which some are bad; groups of fifty, and two tags.
async fn wide(servers: i64) -> Result<(tempfile::TempDir, Services), Box<dyn std::error::Error>> {
    let (folder, services) = services()?;
    let sql = format!(
        "INSERT INTO server_groups (name, name_key, created_at)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {groups})
             SELECT 'Customer ' || i, 'customer ' || i, 'x' FROM n;
         INSERT INTO tags (name, name_key, created_at) VALUES ('all', 'all', 'x'), ('rare', 'rare', 'x');
         INSERT INTO servers (name, alias, last_seen, created_at, updated_at, group_id)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {servers})
             SELECT printf('server-%05d', i), iif(i % 7 = 0, 'Büro ' || i, NULL), printf('2026-11-23T%02d:%02d:00Z', i % 12, i % 60),
                 '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 1 + i / 50 % {groups} FROM n;
         INSERT INTO jobs (server_id, name, created_at, run_count, uploaded_total, last_report_at, last_success_at, files_size,
             storage_size, versions, recent)
             WITH RECURSIVE k(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM k WHERE j < 5)
             SELECT id, 'Job ' || j, '2026-01-01T00:00:00Z', 10, 1000, last_seen, printf('2026-11-%02dT02:00:00Z', 1 + id % 20),
                 1000000 * id, 500000 * id, 9, '' FROM servers CROSS JOIN k;
         INSERT INTO job_states (job_id, verdict, since, evaluated_at, next_change_at, slot, due, interval, state)
             SELECT id, CASE WHEN id % 40 = 3 THEN 'failed' WHEN id % 90 = 4 THEN 'late' WHEN id % 300 = 5 THEN 'check' ELSE 'ok' END,
                 '2026-11-20T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z', '2026-11-24T00:00:00Z',
                 '2026-11-24T06:00:00Z', 86400, '{{}}' FROM jobs;
         INSERT INTO server_tags (tag_id, server_id) SELECT 1, id FROM servers;
         INSERT INTO server_tags (tag_id, server_id) SELECT 2, id FROM servers WHERE id % 97 = 1;
         INSERT INTO job_tags (tag_id, job_id) SELECT 2, id FROM jobs WHERE id % 501 = 2;",
        groups = (servers / 50).max(1),
    );
    services
        .db
        .write(move |tx| {
            tx.conn.batch_execute(&sql)?;
            rebuild(tx.conn)
        })
        .await?;
    Ok((folder, services))
}

/// Ways to ask.
fn ways() -> Vec<(&'static str, DashboardQuery)> {
    let query = DashboardQuery::default;
    vec![
        ("all", query()),
        ("last page", DashboardQuery { page: 1_000_000, ..query() }),
        ("attention", DashboardQuery { filter: Filter::Attention, ..query() }),
        ("ok", DashboardQuery { filter: Filter::Only(Verdict::Ok), ..query() }),
        (
            "late by time",
            DashboardQuery { filter: Filter::Only(Verdict::Late), sort: Sort::Latest, ..query() },
        ),
        ("by name", DashboardQuery { sort: Sort::Name, ..query() }),
        ("latest", DashboardQuery { sort: Sort::Latest, ..query() }),
        ("search, one", DashboardQuery { search: "server-00123".into(), ..query() }),
        ("search, all", DashboardQuery { search: "SERVER-".into(), sort: Sort::Name, ..query() }),
        ("search, jobs", DashboardQuery { search: "job 3".into(), ..query() }),
        ("search, none", DashboardQuery { search: "zebra".into(), ..query() }),
        (
            "search and filter",
            DashboardQuery { search: "job 3".into(), filter: Filter::Attention, ..query() },
        ),
        ("search, letters", DashboardQuery { search: "BÜRO".into(), ..query() }),
        ("search, verdict", DashboardQuery { search: "late".into(), ..query() }),
        ("group", DashboardQuery { group: "customer 2".into(), ..query() }),
        ("tag of all", DashboardQuery { tag: "all".into(), ..query() }),
        ("tag", DashboardQuery { tag: "rare".into(), ..query() }),
        ("tag and filter", DashboardQuery { tag: "rare".into(), filter: Filter::Attention, ..query() }),
        ("tag and search", DashboardQuery { tag: "rare".into(), search: "job 2".into(), ..query() }),
        ("tag and group", DashboardQuery { tag: "rare".into(), group: "customer 1".into(), ..query() }),
    ]
}

/// All pages of a list.
async fn listed(services: &Services, query: &DashboardQuery) -> Result<Vec<ServerGroup>, Error> {
    let mut all = Vec::new();
    for page in 1.. {
        let board = show(services, &ROOT, DashboardQuery { page, ..query.clone() }).await?;
        all.extend(board.servers);
        if page >= board.paging.pages() {
            assert_eq!(i64::try_from(all.len()).ok(), Some(board.paging.total), "{query:?}");
            break;
        }
    }
    Ok(all)
}

/// Reads everything, and filters and sorts it here.
#[tokio::test]
async fn pages_are_what_filtering_and_sorting_everything_says() -> TestResult {
    let (_folder, services) = wide(1300).await?;
    assert_eq!(services.db.read(lists::wrong).await?, []);
    let everything =
        listed(&services, &DashboardQuery { sort: Sort::Name, ..DashboardQuery::default() }).await?;
    assert_eq!(everything.len(), 1300);
    let group_of = |server: &ServerGroup| format!("customer {}", 1 + server.id.0 / 50 % 26);
    for (name, query) in ways() {
        let wanted = query.search.to_lowercase();
        let contains = |text: &str| text.to_lowercase().contains(&wanted);
        let mut expected: Vec<ServerGroup> = Vec::new();
        for server in &everything {
            let in_group = query.group.is_empty() || group_of(server) == query.group;
            let is_named = contains(&server.name) || server.alias.as_deref().is_some_and(contains);
            let has_tag = query.tag.is_empty() || server.tags.contains(&query.tag);
            let jobs: Vec<_> = server
                .jobs
                .iter()
                .filter(|job| match query.filter {
                    Filter::Attention => job.verdict.needs_attention(),
                    Filter::Only(verdict) => job.verdict == verdict,
                    _ => true,
                })
                .filter(|job| is_named || contains(&job.name) || job.verdict.as_str() == wanted)
                .filter(|job| has_tag || (query.tag == "rare" && job.id.0 % 501 == 2))
                .map(|job| job.id)
                .collect();
            if in_group && !jobs.is_empty() {
                let mut server = server.clone();
                server.jobs.retain(|job| jobs.contains(&job.id));
                expected.push(server);
            }
        }
        match query.sort {
            Sort::Worst if !matches!(query.filter, Filter::Only(_)) => expected.sort_by_key(|it| it.worst),
            Sort::Latest => {
                // Among those that were seen at the same time, by the bits of their verdicts.
                let bits = |server: &ServerGroup| {
                    let all = everything.iter().find(|it| it.id == server.id);
                    let jobs = all.into_iter().flat_map(|it| &it.jobs);
                    jobs.fold(0_i64, |bits, job| bits | 1 << job.verdict.rank())
                };
                expected.sort_by_cached_key(|it| {
                    (std::cmp::Reverse(it.last_seen.map(|at| at.at)), bits(it), it.id)
                });
            }
            _ => {}
        }
        let found = listed(&services, &DashboardQuery { page: 1, ..query }).await?;
        let told = |all: &[ServerGroup]| -> Vec<(i64, Vec<i64>)> {
            let ids = |server: &ServerGroup| {
                let mut ids: Vec<i64> = server.jobs.iter().map(|job| job.id.0).collect();
                ids.sort_unstable();
                ids
            };
            all.iter().map(|server| (server.id.0, ids(server))).collect()
        };
        assert_eq!(told(&found), told(&expected), "{name}");
    }
    Ok(())
}

/// `cargo test --release … a_view_costs -- --ignored --nocapture`
#[tokio::test]
#[ignore = "measures; wants a machine that does nothing else"]
async fn a_view_costs_the_same_with_fifty_times_the_servers() -> TestResult {
    let ((_one, few), (_other, many)) = (wide(200).await?, wide(10_000).await?);
    for (name, query) in ways() {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..30 {
            for (services, times) in [&few, &many].into_iter().zip(&mut times) {
                let begin = Instant::now();
                show(services, &ROOT, query.clone()).await?;
                times.push(begin.elapsed());
            }
        }
        let [few, many] = times.map(|mut times| {
            times.sort_unstable();
            times.get(times.len() / 2).copied().unwrap_or(Duration::ZERO)
        });
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        eprintln!("{name:>20}: {few:>12.2?} {many:>12.2?}  {ratio:.2}");
    }
    Ok(())
}
