//! Counts the servers and jobs that a sender creates per day.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, schema::ingest_growth},
    time::{Day, Timestamp},
};

/// Number of days kept, so that administrators can see them.
const KEPT: i64 = 7;

/// Returns the day in UTC, because the local time of a site may be set back.
fn day(now: Timestamp) -> Day {
    Day::from_number(now.unix().div_euclid(86_400))
}

/// Returns the numbers of servers and jobs that a sender created today.
///
/// # Errors
///
/// Database errors.
pub fn today(conn: &mut Connection, sender: &str, now: Timestamp) -> Result<(i64, i64), StoreError> {
    let known = ingest_growth::table
        .find((day(now).to_string(), sender))
        .select((ingest_growth::servers, ingest_growth::jobs))
        .first(conn)
        .optional()?;
    Ok(known.unwrap_or_default())
}

/// Adds to the numbers of servers and jobs that a sender created.
///
/// # Errors
///
/// Database errors.
pub fn add(
    conn: &mut Connection,
    sender: &str,
    now: Timestamp,
    servers: i64,
    jobs: i64,
) -> Result<(), StoreError> {
    let today = day(now).to_string();
    diesel::insert_into(ingest_growth::table)
        .values((
            ingest_growth::day.eq(&today),
            ingest_growth::sender.eq(sender),
            ingest_growth::servers.eq(servers),
            ingest_growth::jobs.eq(jobs),
        ))
        .on_conflict((ingest_growth::day, ingest_growth::sender))
        .do_update()
        .set((
            ingest_growth::servers.eq(ingest_growth::servers + servers),
            ingest_growth::jobs.eq(ingest_growth::jobs + jobs),
        ))
        .execute(conn)?;
    diesel::delete(ingest_growth::table.filter(ingest_growth::day.lt(day(now).plus(-KEPT).to_string())))
        .execute(conn)?;
    Ok(())
}
