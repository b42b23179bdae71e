//! Runs over all servers that pass a filter.
//!
//! Which index leads depends on the filter: plain successes are most of a history, and a filter that leaves them out is answered by the
//! index that has only the others. Without a filter the newest are found by time. Everything else walks the covering index of each server.

use std::ops::ControlFlow;

use diesel::{
    connection::DefaultLoadingMode,
    prelude::*,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{BigInt, Bool, Nullable, Text},
    sqlite::Sqlite,
};

use super::{run_lists::ListRow, text_pattern::pattern};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
    },
    dto::runs::RunsSort,
    ids::{GroupId, TagId},
    outcome::RunOutcome,
    status::Status,
    time::Timestamp,
};

/// Which runs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// With one of these outcomes; with any when none is said.
    pub outcomes: Vec<RunOutcome>,
    /// With one of these statuses; with any when none is said.
    pub statuses: Vec<Status>,
    /// That began at this time or later.
    pub from: Option<Timestamp>,
    /// That began before this time.
    pub until: Option<Timestamp>,
    /// Of servers in whose name or alias this occurs.
    pub server: Option<String>,
    /// Of jobs in whose name or alias this occurs.
    pub job: Option<String>,
    /// Of servers in this group.
    pub group: Option<GroupId>,
    /// Of jobs with this tag, or of servers that have it.
    pub tag: Option<TagId>,
    /// In whose first error or warning this occurs.
    pub text: Option<String>,
}

/// How runs are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// The column.
    pub sort: RunsSort,
    /// Smallest or oldest first.
    pub ascending: bool,
}

/// A run that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The run.
    pub run: ListRow,
    /// The id of its server.
    pub server_id: i64,
    /// The name of its server.
    pub server: String,
    /// The alias of its server.
    pub server_alias: Option<String>,
    /// The name of its job.
    pub job: String,
    /// The alias of its job.
    pub job_alias: Option<String>,
    /// Its first error or warning.
    pub headline: Option<String>,
}

/// How many runs pass, and of how many servers they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Totals {
    /// Runs.
    #[diesel(sql_type = BigInt)]
    pub runs: i64,
    /// Servers.
    #[diesel(sql_type = BigInt)]
    pub servers: i64,
}

/// The index that leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// Runs that are more than a plain success.
    Problems,
    /// All runs by time.
    Time,
    /// The runs of each server.
    Servers,
}

type Query = BoxedSqlQuery<'static, Sqlite, SqlQuery>;

impl RunFilter {
    /// A condition of the partial index that the filter implies.
    fn is_problem(&self) -> Option<&'static str> {
        if self.text.is_some() {
            Some("backups.headline IS NOT NULL")
        } else if !self.outcomes.is_empty() && !self.outcomes.contains(&RunOutcome::Good) {
            Some("backups.outcome <> 'good'")
        } else if !self.statuses.is_empty() && !self.statuses.contains(&Status::Success) {
            Some("backups.status <> 'success'")
        } else {
            None
        }
    }

    /// Whether it says nothing of the runs themselves but when they began.
    fn says_little(&self) -> bool {
        self.outcomes.is_empty() && self.statuses.is_empty() && self.text.is_none()
    }

    fn lead(&self, order: Order) -> Lead {
        if self.is_problem().is_some() {
            Lead::Problems
        } else if order.sort == RunsSort::Started
            && self.says_little()
            && self.server.is_none()
            && self.job.is_none()
            && self.group.is_none()
            && self.tag.is_none()
        {
            Lead::Time
        } else {
            Lead::Servers
        }
    }

    /// `FROM … WHERE …`, and the values of its question marks.
    fn wanted(&self, lead: Lead) -> (String, Vec<String>) {
        let mut values = Vec::new();
        let mut conditions = Vec::new();
        let mut text = |condition: &str, value: String| {
            conditions.push(condition.to_owned());
            values.push(value);
        };
        // Bounded also where no day is said: a range of the index, and no walk through the table.
        text("backups.start_time >= ?", self.from.map_or_else(String::new, |from| from.to_string()));
        if let Some(until) = self.until {
            text("backups.start_time < ?", until.to_string());
        }
        if let Some(words) = &self.text {
            text(r"backups.headline LIKE ? ESCAPE '\'", pattern(words));
        }
        let mut named = |table: &str, words: &str| {
            let name = pattern(words);
            conditions.push(format!(r"({table}.name LIKE ? ESCAPE '\' OR {table}.alias LIKE ? ESCAPE '\')"));
            values.extend([name.clone(), name]);
        };
        if let Some(words) = &self.server {
            named("servers", words);
        }
        if let Some(words) = &self.job {
            named("jobs", words);
        }
        // Found by the servers where they lead, else asked of each run.
        let is_led = lead == Lead::Servers;
        if let Some(GroupId(group)) = self.group {
            conditions.push(match is_led {
                true => format!("servers.group_id = {group}"),
                false => format!(
                    "EXISTS (SELECT 1 FROM servers AS whose WHERE whose.id = backups.server_id AND whose.group_id = {group})"
                ),
            });
        }
        if let Some(tag) = self.tag {
            if is_led {
                conditions.push(servers_with(tag));
            }
            conditions.push(is_tagged(tag, "backups.server_id", "backups.job_id"));
        }
        conditions.extend(self.is_problem().map(str::to_owned));
        // The program's own words.
        if !self.outcomes.is_empty() {
            conditions.push(one_of("backups.outcome", self.outcomes.iter().map(|outcome| outcome.as_str())));
        }
        if !self.statuses.is_empty() {
            conditions.push(one_of("backups.status", self.statuses.iter().map(|status| status.as_str())));
        }
        let (of_server, of_job) =
            ("servers.id = backups.server_id", "CROSS JOIN jobs ON jobs.id = backups.job_id");
        let of_job = if self.job.is_some() { of_job } else { "" };
        let by_time = |index: &str| {
            let of_server = match self.server {
                Some(_) => format!("CROSS JOIN servers ON {of_server}"),
                None => String::new(),
            };
            format!("backups INDEXED BY {index} {of_server}")
        };
        let from = match lead {
            Lead::Problems => by_time("idx_backups_problems"),
            Lead::Time => by_time("idx_backups_start_time"),
            Lead::Servers => {
                format!("servers CROSS JOIN backups INDEXED BY idx_backups_server_id ON {of_server}")
            }
        };
        (format!("FROM {from} {of_job} WHERE {}", conditions.join(" AND ")), values)
    }
}

/// Servers that have a tag, or a job with it.
fn servers_with(TagId(tag): TagId) -> String {
    format!(
        "servers.id IN (SELECT server_id FROM server_tags WHERE tag_id = {tag} UNION SELECT tagged.server_id
         FROM job_tags CROSS JOIN jobs AS tagged ON tagged.id = job_tags.job_id WHERE tag_id = {tag})"
    )
}

/// Whether a job or its server has a tag.
fn is_tagged(TagId(tag): TagId, server: &str, job: &str) -> String {
    format!(
        "(EXISTS (SELECT 1 FROM server_tags WHERE tag_id = {tag} AND server_id = {server})
         OR EXISTS (SELECT 1 FROM job_tags WHERE tag_id = {tag} AND job_id = {job}))"
    )
}

fn one_of<'w>(column: &str, words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.map(|word| format!("'{word}'")).collect();
    format!("{column} IN ({})", words.join(", "))
}

fn bound(sql: String, values: Vec<String>) -> Query {
    let mut query = diesel::sql_query(sql).into_boxed::<Sqlite>();
    for value in values {
        query = query.bind::<Text, _>(value);
    }
    query
}

impl Order {
    fn sql(self) -> String {
        let direction = if self.ascending { "ASC" } else { "DESC" };
        // A figure that is not shown must not affect the order.
        let figure = |rule: fn(RunOutcome, Option<i64>) -> Option<i64>, column: &str| {
            let shown = |figure| {
                let outcomes = RunOutcome::ALL.into_iter().filter(|one| rule(*one, Some(figure)).is_some());
                one_of("backups.outcome", outcomes.map(RunOutcome::as_str))
            };
            format!("CASE WHEN {} OR {column} <> 0 AND {} THEN {column} END", shown(0), shown(1))
        };
        let column = match self.sort {
            RunsSort::Started => {
                return format!("backups.start_time {direction}, backups.job_id {direction}");
            }
            RunsSort::Duration => "backups.duration".to_owned(),
            RunsSort::Source => figure(RunOutcome::own_figure, "backups.files_size"),
            RunsSort::Stored => figure(RunOutcome::own_figure, "backups.storage_size"),
            RunsSort::Uploaded => figure(RunOutcome::sent_figure, "backups.uploaded_size"),
        };
        // Equal values are sorted newest first, so that pages do not overlap.
        format!("{column} {direction}, backups.start_time DESC, backups.job_id DESC")
    }
}

/// How many runs pass a filter. Without days, outcomes and text that is known of each job.
///
/// # Errors
/// Database errors.
pub fn totals(conn: &mut Connection, filter: &RunFilter) -> Result<Totals, StoreError> {
    let (sql, values) = if filter.says_little() && filter.from.is_none() && filter.until.is_none() {
        let mut conditions = vec!["jobs.run_count > 0".to_owned()];
        let mut values = Vec::new();
        for (table, words) in [("servers", &filter.server), ("jobs", &filter.job)] {
            if let Some(words) = words {
                conditions
                    .push(format!(r"({table}.name LIKE ? ESCAPE '\' OR {table}.alias LIKE ? ESCAPE '\')"));
                values.extend([pattern(words), pattern(words)]);
            }
        }
        conditions.extend(filter.group.map(|group| format!("servers.group_id = {}", group.0)));
        conditions.extend(filter.tag.map(|tag| is_tagged(tag, "jobs.server_id", "jobs.id")));
        let sql = format!(
            "SELECT coalesce(sum(jobs.run_count), 0) AS runs, count(DISTINCT jobs.server_id) AS servers
             FROM jobs CROSS JOIN servers ON servers.id = jobs.server_id WHERE {}",
            conditions.join(" AND ")
        );
        (sql, values)
    } else {
        let lead = if filter.is_problem().is_some() { Lead::Problems } else { Lead::Servers };
        let (wanted, values) = filter.wanted(lead);
        (format!("SELECT count(*) AS runs, count(DISTINCT backups.server_id) AS servers {wanted}"), values)
    };
    Ok(bound(sql, values).get_result(conn)?)
}

/// Hands over the runs that pass a filter one by one, in their order, until `take` has enough.
///
/// # Errors
/// Database errors.
pub fn each(
    conn: &mut Connection,
    filter: &RunFilter,
    order: Order,
    limit: i64,
    offset: i64,
    mut take: impl FnMut(Found) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    // First which runs, by an index; only then what is shown of them, which stands beside the logs.
    let (wanted, values) = filter.wanted(filter.lead(order));
    let sql = format!(
        "SELECT backups.id, backups.job_id, backups.status, backups.start_time, backups.start_assumed, backups.duration,
             backups.files_count, backups.files_size, backups.storage_size, backups.uploaded_size, backups.versions,
             backups.warnings_count, backups.errors_count, backups.outcome, backups.headline, backups.server_id,
             servers.name AS server, servers.alias AS server_alias, jobs.name AS job, jobs.alias AS job_alias
         FROM (SELECT backups.id AS run {wanted} ORDER BY {} LIMIT ? OFFSET ?) AS wanted
         CROSS JOIN backups ON backups.id = wanted.run
         CROSS JOIN jobs ON jobs.id = backups.job_id CROSS JOIN servers ON servers.id = backups.server_id",
        order.sql()
    );
    let query = bound(sql, values).bind::<BigInt, _>(limit).bind::<BigInt, _>(offset);
    for row in query.load_iter::<Row, DefaultLoadingMode>(conn)? {
        if take(row?.into()).is_break() {
            break;
        }
    }
    Ok(())
}

/// One page of the runs that pass a filter.
///
/// # Errors
/// Database errors.
pub fn list(
    conn: &mut Connection,
    filter: &RunFilter,
    order: Order,
    limit: i64,
    offset: i64,
) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    each(conn, filter, order, limit, offset, |run| {
        found.push(run);
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    job_id: i64,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    status: String,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    start_time: String,
    #[diesel(sql_type = Bool)]
    start_assumed: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    duration: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    files_count: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    files_size: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    storage_size: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    uploaded_size: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    versions: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    warnings_count: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    errors_count: Option<i64>,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    outcome: String,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = OptionalLossyText)]
    headline: Option<String>,
    #[diesel(sql_type = BigInt)]
    server_id: i64,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    server: String,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = OptionalLossyText)]
    server_alias: Option<String>,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    job: String,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = OptionalLossyText)]
    job_alias: Option<String>,
}

impl From<Row> for Found {
    fn from(row: Row) -> Self {
        let Row { server_id, server, server_alias, job, job_alias, headline, .. } = row;
        Self {
            run: ListRow {
                id: row.id,
                job_id: row.job_id,
                status: row.status,
                start_time: row.start_time,
                start_assumed: row.start_assumed,
                duration: row.duration,
                files_count: row.files_count,
                files_size: row.files_size,
                storage_size: row.storage_size,
                uploaded_size: row.uploaded_size,
                versions: row.versions,
                warnings_count: row.warnings_count,
                errors_count: row.errors_count,
                outcome: row.outcome,
            },
            server_id,
            server,
            server_alias,
            job,
            job_alias,
            headline,
        }
    }
}
