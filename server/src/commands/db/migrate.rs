//! `duplistatus db migrate`.

use std::fmt;

use duplistatus::{
    dto::database::{MigrationRow, Migrations},
    service::{Actor, database},
};
use serde::Serialize;

use crate::commands::output::Output;
use crate::{cli::GlobalOptions, commands};

#[derive(Serialize)]
struct List {
    migrations: Vec<MigrationRow>,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<32}  applied", "migration")?;
        for row in &self.migrations {
            let state = row.applied_at.as_deref().unwrap_or("not yet");
            write!(f, "\n{:<32}  {state}", row.name)?;
            if !row.is_known {
                write!(f, " by a newer version of duplistatus")?;
            }
        }
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Done(Migrations);

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Migrations { applied, copy, rehearsed } = &self.0;
        match (applied.is_empty(), rehearsed) {
            (true, _) => write!(f, "The schema is up to date."),
            (false, true) => {
                write!(f, "These migrations succeeded on a copy, which was deleted: {}.", applied.join(", "))
            }
            (false, false) => {
                write!(f, "Migrated: {}.", applied.join(", "))?;
                match copy {
                    Some(copy) => write!(f, "\nCopy of the previous database: {copy}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Lists, tries or applies migrations.
pub(super) async fn run(
    options: &GlobalOptions,
    out: Output,
    list: bool,
    dry_run: bool,
) -> anyhow::Result<()> {
    let path = commands::data_dir(options)?.join("duplistatus.db");
    let actor = Actor::CommandLine;
    if list {
        return out.show(&List { migrations: database::list_migrations(&actor, path).await? });
    }
    let done = if dry_run {
        database::rehearse_migrations(&actor, path).await?
    } else {
        database::run_migrations(&actor, path).await?
    };
    out.show(&Done(done))
}
