//! Many runs of one job at once: derived data is updated once, not after each run.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{days::JobDay, jobs, outcomes::Counted};
use crate::{
    db::{Connection, StoreError, schema::jobs as job_rows},
    ids::JobRef,
    time::Day,
    zone::Zone,
};

/// Number of days; days further apart than this are read separately, so that the days between are not read.
const GAP: i64 = 7;

/// What was added to a job, for updating its totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// Only new runs.
    Runs {
        /// Number of runs.
        count: i64,
        /// Uploaded bytes of all of them.
        uploaded: i64,
    },
    /// Existing runs were changed as well, so the totals must be read.
    Anything,
}

/// Updates the totals of these days and the summary of a job after runs were added or changed.
///
/// # Errors
///
/// Database errors.
pub fn refresh(
    conn: &mut Connection,
    zone: &Zone,
    job: JobRef,
    touched: &BTreeSet<Day>,
    added: Added,
) -> Result<(), StoreError> {
    refresh_days(conn, zone, job, touched)?;
    match added {
        Added::Anything => jobs::refresh(conn, job),
        Added::Runs { count, uploaded } => {
            let (runs, bytes): (i64, i64) = job_rows::table
                .find(job.id.0)
                .select((job_rows::run_count, job_rows::uploaded_total))
                .first(conn)?;
            let totals = (runs.saturating_add(count), bytes.saturating_add(uploaded));
            jobs::refresh_totalled(conn, job, totals)
        }
    }
}

fn refresh_days(
    conn: &mut Connection,
    zone: &Zone,
    job: JobRef,
    touched: &BTreeSet<Day>,
) -> Result<(), StoreError> {
    let touched: Vec<Day> = touched.iter().copied().collect();
    for near in touched.chunk_by(|a, b| b.number() - a.number() <= GAP) {
        let (Some(first), Some(last)) = (near.first(), near.last()) else { continue };
        let runs = Counted::between(conn, job, zone.start(*first), zone.start(last.plus(1)))?;
        for of_day in runs.chunk_by(|a, b| zone.day(a.start()) == zone.day(b.start())) {
            let Some(day) = of_day.first().map(|run| zone.day(run.start())) else { continue };
            if near.binary_search(&day).is_ok() {
                JobDay::of(job.id, day, of_day).save(conn)?;
            }
        }
    }
    Ok(())
}
