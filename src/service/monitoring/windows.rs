//! Maintenance windows of the site, a group, a server or jobs: slots in them are no slots.

use serde_json::json;

use super::{Done, Place, Target, change, follow, text};
use crate::{
    access::Permission,
    db::{
        Tx,
        tables::noticing::{Judge, windows},
    },
    error::Error,
    noticing::{
        incident::Setting,
        settings::{Span, Window},
    },
    service::{Actor, Services, audit, rows::missing_is_not_found},
    time::Timestamp,
};

/// The shortest and the longest repeated window: seconds.
const LENGTH: std::ops::RangeInclusive<i64> = 60..=7 * 86_400;
/// The longest single window: seconds.
const LONGEST: i64 = 366 * 86_400;

/// A window that is once.
#[must_use]
pub const fn once(from: Timestamp, until: Timestamp) -> Window {
    Window::Once(Span { from, until: Some(until) })
}

/// Adds a maintenance window.
///
/// # Errors
/// [`Error::Invalid`] when it ends before it begins, is over, or is too long.
pub async fn add_window(
    services: &Services,
    actor: &Actor,
    target: Target,
    window: Window,
    name: &str,
) -> Result<usize, Error> {
    let invalid = |field, hint: &str| Err(Error::Invalid { field, hint: hint.into() });
    let now = services.clock.now();
    match &window {
        Window::Once(Span { from, until: Some(until) }) => {
            if until <= from {
                return invalid("until", "the end must be after the start");
            }
            if *until <= now {
                return invalid("until", "choose an end in the future");
            }
            if until.since(*from) > LONGEST || from.since(now) > LONGEST {
                return invalid("until", "choose a window within a year: a pause can last longer");
            }
        }
        Window::Once(_) => return invalid("until", "choose an end: a pause can be without one"),
        Window::Repeated { length, .. } if !LENGTH.contains(length) => {
            return invalid("length", "choose a length from one minute to seven days, such as 90m, 4h or 1D");
        }
        Window::Repeated { .. } => {}
    }
    let name = text("name", name)?;
    let by = audit::name_of(actor);
    change(services, actor, target, move |conn, scope, now| {
        windows::add(conn, scope, &window, (&name, &by), now)?;
        let told = json!({ "name": name, "window": window });
        let done = Done::new("maintenance.add", Setting::Maintenance, (json!({}), told));
        Ok(Some(done.with_note(&name)))
    })
    .await
}

/// Deletes a maintenance window. What lay in it stays excused.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn end_window(services: &Services, actor: &Actor, id: i64) -> Result<(), Error> {
    actor.may(Permission::ManageMonitoring)?;
    let (actor, now, zone) = (actor.clone(), services.clock.now(), services.zone.clone());
    let work = move |tx: &mut Tx<'_>| {
        let row = windows::find(tx.conn, id)?;
        let place = Place::of(tx.conn, row.scope())?;
        windows::end(tx.conn, &row, now)?;
        let told = json!({ "name": row.name, "window": row.window() });
        let done = Done::new("maintenance.delete", Setting::Maintenance, (told, json!({})));
        let done = done.with_note(&row.name);
        let judge = Judge::at(tx.conn, &zone, now)?;
        follow(tx.conn, &judge, &place, &actor, (&done, now))?;
        audit::record(tx, &actor, now, place.on(done.entry))
    };
    services.db.write(work).await.map_err(missing_is_not_found)
}
