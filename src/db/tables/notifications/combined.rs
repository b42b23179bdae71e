//! Which rows of a channel are combined into one message.

use diesel::{prelude::*, sqlite::Sqlite};

use crate::{
    db::{
        Connection, StoreError,
        schema::{notifications, servers},
        tables::labels,
    },
    ids::ServerId,
    notify::{Combine, Combined},
};

/// What is combined with a message about a server: ids of a server and of a group.
pub(super) fn with(
    conn: &mut Connection,
    combine: Combine,
    server: Option<i64>,
) -> Result<Combined<i64, i64>, StoreError> {
    let group = match (combine, server) {
        (Combine::Group, Some(server)) => labels::group_of(conn, ServerId(server))?,
        _ => None,
    };
    Ok(combine.with(server, group.map(|(group, _)| group.0)))
}

/// Of these rows, those that are combined.
pub(super) fn of(
    combined: Combined<i64, i64>,
    rows: notifications::BoxedQuery<'static, Sqlite>,
) -> notifications::BoxedQuery<'static, Sqlite> {
    match combined {
        Combined::Server(server) => rows.filter(notifications::server_id.is(server)),
        Combined::Group(group) => {
            let members = servers::table.filter(servers::group_id.eq(group));
            rows.filter(notifications::server_id.eq_any(members.select(servers::id.nullable())))
        }
        Combined::Servers => rows.filter(notifications::server_id.is_not_null()),
    }
}
