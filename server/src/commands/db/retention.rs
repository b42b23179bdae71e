//! `duplistatus db retention`.

use std::fmt;

use anyhow::bail;
use duplistatus::{
    dto::database::{Retention, RetentionRule, RulePreview},
    error::Error,
    service::{Actor, Services, database, settings},
};
use serde::Serialize;

use crate::{
    cli::{Confirmation, Days, GlobalOptions, RetentionCommand},
    commands,
    commands::output::Output,
};

const ME: Actor = Actor::CommandLine;

#[derive(Serialize)]
struct JsonOutput {
    site: Retention,
    rules: Vec<RetentionRule>,
}

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<24}  {:<24}  {:>8}  {:>9}", "server", "job", "days", "keep last")?;
        let mut line = |server: &str, job: &str, retention: Retention| {
            let days = retention.days.map_or_else(|| "forever".to_owned(), |days| days.to_string());
            write!(f, "\n{server:<24}  {job:<24}  {days:>8}  {:>9}", retention.keep_last)
        };
        line("(all)", "", self.site)?;
        self.rules.iter().try_for_each(|rule| {
            line(&rule.server, rule.job.as_deref().unwrap_or("(all others)"), rule.retention)
        })
    }
}

/// Asks for confirmation before a retention rule is set or removed that would delete more than the current
/// ones.
///
/// # Errors
/// If the answer is not yes, or there is no terminal. Invalid rules are not confirmed; they fail later.
pub(in crate::commands) async fn confirm(
    services: &Services,
    confirmation: &Confirmation,
    place: (Option<String>, Option<String>),
    rule: Option<Retention>,
) -> anyhow::Result<()> {
    let RulePreview { now, then } = match database::preview_rule(services, &ME, place, rule).await {
        Err(Error::Invalid { .. }) => return Ok(()),
        Err(Error::NotFound) => bail!("{}", super::NO_SUCH_PLACE),
        found => found?,
    };
    if then > now {
        confirmation.confirm(&format!(
            "With this change, the next clean-up deletes {then} runs and other operations instead of {now}. Change the retention?"
        ))?;
    }
    Ok(())
}

/// Shows or changes the retention.
pub(super) async fn run(
    options: &GlobalOptions,
    out: Output,
    command: Option<RetentionCommand>,
) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let done = obey(&services, command.unwrap_or(RetentionCommand::List)).await;
    let answer = match &done {
        Ok(()) => Some(shown(&services).await?),
        Err(_) => None,
    };
    services.db().close().await;
    done?;
    answer.map_or(Ok(()), |answer| out.show(&answer))
}

async fn obey(services: &Services, command: RetentionCommand) -> anyhow::Result<()> {
    let done = match command {
        RetentionCommand::List => Ok(()),
        RetentionCommand::Set { days: Days(days), keep_last, server, job, confirmation } => {
            let retention = Retention { days, keep_last };
            confirm(services, &confirmation, (server.clone(), job.clone()), Some(retention)).await?;
            match server {
                Some(server) => {
                    database::set_rule(services, &ME, RetentionRule { server, job, retention }).await
                }
                None => {
                    let change = move |settings: &mut settings::Settings| {
                        settings.retention_days = days;
                        settings.retention_keep_last = keep_last;
                    };
                    settings::adjust(services, &ME, change).await
                }
            }
        }
        RetentionCommand::Clear { server, job, confirmation } => {
            confirm(services, &confirmation, (Some(server.clone()), job.clone()), None).await?;
            database::clear_rule(services, &ME, server, job).await
        }
    };
    match done {
        Err(Error::NotFound) => bail!("{}", super::NO_SUCH_PLACE),
        other => Ok(other?),
    }
}

async fn shown(services: &Services) -> Result<JsonOutput, Error> {
    let settings = services.settings();
    let site = Retention { days: settings.retention_days, keep_last: settings.retention_keep_last };
    Ok(JsonOutput { site, rules: database::rules(services, &ME).await? })
}
