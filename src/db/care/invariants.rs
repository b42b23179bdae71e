//! Invariants of the stored rows: everything derived from the runs matches them. Reads the whole history: for `db
//! integrity`, scheduled checks, and tests.

use std::{collections::BTreeMap, fmt::Debug};

use diesel::{connection::Connection as _, prelude::*, sql_types::Text};

use super::{derived::Expected, impossible_rows};
use crate::{
    db::{
        Connection, StoreError, StoreErrorKind,
        engine::lossy_text::LossyText,
        tables::{
            days::{self, JobDay, SITE_SUMS, SiteDayRow},
            jobs::{self, JobRecord, Summary},
            lists,
            noticing::{Judge, states::StateRow},
            outcomes::{self, FROM_ROW},
            totals::Totals,
        },
    },
    dto::database::Discrepancy,
    time::Timestamp,
    zone::Zone,
};

/// Maximum number of discrepancies listed; the others are only counted.
const TOLD: usize = 100;

/// The result of the checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first discrepancies, up to the limit.
    pub discrepancies: Vec<Discrepancy>,
    /// Number of all discrepancies.
    pub count: u64,
    /// Number of jobs compared with their runs.
    pub jobs: u64,
}

impl Findings {
    pub(super) fn add(
        &mut self,
        table: &str,
        row: String,
        column: Option<&str>,
        stored: Option<String>,
        expected: Option<String>,
    ) {
        self.count += 1;
        if self.discrepancies.len() < TOLD {
            let column = column.map(str::to_owned);
            self.discrepancies.push(Discrepancy { table: table.into(), row, column, stored, expected });
        }
    }

    fn compare<T: PartialEq + Debug>(
        &mut self,
        (table, row): (&str, &str),
        column: &str,
        stored: &T,
        expected: &T,
    ) {
        if stored != expected {
            let (stored, expected) = (format!("{stored:?}"), format!("{expected:?}"));
            self.add(table, row.to_owned(), Some(column), Some(stored), Some(expected));
        }
    }
}

/// Compares all derived rows with the rows they are derived from, in one snapshot. `zone` is the zone used for the daily
/// totals ([`crate::db::tables::settings::site_zone`]).
///
/// # Errors
/// If the file cannot be read.
pub fn verify(conn: &mut Connection, zone: &Zone) -> Result<Findings, StoreError> {
    // A transaction sees one snapshot of the file, while others write.
    conn.transaction(|conn| {
        let mut found = Findings::default();
        let judge = Judge::at(conn, zone, Timestamp::MIN)?;
        for job in jobs::all(conn, None)? {
            found.jobs += 1;
            check_job(conn, zone, &job, &mut found)?;
            check_state(conn, &judge, &job, &mut found)?;
        }
        check_site_days(conn, &mut found)?;
        check_outcomes(conn, &mut found)?;
        for lists::Wrong { tab, place, stored, expected } in lists::wrong(conn)? {
            found.add(&tab, place, None, Some(stored), Some(expected));
        }
        impossible_rows::check(conn, &mut found)?;
        Ok(found)
    })
}

/// Checks the summary and the days of a job.
fn check_job(
    conn: &mut Connection,
    zone: &Zone,
    job: &JobRecord,
    found: &mut Findings,
) -> Result<(), StoreError> {
    let Expected { days, summary } = match Expected::of(conn, zone, job.job_ref()) {
        Ok(expected) => expected,
        // A row of this job has a value of the wrong type; other jobs are still checked.
        Err(error) if error.kind == StoreErrorKind::Other => {
            found.add("backups", format!("runs of job {}", job.id), None, Some(error.to_string()), None);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    compare_summaries(&format!("job {}", job.id), &job.summary, &summary, found);
    let by_day = |days: Vec<JobDay>| -> BTreeMap<String, JobDay> {
        days.into_iter().map(|day| (day.day.clone(), day)).collect()
    };
    let (stored, mut expected) = (by_day(days::of_job(conn, job.job_ref().id)?), by_day(days));
    for (day, stored) in stored {
        let row = format!("{day}, job {}", job.id);
        match expected.remove(&day) {
            Some(expected) => compare_days(&row, &stored, &expected, found),
            None => found.add("job_days", row, None, Some(format!("{stored:?}")), None),
        }
    }
    for (day, expected) in expected {
        let row = format!("{day}, job {}", job.id);
        found.add("job_days", row, None, None, Some(format!("{expected:?}")));
    }
    Ok(())
}

/// Compares all fields of two rows. A new field that is missing here is a compile error.
macro_rules! compare_fields {
    ($found:ident, $place:expr, $stored:ident, $expected:ident, $row:ident { $($field:ident),* $(,)? }) => {{
        let $row { $($field),* } = $stored;
        $( $found.compare($place, stringify!($field), $field, &$expected.$field); )*
    }};
}

fn compare_summaries(row: &str, stored: &Summary, expected: &Summary, found: &mut Findings) {
    compare_fields!(
        found,
        ("jobs", row),
        stored,
        expected,
        Summary {
            run_count,
            uploaded_total,
            last_run_id,
            last_status,
            last_start,
            last_report_at,
            last_duration,
            last_uploaded,
            last_warnings,
            failures,
            failing_since,
            last_success_at,
            files_count,
            files_size,
            storage_size,
            versions,
            quota_total,
            quota_free,
            recent,
            last_headline,
            last_outcome,
            last_checks,
        }
    );
}

fn compare_days(row: &str, stored: &JobDay, expected: &JobDay, found: &mut Findings) {
    let place = ("job_days", row);
    let (JobDay { totals: stored, .. }, JobDay { totals: expected, .. }) = (stored, expected);
    compare_fields!(
        found,
        place,
        stored,
        expected,
        Totals {
            runs,
            successes,
            warnings,
            failures,
            duration_sum,
            duration_runs,
            uploaded_size,
            files_count,
            files_size,
            storage_size,
            versions,
            incomplete,
        }
    );
}

/// Checks the state of a job against a new evaluation.
fn check_state(
    conn: &mut Connection,
    judge: &Judge,
    job: &JobRecord,
    found: &mut Findings,
) -> Result<(), StoreError> {
    let row = format!("job {}", job.id);
    let Some(stored) = &job.state else {
        if job.summary.run_count > 0 {
            found.add("job_states", row, None, None, Some("a state".into()));
        }
        return Ok(());
    };
    if stored.is_outdated() {
        return Ok(());
    }
    let Some(expected) = &judge.expected(conn, stored)? else {
        found.add("job_facts", row, None, None, Some("facts that can be read".into()));
        return Ok(());
    };
    // The evaluator judges it in a moment.
    if stored.is_distrusted() {
        return Ok(());
    }
    compare_fields!(
        found,
        ("job_states", row.as_str()),
        stored,
        expected,
        StateRow {
            job_id,
            verdict,
            since,
            evaluated_at,
            next_change_at,
            slot,
            due,
            interval,
            incident_id,
            state,
            source
        }
    );
    Ok(())
}

/// Checks the outcome of each run against its row.
fn check_outcomes(conn: &mut Connection, found: &mut Findings) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Wrong {
        #[diesel(sql_type = Text, deserialize_as = LossyText)]
        key: String,
        #[diesel(sql_type = Text, deserialize_as = LossyText)]
        stored: String,
        #[diesel(sql_type = Text, deserialize_as = LossyText)]
        expected: String,
    }
    outcomes::register(conn)?;
    let wrong: Vec<Wrong> = diesel::sql_query(format!(
        "SELECT 'run ' || id AS key, outcome AS stored, {FROM_ROW} AS expected FROM backups WHERE outcome IS NOT {FROM_ROW}"
    ))
    .load(conn)?;
    for Wrong { key, stored, expected } in wrong {
        found.add("backups", key, Some("outcome"), Some(stored), Some(expected));
    }
    Ok(())
}

/// Checks the site totals that are not stale.
fn check_site_days(conn: &mut Connection, found: &mut Findings) -> Result<(), StoreError> {
    let stored: Vec<SiteDayRow> = diesel::sql_query(
        "SELECT day, runs, successes, warnings, failures, incomplete, uploaded_size FROM site_days WHERE NOT stale",
    )
    .load(conn)?;
    let sums: Vec<SiteDayRow> =
        diesel::sql_query(format!("SELECT {SITE_SUMS} FROM job_days GROUP BY day")).load(conn)?;
    let mut sums: BTreeMap<String, SiteDayRow> = sums.into_iter().map(|sum| (sum.day.clone(), sum)).collect();
    for stored in &stored {
        match sums.remove(&stored.day) {
            Some(expected) => {
                compare_fields!(
                    found,
                    ("site_days", &stored.day),
                    stored,
                    expected,
                    SiteDayRow { day, runs, successes, warnings, failures, incomplete, uploaded_size }
                );
            }
            None => found.add("site_days", stored.day.clone(), None, Some(format!("{stored:?}")), None),
        }
    }
    Ok(())
}
