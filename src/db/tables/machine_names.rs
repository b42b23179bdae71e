//! The names by which machines without an id are found. A name is valid for one sender: a key and those that replaced
//! it. Sender 0 stands for reports without a key, and for imports.

use diesel::{dsl::exists, prelude::*};

use crate::{
    db::{
        Connection, StoreError,
        schema::{ingest_keys, machine_names},
    },
    ids::ServerId,
    time::Timestamp,
};

/// Maximum number of names per server, so that a sender that invents names cannot fill the table.
const OF_SERVER: i64 = 20;
/// Maximum number of servers with the same name that are read.
const OF_NAME: i64 = 20;

/// Returns the server that a name stands for in reports of this sender.
///
/// # Errors
///
/// Database errors.
pub fn find(conn: &mut Connection, sender: i64, name: &str) -> Result<Option<ServerId>, StoreError> {
    Ok(machine_names::table
        .filter(machine_names::name.eq(name))
        .filter(machine_names::sender.eq(sender))
        .select(machine_names::server_id)
        .first(conn)
        .optional()?
        .map(ServerId))
}

/// Returns the first server that a name stands for, for any sender.
///
/// # Errors
///
/// Database errors.
pub fn find_any(conn: &mut Connection, name: &str) -> Result<Option<ServerId>, StoreError> {
    Ok(machine_names::table
        .filter(machine_names::name.eq(name))
        .order(machine_names::id)
        .select(machine_names::server_id)
        .first(conn)
        .optional()?
        .map(ServerId))
}

/// Returns the servers found by a name with no key that is still valid.
///
/// # Errors
///
/// Database errors.
pub fn find_free(conn: &mut Connection, name: &str, now: Timestamp) -> Result<Vec<ServerId>, StoreError> {
    let works = ingest_keys::table
        .filter(ingest_keys::sender.eq(machine_names::sender))
        .filter(ingest_keys::revoked_at.is_null())
        .filter(ingest_keys::expires_at.is_null().or(ingest_keys::expires_at.gt(now.to_string())));
    let ids: Vec<i64> = machine_names::table
        .filter(machine_names::name.eq(name))
        .filter(diesel::dsl::not(exists(works)))
        .order(machine_names::id)
        .limit(OF_NAME)
        .select(machine_names::server_id)
        .load(conn)?;
    Ok(ids.into_iter().map(ServerId).collect())
}

/// Returns whether the name of a server is used by a valid key of another sender.
///
/// # Errors
///
/// Database errors.
pub fn is_taken(
    conn: &mut Connection,
    server: ServerId,
    name: &str,
    sender: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let works = ingest_keys::table
        .filter(ingest_keys::sender.eq(machine_names::sender))
        .filter(ingest_keys::revoked_at.is_null())
        .filter(ingest_keys::expires_at.is_null().or(ingest_keys::expires_at.gt(now.to_string())));
    Ok(diesel::select(exists(
        machine_names::table
            .filter(machine_names::name.eq(name))
            .filter(machine_names::server_id.eq(server.0))
            .filter(machine_names::sender.ne(sender))
            .filter(exists(works)),
    ))
    .get_result(conn)?)
}

/// Records the server that a name stands for, unless the sender already uses the name for another one.
///
/// # Errors
///
/// Database errors.
pub fn add(conn: &mut Connection, sender: i64, name: &str, server: ServerId) -> Result<(), StoreError> {
    if find(conn, sender, name)?.is_some() {
        return Ok(());
    }
    let known: i64 =
        machine_names::table.filter(machine_names::server_id.eq(server.0)).count().get_result(conn)?;
    if known < OF_SERVER {
        diesel::insert_into(machine_names::table)
            .values((
                machine_names::sender.eq(sender),
                machine_names::name.eq(name),
                machine_names::server_id.eq(server.0),
            ))
            .execute(conn)?;
    }
    Ok(())
}
