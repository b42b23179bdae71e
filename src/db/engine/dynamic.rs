//! Rows whose columns are known only at run time, for maintenance of files with any content.

use diesel::{
    deserialize::{self, FromSql, QueryableByName},
    prelude::*,
    row::{Field as _, NamedRow},
    sql_types::{BigInt, Binary, Double, Nullable, Text},
    sqlite::{Sqlite, SqliteType},
};

use super::{Connection, StoreError};

/// A value of any SQLite type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// An integer.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// A text; normally UTF-8, but not guaranteed.
    Text(Vec<u8>),
    /// A blob.
    Blob(Vec<u8>),
}

impl Value {
    /// Returns the integer, if it is one.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

/// One row, with its values in the order of the query.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Vec<Value>);

impl QueryableByName<Sqlite> for Row {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        (0..row.field_count())
            .map(|number| {
                let field = diesel::row::Row::get(row, number).ok_or("a column is missing")?;
                let Some(value) = field.value() else { return Ok(Value::Null) };
                Ok(match value.value_type() {
                    Some(SqliteType::Text) => Value::Text(FromSql::<Binary, Sqlite>::from_sql(value)?),
                    Some(SqliteType::Binary) => Value::Blob(FromSql::<Binary, Sqlite>::from_sql(value)?),
                    Some(SqliteType::Float | SqliteType::Double) => {
                        Value::Real(FromSql::<Double, Sqlite>::from_sql(value)?)
                    }
                    Some(_) => Value::Integer(FromSql::<BigInt, Sqlite>::from_sql(value)?),
                    None => Value::Null,
                })
            })
            .collect::<deserialize::Result<_>>()
            .map(Self)
    }
}

/// Executes a statement with bound values and returns the number of changed rows. Invalid UTF-8 in texts becomes
/// replacement characters.
///
/// # Errors
/// Database errors.
pub fn execute(conn: &mut Connection, sql: &str, values: &[Value]) -> Result<usize, StoreError> {
    let mut query = diesel::sql_query(sql).into_boxed::<Sqlite>();
    for value in values {
        query = match value {
            Value::Null => query.bind::<Nullable<BigInt>, _>(None::<i64>),
            Value::Integer(number) => query.bind::<BigInt, _>(*number),
            Value::Real(number) => query.bind::<Double, _>(*number),
            Value::Text(bytes) => query.bind::<Text, _>(String::from_utf8_lossy(bytes).into_owned()),
            Value::Blob(bytes) => query.bind::<Binary, _>(bytes.clone()),
        };
    }
    Ok(query.execute(conn)?)
}

/// Returns the rows of a query.
///
/// # Errors
/// Database errors.
pub fn rows(conn: &mut Connection, sql: &str) -> Result<Vec<Row>, StoreError> {
    Ok(diesel::sql_query(sql).load(conn)?)
}

/// Returns the rows of a query up to the first that cannot be read, and the error that ended it.
pub fn rows_until_error(conn: &mut Connection, sql: &str) -> (Vec<Row>, Option<StoreError>) {
    let mut read = Vec::new();
    let all = match diesel::sql_query(sql).load_iter::<Row, _>(conn) {
        Ok(all) => all,
        Err(error) => return (read, Some(error.into())),
    };
    for row in all {
        match row {
            Ok(row) => read.push(row),
            Err(error) => return (read, Some(error.into())),
        }
    }
    (read, None)
}

/// Returns the number in the first column of the first row.
///
/// # Errors
/// Database errors.
pub fn number(conn: &mut Connection, sql: &str) -> Result<Option<i64>, StoreError> {
    Ok(rows(conn, sql)?.first().and_then(|row| row.0.first()).and_then(Value::integer))
}

/// Returns the texts in the first column of all rows.
///
/// # Errors
/// Database errors.
pub fn texts(conn: &mut Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let text = |row: Row| match row.0.into_iter().next() {
        Some(Value::Text(bytes)) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        _ => None,
    };
    Ok(rows(conn, sql)?.into_iter().filter_map(text).collect())
}

/// Quotes a name for SQL.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A column of a table, from the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its declared type.
    pub declared: String,
    /// Whether it is `NOT NULL`.
    pub required: bool,
    /// Whether it is part of the primary key.
    pub is_key: bool,
}

/// Returns the columns of a table in `main` or in an attached file.
///
/// # Errors
/// Database errors.
pub fn columns(conn: &mut Connection, schema: &str, table: &str) -> Result<Vec<Column>, StoreError> {
    // Names come from the schema of the file, which may be damaged: they are bound, not formatted into the SQL.
    let found: Vec<Row> =
        diesel::sql_query("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?, ?) ORDER BY cid")
            .bind::<Text, _>(table)
            .bind::<Text, _>(schema)
            .load(conn)?;
    let text = |value: Option<&Value>| match value {
        Some(Value::Text(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    };
    let is_set = |value: Option<&Value>| value.and_then(Value::integer).is_some_and(|number| number != 0);
    Ok(found
        .iter()
        .map(|Row(values)| Column {
            name: text(values.first()),
            declared: text(values.get(1)),
            required: is_set(values.get(2)),
            is_key: is_set(values.get(3)),
        })
        .collect())
}

/// Returns the tables with data, by name, and whether their rows have a `rowid`. Tables of SQLite and diesel are left
/// out.
///
/// # Errors
/// Database errors.
pub fn tables(conn: &mut Connection) -> Result<Vec<(String, bool)>, StoreError> {
    let names = texts(
        conn,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' ORDER BY name",
    )?;
    let without =
        texts(conn, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr")?;
    Ok(names
        .into_iter()
        .map(|name| {
            let has_rowid = !without.contains(&name);
            (name, has_rowid)
        })
        .collect())
}
