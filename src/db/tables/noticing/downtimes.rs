//! When this program did not run: what happened meanwhile is nobody's fault.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::LossyText,
        schema::{downtimes, heartbeat},
    },
    noticing::settings::Span,
    time::Timestamp,
};

/// Older ones excuse nothing any more: seconds. The longest tolerance is a third of a year.
const LATELY: i64 = 200 * 86_400;
/// So long a time without a sign is none at which the program did not run: seconds. It gives one each minute.
const UNNOTICED: i64 = 150;
/// Rows older than this are deleted: seconds.
const KEPT: i64 = 400 * 86_400;

/// Those of lately, in ascending order.
///
/// # Errors
/// When the database refuses.
pub fn lately(conn: &mut Connection, now: Timestamp) -> Result<Vec<Span>, StoreError> {
    let rows: Vec<(LossyText, LossyText)> = downtimes::table
        .filter(downtimes::until_at.gt(now.plus(-LATELY).to_string()))
        .order(downtimes::until_at)
        .select((downtimes::from_at, downtimes::until_at))
        .load(conn)?;
    let span = |(from, until): (LossyText, LossyText)| {
        Some(Span { from: from.as_str().parse().ok()?, until: Some(until.as_str().parse().ok()?) })
    };
    Ok(rows.into_iter().filter_map(span).collect())
}

/// Notes that the program runs, and since when it did not, if there was no sign of it for long. Returns the last sign before.
///
/// # Errors
/// When the database refuses.
pub fn beat(conn: &mut Connection, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let last: Option<LossyText> = heartbeat::table.find(1).select(heartbeat::at).first(conn).optional()?;
    let last = last.and_then(|at| at.as_str().parse::<Timestamp>().ok());
    if let Some(from) = last.filter(|last| now.since(*last) > UNNOTICED) {
        diesel::insert_into(downtimes::table)
            .values((downtimes::from_at.eq(from.to_string()), downtimes::until_at.eq(now.to_string())))
            .execute(conn)?;
        let old = now.plus(-KEPT).to_string();
        diesel::delete(downtimes::table.filter(downtimes::until_at.lt(old))).execute(conn)?;
    }
    diesel::insert_into(heartbeat::table)
        .values((heartbeat::id.eq(1), heartbeat::at.eq(now.to_string())))
        .on_conflict(heartbeat::id)
        .do_update()
        .set(heartbeat::at.eq(now.to_string()))
        .execute(conn)?;
    Ok(last)
}
