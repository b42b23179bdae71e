//! The slots of a job that calendars show: those that are next, and those that were missed.

use super::job_parts::{KnownRules, Setup, next_runs};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::JobRecord,
            noticing::downtimes,
            run_lists::{self, Wanted},
        },
    },
    dto::{job::SlotFate, server::RunSort},
    noticing::settings::Span,
    time::Timestamp,
    zone::Zone,
};

/// Runs that are looked at: a month of hourly ones.
const RUNS: i64 = 750;

/// Slots of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::service) struct Slots {
    /// The next ones, the first first.
    pub next: Vec<Timestamp>,
    /// Those of a period in which no run came, the first first.
    pub missed: Vec<Timestamp>,
}

/// What the jobs of a calendar share: it is read once.
#[derive(Debug)]
pub(in crate::service) struct Shared {
    rules: KnownRules,
    down: Vec<Span>,
}

impl Shared {
    /// Reads what is the same for all jobs.
    ///
    /// # Errors
    /// Database errors.
    pub(in crate::service) fn at(conn: &mut Connection, now: Timestamp) -> Result<Self, StoreError> {
        Ok(Self { rules: KnownRules::default(), down: downtimes::lately(conn, now)? })
    }
}

/// The next slots of a job, and those that it missed between two times, of which the second is now.
///
/// # Errors
/// Database errors.
pub(in crate::service) fn slots(
    conn: &mut Connection,
    site: &Zone,
    shared: &mut Shared,
    job: &JobRecord,
    (from, now): (Timestamp, Timestamp),
) -> Result<Slots, StoreError> {
    let mut setup = Setup::listed(conn, &mut shared.rules, job, site, now)?;
    setup.down.clone_from(&shared.down);
    let place = job.job_ref();
    let all = Wanted::all(place.server, Some(place.id));
    let within = Wanted { between: Some((from, now)), ..all };
    let mut runs = run_lists::list(conn, within, RunSort::Started, false, RUNS, 0)?;
    // What came before the period decides where it begins, or since when nothing came.
    let before = Wanted { between: Some((Timestamp::default(), from)), ..all };
    runs.extend(run_lists::list(conn, before, RunSort::Started, false, 1, 0)?);
    runs.reverse();
    let missed = setup.slots(&runs, now).into_iter();
    let missed = missed.filter(|slot| slot.fate == SlotFate::Missed && slot.at >= from).map(|slot| slot.at);
    let next = next_runs(site, &setup, job, now).into_iter().map(|next| next.at);
    Ok(Slots { next: next.collect(), missed: missed.collect() })
}
