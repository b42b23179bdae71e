//! `duplistatus db dump` and `export`.

use std::{
    fmt,
    io::stdout,
    path::{Path, PathBuf},
};

use duplistatus::service::{
    Actor, Services,
    database::{self, Text},
};
use serde::Serialize;

use super::backup::confirm_replacing;
use crate::{
    cli::{Confirmation, ExportArguments, GlobalOptions},
    commands,
    commands::{count_of, output::Output},
};

#[derive(Serialize)]
struct Written {
    path: PathBuf,
    rows: u64,
    #[serde(skip)]
    words: (&'static str, &'static str),
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, many) = self.words;
        write!(f, "{}: {}.", self.path.display(), count_of(self.rows, one, many))
    }
}

/// Writes the database as SQL.
pub(super) async fn dump(
    options: &GlobalOptions,
    out: Output,
    file: &Path,
    confirmation: &Confirmation,
) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let result = write(&services, Text::Sql, file, confirmation).await;
    services.db().close().await;
    show(out, file, result?, ("row", "rows"))
}

/// Writes runs as JSON or CSV.
pub(super) async fn export(
    options: &GlobalOptions,
    out: Output,
    arguments: &ExportArguments,
) -> anyhow::Result<()> {
    let services = commands::open_there(options).await?;
    let result = match database::select(&services, &Actor::CommandLine, arguments.query()).await {
        Ok(export) => write(&services, Text::Runs(export), &arguments.file, &arguments.confirmation).await,
        Err(error) => Err(error.into()),
    };
    services.db().close().await;
    show(out, &arguments.file, result?, ("run", "runs"))
}

async fn write(
    services: &Services,
    text: Text,
    file: &Path,
    confirmation: &Confirmation,
) -> anyhow::Result<u64> {
    let actor = Actor::CommandLine;
    if is_pipe(file) {
        return Ok(database::write_out(services, &actor, text, stdout()).await?);
    }
    database::reject_target(services, file)?;
    confirm_replacing(file, confirmation)?;
    Ok(database::write_out_to(services, &actor, text, file).await?)
}

fn is_pipe(file: &Path) -> bool {
    file == Path::new("-")
}

fn show(out: Output, file: &Path, rows: u64, words: (&'static str, &'static str)) -> anyhow::Result<()> {
    if is_pipe(file) { Ok(()) } else { out.show(&Written { path: file.to_owned(), rows, words }) }
}
