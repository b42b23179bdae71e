//! Sizes of the file: pages, tables, indexes.

use std::{collections::HashMap, path::Path};

use diesel::{
    dsl::{max, min},
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};

use crate::{
    db::{
        Connection, StoreError,
        engine::{connection::pragma, disk_space, files, lossy_text::OptionalLossyText},
        schema::backups,
        tables::{jobs::time, settings},
    },
    dto::database::{DatabaseStatus, IndexSize, TableSize},
};

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

fn words(conn: &mut Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Word> = diesel::sql_query(sql).load(conn)?;
    Ok(rows.into_iter().filter_map(|row| row.value).collect())
}

/// Returns the status of the file and its settings, without the state of the process. Reads few
/// pages.
///
/// # Errors
/// If the file cannot be read.
pub fn status(conn: &mut Connection, path: &Path) -> Result<DatabaseStatus, StoreError> {
    let first = |mut words: Vec<String>| words.pop().unwrap_or_default();
    let (oldest, newest): (OptionalLossyText, OptionalLossyText) = (
        backups::table.select(min(backups::start_time)).first(conn)?,
        backups::table.select(max(backups::start_time)).first(conn)?,
    );
    let mut when = |key| Ok::<_, StoreError>(time(settings::get(conn, key)?.as_deref()));
    Ok(DatabaseStatus {
        last_cleanup: when(settings::LAST_CLEANUP)?,
        last_backup: when(settings::LAST_BACKUP)?,
        path: path.display().to_string(),
        file_size: files::length(path),
        wal_size: files::length(&files::log(path)),
        disk_free: disk_space::available(files::folder_of(path)).ok(),
        page_size: pragma(conn, "page_size")?,
        pages: pragma(conn, "page_count")?,
        free_pages: pragma(conn, "freelist_count")?,
        schema_version: first(words(conn, "SELECT max(version) AS value FROM __diesel_schema_migrations")?),
        sqlite_version: first(words(conn, "SELECT sqlite_version() AS value")?),
        compile_options: words(conn, "SELECT compile_options AS value FROM pragma_compile_options")?,
        oldest_run: time(oldest.as_deref()),
        newest_run: time(newest.as_deref()),
        ..DatabaseStatus::default()
    })
}

/// Returns rows and bytes of every table and index, largest first. Reads every page of the file.
///
/// # Errors
/// If the file cannot be read.
pub fn tables(conn: &mut Connection) -> Result<Vec<TableSize>, StoreError> {
    #[derive(QueryableByName)]
    struct Tree {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        table: String,
        #[diesel(sql_type = BigInt)]
        bytes: i64,
    }
    // `dbstat` reads each page. The schema itself is a table, too, but has no row in itself.
    let trees: Vec<Tree> = diesel::sql_query(
        "SELECT stat.name, coalesce(tree.tbl_name, stat.name) AS \"table\", stat.pgsize AS bytes
         FROM dbstat('main', TRUE) AS stat LEFT JOIN sqlite_schema AS tree ON tree.name = stat.name",
    )
    .load(conn)?;
    let mut tables: HashMap<String, TableSize> = HashMap::new();
    for Tree { name, table, bytes } in trees {
        let entry = tables.entry(table.clone()).or_insert_with(|| TableSize {
            name: table.clone(),
            rows: 0,
            bytes: 0,
            indexes: Vec::new(),
        });
        if name == table {
            entry.bytes = bytes;
        } else {
            entry.indexes.push(IndexSize { name, bytes });
        }
    }
    let mut tables: Vec<TableSize> = tables.into_values().collect();
    for table in &mut tables {
        // Names come from the schema of this file, and cannot be bound.
        let name = table.name.replace('"', "\"\"");
        let rows: Count =
            diesel::sql_query(format!("SELECT count(*) AS value FROM \"{name}\"")).get_result(conn)?;
        table.rows = rows.value;
        table.indexes.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    }
    tables.sort_by(|a, b| b.total().cmp(&a.total()).then_with(|| a.name.cmp(&b.name)));
    Ok(tables)
}
