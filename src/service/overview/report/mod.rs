//! What happened in a period, and what needs attention: one computation, of which digests, a page for printing and a CSV file are made.

mod incidents;
mod jobs;
mod table;

use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            labels::{self, Kind},
            lists::{self, ListScope, ScopeTotals},
            noticing::states,
            reports,
        },
    },
    dto::report::{Report, ReportQuery},
    error::Error,
    ids::GroupId,
    noticing::schedule::local::{day_in, month_of},
    service::{Actor, Services},
    time::{Day, Timestamp},
    verdict::Verdict,
    zone::Zone,
};

pub use table::csv;

/// With more jobs their runs are not counted.
const MANY_JOBS: i64 = 2000;
/// Groups to choose from.
const GROUPS: i64 = 300;
/// The longest period of the page: days.
const LONGEST: i64 = 400;
/// A verdict whose time has come for so long is not that of now: seconds.
const JUDGED: i64 = 300;

/// A period with the clocks by which it is told.
#[derive(Debug, Clone)]
pub(in crate::service) struct Period {
    /// Its begin.
    pub from: Timestamp,
    /// Its end: exclusive.
    pub until: Timestamp,
    /// The time.
    pub now: Timestamp,
    /// The reader's zone.
    pub zone: Zone,
    /// The site's.
    pub site: Zone,
}

/// The report for the page.
///
/// # Errors
/// [`Error::Invalid`] when the days are the wrong way round, or too far apart.
pub async fn show(services: &Services, actor: &Actor, query: ReportQuery) -> Result<Report, Error> {
    actor.may(Permission::ViewBackups)?;
    let period = period(services, actor, &query)?;
    let group = query.group.trim().to_owned();
    Ok(services
        .db
        .read(move |conn| {
            let report = load(conn, &period, Some(group.as_str()).filter(|group| !group.is_empty()))?;
            Ok(Report { groups: labels::names(conn, Kind::Groups, GROUPS)?, ..report })
        })
        .await?)
}

/// The period that was asked for: without any days the last month.
fn period(services: &Services, actor: &Actor, query: &ReportQuery) -> Result<Period, Error> {
    let (zone, site, now) = (actor.zone(services), services.zone.clone(), services.clock.now());
    let (from, to) = days(query, zone.day(now))?;
    Ok(Period { from: zone.start(from), until: zone.start(to.plus(1)), now, zone, site })
}

fn days(query: &ReportQuery, today: Day) -> Result<(Day, Day), Error> {
    let invalid = |hint: &str| Error::Invalid { field: "to", hint: hint.into() };
    let month = match (query.from, query.to) {
        (Some(day), _) | (None, Some(day)) => month_of(day),
        (None, None) => month_of(today) - 1,
    };
    let from = query.from.unwrap_or_else(|| day_in(month, 1));
    let to = query.to.unwrap_or_else(|| day_in(month, 31));
    match to.number().saturating_sub(from.number()) {
        ..0 => Err(invalid("the last day must not be before the first day")),
        0..LONGEST => Ok((from, to)),
        _ => Err(invalid("choose at most 400 days")),
    }
}

/// The report of a period, of a group or of everything. A group without servers is empty.
///
/// # Errors
/// Database errors.
pub(in crate::service) fn load(
    conn: &mut Connection,
    period: &Period,
    group: Option<&str>,
) -> Result<Report, StoreError> {
    let Period { from, until, now, zone, .. } = period;
    let known = match group {
        Some(name) => Some(labels::find_group(conn, name)?.unwrap_or(NO_GROUP)),
        None => None,
    };
    let sums = match known {
        Some(NO_GROUP) => ScopeTotals::default(),
        Some(group) => lists::totals(conn, ListScope::Group(group))?,
        None => lists::totals(conn, ListScope::Site)?,
    };
    let (open, open_count) = incidents::open(conn, zone, known)?;
    let (closed, closed_count) = incidents::closed(conn, zone, known, (*from, *until))?;
    let is_too_wide = sums.jobs() > MANY_JOBS;
    let jobs = if is_too_wide {
        Vec::new()
    } else {
        let servers = reports::servers(conn, known)?;
        jobs::jobs(conn, period, &servers)?
    };
    let next_change = states::next_change(conn)?;
    Ok(Report {
        now: zone.moment(*now),
        from: zone.moment(*from),
        until: zone.moment(*until),
        zone: zone.name().to_owned(),
        group: group.map(str::to_owned),
        groups: Vec::new(),
        verdicts: Verdict::ALL.into_iter().map(|verdict| (verdict, sums.of(verdict))).collect(),
        never_reported: sums.unreported + lists::without_jobs(conn, known, None)?,
        is_current: next_change.is_none_or(|at| now.since(at) < JUDGED),
        open,
        open_count,
        closed,
        closed_count,
        jobs,
        is_too_wide,
    })
}

/// Stands for a group that has no servers.
const NO_GROUP: GroupId = GroupId(0);

#[cfg(test)]
mod tests;
