//! Carries data of the current database over to the backup that replaces it. The audit log is continued, and access that was
//! revoked since the backup (keys, users' access, old passwords) stays revoked.

use std::path::Path;

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::Text};

use crate::{
    db::{
        Connection, StoreError, StoreErrorKind,
        engine::{
            connection::{establish, in_transaction},
            dynamic::{self, Value},
            header,
        },
    },
    dto::database::{RevokedKind, RevokedSince},
    time::Timestamp,
};

/// The condition for keys that are valid in the backup but were revoked, expired or deleted since. A key created after the two
/// databases diverged was never known here: its id is higher.
fn revoked_keys(table: &str) -> String {
    format!(
        "new.revoked_at IS NULL AND (new.expires_at IS NULL OR new.expires_at > ?1) AND (
             EXISTS (SELECT 1 FROM former.{table} AS old WHERE old.hash = new.hash
                     AND (old.revoked_at IS NOT NULL OR old.expires_at <= ?1))
             OR (?2 AND new.id <= (SELECT seq FROM former.sqlite_sequence WHERE name = '{table}')
                 AND NOT EXISTS (SELECT 1 FROM former.{table} AS old WHERE old.hash = new.hash)))"
    )
}

/// The condition for a user that is the same in both databases, and was last changed in the previous one.
const SAME: &str = "old.id = new.id AND old.created_at = new.created_at AND old.updated_at >= new.updated_at";

const DISABLED: &str = "new.disabled_at IS NULL AND old.disabled_at IS NOT NULL";
const LESS: &str = "CASE old.role WHEN 'administrator' THEN 3 WHEN 'operator' THEN 2 ELSE 1 END
     < CASE new.role WHEN 'administrator' THEN 3 WHEN 'operator' THEN 2 ELSE 1 END";
const PASSWORD: &str = "old.password_hash IS NOT new.password_hash
     AND old.password_changed_at > coalesce(new.password_changed_at, '')";
const FACTOR: &str = "old.totp_confirmed_at > coalesce(new.totp_confirmed_at, '')";
/// The condition for a user that was deleted from the previous database.
const GONE: &str = "?1 AND new.disabled_at IS NULL
     AND new.id <= (SELECT seq FROM former.sqlite_sequence WHERE name = 'users')
     AND NOT EXISTS (SELECT 1 FROM former.users AS old WHERE old.id = new.id AND old.created_at = new.created_at)";
/// The condition for settings that allow access.
const OPENED: &str =
    "new.key IN ('access.local_read_api', 'outgoing.private_networks') AND new.value = 'true'
     AND EXISTS (SELECT 1 FROM former.configuration AS old WHERE old.key = new.key AND old.value = 'false'
                 AND old.updated_at >= new.updated_at)";

/// The entries of the audit log that the backup lacks.
const ENTRIES: &str = "FROM former.audit_log AS old WHERE NOT EXISTS (
     SELECT 1 FROM main.audit_log AS new WHERE new.at = old.at AND new.action = old.action
     AND new.actor_kind = old.actor_kind AND new.actor_name = old.actor_name AND new.actor_id IS old.actor_id
     AND new.address IS old.address AND new.target_kind IS old.target_kind AND new.target_id IS old.target_id
     AND new.target_name IS old.target_name AND new.success = old.success AND new.before IS old.before
     AND new.after IS old.after)";

/// A backup with the previous database attached.
pub(in crate::db) struct BackupAndPrevious {
    conn: Connection,
    /// Whether both are the same database at two points in time.
    is_same: bool,
}

impl BackupAndPrevious {
    /// Opens the backup, and attaches the previous database for reading.
    ///
    /// # Errors
    /// If either cannot be opened.
    pub fn open(backup: &Path, former: &Path, is_same: bool) -> Result<Self, StoreError> {
        if !header::has_sound_header(former)? {
            return Err(StoreError::new(StoreErrorKind::Corrupt, "the first page cannot be read"));
        }
        let mut conn = establish(backup)?;
        conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF;")?;
        diesel::sql_query("ATTACH ? AS former")
            .bind::<Text, _>(former.to_string_lossy().into_owned())
            .execute(&mut conn)?;
        Ok(Self { conn, is_same })
    }

    /// Returns what is valid in the backup but was revoked since.
    ///
    /// # Errors
    /// If either cannot be read.
    pub fn revoked_since(&mut self, now: Timestamp) -> Result<Vec<RevokedSince>, StoreError> {
        let people = |kind, condition: &str| {
            let sql = format!(
                "SELECT new.name AS name FROM main.users AS new JOIN former.users AS old ON {SAME}
                 WHERE {condition} ORDER BY 1"
            );
            (kind, sql)
        };
        let at = format!("'{now}'");
        let same = i64::from(self.is_same).to_string();
        let filled = |sql: String| sql.replace("?1", &at).replace("?2", &same);
        let queries = [
            (
                RevokedKind::IngestKey,
                filled(format!(
                    "SELECT new.prefix || coalesce(' (' || servers.name || ')', '') AS name FROM main.ingest_keys AS new
                     LEFT JOIN main.servers ON servers.id = new.server_id WHERE {} ORDER BY new.id",
                    revoked_keys("ingest_keys")
                )),
            ),
            (
                RevokedKind::ApiKey,
                filled(format!(
                    "SELECT new.name || ' (' || users.name || ')' AS name FROM main.api_keys AS new
                     JOIN main.users ON users.id = new.user_id WHERE {} ORDER BY new.id",
                    revoked_keys("api_keys")
                )),
            ),
            people(RevokedKind::Disabled, DISABLED),
            people(RevokedKind::Role, LESS),
            people(RevokedKind::Password, PASSWORD),
            people(RevokedKind::SecondFactor, FACTOR),
            (
                RevokedKind::Deleted,
                format!("SELECT new.name AS name FROM main.users AS new WHERE {GONE} ORDER BY 1").replace("?1", &same),
            ),
            (
                RevokedKind::Setting,
                format!("SELECT new.key AS name FROM main.configuration AS new WHERE {OPENED} ORDER BY 1"),
            ),
        ];
        let mut found = Vec::new();
        for (kind, sql) in queries {
            let names = dynamic::texts(&mut self.conn, &sql)?;
            found.extend(names.into_iter().map(|name| RevokedSince { kind, name }));
        }
        Ok(found)
    }

    /// Revokes in the backup what was revoked since.
    ///
    /// # Errors
    /// If either cannot be read, or the backup cannot be written; it is unchanged then.
    pub fn leave_revoked(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let (at, same) = (Value::Text(now.to_string().into()), Value::Integer(i64::from(self.is_same)));
        in_transaction(&mut self.conn, |conn| {
            for table in ["ingest_keys", "api_keys"] {
                let dead = revoked_keys(table);
                dynamic::execute(
                    conn,
                    &format!(
                        "UPDATE main.{table} AS new SET revoked_at = coalesce(
                             (SELECT old.revoked_at FROM former.{table} AS old WHERE old.hash = new.hash), ?1)
                         WHERE {dead}"
                    ),
                    &[at.clone(), same.clone()],
                )?;
                // Keys that expire soon keep that date.
                dynamic::execute(
                    conn,
                    &format!(
                        "UPDATE main.{table} AS new SET expires_at = old.expires_at FROM former.{table} AS old
                         WHERE old.hash = new.hash AND old.expires_at < coalesce(new.expires_at, '9')"
                    ),
                    &[],
                )?;
            }
            let person = |set: &str, condition: &str| {
                format!(
                    "UPDATE main.users AS new SET {set} FROM former.users AS old WHERE {SAME} AND {condition}"
                )
            };
            dynamic::execute(
                conn,
                &format!(
                    "DELETE FROM main.recovery_codes WHERE user_id IN (SELECT new.id FROM main.users AS new
                     JOIN former.users AS old ON {SAME} WHERE {FACTOR})"
                ),
                &[],
            )?;
            dynamic::execute(
                conn,
                &format!(
                    "INSERT INTO main.recovery_codes (user_id, hash, used_at)
                     SELECT codes.user_id, codes.hash, codes.used_at FROM former.recovery_codes AS codes
                     JOIN former.users AS old ON old.id = codes.user_id JOIN main.users AS new ON {SAME} WHERE {FACTOR}"
                ),
                &[],
            )?;
            // Used recovery codes stay used.
            dynamic::execute(
                conn,
                "UPDATE main.recovery_codes AS new SET used_at = old.used_at FROM former.recovery_codes AS old
                 WHERE old.user_id = new.user_id AND old.hash = new.hash AND old.used_at IS NOT NULL",
                &[],
            )?;
            for sql in [
                person(
                    "totp_secret = old.totp_secret, totp_confirmed_at = old.totp_confirmed_at,
                     totp_last_step = old.totp_last_step",
                    FACTOR,
                ),
                person(
                    "totp_last_step = old.totp_last_step",
                    "old.totp_last_step > coalesce(new.totp_last_step, 0)",
                ),
                person(
                    "password_hash = old.password_hash, password_changed_at = old.password_changed_at,
                     password_temporary = old.password_temporary",
                    PASSWORD,
                ),
                person("role = old.role", LESS),
                person("disabled_at = old.disabled_at", DISABLED),
            ] {
                dynamic::execute(conn, &sql, &[])?;
            }
            dynamic::execute(
                conn,
                &format!("UPDATE main.users AS new SET disabled_at = ?2 WHERE {GONE}"),
                &[same.clone(), at.clone()],
            )?;
            dynamic::execute(
                conn,
                &format!("UPDATE main.configuration AS new SET value = 'false' WHERE {OPENED}"),
                &[],
            )?;
            // Attackers who guessed passwords stay locked out.
            dynamic::execute(
                conn,
                "INSERT OR REPLACE INTO main.login_failures (account, failures, last_at, blocked_until)
                 SELECT account, failures, last_at, blocked_until FROM former.login_failures",
                &[],
            )?;
            Ok(())
        })
    }

    /// Returns how many entries of the audit log the backup lacks.
    ///
    /// # Errors
    /// If either cannot be read.
    pub fn entries(&mut self) -> Result<i64, StoreError> {
        Ok(dynamic::number(&mut self.conn, &format!("SELECT count(*) {ENTRIES}"))?.unwrap_or(0))
    }

    /// Copies the entries of the audit log that the backup lacks. Returns how many.
    ///
    /// # Errors
    /// If either cannot be read, or the backup cannot be written; it is unchanged then.
    pub fn copy_audit_entries(&mut self) -> Result<i64, StoreError> {
        const COLUMNS: &str =
            "at, actor_kind, actor_id, actor_name, address, action, target_kind, target_id, target_name,
             success, before, after";
        let sql = format!(
            "INSERT INTO main.audit_log ({COLUMNS}) SELECT {COLUMNS} {ENTRIES} ORDER BY old.at, old.id"
        );
        let taken = in_transaction(&mut self.conn, |conn| dynamic::execute(conn, &sql, &[]))?;
        Ok(i64::try_from(taken).unwrap_or(i64::MAX))
    }

    /// Returns whether the backup has administrators who can sign in, but none would be left after revoking.
    ///
    /// # Errors
    /// If either cannot be read.
    pub fn leaves_no_administrator(&mut self) -> Result<bool, StoreError> {
        let same = i64::from(self.is_same).to_string();
        let administrators = "SELECT count(*) FROM main.users AS new WHERE new.role = 'administrator' AND new.disabled_at IS NULL";
        let left = format!(
            "{administrators} AND NOT EXISTS (SELECT 1 FROM former.users AS old WHERE {SAME} AND ({DISABLED} OR {LESS}))
             AND NOT ({GONE})"
        );
        let before = dynamic::number(&mut self.conn, administrators)?.unwrap_or(0);
        Ok(before > 0 && dynamic::number(&mut self.conn, &left.replace("?1", &same))?.unwrap_or(0) == 0)
    }
}
