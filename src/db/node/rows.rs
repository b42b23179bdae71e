//! What is read, row by row. Columns that a version does not have are NULL.

use rusqlite::{Row, Statement};

use super::{Cell, Source, SourceError};

/// A row whose fields are columns of the same names.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident: $($field:ident)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default)]
        #[expect(missing_docs, reason = "the columns of the Node application, by its names")]
        pub struct $name {
            pub rowid: i64,
            $( pub $field: Cell, )*
        }

        impl $name {
            pub(super) const COLUMNS: &'static [&'static str] = &[$( stringify!($field) ),*];

            fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
                let mut place = 0;
                let mut next = || {
                    place += 1;
                    row.get_ref(place).map(Cell::of)
                };
                Ok(Self { rowid: row.get(0)?, $( $field: next()?, )* })
            }
        }
    };
}

row!(
    /// A server.
    ServerRow: id name server_url alias note server_password created_at
);
row!(
    /// A run.
    RunRow: server_id backup_name backup_id date status duration_seconds size uploaded_size examined_files warnings
    errors created_at messages_array warnings_array errors_array available_backups deleted_files deleted_folders
    modified_files opened_files added_files size_of_modified_files size_of_added_files size_of_examined_files
    size_of_opened_files not_processed_files added_folders too_large_files files_with_error modified_folders
    partial_backup dryrun main_operation parsed_result interrupted version begin_time end_time warnings_actual_length
    errors_actual_length messages_actual_length bytes_downloaded known_file_size last_backup_date backup_list_count
    backend_main_operation backend_parsed_result backend_version backend_begin_time
);
row!(
    /// A person.
    UserRow: id username password_hash is_admin must_change_password created_at updated_at last_login_at locked_until
    access_all_servers
);
row!(
    /// An entry of the audit log.
    AuditRow: id timestamp user_id username action category target_type target_id details ip_address user_agent status
    error_message
);
row!(
    /// A setting.
    SettingRow: key value
);

row!(
    /// An API key, since 1.5. Only hashes of keys are stored.
    ApiKeyRow: name scope enabled key_prefix key_suffix expires_at usage_count
);

/// What orders runs: which job, and when.
#[derive(Debug, Clone)]
pub struct RunKey {
    /// Where the run is.
    pub rowid: i64,
    /// Its server.
    pub server: Cell,
    /// Its job.
    pub job: Cell,
    /// When it began.
    pub begin: Cell,
}

impl Source {
    /// Every server.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn servers(&self) -> Result<Vec<ServerRow>, SourceError> {
        self.all(self.servers_table(), ServerRow::COLUMNS, ServerRow::read)
    }

    /// Everybody; versions before 0.9 know nobody.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn users(&self) -> Result<Vec<UserRow>, SourceError> {
        self.all("users", UserRow::COLUMNS, UserRow::read)
    }

    /// Every setting.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn settings(&self) -> Result<Vec<SettingRow>, SourceError> {
        self.all("configurations", SettingRow::COLUMNS, SettingRow::read)
    }

    /// Every API key; versions before 1.5 have none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn api_keys(&self) -> Result<Vec<ApiKeyRow>, SourceError> {
        self.all("api_keys", ApiKeyRow::COLUMNS, ApiKeyRow::read)
    }

    /// The keys of all runs, in no order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn run_keys(&self, mut take: impl FnMut(RunKey)) -> Result<(), SourceError> {
        let begin = if self.has("backups", "begin_time") { "begin_time" } else { "date" };
        let sql = format!(
            "SELECT rowid, \"{}\", backup_name, coalesce(\"{begin}\", date) FROM backups",
            self.server_column()
        );
        let mut select = self.connection.prepare(&sql)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            take(RunKey {
                rowid: row.get(0)?,
                server: Cell::of(row.get_ref(1)?),
                job: Cell::of(row.get_ref(2)?),
                begin: Cell::of(row.get_ref(3)?),
            });
        }
        Ok(())
    }

    /// Reads runs one by one, by the rows that [`Self::run_keys`] named.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn runs(&self) -> Result<Runs<'_>, SourceError> {
        let mut columns = self.selection("backups", RunRow::COLUMNS);
        if self.server_column() != "server_id" {
            columns = columns.replacen("NULL", &format!("\"{}\"", self.server_column()), 1);
        }
        let select = self.connection.prepare(&format!("SELECT {columns} FROM backups WHERE rowid = ?"))?;
        Ok(Runs(select))
    }

    /// Entries of the audit log, oldest first; versions before 0.9 have none.
    ///
    /// # Errors
    /// When the file cannot be read, or what takes them stops.
    pub fn audit<E: From<SourceError>>(
        &self,
        mut take: impl FnMut(AuditRow) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.columns.contains_key("audit_log") {
            return Ok(());
        }
        let columns = self.selection("audit_log", AuditRow::COLUMNS);
        let mut select = self
            .connection
            .prepare(&format!("SELECT {columns} FROM audit_log ORDER BY rowid"))
            .map_err(SourceError::from)?;
        let mut rows = select.query([]).map_err(SourceError::from)?;
        while let Some(row) = rows.next().map_err(SourceError::from)? {
            take(AuditRow::read(row).map_err(SourceError::from)?)?;
        }
        Ok(())
    }

    /// How many rows a table has; none when there is no such table.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self, table: &'static str) -> Result<i64, SourceError> {
        if !self.columns.contains_key(table) {
            return Ok(0);
        }
        Ok(self.connection.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| row.get(0))?)
    }

    fn all<T>(
        &self,
        table: &str,
        columns: &[&str],
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, SourceError> {
        if !self.columns.contains_key(table) {
            return Ok(Vec::new());
        }
        let columns = self.selection(table, columns);
        let mut select =
            self.connection.prepare(&format!("SELECT {columns} FROM \"{table}\" ORDER BY rowid"))?;
        let rows = select.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The row's number, and these columns, NULL where there is none.
    fn selection(&self, table: &str, columns: &[&str]) -> String {
        let mut selection = String::from("rowid");
        for column in columns {
            selection.push_str(", ");
            if self.has(table, column) {
                selection.push_str(&format!("\"{column}\""));
            } else {
                selection.push_str("NULL");
            }
        }
        selection
    }
}

/// Runs, read one by one.
#[derive(Debug)]
pub struct Runs<'s>(Statement<'s>);

impl Runs<'_> {
    /// The run in this row.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&mut self, rowid: i64) -> Result<RunRow, SourceError> {
        Ok(self.0.query_row([rowid], RunRow::read)?)
    }
}
