//! What refers to a server or a job, and what happens to it when two servers are merged. A test compares this list with
//! the schema, so a new table or column that refers to one of them must be added here.

use crate::{
    db::{
        Connection, StoreError,
        engine::dynamic::{self, Value},
    },
    ids::ServerId,
};

/// What a merge does to a row that refers to the deleted server, or to one of its jobs, runs or operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMerge {
    /// The row is moved to the remaining server.
    Moves,
    /// If both have a row for the same thing, they are combined.
    Combined(&'static str),
    /// Recomputed from the runs.
    Derived,
}

/// A column that refers to a server, a job, a run or another operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// What a merge does.
    pub on_merge: OnMerge,
}

const fn of(table: &'static str, column: &'static str, on_merge: OnMerge) -> Reference {
    Reference { table, column, on_merge }
}

const WITH_RUN: OnMerge = OnMerge::Combined("goes with its run, or to the one that is kept of two copies");
const RUN: OnMerge = OnMerge::Combined("two runs that began at the same second become one, as two copies do");
const OPERATION: OnMerge = OnMerge::Combined("two of a kind that began at the same second become one");
const IDS: OnMerge = OnMerge::Combined("the ids of a job go with it");
const RULE: OnMerge = OnMerge::Combined("the promise to keep runs longer holds");
const POINTER: OnMerge = OnMerge::Combined("points to the server that stays; nothing, where that is itself");

const STATE: OnMerge = OnMerge::Derived;
const WITH_JOB: OnMerge = OnMerge::Combined("goes with its job, unless the other one has the same");
const OF_JOBS: OnMerge =
    OnMerge::Combined("becomes that of its jobs: the other server's jobs are not concerned");

const TOLD: OnMerge =
    OnMerge::Combined("goes along, and tells those as well who were told there; one that tells nobody ends");

/// All of these columns.
pub const REFERENCES: &[Reference] = &[
    of("accepted_warnings", "job_id", WITH_JOB),
    of("backup_ids", "job_id", IDS),
    of("backup_ids", "server_id", IDS),
    of("backups", "job_id", RUN),
    of("backups", "server_id", RUN),
    of(
        "incident_events",
        "run_id",
        OnMerge::Combined("goes with its run; nothing, where another copy is kept"),
    ),
    of("incidents", "job_id", WITH_JOB),
    of("incidents", "server_id", OnMerge::Moves),
    of("ingest_keys", "server_id", OnMerge::Moves),
    of("job_days", "job_id", OnMerge::Derived),
    of("job_facts", "job_id", STATE),
    of("job_states", "job_id", STATE),
    of("job_tags", "job_id", OnMerge::Combined("the tags of both")),
    of("jobs", "last_run_id", OnMerge::Derived),
    of("jobs", "server_id", OnMerge::Combined("jobs of the same name become one")),
    of("live_runs", "job_id", OnMerge::Combined("the one that was told last, unless its run has ended")),
    of("machine_ids", "server_id", OnMerge::Moves),
    of("machine_names", "server_id", OnMerge::Moves),
    of("maintenance_windows", "job_id", WITH_JOB),
    of("maintenance_windows", "server_id", OF_JOBS),
    of("monitoring_rules", "job_id", WITH_JOB),
    of("monitoring_rules", "server_id", OF_JOBS),
    of("notification_rules", "job_id", TOLD),
    of("notification_rules", "server_id", TOLD),
    of("notifications", "backup_id", WITH_RUN),
    of("notifications", "server_id", OnMerge::Moves),
    of("operations", "job_id", OPERATION),
    of("operations", "server_id", OPERATION),
    of("pauses", "job_id", WITH_JOB),
    of("pauses", "server_id", OF_JOBS),
    of("raw_reports", "operation_id", WITH_RUN),
    of("raw_reports", "run_id", WITH_RUN),
    of("retention_rules", "job_id", RULE),
    of("retention_rules", "server_id", RULE),
    of("server_search", "server_id", OnMerge::Derived),
    of("server_tags", "server_id", OnMerge::Combined("the tags of both")),
    of("servers", "mismatch_server_id", POINTER),
    of("servers", "same_name_as", POINTER),
    of("shared_links", "job_id", OnMerge::Combined("goes to the job that stays")),
    of("shared_links", "server_id", OnMerge::Moves),
];

/// What a merge does to each column of the remaining server.
pub const SERVER_COLUMNS: &[(&str, &str)] = &[
    ("id", "stays"),
    ("name", "stays; the other name is in the audit log"),
    ("alias", "stays; the other one's where there is none, else it is added to the notes"),
    ("notes", "of both"),
    ("last_seen", "the later"),
    ("created_at", "the earlier"),
    ("updated_at", "now"),
    ("same_name_as", "stays, unless it is the server that goes"),
    ("duplicati_version", "of the one seen last, if it told one"),
    ("operating_system", "of the one seen last, if it told one"),
    ("mismatch_machine", "the later, unless it is about these two"),
    ("mismatch_server_id", "as mismatch_machine"),
    ("mismatch_at", "as mismatch_machine"),
    ("archived_at", "stays"),
    ("duplicati_url", "stays; the other one's where there is none"),
    ("group_id", "stays; the other one's where there is none"),
    ("group_since", "now, where it came into the other one's group"),
    ("worst", "made anew"),
    ("verdicts", "made anew"),
];

/// What a merge does to each column of a job that both servers have. The other columns are its summary, which is
/// recomputed from the runs of both.
pub const JOB_COLUMNS: &[(&str, &str)] = &[
    ("id", "stays"),
    ("server_id", "stays"),
    ("name", "the same"),
    ("backup_id", "stays; the other one's where there is none"),
    ("created_at", "the earlier"),
    ("archived_at", "stays; a job that only the other server had stays archived"),
    ("alias", "stays; the other one's where there is none"),
    ("notes", "of both"),
    ("rank", "made anew"),
    ("unreported", "made anew"),
    ("schedule_source", "made anew"),
];

/// Moves all references marked [`OnMerge::Moves`] to the remaining server.
///
/// # Errors
///
/// Database errors.
pub fn move_all(conn: &mut Connection, from: ServerId, into: ServerId) -> Result<(), StoreError> {
    for Reference { table, column, .. } in REFERENCES.iter().filter(|it| it.on_merge == OnMerge::Moves) {
        let sql = format!("UPDATE {table} SET {column} = ? WHERE {column} = ?");
        dynamic::execute(conn, &sql, &[Value::Integer(into.0), Value::Integer(from.0)])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use diesel::{
        debug_query,
        prelude::*,
        sql_types::{Nullable, Text},
        sqlite::Sqlite,
    };

    use super::*;
    use crate::db::{Db, schema::jobs, tables::jobs::Summary};

    type TestResult = Result<(), Box<dyn std::error::Error>>;

    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = Text)]
        tab: String,
        #[diesel(sql_type = Text)]
        col: String,
        #[diesel(sql_type = Nullable<Text>)]
        parent: Option<String>,
    }

    /// Returns every column of every table, with the table that a foreign key (of one or several columns) refers to.
    async fn columns() -> Result<Vec<Column>, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let db = Db::open(&folder.path().join("duplistatus.db"))?;
        let sql = "SELECT t.name AS tab, c.name AS col, f.\"table\" AS parent
                   FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
                   LEFT JOIN pragma_foreign_key_list(t.name) AS f ON f.\"from\" = c.name
                   WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!'";
        Ok(db.read(move |conn| Ok(diesel::sql_query(sql).load(conn)?)).await?)
    }

    #[tokio::test]
    async fn every_reference_to_a_server_or_a_job_says_what_a_merge_does() -> TestResult {
        let owners = ["servers", "jobs", "backups", "operations"];
        let names = ["server_id", "job_id", "run_id", "operation_id"];
        let refers = |column: &Column| {
            column.parent.as_deref().is_some_and(|parent| owners.contains(&parent))
                || names.iter().any(|name| column.col.ends_with(name))
        };
        let found: BTreeSet<(String, String)> =
            columns().await?.into_iter().filter(refers).map(|column| (column.tab, column.col)).collect();
        assert!(found.len() > 10, "{found:?}");
        let told: BTreeSet<(String, String)> =
            REFERENCES.iter().map(|it| (it.table.to_owned(), it.column.to_owned())).collect();
        assert_eq!(told, found, "say in REFERENCES what a merge of two servers does to it, and do it");
        Ok(())
    }

    #[tokio::test]
    async fn every_column_of_a_server_and_of_a_job_says_what_a_merge_does() -> TestResult {
        let of = |table: &'static str, all: &[Column]| -> BTreeSet<String> {
            all.iter().filter(|it| it.tab == table).map(|it| it.col.clone()).collect()
        };
        let all = columns().await?;
        let told = |list: &[(&str, &str)]| -> BTreeSet<String> {
            list.iter().map(|(name, _)| (*name).to_owned()).collect()
        };
        assert_eq!(told(SERVER_COLUMNS), of("servers", &all), "say in SERVER_COLUMNS, and do it in `adopt`");
        let summary = jobs::table.select(Summary::as_select());
        let summary = debug_query::<Sqlite, _>(&summary).to_string();
        let own: BTreeSet<String> = of("jobs", &all)
            .into_iter()
            .filter(|column| !summary.contains(&format!("`jobs`.`{column}`")))
            .collect();
        assert_eq!(told(JOB_COLUMNS), own, "say in JOB_COLUMNS, and do it in `counterpart`");
        Ok(())
    }
}
