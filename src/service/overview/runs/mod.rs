//! The list of runs over all servers.

pub mod export;

use super::{choice::Choice, server::run_row};
use crate::{
    access::Permission,
    db::tables::run_search::{self, Found, Order, RunFilter},
    dto::{
        Paging,
        runs::{RunsPage, RunsQuery, RunsRow},
    },
    error::Error,
    ids::ServerId,
    service::{Actor, Services},
    zone::Zone,
};

/// Rows on a page.
const PAGE: i64 = 50;

/// One page of the runs that pass the filter.
///
/// # Errors
/// When the actor may not; [`Error::Invalid`] when the days are the wrong way round.
pub async fn list(services: &Services, actor: &Actor, query: RunsQuery) -> Result<RunsPage, Error> {
    actor.may(Permission::ViewBackups)?;
    let (mut filter, order) = wanted(services, &query)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let (today, site) = (services.zone.day(now), services.zone.name().to_owned());
    Ok(services
        .db
        .read(move |conn| {
            let choice = Choice::of(conn, &query.group, &query.tag)?;
            (filter.group, filter.tag) = (choice.group, choice.tag);
            let totals = run_search::totals(conn, &filter)?;
            let paging = Paging::new(query.page, PAGE, totals.runs);
            let found = run_search::list(conn, &filter, order, PAGE, paging.offset())?;
            Ok(RunsPage {
                now: zone.moment(now),
                rows: found.into_iter().map(|run| row(&zone, run)).collect(),
                paging,
                servers: totals.servers,
                zone: site,
                today,
                labels: choice.labels(conn)?,
            })
        })
        .await?)
}

/// Converts the query to a database filter. Days are in the site's time zone.
fn wanted(services: &Services, query: &RunsQuery) -> Result<(RunFilter, Order), Error> {
    if let (Some(from), Some(to)) = (query.from, query.to)
        && to < from
    {
        let hint = format!("{to} is before {from}: `from` is the first day and `to` is the last");
        return Err(Error::Invalid { field: "to", hint });
    }
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = RunFilter {
        outcomes: query.outcomes.clone(),
        statuses: query.statuses.clone(),
        from: query.from.map(|day| services.zone.start(day)),
        until: query.to.map(|day| services.zone.start(day.plus(1))),
        server: text(&query.server),
        job: text(&query.job),
        text: text(&query.text),
        // Groups and tags by name, which the database knows.
        ..RunFilter::default()
    };
    Ok((filter, Order { sort: query.sort, ascending: query.ascending }))
}

/// A run as the list shows it.
pub(in crate::service) fn row(zone: &Zone, found: Found) -> RunsRow {
    let Found { run, server_id, server, server_alias, job, job_alias, headline } = found;
    let shown = |alias: Option<String>, name| alias.filter(|alias| !alias.is_empty()).unwrap_or(name);
    let job = shown(job_alias, job);
    RunsRow {
        server_id: ServerId(server_id),
        server_name: shown(server_alias, server),
        run: run_row(zone, run, |_| job.clone()),
        headline,
    }
}

#[cfg(test)]
mod tests;
