//! One page of servers: those that pass a filter, in their order.

use diesel::{
    prelude::*,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{BigInt, Bool, Text},
    sqlite::Sqlite,
};

use super::super::servers as server_rows;
use crate::{
    db::{Connection, StoreError, engine::lossy_text::LossyText},
    ids::{GroupId, ServerId, TagId},
};

/// In which order servers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The server with the worst job first, then by name.
    Worst,
    /// By the name that is shown.
    Name,
    /// The one that reported last first.
    Latest,
}

/// Which servers are wanted: those with a job that passes all of it, and those without jobs that do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedServers<'q> {
    /// The bits of `servers.verdicts`, of which one is enough. `None`: all.
    pub verdicts: Option<i64>,
    /// In lower case: what the name of the server or of the job contains.
    pub text: &'q str,
    /// The verdict whose word that text is.
    pub text_rank: Option<i64>,
    /// The group.
    pub group: Option<GroupId>,
    /// The tag of the server or of the job.
    pub tag: Option<TagId>,
    /// Their order.
    pub order: Order,
}

diesel::define_sql_function! {
    /// Whether a text contains another one, in whatever case it is written.
    fn contains_folded(text: Text, wanted: Text) -> Bool;
}

/// Whether a column contains a text in lower case, which is the one value that is bound.
pub(in crate::db) fn contains(text: &str, column: &str) -> String {
    match text.is_ascii() {
        true => format!("instr({column}, ?1) > 0"),
        // SQLite knows no other letters.
        false => format!("contains_folded({column}, ?1)"),
    }
}

/// Makes known to the connection what [`contains`] needs for a text.
///
/// # Errors
/// Database errors.
pub(in crate::db) fn register_folding(conn: &mut Connection, text: &str) -> Result<(), StoreError> {
    if !text.is_ascii() {
        // Names that were damaged on the disk are no reason to find nothing.
        let contains = |text: LossyText, wanted: String| text.as_str().to_lowercase().contains(&wanted);
        contains_folded_utils::register_impl(conn, contains)?;
    }
    Ok(())
}

impl WantedServers<'_> {
    fn contains(&self, column: &str) -> String {
        contains(self.text, column)
    }

    /// Whether nothing but the text or the tag is asked for: what is found by it passes.
    fn is_simple(&self) -> bool {
        self.verdicts.is_none() && (self.text.is_empty() || self.tag.is_none())
    }

    /// Servers among which the wanted ones are, by the tag or else by the text: as a query of ids.
    fn found(&self) -> Option<String> {
        match (self.tag, self.text.is_empty()) {
            (Some(TagId(tag)), _) => Some(format!(
                "SELECT server_id AS id FROM server_tags WHERE tag_id = {tag} UNION SELECT tagged.server_id
                 FROM job_tags CROSS JOIN jobs AS tagged ON tagged.id = job_tags.job_id WHERE tag_id = {tag}"
            )),
            (None, true) => None,
            (None, false) => {
                let word = match self.text_rank {
                    Some(rank) => format!(" UNION SELECT server_id FROM jobs WHERE rank = {rank}"),
                    None => String::new(),
                };
                Some(format!(
                    "SELECT server_id AS id FROM server_search WHERE {}{word}",
                    self.contains("all_names")
                ))
            }
        }
    }

    /// The same, asked of one server.
    fn is_found(&self) -> Option<String> {
        match (self.tag, self.text.is_empty()) {
            (Some(_), _) => Some(format!(
                "({} OR EXISTS (SELECT 1 FROM jobs AS job WHERE job.server_id = servers.id AND {}))",
                self.server_tag(),
                self.job_tag()
            )),
            (None, true) => None,
            (None, false) => {
                let search = format!(
                    "EXISTS (SELECT 1 FROM server_search WHERE server_id = servers.id AND {})",
                    self.contains("all_names")
                );
                Some(match self.text_rank {
                    Some(rank) => format!(
                        "({search} OR EXISTS (SELECT 1 FROM jobs AS job WHERE job.server_id = servers.id AND job.rank = {rank}))"
                    ),
                    None => search,
                })
            }
        }
    }

    fn server_tag(&self) -> String {
        let tag = self.tag.map_or(0, |tag| tag.0);
        format!("EXISTS (SELECT 1 FROM server_tags WHERE tag_id = {tag} AND server_id = servers.id)")
    }

    fn job_tag(&self) -> String {
        let tag = self.tag.map_or(0, |tag| tag.0);
        format!("EXISTS (SELECT 1 FROM job_tags WHERE tag_id = {tag} AND job_id = job.id)")
    }

    /// What has to be true of a server that was found, and of the group.
    fn conditions(&self) -> Vec<String> {
        let mut all = Vec::new();
        if let Some(GroupId(group)) = self.group {
            all.push(format!("servers.group_id = {group}"));
        }
        let verdicts = self.verdicts.map(|bits| format!("servers.verdicts & {bits}"));
        let (has_text, has_tag) = (!self.text.is_empty(), self.tag.is_some());
        if !has_text && !has_tag {
            all.extend(verdicts);
            return all;
        }
        if self.is_simple() {
            return all;
        }
        // What is true of a server is true of each of its jobs.
        let named = has_text.then(|| {
            let names = self.contains("names");
            format!("EXISTS (SELECT 1 FROM server_search WHERE server_id = servers.id AND {names})")
        });
        let whole: Vec<String> =
            [named.clone(), has_tag.then(|| self.server_tag()), verdicts].into_iter().flatten().collect();
        // Else one job has to pass all of it.
        let mut of_job = vec!["job.server_id = servers.id AND job.rank IS NOT NULL".to_owned()];
        if let Some(bits) = self.verdicts {
            of_job.push(format!("((1 << job.rank) + 256 * job.unreported) & {bits}"));
        }
        if let Some(named) = named {
            let name = "job.name || coalesce(char(10) || job.alias, '')";
            let name = if self.text.is_ascii() { format!("lower({name})") } else { format!("({name})") };
            let word = self.text_rank.map(|rank| format!(" OR job.rank = {rank}")).unwrap_or_default();
            of_job.push(format!("({}{word} OR {named})", self.contains(&name)));
        }
        if has_tag {
            of_job.push(format!("({} OR {})", self.job_tag(), self.server_tag()));
        }
        all.push(format!(
            "(({}) OR EXISTS (SELECT 1 FROM jobs AS job WHERE {}))",
            whole.join(" AND "),
            of_job.join(" AND ")
        ));
        all
    }

    fn query(&self, sql: String) -> BoxedSqlQuery<'_, Sqlite, SqlQuery> {
        // SQLite refuses a value that the statement does not ask for.
        let asks = sql.contains("?1");
        let query = diesel::sql_query(sql).into_boxed::<Sqlite>();
        if asks { query.bind::<Text, _>(self.text) } else { query }
    }

    fn number(&self, conn: &mut Connection, sql: String) -> Result<i64, StoreError> {
        Ok(self.query(sql).get_result::<Id>(conn)?.id)
    }

    fn ids(&self, conn: &mut Connection, sql: String) -> Result<Vec<i64>, StoreError> {
        let rows: Vec<Id> = self.query(sql).load(conn)?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// The servers that are found by the text or the tag, if they are few.
    fn few(&self, conn: &mut Connection) -> Result<Option<Vec<i64>>, StoreError> {
        let Some(found) = self.found() else { return Ok(None) };
        let ids = self.ids(conn, format!("{found} LIMIT {}", MANY + 1))?;
        Ok((ids.len() <= MANY).then_some(ids))
    }

    /// How many there are, where many are found.
    fn count(&self, conn: &mut Connection) -> Result<i64, StoreError> {
        let conditions = self.conditions().join(" AND ");
        match self.found() {
            None if conditions.is_empty() => server_rows::count(conn),
            None => self.number(conn, format!("SELECT count(*) AS id FROM servers WHERE {conditions}")),
            Some(found) if conditions.is_empty() => match self.tag {
                Some(TagId(tag)) => self.count_tagged(conn, tag),
                None => self.number(conn, format!("SELECT count(*) AS id FROM ({found})")),
            },
            Some(found) => self.number(
                conn,
                format!("SELECT count(*) AS id FROM servers WHERE id IN ({found}) AND {conditions}"),
            ),
        }
    }

    /// Servers with a tag, and others of which a job has it.
    fn count_tagged(&self, conn: &mut Connection, tag: i64) -> Result<i64, StoreError> {
        let servers =
            self.number(conn, format!("SELECT count(*) AS id FROM server_tags WHERE tag_id = {tag}"))?;
        let others = format!(
            "SELECT count(DISTINCT tagged.server_id) AS id
             FROM job_tags CROSS JOIN jobs AS tagged ON tagged.id = job_tags.job_id
             WHERE tag_id = {tag} AND NOT EXISTS (
                 SELECT 1 FROM server_tags WHERE tag_id = {tag} AND server_id = tagged.server_id
             )"
        );
        Ok(servers + self.number(conn, others)?)
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// More than so many are found by walking along their order; fewer are found first, and sorted.
const MANY: usize = 1000;

/// One page of servers, and how many there are in all. `skipped` is told that number, and says how many stand before the page.
///
/// # Errors
/// Database errors.
pub fn page(
    conn: &mut Connection,
    wanted: &WantedServers<'_>,
    limit: i64,
    skipped: impl FnOnce(i64) -> i64,
) -> Result<(Vec<ServerId>, i64), StoreError> {
    register_folding(conn, wanted.text)?;
    let mut conditions = wanted.conditions();
    let count = match wanted.few(conn)? {
        Some(ids) => {
            let is_simple = conditions.is_empty();
            let listed: Vec<String> = ids.iter().map(i64::to_string).collect();
            conditions.push(format!("id IN ({})", listed.join(", ")));
            match is_simple {
                true => i64::try_from(ids.len()).unwrap_or(i64::MAX),
                false => wanted.number(
                    conn,
                    format!("SELECT count(*) AS id FROM servers WHERE {}", conditions.join(" AND ")),
                )?,
            }
        }
        None => {
            let count = wanted.count(conn)?;
            conditions.extend(wanted.is_found());
            count
        }
    };
    // As the indexes say it.
    let order = match wanted.order {
        Order::Worst => "worst, lower(coalesce(nullif(alias, ''), name)), verdicts, id",
        Order::Name => "lower(coalesce(nullif(alias, ''), name)), verdicts, id",
        Order::Latest => "last_seen DESC, verdicts, id",
    };
    let conditions = if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") };
    let offset = skipped(count);
    let ids = wanted.ids(
        conn,
        format!("SELECT id FROM servers WHERE {conditions} ORDER BY {order} LIMIT {limit} OFFSET {offset}"),
    )?;
    Ok((ids.into_iter().map(ServerId).collect(), count))
}

/// How many servers are in a group or have a tag, themselves or one of their jobs.
///
/// # Errors
/// Database errors.
pub fn count(conn: &mut Connection, group: Option<GroupId>, tag: Option<TagId>) -> Result<i64, StoreError> {
    let order = Order::Name;
    WantedServers { verdicts: None, text: "", text_rank: None, group, tag, order }.count(conn)
}

/// How many servers of a group or with a tag have no job.
///
/// # Errors
/// Database errors.
pub fn without_jobs(
    conn: &mut Connection,
    group: Option<GroupId>,
    tag: Option<TagId>,
) -> Result<i64, StoreError> {
    let of_group = group.map(|group| format!(" AND group_id = {}", group.0)).unwrap_or_default();
    let with_tag = tag.map(|tag| {
        format!(" AND EXISTS (SELECT 1 FROM server_tags WHERE tag_id = {} AND server_id = servers.id)", tag.0)
    });
    let with_tag = with_tag.unwrap_or_default();
    let sql = format!("SELECT count(*) AS id FROM servers WHERE verdicts = 256{of_group}{with_tag}");
    Ok(diesel::sql_query(sql).get_result::<Id>(conn)?.id)
}
