//! Which rows of a channel are combined into one message.

use diesel::{prelude::*, sqlite::Sqlite};

use crate::{
    db::{
        Connection, StoreError,
        schema::{notifications, servers},
        tables::labels,
    },
    ids::ServerId,
    notify::Combine,
};

/// The rows that are combined into one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Combined {
    /// Those about a server; those about none.
    Server(Option<i64>),
    /// Those about the servers of a group.
    Group(i64),
    /// Those about any server.
    Servers,
    /// All.
    All,
}

impl Combined {
    /// The rows that are combined with those about a server. A server without a group is combined with no other one of a group.
    pub(super) fn with(
        conn: &mut Connection,
        combine: Combine,
        server: Option<i64>,
    ) -> Result<Self, StoreError> {
        let Some(id) = server else { return Ok(Self::Server(None)) };
        Ok(match combine {
            Combine::Server => Self::Server(server),
            Combine::Group => labels::group_of(conn, ServerId(id))?
                .map_or(Self::Server(server), |(group, _)| Self::Group(group.0)),
            Combine::All => Self::Servers,
        })
    }

    /// Of these rows, those.
    pub(super) fn of(
        self,
        rows: notifications::BoxedQuery<'static, Sqlite>,
    ) -> notifications::BoxedQuery<'static, Sqlite> {
        match self {
            Self::Server(server) => rows.filter(notifications::server_id.is(server)),
            Self::Group(group) => {
                let members = servers::table.filter(servers::group_id.eq(group));
                rows.filter(notifications::server_id.eq_any(members.select(servers::id.nullable())))
            }
            Self::Servers => rows.filter(notifications::server_id.is_not_null()),
            Self::All => rows,
        }
    }
}
