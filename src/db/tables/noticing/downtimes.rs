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

/// Those of lately that are known by now, in ascending order.
///
/// # Errors
/// Database errors.
pub fn lately(conn: &mut Connection, now: Timestamp) -> Result<Vec<Span>, StoreError> {
    Ok(known_at(&with_silence(conn, now)?, now))
}

/// Those of lately, in ascending order, and the time since the last sign of life, which has no end.
pub(super) fn with_silence(conn: &mut Connection, now: Timestamp) -> Result<Vec<Span>, StoreError> {
    let rows: Vec<(LossyText, LossyText)> = downtimes::table
        .filter(downtimes::until_at.gt(now.plus(-LATELY).to_string()))
        .order(downtimes::until_at)
        .select((downtimes::from_at, downtimes::until_at))
        .load(conn)?;
    let span = |(from, until): (LossyText, LossyText)| {
        Some(Span { from: from.as_str().parse().ok()?, until: Some(until.as_str().parse().ok()?) })
    };
    let mut down: Vec<Span> = rows.into_iter().filter_map(span).collect();
    down.extend(last_beat(conn)?.map(|from| Span { from, until: None }));
    Ok(down)
}

/// What was known of downtimes at a time: the first report after a suspended machine woke up can come before the next sign of life.
pub(super) fn known_at(down: &[Span], at: Timestamp) -> Vec<Span> {
    let known = |span: &Span| {
        if span.until.is_some_and(|until| until <= at) {
            return Some(*span);
        }
        (at.since(span.from) > UNNOTICED).then_some(Span { until: Some(at), ..*span })
    };
    down.iter().filter_map(known).collect()
}

fn last_beat(conn: &mut Connection) -> Result<Option<Timestamp>, StoreError> {
    let last: Option<LossyText> = heartbeat::table.find(1).select(heartbeat::at).first(conn).optional()?;
    Ok(last.and_then(|at| at.as_str().parse().ok()))
}

/// Notes that the program did not run.
///
/// # Errors
/// Database errors.
pub fn note(conn: &mut Connection, from: Timestamp, until: Timestamp) -> Result<(), StoreError> {
    diesel::insert_into(downtimes::table)
        .values((downtimes::from_at.eq(from.to_string()), downtimes::until_at.eq(until.to_string())))
        .execute(conn)?;
    Ok(())
}

/// Notes that the program runs, and since when it did not, if there was no sign of it for long. Returns the last sign before.
///
/// # Errors
/// Database errors.
pub fn beat(conn: &mut Connection, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let last = last_beat(conn)?;
    if last.is_some_and(|last| last > now) {
        // The clock was set back: what was ahead was no time at all.
        let now = now.to_string();
        diesel::delete(downtimes::table.filter(downtimes::from_at.ge(&now))).execute(conn)?;
        diesel::update(downtimes::table.filter(downtimes::until_at.gt(&now)))
            .set(downtimes::until_at.eq(&now))
            .execute(conn)?;
    }
    if let Some(from) = last.filter(|last| now.since(*last) > UNNOTICED) {
        note(conn, from, now)?;
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
