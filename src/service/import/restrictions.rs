//! Restrictions of access in the Node application, and its data that this program does not support. All of it must be
//! reported: an import must not give anyone more rights.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::fields::instant;
use crate::{
    db::node::{ApiKeyRow, Cell, Source, SourceError, Unread, UserRow},
    dto::import::ImportReport,
    report::{clean_name, word},
    time::Timestamp,
};

/// Known settings that do not restrict anything.
const HARMLESS: [&str; 14] = [
    "audit_retention_days",
    "backup_settings",
    "cron_service",
    "duplicati_versions",
    "last_overdue_check",
    "master_key_fingerprint",
    "notification_frequency",
    "notification_templates",
    "notifications",
    "ntfy_config",
    "overdue_backup_notifications",
    "overdue_notifications",
    "overdue_tolerance",
    "smtp_config",
];

/// Settings that restrict access or that users rely on, and what to use here instead.
const NAMED: [(&str, &str); 6] = [
    (
        "external_api_require_api_key",
        "set whether programs need an API key: here they always do, unless Settings → Security opens the API to the local network",
    ),
    (
        "ip_trusted_proxies",
        "set the trusted proxies: here the option --trusted-proxies does, and without it no proxy is trusted",
    ),
    (
        "admin_ip_allowlist",
        "restricted the IP addresses of administrators: not supported here; use a proxy or a firewall",
    ),
    (
        "external_api_ip_allowlist",
        "restricted the IP addresses of programs: not supported here; use a proxy or a firewall",
    ),
    (
        "upload_limits",
        "limited the size and number of uploads: here --max-upload limits the size, and each report needs a key",
    ),
    ("daily_summary", "set when a daily summary is sent: this program does not send one"),
];

/// Columns of users that do not restrict anything.
const ABOUT_PEOPLE: [&str; 14] = [
    "avatar",
    "created_by",
    "display_name",
    "email",
    "first_name",
    "full_name",
    "language",
    "last_name",
    "last_seen_at",
    "locale",
    "password_changed_at",
    "preferences",
    "theme",
    "timezone",
];
/// Parts of the names of tables that concern users but do not restrict anything.
const ABOUT: [&str; 4] = ["preference", "session", "favorite", "favourite"];

/// Everything that restricts access or is unknown.
#[derive(Debug, Default)]
pub(super) struct Restrictions {
    unread: Unread,
    keys: Vec<ApiKeyRow>,
    sessions: i64,
    summaries: i64,
    servers: i64,
    has_access: bool,
    assigned: HashMap<String, i64>,
    /// Values of unknown columns of users, by row.
    said: BTreeMap<i64, Vec<String>>,
}

impl Restrictions {
    /// Reads them.
    pub fn read(source: &Source, servers: usize) -> Result<Self, SourceError> {
        let unread = source.unread()?;
        let mut said: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for column in unread.columns.iter().filter(|column| column.table == "users") {
            for (row, value) in source.of_people(&column.name)? {
                if restricts(&column.name, &value) {
                    said.entry(row).or_default().push(printable(&column.name));
                }
            }
        }
        let assigned = source.assigned()?;
        Ok(Self {
            unread,
            keys: source.api_keys()?,
            sessions: source.count("sessions")?,
            summaries: source.count("daily_summary_deliveries")?,
            servers: i64::try_from(servers).unwrap_or(i64::MAX),
            has_access: source.has_people_access(),
            assigned: assigned
                .into_iter()
                .filter_map(|(user, count)| Some((user.to_text()?, count)))
                .collect(),
            said,
        })
    }

    /// Returns why a user is imported as disabled; `None` if the user could see everything in the Node application.
    pub fn of(&self, person: &UserRow, now: Timestamp) -> Option<String> {
        let id = person.id.to_text().unwrap_or_default();
        let name = person.username.to_text().unwrap_or_default();
        if let Some(columns) = self.said.get(&person.rowid) {
            return Some(format!(
                "the unknown column {} of `users` may restrict this user",
                columns.join(", ")
            ));
        }
        if instant(&person.locked_until).is_some_and(|until| until > now.unix()) {
            return Some("the account was locked there".into());
        }
        // There, administrators saw all servers regardless of such entries.
        if person.is_admin.flag() {
            return None;
        }
        let assigned = self.assigned.get(&id).copied();
        let is_restricted =
            if self.has_access { !person.access_all_servers.flag() } else { assigned.is_some() };
        if is_restricted {
            let (seen, all) = (assigned.unwrap_or(0), self.servers);
            return Some(format!(
                "this user could see {seen} of {all} servers there, but here all users can see all servers"
            ));
        }
        let table = self.unread.tables.iter().find(|table| {
            let is_about = ABOUT.iter().any(|word| table.name.to_lowercase().contains(word));
            !is_about && (table.people.contains(&id) || table.people.contains(&name))
        })?;
        let table = printable(&table.name);
        Some(format!("the unknown table {table} may restrict this user"))
    }

    /// Reports everything else.
    pub fn name(&self, settings: &[(String, String)], report: &mut ImportReport) {
        for key in &self.keys {
            report.keys.found += 1;
            report.keys.left_out += 1;
            let (place, what) = of_key(key);
            report.problem(place, what);
        }
        for (name, value) in settings {
            name_setting(name, value, report);
        }
        if self.summaries > 0 {
            let what = format!("{} daily summaries that were sent or waiting: not imported", self.summaries);
            report.problem("daily_summary_deliveries", what);
        }
        if self.sessions > 0 {
            report.note("sessions were not imported; all users must sign in again");
        }
        let Unread { tables, columns, dropped } = &self.unread;
        for table in tables {
            let what = format!("this table is unknown and was not read: rows {}", table.rows);
            report.problem(format!("table {}", printable(&table.name)), what);
        }
        for column in columns {
            let what = format!("this column is unknown and was not read: rows with a value {}", column.rows);
            let place = format!("{}, column {}", printable(&column.table), printable(&column.name));
            report.problem(place, what);
        }
        for column in dropped {
            let name = &column.name;
            let what = format!("runs with a value in `{name}`, which is not supported here: value left out");
            *report.notes.entry(what).or_default() += column.rows;
        }
    }
}

/// Returns whether the value of an unknown column may restrict its user.
fn restricts(column: &str, value: &Cell) -> bool {
    let Some(text) = value.to_text() else { return false };
    let name = column.to_lowercase();
    if ABOUT_PEOPLE.contains(&name.as_str()) {
        return false;
    }
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let says_no = ["0", "false", "no"].iter().any(|word| text.trim().eq_ignore_ascii_case(word));
    if has(&[
        "disab",
        "inactiv",
        "block",
        "lock",
        "suspend",
        "bann",
        "restrict",
        "readonly",
        "read_only",
        "delet",
    ]) {
        return !says_no;
    }
    if has(&["enab", "activ"]) && !has(&["two", "factor", "totp", "mfa", "otp"]) {
        return !value.flag();
    }
    !says_no
}

fn of_key(key: &ApiKeyRow) -> (String, String) {
    let name =
        key.name.to_text().and_then(|name| clean_name(&name)).unwrap_or_else(|| "without a name".into());
    let scope = key.scope.to_text().and_then(|scope| word(&scope)).unwrap_or_else(|| "unknown".into());
    let state = if key.enabled.flag() { "" } else { ", turned off" };
    let end = instant(&key.expires_at).map(|at| format!(", expires {}", Timestamp::from_unix(at)));
    let instead = if scope.eq_ignore_ascii_case("upload") {
        "create an ingest key with `duplistatus key create`"
    } else {
        "create one under Your account → API keys"
    };
    let what = format!(
        "scope {scope}{state}{}: not imported, so it does not work here; {instead}",
        end.unwrap_or_default()
    );
    (format!("API key “{name}”"), what)
}

fn name_setting(name: &str, value: &str, report: &mut ImportReport) {
    if HARMLESS.contains(&name) {
        return;
    }
    let place = format!("setting {}", printable(name));
    let what = match NAMED.iter().find(|(known, _)| *known == name) {
        Some((_, what)) if is_switched_off(value) => format!("{what} (it was turned off)"),
        Some((_, what)) => (*what).to_owned(),
        None => "this setting is unknown: it is stored but has no effect".to_owned(),
    };
    report.problem(place, what);
}

fn is_switched_off(value: &str) -> bool {
    match serde_json::from_str::<Value>(value) {
        Ok(Value::Object(fields)) => {
            fields.get("enabled") == Some(&Value::Bool(false))
                || fields.get("mode").and_then(Value::as_str) == Some("off")
        }
        Ok(Value::Bool(on)) => !on,
        Ok(Value::Array(list)) => list.is_empty(),
        _ => value.trim().is_empty(),
    }
}

/// Formats a name from the file, which may be any text.
fn printable(name: &str) -> String {
    format!("`{}`", word(name).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_about_people_restrict_unless_they_say_that_they_do_not() {
        let text = |text: &str| Cell::Text { text: text.into(), harmed: false };
        for (column, value) in [
            ("role", text("auditor")),
            ("is_disabled", Cell::Integer(1)),
            ("disabled_at", text("2026-01-01")),
            ("enabled", Cell::Integer(0)),
            ("totp_enabled", Cell::Integer(1)),
            ("allowed_jobs", text("Documents")),
            ("expires_at", text("2026-01-01")),
        ] {
            assert!(restricts(column, &value), "{column}");
        }
        for (column, value) in [
            ("email", text("jo@example.org")),
            ("is_disabled", Cell::Integer(0)),
            ("enabled", Cell::Integer(1)),
            ("totp_enabled", Cell::Integer(0)),
            ("role", Cell::Null),
        ] {
            assert!(!restricts(column, &value), "{column}");
        }
    }
}
