//! Counts of everything in the database.

use diesel::{prelude::*, sql_types::BigInt};

use super::days;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{
            audit_log, backups, ingest_keys, jobs, machine_ids, operations, raw_reports, servers, users,
        },
    },
    dto::database::{DatabaseStats, PeriodStats},
    ids::ServerId,
    status::Status,
    time::Day,
};

/// Lengths of the periods, in days.
const PERIODS: [i64; 5] = [1, 7, 30, 90, 365];

/// Counts everything; `today` is the day in the site's time zone.
///
/// # Errors
///
/// If the file cannot be read.
pub fn stats(conn: &mut Connection, today: Day) -> Result<DatabaseStats, StoreError> {
    #[derive(QueryableByName)]
    struct Sums {
        #[diesel(sql_type = BigInt)]
        jobs: i64,
        #[diesel(sql_type = BigInt)]
        source: i64,
        #[diesel(sql_type = BigInt)]
        storage: i64,
        #[diesel(sql_type = BigInt)]
        uploaded: i64,
    }
    // `sum` fails beyond 64 bits, `total` does not.
    let sums: Sums = diesel::sql_query(
        "SELECT count(*) AS jobs, CAST(total(files_size) AS BIGINT) AS source,
             CAST(total(storage_size) AS BIGINT) AS storage, CAST(total(uploaded_total) AS BIGINT) AS uploaded FROM jobs",
    )
    .get_result(conn)?;
    let counted: Vec<(LossyText, i64)> = backups::table
        .group_by(backups::status)
        .select((backups::status, diesel::dsl::count_star()))
        .load(conn)?;
    let of = |wanted: Status| {
        counted
            .iter()
            .filter(|(status, _)| status.as_str().parse() == Ok(wanted))
            .map(|(_, count)| count)
            .sum::<i64>()
    };
    let by_status =
        [Status::Success, Status::Warning, Status::Error, Status::Fatal, Status::Unknown].map(|s| (s, of(s)));
    let (oldest, newest): (OptionalLossyText, OptionalLossyText) = (
        backups::table.select(diesel::dsl::min(backups::start_time)).first(conn)?,
        backups::table.select(diesel::dsl::max(backups::start_time)).first(conn)?,
    );
    Ok(DatabaseStats {
        servers: servers::table.count().get_result(conn)?,
        jobs: sums.jobs,
        runs: by_status.iter().map(|(_, count)| count).sum(),
        by_status: by_status.to_vec(),
        oldest_run: super::jobs::time(oldest.as_deref()),
        newest_run: super::jobs::time(newest.as_deref()),
        source_size: sums.source,
        storage_size: sums.storage,
        uploaded_size: sums.uploaded,
        operations: operations::table.count().get_result(conn)?,
        raw_reports: raw_reports::table.count().get_result(conn)?,
        audit_entries: audit_log::table.count().get_result(conn)?,
        users: users::table.count().get_result(conn)?,
        periods: periods(conn, today)?,
    })
}

fn periods(conn: &mut Connection, today: Day) -> Result<Vec<PeriodStats>, StoreError> {
    let all = days::site_days_since(conn, Day::from_number(-1_000_000))?;
    let sum = |days: Option<i64>| {
        let first = days.map(|days| today.plus(1 - days).to_string());
        // Days in the future, from clocks that are ahead, do not count.
        let last = days.map(|_| today.to_string());
        let chosen = all.iter().filter(|row| {
            first.as_ref().is_none_or(|day| row.day >= *day)
                && last.as_ref().is_none_or(|day| row.day <= *day)
        });
        chosen.fold(PeriodStats { days, ..PeriodStats::default() }, |sum, row| PeriodStats {
            days,
            runs: sum.runs + row.runs,
            successes: sum.successes + row.successes,
            warnings: sum.warnings + row.warnings,
            failures: sum.failures + row.failures,
            incomplete: sum.incomplete + row.incomplete,
            uploaded_size: sum.uploaded_size.saturating_add(row.uploaded_size),
        })
    };
    Ok(PERIODS.into_iter().map(Some).chain([None]).map(sum).collect())
}

/// How many other operations (restore, test …) the jobs of a server have, by job.
///
/// # Errors
/// Database errors.
pub fn operations_of_jobs(conn: &mut Connection, server: ServerId) -> Result<Vec<(i64, i64)>, StoreError> {
    let of_server = jobs::table.filter(jobs::server_id.eq(server.0)).select(jobs::id);
    Ok(operations::table
        .filter(operations::job_id.eq_any(of_server))
        .group_by(operations::job_id)
        .select((operations::job_id, diesel::dsl::count_star()))
        .load(conn)?)
}

/// How many ingest keys are only for a server, and how many machines reported as it.
///
/// # Errors
/// Database errors.
pub fn keys_and_machines(conn: &mut Connection, server: ServerId) -> Result<(i64, i64), StoreError> {
    let keys = ingest_keys::table.filter(ingest_keys::server_id.eq(server.0));
    let machines = machine_ids::table.filter(machine_ids::server_id.eq(server.0));
    Ok((keys.count().get_result(conn)?, machines.count().get_result(conn)?))
}
