//! Servers.

use diesel::prelude::*;

use super::free_name::{free_name, number_behind};
use crate::{
    db::{
        Connection, StoreError, StoreErrorKind,
        engine::{
            lossy_text::{LossyText, OptionalLossyText},
            prepared::update,
        },
        schema::servers,
    },
    ids::ServerId,
    time::Timestamp,
};

/// A whole server.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = servers)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ServerRecord {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub alias: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub notes: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_seen: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    #[diesel(deserialize_as = LossyText)]
    pub updated_at: String,
    pub same_name_as: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub duplicati_version: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub operating_system: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub mismatch_machine: Option<String>,
    pub mismatch_server_id: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub mismatch_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub archived_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub duplicati_url: Option<String>,
}

impl ServerRecord {
    /// Returns the alias, or the name if there is none.
    pub fn display_name(&self) -> &str {
        self.alias.as_deref().filter(|alias| !alias.is_empty()).unwrap_or(&self.name)
    }
}

/// Returns all servers, ordered by name.
///
/// # Errors
///
/// Database errors.
pub fn all(conn: &mut Connection) -> Result<Vec<ServerRecord>, StoreError> {
    Ok(servers::table.order(servers::name).select(ServerRecord::as_select()).load(conn)?)
}

/// Servers by their ids, in no order.
///
/// # Errors
/// Database errors.
pub fn of_ids(conn: &mut Connection, ids: &[ServerId]) -> Result<Vec<ServerRecord>, StoreError> {
    let ids = ids.iter().map(|id| id.0);
    Ok(servers::table.filter(servers::id.eq_any(ids)).select(ServerRecord::as_select()).load(conn)?)
}

/// Returns the number of servers.
///
/// # Errors
///
/// Database errors.
pub fn count(conn: &mut Connection) -> Result<i64, StoreError> {
    Ok(servers::table.count().get_result(conn)?)
}

/// Returns when any server last reported.
///
/// # Errors
///
/// Database errors.
pub fn last_seen(conn: &mut Connection) -> Result<Option<Timestamp>, StoreError> {
    let at: OptionalLossyText = servers::table.select(diesel::dsl::max(servers::last_seen)).first(conn)?;
    let at: Option<String> = at.into();
    Ok(at.and_then(|text| text.parse().ok()))
}

/// Returns a server by its id.
///
/// # Errors
///
/// [`StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, id: ServerId) -> Result<ServerRecord, StoreError> {
    Ok(servers::table.find(id.0).select(ServerRecord::as_select()).first(conn)?)
}

/// Returns a server by its unique name.
///
/// # Errors
///
/// Database errors.
pub fn find_by_name(conn: &mut Connection, name: &str) -> Result<Option<ServerId>, StoreError> {
    Ok(servers::table
        .filter(servers::name.eq(name))
        .select(servers::id)
        .first(conn)
        .optional()?
        .map(ServerId))
}

/// Returns a server by its name, or by the name that is shown.
///
/// # Errors
///
/// Database errors.
pub fn find_shown(conn: &mut Connection, name: &str) -> Result<Option<ServerId>, StoreError> {
    if let Some(id) = find_by_name(conn, name)? {
        return Ok(Some(id));
    }
    Ok(all(conn)?.iter().find(|server| server.display_name() == name).map(|server| ServerId(server.id)))
}

/// Returns the servers whose name is that of another one with a number, because they report under the same name.
///
/// # Errors
///
/// Database errors.
pub fn with_name_of(conn: &mut Connection, first: ServerId) -> Result<Vec<ServerId>, StoreError> {
    let name: LossyText = servers::table.find(first.0).select(servers::name).first(conn)?;
    let rows: Vec<(i64, LossyText)> = servers::table
        .filter(servers::same_name_as.eq(first.0))
        .order(servers::id)
        .select((servers::id, servers::name))
        .load(conn)?;
    let is_numbered = |numbered: &LossyText| number_behind(name.as_str(), numbered.as_str()).is_some();
    Ok(rows.into_iter().filter(|(_, name)| is_numbered(name)).map(|(id, _)| ServerId(id)).collect())
}

/// Creates a server. If the name is taken, the new one becomes "name (2)" and so on, and stores which server has
/// the name.
///
/// # Errors
///
/// Database errors.
pub fn create(conn: &mut Connection, name: &str, now: Timestamp) -> Result<ServerId, StoreError> {
    let same_name_as = find_by_name(conn, name)?.map(|id| id.0);
    let guess = match same_name_as {
        Some(first) => last_numbered(conn, first)?.and_then(|last| number_behind(name, &last)),
        None => None,
    };
    let next = guess.map(|number| number.saturating_add(1));
    let free_name = free_name(name, next, |name| Ok(find_by_name(conn, name)?.is_some()))?;
    let id = diesel::insert_into(servers::table)
        .values((
            servers::name.eq(free_name),
            servers::created_at.eq(now.to_string()),
            servers::updated_at.eq(now.to_string()),
            servers::same_name_as.eq(same_name_as),
        ))
        .returning(servers::id)
        .get_result(conn)?;
    Ok(ServerId(id))
}

/// Returns the name of the newest server that was numbered because of another one's name.
fn last_numbered(conn: &mut Connection, first: i64) -> Result<Option<String>, StoreError> {
    let last: Option<LossyText> = servers::table
        .filter(servers::same_name_as.eq(first))
        .order(servers::id.desc())
        .select(servers::name)
        .first(conn)
        .optional()?;
    Ok(last.map(Into::into))
}

/// Returns the server with this name, and creates it if there is none.
///
/// # Errors
///
/// Database errors.
pub fn find_or_create(conn: &mut Connection, name: &str, now: Timestamp) -> Result<ServerId, StoreError> {
    match find_by_name(conn, name)? {
        Some(known) => Ok(known),
        None => create(conn, name, now),
    }
}

/// The columns of a server that a report updates.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = servers)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ReportedServer {
    pub last_seen: Option<String>,
    pub duplicati_version: Option<String>,
    pub operating_system: Option<String>,
    pub mismatch_machine: Option<String>,
    pub mismatch_server_id: Option<i64>,
    pub mismatch_at: Option<String>,
}

/// Updates a server after a report; `None` leaves a column unchanged.
///
/// # Errors
///
/// Database errors.
pub fn note_report(conn: &mut Connection, id: ServerId, reported: &ReportedServer) -> Result<(), StoreError> {
    update(servers::table, servers::id.eq(id.0), reported).execute(conn)?;
    Ok(())
}

/// Renames a server, if its name is still `from` and no other server has the new name.
///
/// # Errors
///
/// Database errors.
pub fn rename_from(conn: &mut Connection, id: ServerId, from: &str, to: &str) -> Result<(), StoreError> {
    if find_by_name(conn, to)?.is_none() {
        diesel::update(servers::table.find(id.0).filter(servers::name.eq(from)))
            .set(servers::name.eq(to))
            .execute(conn)?;
    }
    Ok(())
}

/// Returns a server's id and display name, if it exists.
///
/// # Errors
///
/// Database errors.
pub fn display_name(
    conn: &mut Connection,
    id: Option<i64>,
) -> Result<Option<(ServerId, String)>, StoreError> {
    let Some(id) = id.map(ServerId) else { return Ok(None) };
    match find(conn, id) {
        Ok(server) => Ok(Some((id, server.display_name().to_owned()))),
        Err(error) if error.kind == StoreErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Says where the page of a server's Duplicati is.
///
/// # Errors
/// Database errors.
pub fn link(conn: &mut Connection, id: ServerId, url: Option<&str>) -> Result<(), StoreError> {
    diesel::update(servers::table.find(id.0)).set(servers::duplicati_url.eq(url)).execute(conn)?;
    Ok(())
}

/// Sets the alias and notes of a server.
///
/// # Errors
///
/// Database errors.
pub fn describe(
    conn: &mut Connection,
    id: ServerId,
    alias: Option<&str>,
    notes: Option<&str>,
) -> Result<(), StoreError> {
    diesel::update(servers::table.find(id.0))
        .set((servers::alias.eq(alias), servers::notes.eq(notes)))
        .execute(conn)?;
    Ok(())
}
