//! What was told to people.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{Lossy, MaybeLossy},
        schema::notifications,
    },
    ids::ServerId,
};

/// A notification as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = notifications)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct NotificationRow {
    pub id: i64,
    pub server_id: Option<i64>,
    pub backup_id: Option<i64>,
    #[diesel(deserialize_as = Lossy)]
    pub kind: String,
    #[diesel(deserialize_as = Lossy)]
    pub status: String,
    #[diesel(deserialize_as = MaybeLossy)]
    pub message: Option<String>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub sent_at: Option<String>,
    #[diesel(deserialize_as = Lossy)]
    pub created_at: String,
}

/// Notifications about a server, or about everything, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Connection,
    server: Option<ServerId>,
    limit: i64,
    offset: i64,
) -> Result<Vec<NotificationRow>, StoreError> {
    let mut query = notifications::table
        .order(notifications::id.desc())
        .limit(limit)
        .offset(offset)
        .select(NotificationRow::as_select())
        .into_boxed();
    if let Some(server) = server {
        query = query.filter(notifications::server_id.eq(server.0));
    }
    Ok(query.load(conn)?)
}
