//! Imports settings of the Node application that this program does not use yet, and its secrets: see [`settings::imported`] for how they
//! are stored.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::{ImportError, fields::bounded_name, write::Import};
use crate::{
    crypto::{node, node::NodeKey},
    db::{
        StoreError, StoreErrorKind, Tx,
        node::{ServerRow, SettingRow},
        tables::settings as setting_rows,
    },
    dto::import::ImportReport,
    service::{
        security::secrets::Secrets,
        settings::{
            self,
            imported::{PREFIX, is_sealed_key, sealed_place},
        },
    },
    time::Timestamp,
};

/// Maximum bytes of a value.
const LONGEST: usize = 4 * 1024 * 1024;

/// A setting, ready to be stored.
struct Setting {
    key: String,
    value: SecretString,
    /// Whether all its secrets were decrypted.
    complete: bool,
}

/// Number of secrets, and of those that could not be decrypted.
#[derive(Default)]
struct OpenedSecrets {
    all: i64,
    closed: i64,
}

/// Imports the settings.
pub(super) async fn import(
    import: &Import,
    servers: &[ServerRow],
    rows: Vec<SettingRow>,
    key: Option<&NodeKey>,
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    if let Some(key) = key {
        let known = rows.iter().find(|row| row.key.text() == Some("master_key_fingerprint"));
        if known.and_then(|row| row.value.text()).is_some_and(|known| known.trim() != key.fingerprint()) {
            report.problem("key file", "it is not the key that this database used last");
        }
    }
    for row in servers {
        let mut opened = OpenedSecrets::default();
        if let Some(setting) = of_server(row, key, report, &mut opened) {
            keep(import, setting, &opened, report).await?;
        }
    }
    report.settings.found = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    for row in rows {
        let place = format!("configurations, row {}", row.rowid);
        let (Some(name), Some(value)) = (bounded_name(&row.key, report), row.value.to_text()) else {
            report.settings.left_out += 1;
            report.problem(place, "this setting has no key or no value");
            continue;
        };
        if value.len() > LONGEST || row.value.is_harmed() {
            report.settings.left_out += 1;
            report.problem(place, format!("the value of “{name}” is longer than 4 MiB, or is not UTF-8"));
            continue;
        }
        adopt(import, &name, &value, report).await?;
        let mut opened = OpenedSecrets::default();
        let value = with_open_secrets(&name, value, key, &mut opened);
        let setting = Setting { key: format!("{PREFIX}{name}"), value, complete: opened.closed == 0 };
        keep(import, setting, &opened, report).await?;
    }
    if report.secrets.left_out > 0 {
        let how = if key.is_some() {
            "they cannot be decrypted with this key file and are kept unchanged"
        } else {
            "they are encrypted and are kept unchanged: import again with --key-file and the Node application's .duplistatus.key"
        };
        report.problem(format!("{} secrets", report.secrets.left_out), how);
    }
    report.kept.sort();
    Ok(())
}

/// Returns the address of a server's Duplicati and its password.
fn of_server(
    row: &ServerRow,
    key: Option<&NodeKey>,
    report: &mut ImportReport,
    opened: &mut OpenedSecrets,
) -> Option<Setting> {
    let mut fields = Map::new();
    if let Some(url) = row.server_url.text() {
        fields.insert("server_url".into(), url.into());
    }
    if let Some(password) = row.server_password.text() {
        fields.insert("server_password".into(), open(password, key, opened).into());
    }
    if fields.is_empty() {
        return None;
    }
    let machine = bounded_name(&row.id, report)?;
    let value = SecretString::from(Value::Object(fields).to_string());
    Some(Setting { key: format!("{PREFIX}server.{machine}"), value, complete: opened.closed == 0 })
}

/// Returns the value of a setting with its encrypted members decrypted.
fn with_open_secrets(
    name: &str,
    value: String,
    key: Option<&NodeKey>,
    opened: &mut OpenedSecrets,
) -> SecretString {
    if is_sealed_key(&format!("{PREFIX}{name}"))
        && let Ok(Value::Object(mut fields)) = serde_json::from_str(&value)
    {
        for member in fields.values_mut() {
            if let Some(text) = member.as_str().filter(|text| node::is_sealed(text)) {
                *member = open(text, key, opened).into();
            }
        }
        if opened.all > 0 {
            return SecretString::from(Value::Object(fields).to_string());
        }
    }
    SecretString::from(value)
}

/// Decrypts a text, or returns it unchanged without a matching key.
fn open(text: &str, key: Option<&NodeKey>, opened: &mut OpenedSecrets) -> String {
    opened.all += 1;
    match key.map(|key| key.open(text)) {
        Some(Ok(plain)) => plain.expose_secret().to_owned(),
        _ => {
            opened.closed += 1;
            text.to_owned()
        }
    }
}

async fn keep(
    import: &Import,
    setting: Setting,
    opened: &OpenedSecrets,
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    let is_setting = !setting.key.starts_with("node.server.");
    let key = setting.key.clone();
    let (secrets, now) = (import.services.secrets.clone(), import.services.clock.now());
    let became = import.services.db.write(move |tx| store(tx, &secrets, &setting, now)).await?;
    let readable = opened.all - opened.closed;
    report.secrets.found += opened.all;
    report.secrets.left_out += opened.closed;
    let tally = &mut report.settings;
    match became {
        ItemResult::New => {
            tally.added += i64::from(is_setting);
            report.secrets.added += readable;
        }
        ItemResult::Changed => {
            tally.completed += i64::from(is_setting);
            report.secrets.added += readable;
        }
        ItemResult::Known => {
            tally.known += i64::from(is_setting);
            report.secrets.known += readable;
        }
        ItemResult::NoKey => {
            tally.left_out += i64::from(is_setting);
            report.secrets.left_out += readable;
            report.problem(
                key,
                "it may contain secrets, and there is no encryption key: see the log from the start of the program",
            );
            return Ok(());
        }
    }
    report.kept.push(key);
    Ok(())
}

enum ItemResult {
    New,
    Changed,
    Known,
    NoKey,
}

fn store(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    setting: &Setting,
    now: Timestamp,
) -> Result<ItemResult, StoreError> {
    let Setting { key, value, complete } = setting;
    let known = setting_rows::find(tx.conn, key)?;
    let seals = is_sealed_key(key);
    if let Some((row, stored)) = &known {
        let open = |stored: &String| {
            if seals {
                secrets.open(sealed_place(*row), stored).ok()
            } else {
                Some(SecretString::from(stored.clone()))
            }
        };
        let stored = stored.as_ref().and_then(open);
        let is_same = stored.as_ref().is_some_and(|stored| stored.expose_secret() == value.expose_secret());
        // A value that was decrypted once is not replaced by one that could not be decrypted this time.
        if is_same || (stored.is_some() && !complete) {
            return Ok(ItemResult::Known);
        }
    }
    if seals {
        if secrets.keys().current().is_none() {
            return Ok(ItemResult::NoKey);
        }
        let row = match &known {
            Some((row, _)) => *row,
            None => setting_rows::create(tx.conn, key, now)?,
        };
        let sealed = secrets.seal(sealed_place(row), value).map_err(|error| {
            StoreError::new(StoreErrorKind::Other, format!("a setting was not encrypted: {error}"))
        })?;
        setting_rows::set(tx.conn, key, &sealed, now)?;
    } else {
        setting_rows::set(tx.conn, key, value.expose_secret(), now)?;
    }
    Ok(if known.is_some() { ItemResult::Changed } else { ItemResult::New })
}

/// Imports a setting that this program has, too, unless it was changed here.
async fn adopt(
    import: &Import,
    name: &str,
    value: &str,
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    let days = value.trim().parse::<i64>().ok().filter(|days| settings::AUDIT_DAYS.contains(days));
    let Some(days) = days.filter(|_| name == "audit_retention_days") else { return Ok(()) };
    let now = import.services.clock.now();
    // A shorter retention of the audit log would delete entries, which nobody has requested.
    let ours = import.services.settings().audit_days;
    if days < ours {
        report.note(&format!(
            "audit log entries were kept for {days} days there and are kept for {ours} days here; change this under Settings → Security"
        ));
        return Ok(());
    }
    let taken = import
        .services
        .db
        .write(move |tx| {
            if setting_rows::get(tx.conn, settings::AUDIT)?.is_some() {
                return Ok(false);
            }
            setting_rows::set(tx.conn, settings::AUDIT, &days.to_string(), now)?;
            Ok(true)
        })
        .await?;
    if taken {
        report.note(&format!(
            "audit log entries are kept for {days} days, as before; a running server applies this at its next start"
        ));
    }
    Ok(())
}
