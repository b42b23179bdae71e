//! `duplistatus db retention`.

use std::fmt;

use anyhow::bail;
use duplistatus::{
    dto::database::{Retention, RetentionRule},
    error::Error,
    service::{Actor, Services, database, setting},
};
use serde::Serialize;

use crate::commands::output::Output;
use crate::{
    cli::{Days, GlobalOptions, RetentionCommand},
    commands,
};

const ME: Actor = Actor::CommandLine;

#[derive(Serialize)]
struct Answer {
    site: Retention,
    rules: Vec<RetentionRule>,
}

impl fmt::Display for Answer {
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

/// Shows or chooses how long runs are kept.
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
    services.db.close().await;
    match (done, answer) {
        (Err(Error::NotFound), _) => bail!("{}", super::NO_SUCH_PLACE),
        (Err(error), _) => Err(error.into()),
        (Ok(()), Some(answer)) => out.show(&answer),
        (Ok(()), None) => Ok(()),
    }
}

async fn obey(services: &Services, command: RetentionCommand) -> Result<(), Error> {
    match command {
        RetentionCommand::List => Ok(()),
        RetentionCommand::Set { days: Days(days), keep_last, server: None, .. } => {
            setting::adjust(services, &ME, move |settings| {
                settings.retention_days = days;
                settings.retention_keep_last = keep_last;
            })
            .await
        }
        RetentionCommand::Set { days: Days(days), keep_last, server: Some(server), job } => {
            let rule = RetentionRule { server, job, retention: Retention { days, keep_last } };
            database::set_rule(services, &ME, rule).await
        }
        RetentionCommand::Clear { server, job } => database::clear_rule(services, &ME, server, job).await,
    }
}

async fn shown(services: &Services) -> Result<Answer, Error> {
    let settings = services.settings();
    let site = Retention { days: settings.retention_days, keep_last: settings.retention_keep_last };
    Ok(Answer { site, rules: database::rules(services, &ME).await? })
}
