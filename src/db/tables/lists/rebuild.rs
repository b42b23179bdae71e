//! Everything of lists made anew from what it is derived from, and what of it is not as it should be.

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::Text};

use super::{
    rank, schedule_source,
    totals::{self, ListScope, recount},
};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::LossyText,
        schema::{server_groups, tags},
    },
    ids::{GroupId, TagId},
};

/// What a server's columns are, by its jobs.
const OF_JOBS: &str =
    "coalesce((SELECT min(rank) FROM jobs WHERE server_id = servers.id AND rank IS NOT NULL), 7) AS worst,
    coalesce((SELECT sum(DISTINCT 1 << rank) + 256 * max(unreported) FROM jobs
        WHERE server_id = servers.id AND rank IS NOT NULL), 256) AS verdicts";

/// What servers are found by.
const FOUND_BY: &str = "lower(name || char(10) || coalesce(alias, '')) AS names,
    lower(name || char(10) || coalesce(alias, '')) || char(10) || coalesce((
        SELECT group_concat(lower(jobs.name || coalesce(char(10) || jobs.alias, '')), char(10))
        FROM jobs WHERE jobs.server_id = servers.id
    ), '') AS all_names";

/// Makes everything anew.
///
/// # Errors
/// Database errors.
pub fn rebuild(conn: &mut Connection) -> Result<(), StoreError> {
    // Only what differs: each row that is changed is followed.
    conn.batch_execute(concat!(
        "UPDATE jobs SET unreported = last_report_at IS NULL, schedule_source = ",
        schedule_source!(),
        ", rank = ",
        rank!(),
        " WHERE unreported IS NOT (last_report_at IS NULL) OR schedule_source IS NOT ",
        schedule_source!(),
        " OR rank IS NOT (",
        rank!(),
        ")"
    ))?;
    conn.batch_execute(&format!(
        "UPDATE servers SET (worst, verdicts) = (SELECT {OF_JOBS});
         DELETE FROM server_search;
         INSERT INTO server_search (server_id, names, all_names) SELECT id, {FOUND_BY} FROM servers;
         DELETE FROM scope_totals;
         INSERT INTO scope_totals (id) SELECT 0 UNION ALL SELECT -id FROM server_groups UNION ALL SELECT id FROM tags;"
    ))?;
    scopes(conn)?.into_iter().try_for_each(|scope| recount(conn, scope))
}

fn scopes(conn: &mut Connection) -> Result<Vec<ListScope>, StoreError> {
    let groups: Vec<i64> =
        server_groups::table.order(server_groups::id).select(server_groups::id).load(conn)?;
    let tags: Vec<i64> = tags::table.order(tags::id).select(tags::id).load(conn)?;
    let groups = groups.into_iter().map(|id| ListScope::Group(GroupId(id)));
    let tags = tags.into_iter().map(|id| ListScope::Tag(TagId(id)));
    Ok([ListScope::Site].into_iter().chain(groups).chain(tags).collect())
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Wrong {
    /// Its table.
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    pub tab: String,
    /// Its row, in words.
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    pub place: String,
    /// What is stored.
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    pub stored: String,
    /// What should be stored.
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    pub expected: String,
}

/// What is not as it should be.
///
/// # Errors
/// When the file cannot be read.
pub fn wrong(conn: &mut Connection) -> Result<Vec<Wrong>, StoreError> {
    let words =
        |first: &str, second: &str| format!("coalesce({first}, '-') || ', ' || coalesce({second}, '-')");
    let mut all: Vec<Wrong> = diesel::sql_query(format!(
        "SELECT 'jobs' AS tab, 'job ' || id AS place, {} AS stored, {} AS expected
         FROM (SELECT id, rank, unreported, last_report_at IS NULL AS is_new, {} AS due FROM jobs) WHERE rank IS NOT due OR unreported IS NOT is_new",
        words("rank", "unreported"),
        words("due", "is_new"),
        rank!()
    ))
    .load(conn)?;
    all.extend(
        diesel::sql_query(format!(
            "SELECT 'jobs' AS tab, 'job ' || id AS place, schedule_source AS stored, due AS expected
             FROM (SELECT id, schedule_source, {} AS due FROM jobs) WHERE schedule_source IS NOT due",
            schedule_source!()
        ))
        .load::<Wrong>(conn)?,
    );
    all.extend(
        diesel::sql_query(format!(
            "SELECT 'servers' AS tab, 'server ' || servers.id AS place, {} AS stored, {} AS expected
             FROM servers JOIN (SELECT id AS of_id, {OF_JOBS} FROM servers) AS due ON due.of_id = servers.id
             WHERE servers.worst IS NOT due.worst OR servers.verdicts IS NOT due.verdicts",
            words("servers.worst", "servers.verdicts"),
            words("due.worst", "due.verdicts")
        ))
        .load::<Wrong>(conn)?,
    );
    all.extend(search(conn)?);
    for scope in scopes(conn)? {
        let (stored, expected) = (totals::stored(conn, scope)?, totals::expected(conn, scope)?);
        if stored != Some(expected) {
            all.push(Wrong {
                tab: "scope_totals".into(),
                place: format!("{scope:?}"),
                stored: format!("{stored:?}"),
                expected: format!("{expected:?}"),
            });
        }
    }
    Ok(all)
}

/// The words by which servers are found; in which order the names of jobs stand makes no difference.
fn search(conn: &mut Connection) -> Result<Vec<Wrong>, StoreError> {
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    let rows: Vec<Wrong> = diesel::sql_query(format!(
        "SELECT 'server_search' AS tab, 'server ' || id AS place,
             coalesce(server_search.names || char(10) || server_search.all_names, '') AS stored,
             due.names || char(10) || due.all_names AS expected
         FROM (SELECT id, {FOUND_BY} FROM servers) AS due LEFT JOIN server_search ON server_id = id"
    ))
    .load(conn)?;
    Ok(rows.into_iter().filter(|row| sorted(&row.stored) != sorted(&row.expected)).collect())
}
