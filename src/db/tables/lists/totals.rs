//! Sums over the jobs of the site, of a group, or of a tag.

use diesel::{prelude::*, sql_types::BigInt};

use crate::{
    db::{
        Connection, StoreError,
        engine::{
            dynamic::{self, Value},
            prepared::PreparedWith,
        },
        tables::job_summary::Summary,
    },
    ids::{GroupId, JobRef, TagId},
    verdict::Verdict,
};

/// What is summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListScope {
    /// Everything.
    Site,
    /// The servers of a group.
    Group(GroupId),
    /// Servers and jobs with a tag.
    Tag(TagId),
}

impl ListScope {
    /// The number of its row.
    pub(super) const fn row(self) -> i64 {
        match self {
            Self::Site => 0,
            Self::Group(id) => -id.0,
            Self::Tag(id) => id.0,
        }
    }

    /// The number of the group or tag.
    pub(super) const fn id(self) -> i64 {
        match self {
            Self::Site => 0,
            Self::Group(id) => id.0,
            Self::Tag(id) => id.0,
        }
    }

    /// Which jobs belong to it: a condition with one number.
    pub(super) const fn members(self) -> &'static str {
        match self {
            Self::Site => "?1 = 0",
            Self::Group(_) => "server_id IN (SELECT id FROM servers WHERE group_id = ?1)",
            Self::Tag(_) => {
                "id IN (SELECT tagged.id FROM server_tags CROSS JOIN jobs AS tagged ON tagged.server_id = server_tags.server_id
                 WHERE tag_id = ?1 UNION SELECT job_id FROM job_tags WHERE tag_id = ?1)"
            }
        }
    }
}

/// Sums over jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScopeTotals {
    /// Jobs by verdict, in the order of [`Verdict::ALL`].
    pub verdicts: [i64; 8],
    /// Of those, jobs that never reported.
    pub unreported: i64,
    /// Runs.
    pub runs: i64,
    /// Versions.
    pub versions: i64,
    /// Bytes ever uploaded.
    pub uploaded: i64,
    /// Bytes of source data.
    pub source: i64,
    /// Bytes stored at destinations.
    pub stored: i64,
}

impl ScopeTotals {
    /// The worst verdict of its jobs that are not paused, if it has any.
    pub fn worst(&self) -> Option<Verdict> {
        let there = |verdict: &Verdict| *verdict != Verdict::Paused && self.of(*verdict) > 0;
        Verdict::ALL.into_iter().find(there)
    }

    /// Jobs with this verdict.
    pub fn of(&self, verdict: Verdict) -> i64 {
        usize::try_from(verdict.rank()).ok().and_then(|rank| self.verdicts.get(rank)).copied().unwrap_or(0)
    }

    /// All jobs.
    pub fn jobs(&self) -> i64 {
        self.verdicts.iter().sum()
    }
}

/// The columns, and what they are, over rows of `jobs`. A sum of damaged numbers must not overflow, which SQLite refuses.
const SUMS: [(&str, &str); 17] = [
    ("stuck_jobs", "count(CASE rank WHEN 0 THEN 1 END)"),
    ("failed_jobs", "count(CASE rank WHEN 1 THEN 1 END)"),
    ("late_jobs", "count(CASE rank WHEN 2 THEN 1 END)"),
    ("check_jobs", "count(CASE rank WHEN 3 THEN 1 END)"),
    ("stale_jobs", "count(CASE rank WHEN 4 THEN 1 END)"),
    ("new_jobs", "count(CASE rank WHEN 5 THEN 1 END)"),
    ("paused_jobs", "count(CASE rank WHEN 6 THEN 1 END)"),
    ("ok_jobs", "count(CASE rank WHEN 7 THEN 1 END)"),
    ("unreported_jobs", "count(CASE WHEN rank IS NOT NULL AND unreported THEN 1 END)"),
    ("runs", "coalesce(sum(max(min(coalesce(run_count, 0), 1000000000000), 0)), 0)"),
    ("versions", "coalesce(sum(max(min(coalesce(versions, 0), 1000000000000), 0)), 0)"),
    ("uploaded_high", "coalesce(sum(uploaded_total >> 32), 0)"),
    ("uploaded_low", "coalesce(sum(uploaded_total & 4294967295), 0)"),
    ("source_high", "coalesce(sum(coalesce(files_size, 0) >> 32), 0)"),
    ("source_low", "coalesce(sum(coalesce(files_size, 0) & 4294967295), 0)"),
    ("stored_high", "coalesce(sum(coalesce(storage_size, 0) >> 32), 0)"),
    ("stored_low", "coalesce(sum(coalesce(storage_size, 0) & 4294967295), 0)"),
];

/// All sums, with the names of their columns.
fn named_sums() -> String {
    SUMS.map(|(column, sum)| format!("{sum} AS {column}")).join(", ")
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    stuck_jobs: i64,
    #[diesel(sql_type = BigInt)]
    failed_jobs: i64,
    #[diesel(sql_type = BigInt)]
    late_jobs: i64,
    #[diesel(sql_type = BigInt)]
    check_jobs: i64,
    #[diesel(sql_type = BigInt)]
    stale_jobs: i64,
    #[diesel(sql_type = BigInt)]
    new_jobs: i64,
    #[diesel(sql_type = BigInt)]
    paused_jobs: i64,
    #[diesel(sql_type = BigInt)]
    ok_jobs: i64,
    #[diesel(sql_type = BigInt)]
    unreported_jobs: i64,
    #[diesel(sql_type = BigInt)]
    runs: i64,
    #[diesel(sql_type = BigInt)]
    versions: i64,
    #[diesel(sql_type = BigInt)]
    uploaded_high: i64,
    #[diesel(sql_type = BigInt)]
    uploaded_low: i64,
    #[diesel(sql_type = BigInt)]
    source_high: i64,
    #[diesel(sql_type = BigInt)]
    source_low: i64,
    #[diesel(sql_type = BigInt)]
    stored_high: i64,
    #[diesel(sql_type = BigInt)]
    stored_low: i64,
}

/// Two absurd reports can reach the end of the numbers, where the sum stays.
fn joined(high: i64, low: i64) -> i64 {
    i64::try_from((i128::from(high) << 32) + i128::from(low)).unwrap_or(i64::MAX)
}

impl Row {
    fn totals(self) -> ScopeTotals {
        ScopeTotals {
            verdicts: [
                self.stuck_jobs,
                self.failed_jobs,
                self.late_jobs,
                self.check_jobs,
                self.stale_jobs,
                self.new_jobs,
                self.paused_jobs,
                self.ok_jobs,
            ],
            unreported: self.unreported_jobs,
            runs: self.runs,
            versions: self.versions,
            uploaded: joined(self.uploaded_high, self.uploaded_low),
            source: joined(self.source_high, self.source_low),
            stored: joined(self.stored_high, self.stored_low),
        }
    }
}

/// The sums of a scope; nothing for one that is gone.
///
/// # Errors
/// Database errors.
pub fn totals(conn: &mut Connection, scope: ListScope) -> Result<ScopeTotals, StoreError> {
    Ok(stored(conn, scope)?.unwrap_or_default())
}

/// The stored sums of a scope.
pub(super) fn stored(conn: &mut Connection, scope: ListScope) -> Result<Option<ScopeTotals>, StoreError> {
    let query = diesel::sql_query("SELECT * FROM scope_totals WHERE id = ?").bind::<BigInt, _>(scope.row());
    Ok(query.get_result(conn).optional()?.map(Row::totals))
}

/// The sums of a scope, by its jobs.
pub(super) fn expected(conn: &mut Connection, scope: ListScope) -> Result<ScopeTotals, StoreError> {
    let sql = format!("SELECT {} FROM jobs WHERE {}", named_sums(), scope.members());
    let row: Row = diesel::sql_query(sql).bind::<BigInt, _>(scope.id()).get_result(conn)?;
    Ok(row.totals())
}

/// The sums over what is in a group and has a tag: made when it is asked for.
///
/// # Errors
/// Database errors.
pub fn between(conn: &mut Connection, group: GroupId, tag: TagId) -> Result<ScopeTotals, StoreError> {
    let sql = format!(
        "SELECT {} FROM jobs WHERE {} AND {}",
        named_sums(),
        ListScope::Group(group).members(),
        ListScope::Tag(tag).members().replace("?1", "?2")
    );
    let row: Row =
        diesel::sql_query(sql).bind::<BigInt, _>(group.0).bind::<BigInt, _>(tag.0).get_result(conn)?;
    Ok(row.totals())
}

/// Sums up the jobs of a scope anew: what belongs to it has changed.
///
/// # Errors
/// Database errors.
pub fn recount(conn: &mut Connection, scope: ListScope) -> Result<(), StoreError> {
    let (columns, sums) = (SUMS.map(|(column, _)| column).join(", "), SUMS.map(|(_, sum)| sum).join(", "));
    let sql = format!(
        "UPDATE scope_totals SET ({columns}) = (SELECT {sums} FROM jobs WHERE {})
         WHERE id = {}",
        scope.members(),
        scope.row()
    );
    dynamic::execute(conn, &sql, &[Value::Integer(scope.id())])?;
    Ok(())
}

/// Follows the figures of a job, as the triggers do for a job that is added or deleted.
const CHANGE: &str = "UPDATE scope_totals SET runs = runs + ?, versions = versions + ?,
    uploaded_high = uploaded_high + ?, uploaded_low = uploaded_low + ?,
    source_high = source_high + ?, source_low = source_low + ?, stored_high = stored_high + ?, stored_low = stored_low + ?
    WHERE id IN (
        SELECT 0
        UNION ALL SELECT -group_id FROM servers WHERE id = ? AND group_id IS NOT NULL
        UNION ALL SELECT tag_id FROM server_tags WHERE server_id = ?
        UNION ALL SELECT tag_id FROM job_tags WHERE job_id = ?
    )";

const LOW: i64 = 0xffff_ffff;
const MOST_VERSIONS: i64 = 1_000_000_000_000;

/// Adds what became of the figures of a job to the sums.
///
/// # Errors
/// Database errors.
pub(in crate::db) fn figures_changed(
    conn: &mut Connection,
    job: JobRef,
    old: &Summary,
    new: &Summary,
) -> Result<(), StoreError> {
    let figures = |summary: &Summary| {
        let (source, stored) = (summary.files_size.unwrap_or(0), summary.storage_size.unwrap_or(0));
        [
            summary.run_count,
            summary.versions.unwrap_or(0).min(MOST_VERSIONS),
            summary.uploaded_total >> 32,
            summary.uploaded_total & LOW,
            source >> 32,
            source & LOW,
            stored >> 32,
            stored & LOW,
        ]
    };
    let (old, new) = (figures(old), figures(new));
    if old == new {
        return Ok(());
    }
    let mut values = [0; 11];
    for (value, (old, new)) in values.iter_mut().zip(old.into_iter().zip(new)) {
        *value = new.saturating_sub(old);
    }
    let ids = [job.server.0, job.server.0, job.id.0];
    for (value, id) in values.iter_mut().skip(8).zip(ids) {
        *value = id;
    }
    PreparedWith(CHANGE, values).execute(conn)?;
    Ok(())
}
