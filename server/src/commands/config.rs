//! `duplistatus config …`. Works while a server is running, which applies changes within half a minute.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow, bail};
use duplistatus::{
    dto::{database::Retention, setting::SettingRow},
    error::Error,
    service::{
        Actor, Services, audit,
        configuration::{self, Applied, ConfigurationError, Mistake},
        database, settings,
        settings::Settings,
    },
};
use serde::Serialize;
use serde_json::json;

use super::{db::retention, output::Output, plural::count_of};
use crate::cli::{ConfigCommand, Confirmation, GlobalOptions, WithJson};

const ME: Actor = Actor::CommandLine;
/// Maximum bytes of a configuration file.
const LONGEST: u64 = 16 * 1024 * 1024;

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
        ConfigCommand::Export { file } => export(services, out, file).await,
        ConfigCommand::Apply { file, dry_run, confirmation } => {
            apply(services, out, &file, dry_run, &confirmation).await
        }
        ConfigCommand::Set { key, value, confirmation } => {
            confirm(services, &confirmation, &[(key.clone(), value.clone())]).await?;
            let set = settings::set(services, &ME, &key, &value).await;
            out.show(&One(set.map_err(|error| unknown(error, &key))?))
        }
    }
}

/// Writes the configuration to a file, or to standard output.
async fn export(services: &Services, out: Output, file: Option<PathBuf>) -> anyhow::Result<()> {
    let text = configuration::export(services, &ME).await?;
    let Some(path) = file else {
        return out.say(text.trim_end(), json!({ "configuration": text }));
    };
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    out.say(format_args!("The configuration is in {}.", path.display()), json!({ "file": path }))
}

/// Applies a file after the confirmation of what it would delete.
async fn apply(
    services: &Services,
    out: Output,
    file: &Path,
    dry_run: bool,
    confirmation: &Confirmation,
) -> anyhow::Result<()> {
    let size = fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    if size > LONGEST {
        bail!("{} is longer than {LONGEST} bytes", file.display());
    }
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let named = |error: ConfigurationError| match error {
        ConfigurationError::Mistake(Mistake { line, column, hint }) => {
            anyhow!("{}:{line}:{column}: {hint}", file.display())
        }
        ConfigurationError::Service(error) => error.into(),
    };
    let preview = configuration::apply(services, &ME, &text, true).await.map_err(named)?;
    if dry_run {
        return out.show(&Report { dry_run, applied: preview });
    }
    let value = |change: &configuration::Change| match (change.name.strip_prefix("setting "), &*change.keys) {
        (Some(key), [(_, _, Some(value))]) => Some((key.to_owned(), value.clone())),
        _ => None,
    };
    let values: Vec<(String, String)> = preview.changes.iter().filter_map(value).collect();
    confirm(services, confirmation, &values).await?;
    let applied = configuration::apply(services, &ME, &text, false).await.map_err(named)?;
    out.show(&Report { dry_run, applied })
}

/// What a file changed, or would change.
#[derive(Serialize)]
struct Report {
    dry_run: bool,
    #[serde(flatten)]
    applied: Applied,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.applied.changes.iter().try_for_each(|change| writeln!(f, "{change}"))?;
        self.applied.waiting.iter().try_for_each(|one| writeln!(f, "? {one}; apply the file again later"))?;
        let number = i64::try_from(self.applied.changes.len()).unwrap_or(i64::MAX);
        match (number, self.dry_run) {
            (0, _) => f.write_str("Nothing to change."),
            (_, true) => write!(f, "Dry run: {} would be made.", count_of(number, "change", "changes")),
            (_, false) => write!(f, "{} made.", count_of(number, "change", "changes")),
        }
    }
}

/// Asks before settings have values with which more is deleted than now. Those of retention are asked for together, because one is harmless
/// only with the value of the other.
async fn confirm(
    services: &Services,
    confirmation: &Confirmation,
    values: &[(String, String)],
) -> anyhow::Result<()> {
    let settings = services.settings();
    let Settings { retention_days: days, retention_keep_last: keep_last, .. } = settings;
    let mut rule = Retention { days, keep_last };
    let mut is_changed = false;
    for (key, value) in values {
        match (key.as_str(), value.trim().parse().ok()) {
            ("retention.days", Some(days)) => rule.days = Some(days),
            // Nothing is deleted by age.
            ("retention.days", None) => rule.days = None,
            ("retention.keep_last", Some(keep_last)) => rule.keep_last = keep_last,
            _ => continue,
        }
        is_changed = true;
    }
    if is_changed && rule.days.is_some() {
        retention::confirm(services, confirmation, (None, None), Some(rule)).await?;
    }
    for (key, value) in values {
        if let Some(question) = question(services, &settings, key, value.trim().parse().ok()).await? {
            confirmation.confirm(&question)?;
        }
    }
    Ok(())
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
