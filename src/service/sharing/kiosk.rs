//! The kiosk page: what needs attention, for a screen on a wall.

use super::{
    open,
    subject::{counts, job_name, name_of, next_slot, server_names},
};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs::{JobRecord, time},
            noticing::states,
            servers, subjects,
        },
    },
    dto::sharing::{Kiosk, KioskProblem, LinkKind, Subject},
    error::Error,
    service::{Services, rows::missing_is_not_found, session::Caller},
    time::Timestamp,
};

/// Problems on the page: so many can be read from afar.
const PROBLEMS: usize = 8;
/// Jobs that are read where not the whole site is shown.
const JOBS: i64 = 500;

/// The kiosk page of a link.
///
/// # Errors
/// [`Error::NotFound`] when the token is not one of ours; [`Error::TooMany`] for an address that tries too many.
pub async fn show(services: &Services, caller: &Caller, token: &str) -> Result<Kiosk, Error> {
    let row = open(services, caller, LinkKind::Kiosk, token).await?;
    let (zone, now) = (services.zone.clone(), services.clock.now());
    let load = move |conn: &mut Connection| {
        let about = row.about();
        let jobs = match about {
            Subject::Site => subjects::jobs(conn, about, i64::try_from(PROBLEMS).unwrap_or(i64::MAX))?,
            _ => subjects::jobs(conn, about, JOBS)?,
        };
        let (last, next) = match about {
            Subject::Site => (servers::last_seen(conn)?, states::next_slot(conn, now)?),
            _ => (last_report(&jobs), next_slot(&jobs, now)),
        };
        let problems = jobs.into_iter().filter(|job| job.verdict().needs_attention()).take(PROBLEMS);
        let problems: Vec<JobRecord> = problems.collect();
        let names = server_names(conn, &problems)?;
        let shown = problems.iter().map(|job| KioskProblem {
            name: job_name(&names, job),
            verdict: job.verdict(),
            since: job.state.as_ref().map(|state| zone.moment(state.since())),
        });
        Ok::<_, StoreError>(Kiosk {
            name: name_of(conn, about)?,
            now: zone.moment(now),
            verdicts: counts(conn, about)?,
            problems: shown.collect(),
            last_report: last.map(|at| zone.moment(at)),
            next_run: next.map(|at| zone.moment(at)),
        })
    };
    services.db.read(load).await.map_err(missing_is_not_found)
}

fn last_report(jobs: &[JobRecord]) -> Option<Timestamp> {
    jobs.iter().filter_map(|job| time(job.summary.last_report_at.as_deref())).max()
}
