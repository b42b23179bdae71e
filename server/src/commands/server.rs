//! `duplistatus server …`. Works while a server is running.

use std::fmt;

use anyhow::anyhow;
use duplistatus::{
    dto::{
        Moment,
        servers::{NewServer, ServerChange, ServerDeleted, ServerDetails, ServersMerged},
    },
    error::Error,
    ids::ServerId,
    service::{Actor, Services, servers},
};
use serde::Serialize;

use super::{count_of, output::Output};
use crate::cli::{GlobalOptions, ServerCommand, WithJson, Words};

const ME: Actor = Actor::CommandLine;

#[derive(Serialize)]
struct List {
    servers: Vec<ServerDetails>,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<24}  {:<24}  {:>5}  {:>8}  {:<16}  {:<16}  {:<8}  job",
            "name", "alias", "jobs", "runs", "last seen", "latest run", "result"
        )?;
        for server in &self.servers {
            let time = |moment: Option<Moment>| moment.map_or_else(|| "never".to_owned(), Moment::local);
            let ServerDetails { name, jobs, runs, .. } = server;
            let (alias, seen) = (server.alias.as_deref().unwrap_or_default(), time(server.last_seen));
            let (started, result, job) = server.latest.as_ref().map_or_else(
                || (time(None), "", ""),
                |run| (run.started.local(), run.status.as_str(), run.job.as_str()),
            );
            write!(
                f,
                "\n{name:<24}  {alias:<24}  {jobs:>5}  {runs:>8}  {seen:<16}  {started:<16}  {result:<8}  {job}"
            )?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct One(ServerDetails);

impl fmt::Display for One {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (ID {})", self.0.name, self.0.id)?;
        for (word, text) in [("alias", &self.0.alias), ("notes", &self.0.notes)] {
            if let Some(text) = text {
                write!(f, "\n{word}: {text}")?;
            }
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Deleted {
    name: String,
    #[serde(flatten)]
    deleted: ServerDeleted,
}

impl fmt::Display for Deleted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ServerDeleted { jobs, runs, operations } = self.deleted;
        write!(
            f,
            "{} was deleted, with {}, {} and {}.",
            self.name,
            count_of(jobs, "job", "jobs"),
            count_of(runs, "run", "runs"),
            count_of(operations, "other operation", "other operations")
        )
    }
}

#[derive(Serialize)]
struct Merged {
    from: String,
    into: String,
    #[serde(flatten)]
    merged: ServersMerged,
}

impl fmt::Display for Merged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self { from, into, .. }, ServersMerged { jobs, runs, duplicates, operations }) =
            (self, self.merged);
        let (jobs, runs) = (count_of(jobs, "job", "jobs"), count_of(runs, "run", "runs"));
        let operations = count_of(operations, "other operation", "other operations");
        write!(f, "{from} was merged into {into}. Moved: {jobs}, {runs} ({duplicates} duplicates)")?;
        write!(f, " and {operations}.")
    }
}

/// Adds, lists, changes, deletes or merges servers.
///
/// # Errors
/// If the database cannot be opened, there is no such server, or a value cannot be used.
pub(super) async fn run(options: &GlobalOptions, arguments: WithJson<ServerCommand>) -> anyhow::Result<()> {
    let out = Output { json: arguments.json };
    let services = super::open_there(options).await?;
    let done = obey(&services, out, arguments.command).await;
    services.db().close().await;
    done
}

async fn obey(services: &Services, out: Output, command: ServerCommand) -> anyhow::Result<()> {
    match command {
        ServerCommand::List => out.show(&List { servers: servers::list(services, &ME).await? }),
        ServerCommand::Add { name, words: Words { alias, notes } } => {
            out.show(&One(servers::create(services, &ME, NewServer { name, alias, notes }).await?))
        }
        ServerCommand::Set { name, new_name, words: Words { alias, notes } } => {
            let id = find(services, &name).await?;
            let change = ServerChange { name: new_name, alias, notes, ..ServerChange::default() };
            out.show(&One(servers::change(services, &ME, id, change).await?))
        }
        ServerCommand::Delete { name, confirmation } => {
            let id = find(services, &name).await?;
            let jobs_and_runs = history(services, id).await?;
            confirmation.confirm(&format!("Permanently delete {name} with its keys and {jobs_and_runs}?"))?;
            let deleted = servers::delete(services, &ME, id).await?;
            out.show(&Deleted { name, deleted })
        }
        ServerCommand::Merge { from, into, confirmation } => {
            let (gone, kept) = (find(services, &from).await?, find(services, &into).await?);
            let jobs_and_runs = history(services, gone).await?;
            confirmation.confirm(&format!(
                "Move {jobs_and_runs} of {from} to {into}, and permanently delete {from}?"
            ))?;
            let merged = servers::merge(services, &ME, gone, kept).await?;
            out.show(&Merged { from, into, merged })
        }
    }
}

/// Describes the jobs and runs of a server.
async fn history(services: &Services, id: ServerId) -> anyhow::Result<String> {
    let ServerDetails { jobs, runs, .. } = servers::find(services, &ME, id).await?;
    Ok(format!("{} and {}", count_of(jobs, "job", "jobs"), count_of(runs, "run", "runs")))
}

async fn find(services: &Services, name: &str) -> anyhow::Result<ServerId> {
    servers::find_by_name(services, &ME, name).await.map_err(|error| match error {
        Error::NotFound => {
            anyhow!("server {name} does not exist; `duplistatus server list` lists all servers")
        }
        other => other.into(),
    })
}
