//! Which runs are wanted in which order, as SQL.

use super::super::text_pattern::pattern;
use crate::{
    dto::runs::RunsSort,
    ids::{GroupId, JobId, ServerId, TagId},
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
    /// Of one server.
    pub server_id: Option<ServerId>,
    /// Of one job, beside its server.
    pub job_id: Option<JobId>,
    /// Behind this one, sorted by begin: when it began, and its job.
    pub after: Option<After>,
}

/// The place of a run among all runs, sorted by begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// When it began.
    pub started: Timestamp,
    /// Its job.
    pub job: JobId,
    /// Whether those that began later are wanted.
    pub ascending: bool,
}

/// How runs are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    /// The column.
    pub sort: RunsSort,
    /// Smallest or oldest first.
    pub ascending: bool,
}

/// The index that leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// Runs that are more than a plain success.
    Problems,
    /// All runs by time.
    Time,
    /// The runs of each server.
    Servers,
}

impl RunFilter {
    /// A condition of the partial index that the filter implies.
    pub(super) fn is_problem(&self) -> Option<&'static str> {
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
    pub(super) fn says_little(&self) -> bool {
        self.outcomes.is_empty() && self.statuses.is_empty() && self.text.is_none()
    }

    pub(super) fn lead(&self, order: Order) -> Lead {
        if self.is_problem().is_some() {
            Lead::Problems
        } else if order.sort == RunsSort::Started
            && self.says_little()
            && self.server.is_none()
            && self.job.is_none()
            && self.group.is_none()
            && self.tag.is_none()
            && self.server_id.is_none()
        {
            Lead::Time
        } else {
            Lead::Servers
        }
    }

    /// `FROM … WHERE …`, and the values of its question marks.
    pub(super) fn wanted(&self, lead: Lead) -> (String, Vec<String>) {
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
        if let Some(After { started, job, ascending }) = self.after {
            let than = if ascending { '>' } else { '<' };
            text(&format!("(backups.start_time, backups.job_id) {than} (?, {})", job.0), started.to_string());
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
        if let Some(ServerId(server)) = self.server_id {
            let column = if is_led { "servers.id" } else { "backups.server_id" };
            conditions.push(format!("{column} = {server}"));
        }
        conditions.extend(self.job_id.map(|job| format!("backups.job_id = {}", job.0)));
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
pub(super) fn is_tagged(TagId(tag): TagId, server: &str, job: &str) -> String {
    format!(
        "(EXISTS (SELECT 1 FROM server_tags WHERE tag_id = {tag} AND server_id = {server})
         OR EXISTS (SELECT 1 FROM job_tags WHERE tag_id = {tag} AND job_id = {job}))"
    )
}

fn one_of<'w>(column: &str, words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.map(|word| format!("'{word}'")).collect();
    format!("{column} IN ({})", words.join(", "))
}

impl Order {
    pub(super) fn sql(self) -> String {
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
