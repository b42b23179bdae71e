//! Groups themselves: another name, and their end. What was excused with a group stays excused for its servers.

use serde_json::json;

use super::{GROUP, name};
use crate::{
    access::Permission,
    db::tables::labels,
    error::Error,
    ids::GroupId,
    service::{Actor, Services, audit, audit::Entry, monitoring::regrouped, rows},
};

/// Gives a group another name. If there is a group of that name already, both become one: the servers go to that one, and what was set for
/// the group is set for each of them, where nothing is set for it yet. Returns the group in which the servers are then.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group; [`Error::Invalid`] when the name cannot be used.
pub async fn rename_group(
    services: &Services,
    actor: &Actor,
    group: GroupId,
    to: &str,
) -> Result<GroupId, Error> {
    actor.may(Permission::ManageMonitoring)?;
    let Some(to) = name("name", to, GROUP)? else {
        return Err(Error::Invalid { field: "name", hint: "write a name".into() });
    };
    let (by, now, zone) = (actor.clone(), services.clock.now(), services.zone.clone());
    let work = services.db.write(move |tx| {
        let before = labels::group_name(tx.conn, group)?;
        let other = labels::find_group(tx.conn, &to)?.unwrap_or(group);
        let concerned = labels::rename_group(tx.conn, group, &to, now)?;
        regrouped(tx.conn, &zone, &concerned, (&by, &to), now)?;
        if before != to {
            let action = if other == group { "group.rename" } else { "group.merge" };
            let entry = Entry::new(action).on("group", other.0, &to);
            audit::record(
                tx,
                &by,
                now,
                entry.before(json!({ "name": before })).after(json!({ "name": to })),
            )?;
        }
        Ok(other)
    });
    work.await.map_err(rows::missing_is_not_found)
}

/// Deletes a group with the rules, pauses and windows that are set for it, if it still has the name that the question showed. Its servers are
/// in no group then.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group; [`Error::Invalid`] when it is called otherwise by now.
pub async fn delete_group(
    services: &Services,
    actor: &Actor,
    group: GroupId,
    named: &str,
) -> Result<(), Error> {
    actor.may(Permission::ManageMonitoring)?;
    let (by, now, zone) = (actor.clone(), services.clock.now(), services.zone.clone());
    let named = named.to_owned();
    let work = services.db.write(move |tx| {
        let name = labels::group_name(tx.conn, group)?;
        if !rows::is_still(&named, &name) {
            return Ok(Err(rows::changed_meanwhile("name")));
        }
        let servers = labels::members(tx.conn, group)?.len();
        let concerned = labels::delete_group(tx.conn, group, now)?;
        regrouped(tx.conn, &zone, &concerned, (&by, ""), now)?;
        let entry = Entry::new("group.delete").on("group", group.0, &name);
        audit::record(tx, &by, now, entry.before(json!({ "name": name, "servers": servers })))?;
        Ok(Ok(()))
    });
    work.await.map_err(rows::missing_is_not_found)?
}
