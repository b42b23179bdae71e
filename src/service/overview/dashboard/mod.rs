//! The dashboard. Its cost follows what it shows: a page of servers, some problems, sixty days, sums that are kept. It grows neither
//! with the number of jobs nor with the length of the history ([ADR 33](../../../../docs/adr/0033-lists-by-index.md)).

mod problems;
mod servers;
mod totals;

use std::sync::Arc;

use super::{
    choice::Choice,
    site_levels::{Levels, MANY_JOBS, SiteLevels},
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            channels, days,
            days::SiteDayRow,
            ingest_keys as ingest_key_rows,
            jobs::LiveRow,
            lists::{self, ListScope, ScopeTotals},
            noticing::states,
            notifications::reach,
            rejected_reports, servers as server_rows,
        },
    },
    dto::{
        channel::Reach,
        dashboard::{Dashboard, DashboardQuery, EncodedJson, Waiting},
    },
    error::Error,
    service::{
        Actor, Services,
        ingest::rejected::row as rejected_row,
        ingest_keys,
        rows::{LIVE_FOR, count, next_change},
    },
    time::{Day, Timestamp},
    zone::Zone,
};

/// Refusals that are shown while the first report is waited for.
const REFUSED: i64 = 5;
/// A slot that passes changes one word of the headline: where there are many jobs, one passes each second.
const WORD_CHANGES: i64 = 30;

/// One view of the dashboard.
///
/// # Errors
/// Database errors.
pub async fn show(services: &Services, actor: &Actor, query: DashboardQuery) -> Result<Dashboard, Error> {
    actor.may(Permission::ViewBackups)?;
    let now = services.clock.now();
    let view = View {
        zone: actor.zone(services),
        now,
        today: services.zone.day(now),
        query,
        sees_rejected: actor.may(Permission::ViewRejected).is_ok(),
        makes_keys: actor.may(Permission::ManageIngestKeys).is_ok(),
        // Whoever may change settings may also have to give the password first.
        adds_channels: actor.may(Permission::ViewSettings).is_ok(),
        levels: Arc::clone(&services.site_levels),
    };
    let today = view.today;
    let (dashboard, jobs, reads_levels) = services.db.read(move |conn| view.load(conn)).await?;
    if reads_levels {
        let (db, levels) = (services.db.clone(), Arc::clone(&services.site_levels));
        tokio::spawn(async move {
            if let Err(error) = db.read(move |conn| levels.refresh(conn, jobs, today, now)).await {
                tracing::warn!(error = %error, "the sizes of past days were not read");
            }
        });
    }
    Ok(dashboard)
}

/// What is asked for, by whom, and when.
struct View {
    /// The reader's.
    zone: Zone,
    now: Timestamp,
    /// The site's day, by which days were summed up.
    today: Day,
    query: DashboardQuery,
    sees_rejected: bool,
    makes_keys: bool,
    adds_channels: bool,
    levels: Arc<SiteLevels>,
}

/// Figures over the site.
struct SiteFigures {
    sums: ScopeTotals,
    days: Vec<SiteDayRow>,
    /// Of the last 30 days.
    levels: Levels,
    today: Day,
}

impl View {
    /// The page, how many jobs there are, and whether the sizes of past days have to be read beside this.
    fn load(self, conn: &mut Connection) -> Result<(Dashboard, i64, bool), StoreError> {
        let Self { zone, now, today, .. } = &self;
        let (now, today) = (*now, *today);
        let sums = lists::totals(conn, ListScope::Site)?;
        let jobs = sums.jobs();
        let (levels, reads_levels) = self.levels.of(conn, jobs, today, now)?;
        let first = today.plus(-59);
        let days = match jobs > MANY_JOBS {
            true => days::settled_since(conn, first)?,
            false => days::site_days_since(conn, first)?,
        };
        let site = SiteFigures { sums, days, levels, today };
        let live = LiveRow::since(conn, now.plus(-LIVE_FOR))?;
        let choice = Choice::of(conn, &self.query.group, &self.query.tag)?;
        let (servers, shown, paging) = self.servers(conn, &choice, &live)?;
        let servers_total = server_rows::count(conn)?;
        let next_slot = states::next_slot(conn, now)?;
        // A slot that is now has come when a second has passed.
        let headline = next_slot.map(|slot| slot.plus(1).max(now.plus(WORD_CHANGES)));
        let changes_at = next_change(zone, now, shown.iter(), live.iter());
        Ok((
            Dashboard {
                now: zone.moment(now),
                servers_total,
                verdicts: totals::by_verdict(&site.sums),
                running: count(live.len()),
                last_report: server_rows::last_seen(conn)?.map(|at| zone.moment(at)),
                next_expected: states::next_slot(conn, now.plus(1))?.map(|at| zone.moment(at)),
                problems: problems::problems(conn, zone, now)?,
                totals: site.totals(),
                labels: choice.labels(conn)?,
                narrowed: totals::narrowed(conn, &choice)?,
                servers,
                paging,
                rejected_recently: match self.sees_rejected {
                    true => rejected_reports::count(conn, Some(now.plus(-86_400)))?,
                    false => 0,
                },
                reach: self.reach(conn)?,
                failing_channels: match self.adds_channels {
                    true => channels::failing(conn)?.into_iter().map(|one| one.name).collect(),
                    false => Vec::new(),
                },
                never_reported: site.sums.unreported + lists::without_jobs(conn, None, None)?,
                waiting: self.waiting(conn, servers_total)?.as_ref().map(EncodedJson::new),
                changes_at: changes_at.into_iter().chain(headline).min(),
            },
            jobs,
            reads_levels,
        ))
    }

    /// Keys, only while there is no server, and for those who may see them.
    fn waiting(&self, conn: &mut Connection, servers: i64) -> Result<Option<Waiting>, StoreError> {
        if servers > 0 || !self.makes_keys {
            return Ok(None);
        }
        let (zone, now) = (&self.zone, self.now);
        let keys = ingest_key_rows::all(conn)?.into_iter().map(|row| ingest_keys::row(zone, now, row, &[]));
        let keys = keys.filter(|key| key.revoked.is_none() && !key.expired).collect();
        let refused = match self.sees_rejected {
            true => rejected_reports::list(conn, REFUSED, 0)?,
            false => Vec::new(),
        };
        Ok(Some(Waiting {
            keys,
            refused: refused.into_iter().map(|(id, row)| rejected_row(zone, id, row)).collect(),
            reach: self.reach(conn)?,
        }))
    }

    fn reach(&self, conn: &mut Connection) -> Result<Reach, StoreError> {
        if self.adds_channels { reach::reach(conn) } else { Ok(Reach::default()) }
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wide_tests;
