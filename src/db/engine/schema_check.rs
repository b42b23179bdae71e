//! Compares the schema of a file with the one that its migrations create.

use super::{
    Connection, StoreError,
    dynamic::{self, Row, Value},
    migrate, migrations,
};

/// A part of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::db) struct Item {
    /// `table`, `index` or `trigger`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The statement that creates it.
    pub sql: String,
}

/// Returns what the schema has in addition, lacks, or defines differently, as text.
///
/// # Errors
/// If the file cannot be read, or was written by a newer program.
pub fn differences(conn: &mut Connection) -> Result<Vec<String>, StoreError> {
    Ok(compare(conn)?.into_iter().map(|difference| difference.what).collect())
}

/// A difference between the schema and its migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The description.
    pub what: String,
    /// Whether a table is missing.
    pub is_lost_table: bool,
}

/// Same as [`differences`], with missing tables marked.
///
/// # Errors
/// Same as [`differences`].
pub fn compare(conn: &mut Connection) -> Result<Vec<Difference>, StoreError> {
    let versions = migrations::applied(conn)?;
    let (wanted, there) = (items(&mut model(&versions)?)?, items(conn)?);
    let missing = wanted.iter().filter(|item| !there.iter().any(|other| other.name == item.name));
    let other = there.iter().filter(|item| !wanted.contains(item));
    let name = |item: &Item| format!("{} {}", item.kind, item.name.chars().take(100).collect::<String>());
    Ok(missing
        .map(|item| Difference {
            what: format!("{} is missing", name(item)),
            is_lost_table: item.kind == "table",
        })
        .chain(other.map(|item| Difference {
            what: format!("{} differs from the schema of this program", name(item)),
            is_lost_table: false,
        }))
        .collect())
}

/// Returns an empty database with these migrations.
pub(in crate::db) fn model(versions: &[String]) -> Result<Connection, StoreError> {
    let mut model = <Connection as diesel::Connection>::establish(":memory:")?;
    migrate::migrate_to(&mut model, versions)?;
    Ok(model)
}

/// Returns the parts of the schema, tables first, because the others depend on them.
pub(in crate::db) fn items(conn: &mut Connection) -> Result<Vec<Item>, StoreError> {
    let rows = dynamic::rows(
        conn,
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY type = 'table' DESC, type, rowid",
    )?;
    let text = |value: &Value| match value {
        Value::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    };
    Ok(rows
        .iter()
        .filter_map(|Row(values)| match values.as_slice() {
            [kind, name, sql] => Some(Item { kind: text(kind), name: text(name), sql: text(sql) }),
            _ => None,
        })
        .collect())
}
