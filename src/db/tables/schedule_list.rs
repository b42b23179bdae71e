//! The jobs of the list of schedules that pass a filter, one page of them.
//!
//! Few jobs that a filter finds are found first and sorted. Many are walked in their order, along an index, up to the end of the page.

use diesel::{
    Connection as _,
    prelude::*,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};

use super::lists::{self, ListScope};
use crate::{
    db::{Connection, StoreError},
    dto::schedules::{ScheduleFrom, SchedulesSort},
    ids::{GroupId, JobId, TagId},
};

/// Which jobs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScheduleFilter {
    /// With the verdict of this rank.
    pub rank: Option<i64>,
    /// Whose schedule comes from there.
    pub source: Option<ScheduleFrom>,
    /// Of servers in this group.
    pub group: Option<GroupId>,
    /// With this tag, or of servers that have it.
    pub tag: Option<TagId>,
    /// In lower case: what the name of the job or of its server contains.
    pub text: String,
}

/// How they are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// The column.
    pub sort: SchedulesSort,
    /// The other way round.
    pub descending: bool,
}

/// More than so many are found by walking along their order; fewer are found first, and sorted.
const MANY: usize = 1000;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

impl ScheduleFilter {
    fn contains(&self, column: &str) -> String {
        lists::contains(&self.text, column)
    }

    /// What has to be true of a job.
    fn conditions(&self) -> Vec<String> {
        let mut all = vec![match self.rank {
            Some(rank) => format!("jobs.rank = {rank}"),
            None => "jobs.rank IS NOT NULL".to_owned(),
        }];
        if let Some(source) = self.source {
            all.push(format!("jobs.schedule_source = '{}'", source.as_str()));
        }
        if let Some(GroupId(group)) = self.group {
            all.push(format!(
                "EXISTS (SELECT 1 FROM servers AS whose WHERE whose.id = jobs.server_id AND whose.group_id = {group})"
            ));
        }
        if let Some(TagId(tag)) = self.tag {
            all.push(format!(
                "(EXISTS (SELECT 1 FROM job_tags WHERE tag_id = {tag} AND job_id = jobs.id)
                 OR EXISTS (SELECT 1 FROM server_tags WHERE tag_id = {tag} AND server_id = jobs.server_id))"
            ));
        }
        if !self.text.is_empty() {
            let name = "jobs.name || coalesce(char(10) || jobs.alias, '')";
            let name = if self.text.is_ascii() { format!("lower({name})") } else { format!("({name})") };
            all.push(format!(
                "({} OR EXISTS (SELECT 1 FROM server_search WHERE server_id = jobs.server_id AND {}))",
                self.contains(&name),
                self.contains("names")
            ));
        }
        all
    }

    /// Queries of ids, each of which finds all jobs that are wanted, and others.
    fn found(&self) -> Vec<String> {
        let mut all = Vec::new();
        if let Some(GroupId(group)) = self.group {
            all.push(format!(
                "SELECT jobs.id AS id FROM servers CROSS JOIN jobs ON jobs.server_id = servers.id WHERE group_id = {group}"
            ));
        }
        if let Some(TagId(tag)) = self.tag {
            all.push(format!(
                "SELECT tagged.id AS id FROM server_tags CROSS JOIN jobs AS tagged ON tagged.server_id = server_tags.server_id
                 WHERE tag_id = {tag} UNION SELECT job_id FROM job_tags WHERE tag_id = {tag}"
            ));
        }
        if !self.text.is_empty() {
            all.push(format!(
                "SELECT jobs.id AS id FROM server_search CROSS JOIN jobs ON jobs.server_id = server_search.server_id WHERE {}",
                self.contains("all_names")
            ));
        }
        if let Some(source) = self.source {
            all.push(format!(
                "SELECT id FROM jobs WHERE schedule_source = '{}' AND rank IS NOT NULL",
                source.as_str()
            ));
        }
        if let Some(rank) = self.rank {
            all.push(format!("SELECT id FROM jobs WHERE rank = {rank}"));
        }
        all
    }

    fn query(&self, sql: String) -> BoxedSqlQuery<'_, Sqlite, SqlQuery> {
        // SQLite refuses a value that the statement does not ask for.
        let asks = sql.contains("?1");
        let query = diesel::sql_query(sql).into_boxed::<Sqlite>();
        if asks { query.bind::<Text, _>(self.text.as_str()) } else { query }
    }

    fn ids(&self, conn: &mut Connection, sql: String) -> Result<Vec<i64>, StoreError> {
        let rows: Vec<Number> = self.query(sql).load(conn)?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// The jobs that one of the filters finds, if they are few.
    fn few(&self, conn: &mut Connection) -> Result<Option<Vec<i64>>, StoreError> {
        for found in self.found() {
            let ids = self.ids(conn, format!("SELECT id FROM ({found}) LIMIT {}", MANY + 1))?;
            if ids.len() <= MANY {
                return Ok(Some(ids));
            }
        }
        Ok(None)
    }

    /// The sums that are kept of what is wanted, if there are any.
    fn scope(&self) -> Option<ListScope> {
        match (self.group, self.tag) {
            _ if self.source.is_some() || !self.text.is_empty() => None,
            (None, None) => Some(ListScope::Site),
            (Some(group), None) => Some(ListScope::Group(group)),
            (None, Some(tag)) => Some(ListScope::Tag(tag)),
            (Some(_), Some(_)) => None,
        }
    }
}

/// What is looked through, and the condition.
struct Wanted<'f> {
    filter: &'f ScheduleFilter,
    /// Whether a few jobs are named in the condition.
    is_few: bool,
    conditions: String,
}

impl<'f> Wanted<'f> {
    fn of(conn: &mut Connection, filter: &'f ScheduleFilter) -> Result<Self, StoreError> {
        lists::register_folding(conn, &filter.text)?;
        let mut conditions = filter.conditions();
        let few = filter.few(conn)?;
        if let Some(few) = &few {
            let ids: Vec<String> = few.iter().map(i64::to_string).collect();
            conditions.push(format!("jobs.id IN ({})", ids.join(", ")));
        }
        Ok(Self { filter, is_few: few.is_some(), conditions: conditions.join(" AND ") })
    }

    fn count(&self, conn: &mut Connection) -> Result<i64, StoreError> {
        if let Some(scope) = self.filter.scope().filter(|_| !self.is_few) {
            let totals = lists::totals(conn, scope)?;
            let of_rank = |rank: i64| usize::try_from(rank).ok().and_then(|rank| totals.verdicts.get(rank));
            return Ok(match self.filter.rank {
                Some(rank) => of_rank(rank).copied().unwrap_or(0),
                None => totals.jobs(),
            });
        }
        let sql = format!("SELECT count(*) AS id FROM jobs WHERE {}", self.conditions);
        Ok(self.filter.query(sql).get_result::<Number>(conn)?.id)
    }

    /// In the order of an index, `from` leads where the jobs are many.
    fn sorted(
        &self,
        conn: &mut Connection,
        (from, more, order): (&str, &str, &[&str]),
        descending: bool,
        (limit, offset): (i64, i64),
    ) -> Result<Vec<i64>, StoreError> {
        let from = if self.is_few { from.replace("CROSS JOIN", "JOIN") } else { from.to_owned() };
        let direction = if descending { " DESC" } else { "" };
        let order: Vec<String> = order.iter().map(|column| format!("{column}{direction}")).collect();
        let sql = format!(
            "SELECT jobs.id AS id FROM {from} WHERE {}{more} ORDER BY {} LIMIT {limit} OFFSET {offset}",
            self.conditions,
            order.join(", ")
        );
        self.filter.ids(conn, sql)
    }

    fn page(
        &self,
        conn: &mut Connection,
        order: Order,
        (limit, offset): (i64, i64),
    ) -> Result<Vec<i64>, StoreError> {
        const BY_STATE: [&str; 3] = ["jobs.rank", "jobs.server_id", "jobs.name"];
        let Order { sort, descending } = order;
        match sort {
            SchedulesSort::State => self.sorted(conn, ("jobs", "", &BY_STATE), descending, (limit, offset)),
            SchedulesSort::Name => {
                let from = "servers CROSS JOIN jobs ON jobs.server_id = servers.id";
                let columns =
                    ["lower(coalesce(nullif(servers.alias, ''), servers.name))", "servers.id", "jobs.name"];
                self.sorted(conn, (from, "", &columns), descending, (limit, offset))
            }
            SchedulesSort::Next => {
                let from = "job_states CROSS JOIN jobs ON jobs.id = job_states.job_id";
                let (slot, has_slot) =
                    (["job_states.slot", "job_states.job_id"], " AND job_states.slot IS NOT NULL");
                let mut ids = self.sorted(conn, (from, has_slot, &slot), descending, (limit, offset))?;
                let missing = limit - i64::try_from(ids.len()).unwrap_or(limit);
                if missing > 0 {
                    // Those without one are last, whichever way they are sorted.
                    let sql =
                        format!("SELECT count(*) AS id FROM {from} WHERE {}{has_slot}", self.conditions);
                    let with_slot = self.filter.query(sql).get_result::<Number>(conn)?.id;
                    let without = " AND NOT EXISTS (
                        SELECT 1 FROM job_states WHERE job_states.job_id = jobs.id AND job_states.slot IS NOT NULL)";
                    let part = (missing, (offset - with_slot).max(0));
                    ids.extend(self.sorted(conn, ("jobs", without, &BY_STATE), false, part)?);
                }
                Ok(ids)
            }
        }
    }
}

fn jobs(ids: Vec<i64>) -> Vec<JobId> {
    ids.into_iter().map(JobId).collect()
}

/// One page of the jobs that pass a filter, and how many there are in all. `skipped` is told that number, and says how many stand before the
/// page.
///
/// # Errors
/// Database errors.
pub fn page(
    conn: &mut Connection,
    filter: &ScheduleFilter,
    order: Order,
    limit: i64,
    skipped: impl FnOnce(i64) -> i64,
) -> Result<(Vec<JobId>, i64), StoreError> {
    let wanted = Wanted::of(conn, filter)?;
    let count = wanted.count(conn)?;
    let ids = wanted.page(conn, order, (limit, skipped(count)))?;
    Ok((jobs(ids), count))
}

/// Hands over all jobs that pass a filter at this moment in their order, so many at a time, until `take` has enough.
///
/// # Errors
/// Database errors.
pub fn each(
    conn: &mut Connection,
    filter: &ScheduleFilter,
    order: Order,
    step: i64,
    mut take: impl FnMut(&mut Connection, Vec<JobId>) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    conn.transaction(|conn| {
        let wanted = Wanted::of(conn, filter)?;
        let mut offset = 0;
        loop {
            let ids = wanted.page(conn, order, (step, offset))?;
            let found = i64::try_from(ids.len()).unwrap_or(step);
            offset += found;
            let wants_more = ids.is_empty() || take(conn, jobs(ids))?;
            if found < step || !wants_more {
                return Ok(());
            }
        }
    })
}
