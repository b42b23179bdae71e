//! `duplistatus db tasks`.

use std::fmt;

use anyhow::{anyhow, bail};
use duplistatus::{
    dto::{
        Moment,
        database::{TaskChange, TaskResult, TaskRun, TaskState},
    },
    error::Error,
    service::{Actor, Services, tasks},
};
use serde::Serialize;

use crate::{
    cli::{GlobalOptions, TasksCommand},
    commands,
    commands::output::Output,
};

const ME: Actor = Actor::CommandLine;

#[derive(Serialize)]
struct Tasks {
    tasks: Vec<TaskState>,
}

impl fmt::Display for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<16}  {:<14}  {:<16}  {:<16}  {:>9}  {:<11}  message",
            "task", "schedule", "next", "last", "ms", "result"
        )?;
        let time = |moment: Option<Moment>, none: &str| moment.map_or_else(|| none.to_owned(), Moment::local);
        for task in &self.tasks {
            let next = match (&task.running_since, task.overdue) {
                (Some(_), _) => "running now".to_owned(),
                (None, true) => "overdue".to_owned(),
                (None, false) => time(task.next_run, "off"),
            };
            let last = time(task.last_run, "never");
            let duration = task.last_duration.map_or_else(String::new, |ms| ms.to_string());
            let result = task.last_result.map_or("", TaskResult::as_str);
            let (name, schedule) = (&task.name, &task.schedule);
            let message = task.last_message.as_deref().unwrap_or_default();
            write!(
                f,
                "\n{name:<16}  {schedule:<14}  {next:<16}  {last:<16}  {duration:>9}  {result:<11}  {message}"
            )?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Run(TaskRun);

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({} ms)", self.0.name, self.0.message, self.0.duration)
    }
}

/// Shows, runs or changes tasks.
pub(super) async fn run(
    options: &GlobalOptions,
    out: Output,
    command: Option<TasksCommand>,
) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let done = obey(&services, out, command.unwrap_or(TasksCommand::List)).await;
    services.db().close().await;
    done
}

async fn obey(services: &Services, out: Output, command: TasksCommand) -> anyhow::Result<()> {
    match command {
        TasksCommand::List => {}
        TasksCommand::Run { name, confirmation } => {
            let losses = tasks::losses(services, &ME, &name).await.map_err(|error| unknown(error, &name))?;
            if let Some((going, what)) = losses.filter(|(going, _)| *going > 0) {
                confirmation
                    .confirm(&format!("Permanently delete {going} {what}, as the settings and rules say?"))?;
                if !confirmation.yes {
                    // The user may have taken long to confirm.
                    tasks::agreed(services, &ME, &name, Some(going)).await?;
                }
            }
            let run = tasks::run_now(services, &ME, &name).await.map_err(|error| unknown(error, &name))?;
            let (result, message) = (run.result, run.message.clone());
            out.show(&Run(run))?;
            if result != TaskResult::Ok {
                bail!("{name} failed: {message}");
            }
            return Ok(());
        }
        TasksCommand::Set { name, on, off, schedule } => {
            let change = TaskChange { enabled: (on || off).then_some(on), schedule };
            tasks::change(services, &ME, &name, change).await.map_err(|error| unknown(error, &name))?;
        }
    }
    out.show(&Tasks { tasks: tasks::list(services, &ME).await? })
}

fn unknown(error: Error, name: &str) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow!("task {name} does not exist; `duplistatus db tasks` lists all tasks"),
        other => other.into(),
    }
}
