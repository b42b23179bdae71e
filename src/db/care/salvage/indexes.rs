//! Recovers some columns of lost rows from indexes.

use std::collections::BTreeMap;

use diesel::{prelude::*, sql_types::Text};

use super::{Salvage, walk::substitute};
use crate::db::{
    StoreError,
    engine::dynamic::{self, Row, Value, quoted},
};

/// An index that includes every row of its table.
pub(in crate::db) struct Index {
    pub name: String,
    columns: Vec<String>,
}

/// A table of which an index has enough columns: those required for a useful row, and SQL for the others from the
/// known ones.
struct IndexCoverage {
    table: &'static str,
    needed: &'static [&'static str],
    rest: &'static [(&'static str, &'static str)],
}

/// Users, keys and sessions are left out: without their secrets they are useless, and without the role a user is a
/// risk.
const ENOUGH: [IndexCoverage; 5] = [
    IndexCoverage { table: "servers", needed: &["name"], rest: &[] },
    IndexCoverage { table: "machine_ids", needed: &["machine_id", "server_id"], rest: &[] },
    IndexCoverage { table: "jobs", needed: &["server_id", "name"], rest: &[] },
    IndexCoverage {
        table: "backups",
        needed: &["server_id", "job_id", "start_time", "status"],
        rest: &[
            ("backup_name", "coalesce((SELECT name FROM jobs WHERE id = job_id), '')"),
            ("end_time", "strftime('%Y-%m-%dT%H:%M:%SZ', start_time, duration || ' seconds')"),
            ("created_at", "start_time"),
            // The outcome is derived from these columns, which the index lacks.
            ("interrupted", "coalesce(outcome IN ('stopped', 'skipped'), FALSE)"),
            ("partial", "coalesce(outcome = 'partial', FALSE)"),
            ("dry_run", "coalesce(outcome = 'rehearsal', FALSE)"),
        ],
    },
    IndexCoverage {
        table: "operations",
        needed: &["server_id", "job_id", "operation", "start_time"],
        rest: &[("status", "'unknown'"), ("created_at", "start_time")],
    },
];

type Known = BTreeMap<i64, BTreeMap<String, Value>>;

impl Salvage<'_> {
    /// Returns the indexes of a table in the damaged file that include all rows.
    pub(in crate::db) fn indexes(&mut self, table: &str) -> Vec<Index> {
        let names: Vec<Row> =
            diesel::sql_query("SELECT name FROM pragma_index_list(?, 'broken') WHERE NOT partial")
                .bind::<Text, _>(table)
                .load(&mut self.conn)
                .unwrap_or_default();
        let mut found = Vec::new();
        for row in names {
            let [Value::Text(name)] = row.0.as_slice() else { continue };
            let name = String::from_utf8_lossy(name).into_owned();
            let columns: Vec<Row> =
                diesel::sql_query("SELECT name FROM pragma_index_xinfo(?, 'broken') WHERE cid >= 0")
                    .bind::<Text, _>(&name)
                    .load(&mut self.conn)
                    .unwrap_or_default();
            let columns = columns
                .into_iter()
                .filter_map(|row| match row.0.into_iter().next()? {
                    Value::Text(bytes) => String::from_utf8(bytes).ok(),
                    _ => None,
                })
                .collect();
            found.push(Index { name, columns });
        }
        found
    }

    pub(in crate::db) fn read_indexes(&mut self) -> Result<(), StoreError> {
        if !self.is_attached {
            return Ok(());
        }
        // Jobs come before runs, because a run takes its name from its job.
        for enough in &ENOUGH {
            if self.tables.get(enough.table).is_some_and(|state| !state.gaps.is_empty()) {
                self.read_indexes_of(enough)?;
            }
        }
        Ok(())
    }

    fn read_indexes_of(&mut self, enough: &IndexCoverage) -> Result<(), StoreError> {
        let mut known = Known::new();
        for index in self.indexes(enough.table) {
            for row in self.entries(enough.table, &index) {
                let mut values = row.0.into_iter();
                let Some(rowid) = values.next().as_ref().and_then(Value::integer) else { continue };
                let columns = index.columns.iter().cloned();
                known
                    .entry(rowid)
                    .or_default()
                    .extend(columns.zip(values).filter(|(_, value)| *value != Value::Null));
            }
        }
        let gaps = self.tables.get(enough.table).map(|state| state.gaps.clone()).unwrap_or_default();
        let is_enough =
            |columns: &BTreeMap<String, Value>| enough.needed.iter().all(|name| columns.contains_key(*name));
        let mut kept = 0;
        for (rowid, columns) in known {
            if rowid > 0
                && gaps.contains(rowid)
                && is_enough(&columns)
                && self.keep_partial(enough, rowid, columns)?
            {
                kept += 1;
                if enough.table == "backups" {
                    self.partial_runs.insert(rowid);
                }
            }
        }
        if let Some(state) = self.tables.get_mut(enough.table) {
            state.from_index = kept;
        }
        Ok(())
    }

    /// Returns the entries of an index, read from both ends as far as possible.
    fn entries(&mut self, table: &str, index: &Index) -> Vec<Row> {
        let columns: Vec<String> = index.columns.iter().map(|name| quoted(name)).collect();
        let mut all = Vec::new();
        for direction in ["ASC", "DESC"] {
            let order: Vec<String> = columns.iter().map(|column| format!("{column} {direction}")).collect();
            let sql = format!(
                "SELECT rowid, {} FROM broken.{} INDEXED BY {} ORDER BY {}, rowid {direction}",
                columns.join(", "),
                quoted(table),
                quoted(&index.name),
                order.join(", ")
            );
            let (rows, error) = dynamic::rows_until_error(&mut self.conn, &sql);
            all.extend(rows);
            if error.is_none() {
                break;
            }
        }
        all
    }

    fn keep_partial(
        &mut self,
        enough: &IndexCoverage,
        rowid: i64,
        columns: BTreeMap<String, Value>,
    ) -> Result<bool, StoreError> {
        let (mut names, mut values) = (vec![quoted("id")], vec![Value::Integer(rowid)]);
        for (name, value) in columns {
            names.push(quoted(&name));
            values.push(value);
        }
        // Required columns are derived from known ones; otherwise they get a placeholder, which is repaired later.
        let mut all = names.clone();
        let mut select: Vec<String> = names.iter().map(|name| format!("known.{name}")).collect();
        for (name, sql) in enough.rest {
            if !all.contains(&quoted(name)) {
                all.push(quoted(name));
                select.push((*sql).to_owned());
            }
        }
        for column in self.tables.get(enough.table).into_iter().flat_map(|state| &state.columns) {
            if column.required && !all.contains(&quoted(&column.name)) {
                all.push(quoted(&column.name));
                select.push(substitute(column).to_owned());
            }
        }
        let marks: Vec<String> = names.iter().map(|name| format!("? AS {name}")).collect();
        // Not every index has the columns that others are derived from.
        let is_lacking = |name: &&str| enough.table == "backups" && !names.contains(&quoted(name));
        let lacking: String = ["duration", "outcome"]
            .iter()
            .filter(|name| is_lacking(name))
            .map(|name| format!(", NULL AS {name}"))
            .collect();
        let sql = format!(
            "INSERT OR IGNORE INTO main.{} ({}) SELECT {} FROM (SELECT {}{lacking}) AS known",
            quoted(enough.table),
            all.join(", "),
            select.join(", "),
            marks.join(", ")
        );
        Ok(dynamic::execute(&mut self.conn, &sql, &values)? > 0)
    }
}
