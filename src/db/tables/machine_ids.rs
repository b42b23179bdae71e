//! The machine ids with which servers reported.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::{
            lossy_text::{LossyText, OptionalLossyText},
            prepared::update,
        },
        schema::machine_ids,
    },
    ids::ServerId,
    time::Timestamp,
};

/// Maximum number of machine ids per server.
const OF_SERVER: i64 = 100;

/// A machine id.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = machine_ids)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct MachineRow {
    #[diesel(deserialize_as = LossyText)]
    pub machine_id: String,
    pub server_id: i64,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub machine_name: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub last_seen: String,
}

/// Returns the server that a machine id belongs to.
///
/// # Errors
///
/// Database errors.
pub fn find(conn: &mut Connection, machine: &str) -> Result<Option<ServerId>, StoreError> {
    Ok(find_named(conn, machine)?.map(|(server, _)| server))
}

/// Returns the server that a machine id belongs to, and the name that the machine last sent.
///
/// # Errors
///
/// Database errors.
pub fn find_named(
    conn: &mut Connection,
    machine: &str,
) -> Result<Option<(ServerId, Option<String>)>, StoreError> {
    let known: Option<(i64, OptionalLossyText)> = machine_ids::table
        .filter(machine_ids::machine_id.eq(machine))
        .select((machine_ids::server_id, machine_ids::machine_name))
        .first(conn)
        .optional()?;
    Ok(known.map(|(server, name)| (ServerId(server), name.into())))
}

/// Returns the machine ids of a server, last seen first; at most 50.
///
/// # Errors
///
/// Database errors.
pub fn of_server(conn: &mut Connection, server: ServerId) -> Result<Vec<MachineRow>, StoreError> {
    Ok(machine_ids::table
        .filter(machine_ids::server_id.eq(server.0))
        .order(machine_ids::last_seen.desc())
        .limit(50)
        .select(MachineRow::as_select())
        .load(conn)?)
}

/// Returns whether a server has reported with any machine id.
///
/// # Errors
///
/// Database errors.
pub fn has_any(conn: &mut Connection, server: ServerId) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(machine_ids::table.filter(machine_ids::server_id.eq(server.0))))
        .get_result(conn)?)
}

/// Records a report of a machine. A known machine stays with its server. A server has at most `OF_SERVER`
/// ids, so that a sender that invents ids cannot fill the table.
///
/// # Errors
///
/// Database errors.
pub fn note(
    conn: &mut Connection,
    machine: &str,
    name: Option<&str>,
    server: ServerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let now = now.to_string();
    let seen = (machine_ids::last_seen.eq(&now), name.map(|name| machine_ids::machine_name.eq(name)));
    if update(machine_ids::table, machine_ids::machine_id.eq(machine), seen).execute(conn)? > 0 {
        return Ok(());
    }
    let known: i64 =
        machine_ids::table.filter(machine_ids::server_id.eq(server.0)).count().get_result(conn)?;
    if known >= OF_SERVER {
        return Ok(());
    }
    diesel::insert_into(machine_ids::table)
        .values((
            machine_ids::machine_id.eq(machine),
            machine_ids::server_id.eq(server.0),
            machine_ids::machine_name.eq(name),
            machine_ids::first_seen.eq(&now),
            machine_ids::last_seen.eq(&now),
        ))
        .execute(conn)?;
    Ok(())
}
