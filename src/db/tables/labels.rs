//! Groups of servers, and tags of servers and jobs. A group or a tag is there for as long as something has it; a group also while something is
//! set for it.

mod changes;

use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};

pub use changes::{
    Tagged, change_tags, delete_group, delete_unused, group_name, members, merge_jobs, merge_servers,
    rename_group, set_group, set_tags,
};

use crate::{
    db::{
        Connection, StoreError,
        engine::{dynamic, lossy_text::LossyText},
        schema::{job_tags, jobs, server_groups, server_tags, servers, tags},
    },
    ids::{GroupId, JobId, ServerId, TagId},
};

/// The form of a name by which it is found, whatever case it is written in.
pub fn key(name: &str) -> String {
    name.to_lowercase()
}

/// The group of this name.
///
/// # Errors
/// Database errors.
pub fn find_group(conn: &mut Connection, name: &str) -> Result<Option<GroupId>, StoreError> {
    let of_name = server_groups::table.filter(server_groups::name_key.eq(key(name)));
    Ok(of_name.select(server_groups::id).first(conn).optional()?.map(GroupId))
}

/// The tag of this name.
///
/// # Errors
/// Database errors.
pub fn find_tag(conn: &mut Connection, name: &str) -> Result<Option<TagId>, StoreError> {
    let of_name = tags::table.filter(tags::name_key.eq(key(name)));
    Ok(of_name.select(tags::id).first(conn).optional()?.map(TagId))
}

/// How many groups and tags there are.
///
/// # Errors
/// Database errors.
pub fn counts(conn: &mut Connection) -> Result<(i64, i64), StoreError> {
    Ok((server_groups::table.count().get_result(conn)?, tags::table.count().get_result(conn)?))
}

/// The name of a server's group.
///
/// # Errors
/// Database errors.
pub fn group_of(conn: &mut Connection, server: ServerId) -> Result<Option<(GroupId, String)>, StoreError> {
    let found: Option<(i64, LossyText)> = servers::table
        .inner_join(server_groups::table)
        .filter(servers::id.eq(server.0))
        .select((server_groups::id, server_groups::name))
        .first(conn)
        .optional()?;
    Ok(found.map(|(id, name)| (GroupId(id), name.into())))
}

/// The tags of a server, by name.
///
/// # Errors
/// Database errors.
pub fn of_server(conn: &mut Connection, server: ServerId) -> Result<Vec<(TagId, String)>, StoreError> {
    let rows: Vec<(i64, LossyText)> = server_tags::table
        .inner_join(tags::table)
        .filter(server_tags::server_id.eq(server.0))
        .order(tags::name_key)
        .select((tags::id, tags::name))
        .load(conn)?;
    Ok(named(rows))
}

/// The tags of a job, by name; those of its server are not among them.
///
/// # Errors
/// Database errors.
pub fn of_job(conn: &mut Connection, job: JobId) -> Result<Vec<(TagId, String)>, StoreError> {
    let rows: Vec<(i64, LossyText)> = job_tags::table
        .inner_join(tags::table)
        .filter(job_tags::job_id.eq(job.0))
        .order(tags::name_key)
        .select((tags::id, tags::name))
        .load(conn)?;
    Ok(named(rows))
}

fn named(rows: Vec<(i64, LossyText)>) -> Vec<(TagId, String)> {
    rows.into_iter().map(|(id, name)| (TagId(id), name.into())).collect()
}

/// The tags of single jobs of a server: the job, the tag's name.
///
/// # Errors
/// Database errors.
pub fn of_jobs(conn: &mut Connection, server: ServerId) -> Result<Vec<(JobId, String)>, StoreError> {
    let rows: Vec<(i64, LossyText)> = job_tags::table
        .inner_join(jobs::table)
        .inner_join(tags::table)
        .filter(jobs::server_id.eq(server.0))
        .order((jobs::id, tags::name_key))
        .select((jobs::id, tags::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(job, name)| (JobId(job), name.into())).collect())
}

/// The tags of some servers, by name: the server, the tag's name.
///
/// # Errors
/// Database errors.
pub fn of_servers(conn: &mut Connection, ids: &[ServerId]) -> Result<Vec<(i64, String)>, StoreError> {
    let rows: Vec<(i64, LossyText)> = server_tags::table
        .inner_join(tags::table)
        .filter(server_tags::server_id.eq_any(ids.iter().map(|id| id.0)))
        .order(tags::name_key)
        .select((server_tags::server_id, tags::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(server, name)| (server, name.into())).collect())
}

/// Jobs of some servers that have a tag of their own.
///
/// # Errors
/// Database errors.
pub fn tagged_jobs(conn: &mut Connection, tag: TagId, ids: &[ServerId]) -> Result<Vec<i64>, StoreError> {
    Ok(job_tags::table
        .inner_join(jobs::table)
        .filter(job_tags::tag_id.eq(tag.0))
        .filter(jobs::server_id.eq_any(ids.iter().map(|id| id.0)))
        .select(jobs::id)
        .load(conn)?)
}

/// Servers of these that have a tag.
///
/// # Errors
/// Database errors.
pub fn tagged_servers(conn: &mut Connection, tag: TagId, ids: &[ServerId]) -> Result<Vec<i64>, StoreError> {
    Ok(server_tags::table
        .filter(server_tags::tag_id.eq(tag.0))
        .filter(server_tags::server_id.eq_any(ids.iter().map(|id| id.0)))
        .select(server_tags::server_id)
        .load(conn)?)
}

/// A group or a tag in a list.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ListedLabel {
    /// Its id.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Its name.
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    pub name: String,
    /// Its jobs.
    #[diesel(sql_type = BigInt)]
    pub jobs: i64,
    /// The rank of the worst of those that are not paused.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub worst: Option<i64>,
}

/// The groups or tags of a list, worst first and then by name. The chosen one is always among them.
///
/// # Errors
/// Database errors.
pub fn listed(
    conn: &mut Connection,
    kind: Kind,
    chosen: Option<i64>,
    most: i64,
) -> Result<Vec<ListedLabel>, StoreError> {
    let (table, sign) = kind.names();
    let sql = format!(
        "SELECT label.id, name, stuck_jobs + failed_jobs + late_jobs + check_jobs + stale_jobs + new_jobs + paused_jobs + ok_jobs AS jobs,
             CASE WHEN stuck_jobs > 0 THEN 0 WHEN failed_jobs > 0 THEN 1 WHEN late_jobs > 0 THEN 2 WHEN check_jobs > 0 THEN 3
             WHEN stale_jobs > 0 THEN 4 WHEN new_jobs > 0 THEN 5 WHEN ok_jobs > 0 THEN 7 END AS worst
         FROM {table} AS label CROSS JOIN scope_totals ON scope_totals.id = {sign}label.id
         ORDER BY label.id IS NOT ?, coalesce(worst, 8), name_key LIMIT ?"
    );
    Ok(diesel::sql_query(sql).bind::<Nullable<BigInt>, _>(chosen).bind::<BigInt, _>(most).load(conn)?)
}

/// Groups or tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Groups of servers.
    Groups,
    /// Tags.
    Tags,
}

impl Kind {
    /// Its table, and the sign of the numbers of its sums.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Groups => ("server_groups", "-"),
            Self::Tags => ("tags", ""),
        }
    }
}

/// The first names, to choose from.
///
/// # Errors
/// Database errors.
pub fn names(conn: &mut Connection, kind: Kind, most: i64) -> Result<Vec<String>, StoreError> {
    dynamic::texts(conn, &format!("SELECT name FROM {} ORDER BY name_key LIMIT {most}", kind.names().0))
}

/// The first names with their ids.
///
/// # Errors
/// Database errors.
pub fn groups(conn: &mut Connection, most: i64) -> Result<Vec<(GroupId, String)>, StoreError> {
    let rows: Vec<(i64, LossyText)> = server_groups::table
        .order(server_groups::name_key)
        .limit(most)
        .select((server_groups::id, server_groups::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name)| (GroupId(id), name.into())).collect())
}
