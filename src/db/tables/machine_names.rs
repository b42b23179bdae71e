//! Under which names machines are found that send no id. A name counts for one sender: a key, with those that replaced
//! it. Sender 0 is nobody in particular: reports without a key, and imports.

use diesel::{dsl::exists, prelude::*};

use crate::{
    db::{
        Connection, StoreError,
        schema::{ingest_keys, machine_names},
    },
    ids::ServerId,
    time::Timestamp,
};

/// Names of one server that are kept: a sender that makes up names cannot fill the table.
const OF_SERVER: i64 = 20;
/// Servers of one name that are looked at.
const OF_NAME: i64 = 20;

/// The server that this sender means by a name.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Connection, sender: i64, name: &str) -> Result<Option<ServerId>, StoreError> {
    Ok(machine_names::table
        .filter(machine_names::name.eq(name))
        .filter(machine_names::sender.eq(sender))
        .select(machine_names::server_id)
        .first(conn)
        .optional()?
        .map(ServerId))
}

/// The first server that anybody means by a name.
///
/// # Errors
/// When the database refuses.
pub fn find_any(conn: &mut Connection, name: &str) -> Result<Option<ServerId>, StoreError> {
    Ok(machine_names::table
        .filter(machine_names::name.eq(name))
        .order(machine_names::id)
        .select(machine_names::server_id)
        .first(conn)
        .optional()?
        .map(ServerId))
}

/// Servers that were found by a name and by no key that still works.
///
/// # Errors
/// When the database refuses.
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

/// Whether a key that still works, and is not this sender's, finds a server by a name.
///
/// # Errors
/// When the database refuses.
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

/// Notes by which name a sender means a server, unless it means another one by it.
///
/// # Errors
/// When the database refuses.
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
