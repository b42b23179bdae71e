//! `duplistatus config …`. Works while a server is running, which applies changes within half a minute.

use std::fmt;

use anyhow::anyhow;
use duplistatus::{
    dto::{database::Retention, setting::SettingRow},
    error::Error,
    service::{Actor, Services, audit, database, settings, settings::Settings},
};
use serde::Serialize;

use super::{db::retention, output::Output, plural::count_of};
use crate::cli::{ConfigCommand, GlobalOptions, WithJson};

const ME: Actor = Actor::CommandLine;

#[derive(Serialize)]
struct List {
    settings: Vec<SettingRow>,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<26}  {:<7}  {:<7}  description", "setting", "value", "default")?;
        self.settings.iter().try_for_each(|row| {
            let (value, usual) = (row.value.to_string(), row.default.to_string());
            write!(f, "\n{:<26}  {value:<7}  {usual:<7}  {}", row.key, row.what)
        })
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct One(SettingRow);

impl fmt::Display for One {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.value.fmt(f)
    }
}

/// Shows or changes settings.
///
/// # Errors
/// If the database cannot be opened, there is no such setting, or it does not accept the value.
pub(super) async fn run(options: &GlobalOptions, arguments: WithJson<ConfigCommand>) -> anyhow::Result<()> {
    let out = Output { json: arguments.json };
    let services = super::open_there(options).await?;
    let done = obey(&services, out, arguments.command).await;
    services.db().close().await;
    done
}

async fn obey(services: &Services, out: Output, command: ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::List => out.show(&List { settings: settings::list(services, &ME).await? }),
        ConfigCommand::Get { key } => {
            out.show(&One(settings::get(services, &ME, &key).await.map_err(|error| unknown(error, &key))?))
        }
        ConfigCommand::Set { key, value, confirmation } => {
            let settings = services.settings();
            let Settings { retention_days: days, retention_keep_last: keep_last, .. } = settings;
            let number = value.trim().parse().ok();
            let rule = match (key.as_str(), number) {
                ("retention.days", Some(days)) => Some(Retention { days: Some(days), keep_last }),
                ("retention.keep_last", Some(keep_last)) => Some(Retention { days, keep_last }),
                _ => None,
            };
            if rule.is_some() {
                retention::confirm(services, &confirmation, (None, None), rule).await?;
            }
            if let Some(question) = question(services, &settings, &key, number).await? {
                confirmation.confirm(&question)?;
            }
            let set = settings::set(services, &ME, &key, &value).await;
            out.show(&One(set.map_err(|error| unknown(error, &key))?))
        }
    }
}

/// Returns the confirmation for a setting that deletes more than now: audit log entries, backups.
async fn question(
    services: &Services,
    settings: &Settings,
    key: &str,
    number: Option<i64>,
) -> anyhow::Result<Option<String>> {
    let (going, one, many, task) = match (key, number) {
        ("audit.retention_days", Some(days)) if days < settings.audit_days => {
            let going = audit::expiring(services, days).await?;
            (going, "audit log entry", "audit log entries", "audit")
        }
        ("backup.keep", Some(keep)) if keep < settings.backup_keep => {
            let files = database::backups(services, &ME).await?.files;
            let own = i64::try_from(files.iter().filter(|file| file.own).count())?;
            // The next backup counts as one of those to keep.
            (
                own.saturating_add(1).saturating_sub(keep.max(1)),
                "database backup",
                "database backups",
                "backup",
            )
        }
        _ => return Ok(None),
    };
    let question = || {
        let going = count_of(going, one, many);
        format!("The next run of the task {task} would then permanently delete {going}. Change it?")
    };
    Ok((going > 0).then(question))
}

fn unknown(error: Error, key: &str) -> anyhow::Error {
    match error {
        Error::NotFound => {
            anyhow!("setting {key} does not exist; `duplistatus config list` lists all settings")
        }
        other => other.into(),
    }
}
