//! Addresses that open one thing without signing in.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::shared_links,
    },
    dto::sharing::{LinkKind, StatusField, Subject},
    ids::{GroupId, JobId, ServerId, SharedLinkId},
    time::Timestamp,
};

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = shared_links)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct SharedLinkRow {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub kind: String,
    pub group_id: Option<i64>,
    pub server_id: Option<i64>,
    pub job_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub nonce: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub name: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub title: String,
    #[diesel(deserialize_as = LossyText)]
    pub fields: String,
    #[diesel(deserialize_as = LossyText)]
    pub created_by: String,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
}

impl SharedLinkRow {
    /// What it opens; `None` for a damaged row.
    pub fn kind(&self) -> Option<LinkKind> {
        LinkKind::from_word(&self.kind)
    }

    /// What it is about.
    pub fn about(&self) -> Subject {
        match (self.group_id, self.server_id, self.job_id) {
            (Some(id), _, _) => Subject::Group(GroupId(id)),
            (_, Some(id), _) => Subject::Server(ServerId(id)),
            (_, _, Some(id)) => Subject::Job(JobId(id)),
            (None, None, None) => Subject::Site,
        }
    }

    /// What a status page shows.
    pub fn fields(&self) -> Vec<StatusField> {
        self.fields.split(',').filter_map(StatusField::from_word).collect()
    }
}

/// What is set for a link.
#[derive(Debug, Clone, Default, Insertable, AsChangeset)]
#[diesel(table_name = shared_links, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct SharedLinkChange {
    pub name: Option<String>,
    pub title: String,
    pub fields: String,
}

/// All links, the newest first.
///
/// # Errors
/// Database errors.
pub fn all(conn: &mut Connection) -> Result<Vec<SharedLinkRow>, StoreError> {
    Ok(shared_links::table.order(shared_links::id.desc()).select(SharedLinkRow::as_select()).load(conn)?)
}

/// A link by its id.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, id: SharedLinkId) -> Result<SharedLinkRow, StoreError> {
    Ok(shared_links::table.find(id.0).select(SharedLinkRow::as_select()).first(conn)?)
}

/// A status page by the name in its address.
///
/// # Errors
/// Database errors.
pub fn find_named(conn: &mut Connection, name: &str) -> Result<Option<SharedLinkRow>, StoreError> {
    let named = shared_links::table.filter(shared_links::name.eq(name));
    Ok(named.select(SharedLinkRow::as_select()).first(conn).optional()?)
}

/// Creates a link.
///
/// # Errors
/// Database errors.
pub fn create(
    conn: &mut Connection,
    (kind, about): (LinkKind, Subject),
    change: SharedLinkChange,
    nonce: &str,
    by: &str,
    now: Timestamp,
) -> Result<SharedLinkId, StoreError> {
    let (group, server, job) = match about {
        Subject::Site => (None, None, None),
        Subject::Group(id) => (Some(id.0), None, None),
        Subject::Server(id) => (None, Some(id.0), None),
        Subject::Job(id) => (None, None, Some(id.0)),
    };
    let id = diesel::insert_into(shared_links::table)
        .values((
            change,
            shared_links::kind.eq(kind.as_str()),
            shared_links::group_id.eq(group),
            shared_links::server_id.eq(server),
            shared_links::job_id.eq(job),
            shared_links::nonce.eq(nonce),
            shared_links::created_by.eq(by),
            shared_links::created_at.eq(now.to_string()),
        ))
        .returning(shared_links::id)
        .get_result(conn)?;
    Ok(SharedLinkId(id))
}

/// Changes what is set for a link.
///
/// # Errors
/// Database errors.
pub fn change(conn: &mut Connection, id: SharedLinkId, change: SharedLinkChange) -> Result<(), StoreError> {
    diesel::update(shared_links::table.find(id.0)).set(change).execute(conn)?;
    Ok(())
}

/// Deletes a link.
///
/// # Errors
/// Database errors.
pub fn delete(conn: &mut Connection, id: SharedLinkId) -> Result<(), StoreError> {
    diesel::delete(shared_links::table.find(id.0)).execute(conn)?;
    Ok(())
}

/// Gives the links of a job to the one that it is merged into.
///
/// # Errors
/// Database errors.
pub fn merge_jobs(conn: &mut Connection, from: JobId, into: JobId) -> Result<(), StoreError> {
    diesel::update(shared_links::table.filter(shared_links::job_id.eq(from.0)))
        .set(shared_links::job_id.eq(into.0))
        .execute(conn)?;
    Ok(())
}

/// Gives the links of a group to the one that it is merged into.
///
/// # Errors
/// Database errors.
pub fn merge_groups(conn: &mut Connection, from: GroupId, into: GroupId) -> Result<(), StoreError> {
    diesel::update(shared_links::table.filter(shared_links::group_id.eq(from.0)))
        .set(shared_links::group_id.eq(into.0))
        .execute(conn)?;
    Ok(())
}
