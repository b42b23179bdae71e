//! Databases as the versions of the Node application leave them, made by SQL of our own, with rows as they occur.

use std::path::Path;

use rusqlite::{Connection, params};

/// Which form of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// 0.4 and 0.5: machines, no versions of the schema, no settings.
    V0_4,
    /// 0.6: schema 2.0, still machines.
    V0_6,
    /// 0.7: schema 3.0, servers.
    V0_7,
    /// 0.8: schema 3.1, passwords of servers.
    V0_8,
    /// 0.9 to 1.4: schema 4.0, people and the audit log.
    V1_4,
    /// 1.5: schema 4.3, API keys, daily summaries, people who see only some servers.
    V1_5,
}

impl Version {
    pub(crate) const ALL: [Self; 6] =
        [Self::V0_4, Self::V0_6, Self::V0_7, Self::V0_8, Self::V1_4, Self::V1_5];

    fn schema(self) -> Option<&'static str> {
        match self {
            Self::V0_4 => None,
            Self::V0_6 => Some("2.0"),
            Self::V0_7 => Some("3.0"),
            Self::V0_8 => Some("3.1"),
            Self::V1_4 => Some("4.0"),
            Self::V1_5 => Some("4.3"),
        }
    }

    fn has_machines(self) -> bool {
        matches!(self, Self::V0_4 | Self::V0_6)
    }
}

/// bcrypt with 4 rounds, made by another program, of `Sonnenblume7`.
pub(crate) const PASSWORD: &str = "Sonnenblume7";
/// The key file that encrypted the secrets.
pub(crate) const KEY: [u8; 32] = [3; 32];

/// The numbers of a run that tests differ in.
#[derive(Debug, Clone)]
pub(crate) struct NodeRun<'a> {
    pub server: &'a str,
    pub job: &'a str,
    pub begin: &'a str,
    pub end: &'a str,
    pub duration: f64,
    pub status: &'a str,
    pub parsed: &'a str,
    pub warnings: i64,
    pub messages: Option<&'a str>,
    pub with_statistics: bool,
}

impl Default for NodeRun<'_> {
    fn default() -> Self {
        Self {
            server: "0123456789abcdef0123456789abcdef",
            job: "Documents",
            begin: "2026-11-20T02:00:00.123Z",
            end: "2026-11-20T02:10:00.456Z",
            duration: 600.333,
            status: "Success",
            parsed: "Success",
            warnings: 0,
            messages: Some(
                r#"["2026-11-20 03:00:00 +01 - [Information-Duplicati.Library.Main.Controller-StartingOperation]: The operation Backup has started"]"#,
            ),
            with_statistics: true,
        }
    }
}

/// A database being filled.
pub(crate) struct Fixture {
    pub connection: Connection,
    version: Version,
    runs: u32,
}

impl Fixture {
    /// An empty one.
    pub(crate) fn create(path: &Path, version: Version) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")?;
        connection.execute_batch(&schema(version))?;
        if let Some(number) = version.schema() {
            connection.execute("INSERT INTO db_version (version) VALUES (?)", [number])?;
        }
        Ok(Self { connection, version, runs: 0 })
    }

    pub(crate) fn server(&self, id: &str, name: &str) -> rusqlite::Result<()> {
        let created = "2025-01-02 03:04:05";
        if self.version.has_machines() {
            self.connection.execute(
                "INSERT INTO machines (id, name, created_at) VALUES (?, ?, ?)",
                params![id, name, created],
            )?;
        } else {
            self.connection.execute(
                "INSERT INTO servers (id, name, server_url, alias, note, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                params![id, name, "http://nas.example:8200", "The attic", "Under the roof", created],
            )?;
        }
        Ok(())
    }

    pub(crate) fn run(&mut self, run: &NodeRun<'_>) -> rusqlite::Result<i64> {
        self.runs += 1;
        let server = if self.version.has_machines() { "machine_id" } else { "server_id" };
        let backend = run.with_statistics.then_some("Backup");
        let figure = |number: i64| if run.with_statistics { number } else { 0 };
        self.connection.execute(
            &format!(
                "INSERT INTO backups (id, {server}, backup_name, backup_id, date, status, duration_seconds, size,
                     uploaded_size, examined_files, warnings, errors, created_at, messages_array, warnings_array,
                     errors_array, added_files, size_of_examined_files, main_operation, parsed_result, version,
                     begin_time, end_time, warnings_actual_length, messages_actual_length, known_file_size,
                     backup_list_count, last_backup_date, backend_main_operation, backend_parsed_result)
                 VALUES (?, ?, ?, 'DB-1', ?, ?, ?, 412998127, ?, 184211, ?, 0, ?, ?, ?, '[]', 12, 412998127, 'Backup', ?,
                     '2.1.0.5 (2.1.0.5_stable_2025-03-04)', ?, ?, ?, 5, ?, ?, '2026-11-19T03:00:00+01:00', ?, ?)"
            ),
            params![
                format!("00000000-0000-4000-8000-{:012}", self.runs),
                run.server,
                run.job,
                run.begin,
                run.status,
                run.duration,
                figure(611_220),
                run.warnings,
                run.end.replace('T', " ").split('.').next(),
                run.messages,
                if run.warnings > 0 {
                    r#"["2026-11-20 03:05:00 +01 - [Warning-Duplicati.Library.Main.Operation.Backup-Odd]: A file is odd"]"#
                } else {
                    "[]"
                },
                run.parsed,
                run.begin,
                run.end,
                run.warnings,
                figure(287_661_203),
                figure(27),
                backend,
                backend,
            ],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    pub(crate) fn user(
        &self,
        name: &str,
        hash: &str,
        admin: bool,
        must_change: bool,
    ) -> rusqlite::Result<()> {
        self.connection.execute(
            "INSERT INTO users (id, username, password_hash, is_admin, must_change_password, created_at, last_login_at)
             VALUES (?, ?, ?, ?, ?, '2026-01-01 00:00:00', '2026-11-01 10:00:00')",
            params![format!("id-{name}"), name, hash, admin, must_change],
        )?;
        Ok(())
    }

    pub(crate) fn setting(&self, key: &str, value: &str) -> rusqlite::Result<()> {
        self.connection
            .execute("INSERT INTO configurations (key, value) VALUES (?, ?)", params![key, value])?;
        Ok(())
    }

    pub(crate) fn audit(&self, at: &str, action: &str, details: &str) -> rusqlite::Result<()> {
        self.connection.execute(
            "INSERT INTO audit_log (timestamp, user_id, username, action, category, target_type, target_id, details,
                 ip_address, user_agent, status)
             VALUES (?, NULL, 'jo', ?, 'auth', 'user', 'id-jo', ?, '192.0.2.9', 'Firefox', 'success')",
            params![at, action, details],
        )?;
        Ok(())
    }
}

/// A hash as the Node application stores it, with few rounds.
pub(crate) fn bcrypt_hash(password: &str) -> String {
    bcrypt::hash(password, 4).unwrap_or_default()
}

fn schema(version: Version) -> String {
    let mut sql = String::new();
    let (servers, server) =
        if version.has_machines() { ("machines", "machine_id") } else { ("servers", "server_id") };
    sql.push_str(match version {
        Version::V0_4 | Version::V0_6 => {
            "CREATE TABLE machines (id TEXT PRIMARY KEY, name TEXT NOT NULL,
                 created_at DATETIME DEFAULT CURRENT_TIMESTAMP);"
        }
        Version::V0_7 => {
            "CREATE TABLE servers (id TEXT PRIMARY KEY, name TEXT NOT NULL, server_url TEXT DEFAULT '',
                 alias TEXT DEFAULT '', note TEXT DEFAULT '', created_at DATETIME DEFAULT CURRENT_TIMESTAMP);"
        }
        Version::V0_8 | Version::V1_4 | Version::V1_5 => {
            "CREATE TABLE servers (id TEXT PRIMARY KEY, name TEXT NOT NULL, server_url TEXT DEFAULT '',
                 alias TEXT DEFAULT '', note TEXT DEFAULT '', server_password TEXT DEFAULT '',
                 created_at DATETIME DEFAULT CURRENT_TIMESTAMP);"
        }
    });
    let available = if version == Version::V0_4 { "" } else { "available_backups TEXT DEFAULT '[]'," };
    sql.push_str(&format!(
        "CREATE TABLE backups (id TEXT PRIMARY KEY, {server} TEXT NOT NULL, backup_name TEXT NOT NULL,
             backup_id TEXT NOT NULL, date DATETIME NOT NULL, status TEXT NOT NULL, duration_seconds INTEGER NOT NULL,
             size INTEGER NOT NULL DEFAULT 0, uploaded_size INTEGER NOT NULL DEFAULT 0,
             examined_files INTEGER NOT NULL DEFAULT 0, warnings INTEGER NOT NULL DEFAULT 0,
             errors INTEGER NOT NULL DEFAULT 0, created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
             messages_array TEXT, warnings_array TEXT, errors_array TEXT, {available}
             deleted_files INTEGER NOT NULL DEFAULT 0, deleted_folders INTEGER NOT NULL DEFAULT 0,
             modified_files INTEGER NOT NULL DEFAULT 0, opened_files INTEGER NOT NULL DEFAULT 0,
             added_files INTEGER NOT NULL DEFAULT 0, size_of_modified_files INTEGER NOT NULL DEFAULT 0,
             size_of_added_files INTEGER NOT NULL DEFAULT 0, size_of_examined_files INTEGER NOT NULL DEFAULT 0,
             size_of_opened_files INTEGER NOT NULL DEFAULT 0, not_processed_files INTEGER NOT NULL DEFAULT 0,
             added_folders INTEGER NOT NULL DEFAULT 0, too_large_files INTEGER NOT NULL DEFAULT 0,
             files_with_error INTEGER NOT NULL DEFAULT 0, modified_folders INTEGER NOT NULL DEFAULT 0,
             modified_symlinks INTEGER NOT NULL DEFAULT 0, added_symlinks INTEGER NOT NULL DEFAULT 0,
             deleted_symlinks INTEGER NOT NULL DEFAULT 0, partial_backup BOOLEAN NOT NULL DEFAULT 0,
             dryrun BOOLEAN NOT NULL DEFAULT 0, main_operation TEXT NOT NULL, parsed_result TEXT NOT NULL,
             interrupted BOOLEAN NOT NULL DEFAULT 0, version TEXT, begin_time DATETIME NOT NULL,
             end_time DATETIME NOT NULL, warnings_actual_length INTEGER NOT NULL DEFAULT 0,
             errors_actual_length INTEGER NOT NULL DEFAULT 0, messages_actual_length INTEGER NOT NULL DEFAULT 0,
             bytes_downloaded INTEGER NOT NULL DEFAULT 0, known_file_size INTEGER NOT NULL DEFAULT 0,
             last_backup_date DATETIME, backup_list_count INTEGER NOT NULL DEFAULT 0,
             reported_quota_error BOOLEAN NOT NULL DEFAULT 0, reported_quota_warning BOOLEAN NOT NULL DEFAULT 0,
             backend_main_operation TEXT, backend_parsed_result TEXT, backend_interrupted BOOLEAN NOT NULL DEFAULT 0,
             backend_version TEXT, backend_begin_time DATETIME, backend_duration TEXT,
             backend_warnings_actual_length INTEGER NOT NULL DEFAULT 0,
             backend_errors_actual_length INTEGER NOT NULL DEFAULT 0,
             FOREIGN KEY ({server}) REFERENCES {servers} (id));
         CREATE INDEX idx_backups_{server} ON backups ({server}); CREATE INDEX idx_backups_date ON backups (date);"
    ));
    if version != Version::V0_4 {
        sql.push_str(
            "CREATE TABLE db_version (version TEXT PRIMARY KEY, applied_at DATETIME DEFAULT CURRENT_TIMESTAMP);
             CREATE TABLE configurations (key TEXT PRIMARY KEY NOT NULL, value TEXT);",
        );
    }
    if matches!(version, Version::V1_4 | Version::V1_5) {
        sql.push_str(
            "CREATE TABLE users (id TEXT PRIMARY KEY, username TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL,
                 is_admin BOOLEAN NOT NULL DEFAULT 0, must_change_password BOOLEAN DEFAULT 0,
                 created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
                 last_login_at DATETIME, last_login_ip TEXT, failed_login_attempts INTEGER DEFAULT 0,
                 locked_until DATETIME);
             CREATE TABLE sessions (id TEXT PRIMARY KEY, user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
                 created_at DATETIME, expires_at DATETIME NOT NULL);
             CREATE TABLE audit_log (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
                 user_id TEXT REFERENCES users (id) ON DELETE SET NULL, username TEXT, action TEXT NOT NULL,
                 category TEXT NOT NULL, target_type TEXT, target_id TEXT, details TEXT, ip_address TEXT,
                 user_agent TEXT, status TEXT NOT NULL, error_message TEXT);",
        );
    }
    if version == Version::V1_5 {
        sql.push_str(
            "CREATE TABLE api_keys (id TEXT PRIMARY KEY, name TEXT NOT NULL, key_hash TEXT NOT NULL UNIQUE, key_prefix TEXT,
                 key_suffix TEXT, scope TEXT NOT NULL, description TEXT, enabled INTEGER NOT NULL DEFAULT 1,
                 created_at DATETIME DEFAULT CURRENT_TIMESTAMP, created_by TEXT, expires_at DATETIME,
                 last_used_at DATETIME, usage_count INTEGER NOT NULL DEFAULT 0);
             CREATE TABLE daily_summary_deliveries (id TEXT PRIMARY KEY, occurrence_key TEXT NOT NULL,
                 channel TEXT NOT NULL, state TEXT NOT NULL, payload_json TEXT);
             ALTER TABLE users ADD COLUMN access_all_servers INTEGER NOT NULL DEFAULT 1;
             CREATE TABLE user_servers (user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                 server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
                 PRIMARY KEY (user_id, server_id)) WITHOUT ROWID;",
        );
    }
    sql
}
