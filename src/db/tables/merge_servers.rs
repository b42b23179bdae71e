//! Merges two servers. The data of both is kept as defined in [`super::references`].

use diesel::prelude::*;

use super::{
    labels, notification_rules, references,
    servers::{ServerRecord, find},
};
use crate::{
    db::{Connection, StoreError, schema::servers},
    ids::ServerId,
    time::Timestamp,
};

/// Merges `from` into `into`, as far as the lookup of reports needs: moves machines, keys, notes and all references
/// ([`references::REFERENCES`]). Jobs and runs are not moved. Returns the servers whose jobs have to be judged again.
///
/// # Errors
///
/// Database errors.
pub fn adopt(
    conn: &mut Connection,
    from: ServerId,
    into: ServerId,
    now: Timestamp,
) -> Result<Vec<ServerId>, StoreError> {
    references::move_all(conn, from, into)?;
    notification_rules::merge_servers(conn, from, into)?;
    let concerned = labels::merge_servers(conn, from, into, now)?;
    let (one, two) = (find(conn, into)?, find(conn, from)?);
    let others = servers::table.filter(servers::id.ne(into.0));
    diesel::update(others.filter(servers::same_name_as.eq(from.0)))
        .set(servers::same_name_as.eq(into.0))
        .execute(conn)?;
    diesel::update(others.filter(servers::mismatch_server_id.eq(from.0)))
        .set(servers::mismatch_server_id.eq(into.0))
        .execute(conn)?;
    let settled = servers::table.find(into.0);
    diesel::update(settled.filter(servers::same_name_as.eq(from.0)))
        .set(servers::same_name_as.eq(None::<i64>))
        .execute(conn)?;
    // The merge resolves a mismatch between these two servers, but not one with a third.
    let is_open = |server: &ServerRecord| {
        let known_as = server.mismatch_server_id;
        server.mismatch_machine.is_some() && known_as != Some(into.0) && known_as != Some(from.0)
    };
    let mismatch = [&one, &two].into_iter().filter(|it| is_open(it)).max_by_key(|it| &it.mismatch_at);
    let (newer, older) = if two.last_seen > one.last_seen { (&two, &one) } else { (&one, &two) };
    diesel::update(settled)
        .set((
            servers::alias.eq(said(one.alias.as_ref()).or(said(two.alias.as_ref()))),
            servers::notes.eq(notes_of_both(&one, &two)),
            servers::duplicati_url.eq(said(one.duplicati_url.as_ref()).or(said(two.duplicati_url.as_ref()))),
            servers::last_seen.eq(newer.last_seen.as_ref()),
            servers::created_at.eq((&one.created_at).min(&two.created_at)),
            servers::duplicati_version
                .eq(newer.duplicati_version.as_ref().or(older.duplicati_version.as_ref())),
            servers::operating_system.eq(newer.operating_system.as_ref().or(older.operating_system.as_ref())),
            servers::mismatch_machine.eq(mismatch.and_then(|it| it.mismatch_machine.as_ref())),
            servers::mismatch_server_id.eq(mismatch.and_then(|it| it.mismatch_server_id)),
            servers::mismatch_at.eq(mismatch.and_then(|it| it.mismatch_at.as_ref())),
            servers::updated_at.eq(now.to_string()),
        ))
        .execute(conn)?;
    Ok(concerned)
}

/// Returns a text unless it is blank.
pub(super) fn said(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.trim().is_empty())
}

/// Returns the notes of both servers. If both have an alias, that of the deleted server is added. Nothing is added twice when
/// an interrupted merge is repeated.
fn notes_of_both(stays: &ServerRecord, goes: &ServerRecord) -> Option<String> {
    let (notes, more) = (said(stays.notes.as_ref()), said(goes.notes.as_ref()));
    let alias = said(goes.alias.as_ref())
        .filter(|alias| said(stays.alias.as_ref()).is_some_and(|known| known != *alias));
    let added = match (alias, more) {
        (Some(alias), Some(more)) => Some(format!("{} (“{alias}”): {more}", goes.name)),
        (Some(alias), None) => Some(format!("{} was called “{alias}”.", goes.name)),
        (None, Some(more)) if notes.is_some() => Some(format!("{}: {more}", goes.name)),
        (None, more) => more.map(str::to_owned),
    };
    both(notes, added)
}

/// Two texts below each other; one that says the other already stays as it is.
pub(super) fn both(known: Option<&str>, added: Option<String>) -> Option<String> {
    match (known, added) {
        (Some(known), Some(added)) if !known.contains(&added) => Some(format!("{known}\n\n{added}")),
        (Some(known), _) => Some(known.to_owned()),
        (None, added) => added,
    }
}
