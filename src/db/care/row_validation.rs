//! Finds rows with content that this program cannot have written: text that is not UTF-8, messages that are not JSON,
//! impossible numbers and words. SQLite accepts such values, and a flipped bit in a row does not damage the file's
//! structure.

use diesel::sql_types::{Binary, Bool, Nullable};

use crate::{
    db::{
        Connection, StoreError,
        engine::dynamic::{self, Column, Value, columns, quoted, tables},
    },
    dto::database::salvage::Damaged,
};

/// Maximum number of rows listed per table; others are only counted.
const LISTED: usize = 200;

diesel::define_sql_function! {
    /// Whether bytes are valid UTF-8; true for NULL.
    fn is_utf8(bytes: Nullable<Binary>) -> Bool;
}

diesel::define_sql_function! {
    /// Whether bytes can be decompressed like a raw report.
    fn is_packed(bytes: Nullable<Binary>) -> Bool;
}

/// Columns with a fixed set of words, and the replacement for others.
pub(in crate::db) const WORDS: [(&str, &str, &[&str], &str); 6] = [
    ("backups", "status", &["success", "warning", "error", "fatal", "unknown"], "unknown"),
    (
        "backups",
        "outcome",
        &["good", "errors", "partial", "stopped", "skipped", "rehearsal", "failed", "unknown"],
        "unknown",
    ),
    ("operations", "status", &["success", "warning", "error", "fatal", "unknown"], "unknown"),
    ("users", "role", &["viewer", "operator", "administrator"], "viewer"),
    ("sessions", "stage", &["second_factor", "complete"], "second_factor"),
    ("api_keys", "scope", &["read", "write", "admin"], "read"),
];

/// Columns with JSON.
const JSON: [(&str, &str); 5] = [
    ("backups", "messages"),
    ("operations", "details"),
    ("operations", "messages"),
    ("audit_log", "before"),
    ("audit_log", "after"),
];

/// Columns with compressed texts.
const PACKED: [(&str, &str); 1] = [("raw_reports", "body")];

/// Tables whose numbers are never negative, because unknown is NULL.
const COUNTS: [&str; 2] = ["backups", "raw_reports"];

/// The kinds of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::db) enum Wrong {
    NotText,
    NotUtf8,
    NotATime,
    NotAWord,
    NotJson,
    NotANumber,
    NotACount,
    NotAFlag,
    NotPacked,
    Missing,
}

impl Wrong {
    /// Returns a description.
    pub(in crate::db) fn as_str(self) -> &'static str {
        match self {
            Self::NotText => "is not text",
            Self::NotUtf8 => "is not UTF-8",
            Self::NotATime => "is not a time",
            Self::NotAWord => "is not one of the known words",
            Self::NotJson => "is not JSON",
            Self::NotANumber => "is not a whole number",
            Self::NotACount => "is negative",
            Self::NotAFlag => "is not a boolean",
            Self::NotPacked => "cannot be decompressed",
            Self::Missing => "is missing",
        }
    }
}

/// A kind of damage that a column can have, and the SQL condition for it.
#[derive(Debug, Clone)]
pub(in crate::db) struct Rule {
    pub wrong: Wrong,
    pub when: String,
}

/// Returns the rules for a column. At most one of them applies to a value.
pub(in crate::db) fn rules(table: &str, column: &Column) -> Vec<Rule> {
    let name = quoted(&column.name);
    let mut rules = Vec::new();
    let mut rule = |wrong, when: String| rules.push(Rule { wrong, when });
    if column.required && !column.is_key {
        rule(Wrong::Missing, format!("{name} IS NULL"));
    }
    let is = |list: &[(&str, &str)]| list.contains(&(table, column.name.as_str()));
    match column.declared.as_str() {
        "TEXT" | "DATETIME" => {
            rule(Wrong::NotText, format!("typeof({name}) NOT IN ('text', 'null')"));
            let text = format!("typeof({name}) = 'text'");
            rule(Wrong::NotUtf8, format!("{text} AND NOT is_utf8(CAST({name} AS BLOB))"));
            let text = format!("{text} AND is_utf8(CAST({name} AS BLOB))");
            if column.declared == "DATETIME" {
                let form = "[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z";
                rule(
                    Wrong::NotATime,
                    format!("{text} AND ({name} NOT GLOB '{form}' OR strftime('%s', {name}) IS NULL)"),
                );
            } else if is(&JSON) {
                rule(Wrong::NotJson, format!("{text} AND NOT json_valid({name})"));
            } else if let Some((_, _, words, _)) =
                WORDS.iter().find(|word| (word.0, word.1) == (table, &*column.name))
            {
                rule(Wrong::NotAWord, format!("{text} AND {name} NOT IN ('{}')", words.join("', '")));
            }
        }
        "BOOLEAN" => rule(
            Wrong::NotAFlag,
            format!("{name} NOT IN (0, 1) OR typeof({name}) NOT IN ('integer', 'null')"),
        ),
        "BLOB" => {
            if is(&PACKED) {
                rule(Wrong::NotPacked, format!("{name} IS NOT NULL AND NOT is_packed({name})"));
            }
        }
        _ if !column.is_key => {
            rule(Wrong::NotANumber, format!("typeof({name}) NOT IN ('integer', 'null')"));
            if COUNTS.contains(&table) {
                rule(Wrong::NotACount, format!("typeof({name}) = 'integer' AND {name} < 0"));
            }
        }
        _ => {}
    }
    rules
}

/// Registers the functions that the rules use on a connection.
///
/// # Errors
///
/// Database errors.
pub(in crate::db) fn register(conn: &mut Connection) -> Result<(), StoreError> {
    is_utf8_utils::register_impl(conn, |bytes: Option<Vec<u8>>| {
        bytes.is_none_or(|bytes| std::str::from_utf8(&bytes).is_ok())
    })?;
    is_packed_utils::register_impl(conn, |bytes: Option<Vec<u8>>| {
        bytes.is_none_or(|bytes| crate::db::tables::raw_reports::unpack(&bytes).is_some())
    })?;
    Ok(())
}

/// Returns rows with damaged content, up to a limit per table, and their total number.
///
/// # Errors
/// If the file cannot be read.
pub fn damaged_values(conn: &mut Connection) -> Result<(Vec<Damaged>, i64), StoreError> {
    register(conn)?;
    let (mut listed, mut total) = (Vec::new(), 0);
    for (table, has_rowid) in tables(conn)? {
        // Tables without row ids hold only derived totals and temporary data.
        if !has_rowid {
            continue;
        }
        for row in damaged_rows(conn, &table, None)? {
            total += 1;
            if listed.iter().filter(|other: &&Damaged| other.table == table).count() < LISTED {
                listed.push(row);
            }
        }
    }
    Ok((listed, total))
}

/// Returns whether the content of one row is damaged.
///
/// # Errors
/// If the file cannot be read.
pub fn is_damaged(conn: &mut Connection, table: &str, row: i64) -> Result<bool, StoreError> {
    register(conn)?;
    Ok(!damaged_rows(conn, table, Some(row))?.is_empty())
}

fn damaged_rows(conn: &mut Connection, table: &str, row: Option<i64>) -> Result<Vec<Damaged>, StoreError> {
    let mut rules_of = Vec::new();
    for column in columns(conn, "main", table)? {
        rules_of.extend(rules(table, &column).into_iter().map(|rule| (column.name.clone(), rule)));
    }
    if rules_of.is_empty() {
        return Ok(Vec::new());
    }
    let any: Vec<String> = rules_of.iter().map(|(_, rule)| format!("({})", rule.when)).collect();
    let which: Vec<String> = any.iter().map(|when| format!("coalesce({when}, FALSE)")).collect();
    let sql = format!(
        "SELECT rowid, {} FROM {} WHERE ({}) {} ORDER BY rowid",
        which.join(", "),
        quoted(table),
        any.join(" OR "),
        row.map(|row| format!("AND rowid = {row}")).unwrap_or_default()
    );
    let rows = dynamic::rows(conn, &sql)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let broken =
                row.0.iter().skip(1).zip(&rules_of).filter(|(found, _)| **found == Value::Integer(1));
            Damaged {
                table: table.to_owned(),
                row: row.0.first().and_then(Value::integer).unwrap_or_default(),
                what: broken.map(|(_, (column, rule))| format!("{column} {}", rule.wrong.as_str())).collect(),
            }
        })
        .collect())
}
