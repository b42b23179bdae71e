//! What reports of a period read: the servers of a scope, and its incidents.

use diesel::{prelude::*, sqlite::Sqlite};

use super::noticing::incidents::IncidentRow;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{incidents, servers},
    },
    ids::{GroupId, ServerId},
    time::Timestamp,
};

/// Open incidents that are sorted by what they are about.
const SORTED: i64 = 1000;

/// The servers of a group, or all, with what people call them: by that.
///
/// # Errors
/// Database errors.
pub fn servers(conn: &mut Connection, group: Option<GroupId>) -> Result<Vec<(ServerId, String)>, StoreError> {
    let mut query = servers::table.select((servers::id, servers::name, servers::alias)).into_boxed();
    if let Some(group) = group {
        query = query.filter(servers::group_id.eq(group.0));
    }
    let rows: Vec<(i64, LossyText, OptionalLossyText)> = query.load(conn)?;
    let name = |(id, name, alias): (i64, LossyText, OptionalLossyText)| {
        let alias = Option::<String>::from(alias).filter(|alias| !alias.is_empty());
        (ServerId(id), alias.unwrap_or_else(|| name.into()))
    };
    let mut all: Vec<_> = rows.into_iter().map(name).collect();
    all.sort_by_cached_key(|(id, name)| (name.to_lowercase(), *id));
    Ok(all)
}

/// Incidents of a scope.
fn of(group: Option<GroupId>) -> incidents::BoxedQuery<'static, Sqlite> {
    let query = incidents::table.into_boxed();
    match group {
        Some(group) => {
            let members = servers::table.filter(servers::group_id.eq(group.0)).select(servers::id.nullable());
            query.filter(incidents::server_id.eq_any(members))
        }
        None => query,
    }
}

/// The open incidents, the oldest first, and how many there are.
///
/// # Errors
/// Database errors.
pub fn open(conn: &mut Connection, group: Option<GroupId>) -> Result<(Vec<IncidentRow>, i64), StoreError> {
    let all = || of(group).filter(incidents::closed_at.is_null());
    let count = all().count().get_result(conn)?;
    let rows = all().order((incidents::opened_at, incidents::id)).limit(SORTED);
    Ok((rows.select(IncidentRow::as_select()).load(conn)?, count))
}

/// The incidents of a period that are over, those that ended last first, and how many there are.
///
/// # Errors
/// Database errors.
pub fn closed(
    conn: &mut Connection,
    group: Option<GroupId>,
    (from, until): (Timestamp, Timestamp),
    most: i64,
) -> Result<(Vec<IncidentRow>, i64), StoreError> {
    let all = || {
        of(group)
            .filter(incidents::closed_at.ge(from.to_string()))
            .filter(incidents::opened_at.lt(until.to_string()))
    };
    let count = all().count().get_result(conn)?;
    let rows = all().order((incidents::closed_at.desc(), incidents::id.desc())).limit(most);
    Ok((rows.select(IncidentRow::as_select()).load(conn)?, count))
}
