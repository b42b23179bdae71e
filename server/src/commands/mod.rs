//! The subcommands.

mod address;
mod config;
mod confirm;
mod db;
mod demo;
mod doctor;
mod first_administrator;
mod fleet;
mod import;
mod key;
mod output;
mod password;
mod plural;
mod rehearse;
mod secret;
mod serve;
mod server;
mod user;

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, bail};
use duplistatus::{
    clock::Clock,
    crypto::{Passwords, SecretKeys},
    db::{
        Db, StoreError,
        engine::{connection::EMPTIED, files},
    },
    error::Error,
    service::{Actor, Crypto, Options, Services, database, security::secrets::Secrets},
};

use self::plural::count_of;
use crate::{
    cli::{Cli, Command, GlobalOptions},
    logging, secret_env,
};

/// Stack size of each thread in bytes. Rendering nests as deeply as the page, and a debug build needs more than the default of 2
/// MiB; only the used part takes memory.
pub const STACK: usize = 8 * 1024 * 1024;

/// Runs a command line. Errors are printed to standard error as one sentence.
pub fn run(cli: Cli) -> ExitCode {
    let folder = cli.options.data_dir.clone();
    // A server logs its error; a command prints it.
    let has_log = matches!(cli.command, None | Some(Command::Serve | Command::Demo));
    match try_run(cli) {
        Ok(status) => status,
        // The reader has closed the pipe: `duplistatus doctor | head`.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let told = format!("{}{}", sentence(&error), advice(&error, &folder));
            match has_log {
                true => tracing::error!("{told}"),
                // If standard error is closed as well, the error is dropped.
                false => drop(writeln!(io::stderr(), "error: {told}")),
            }
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}

/// Joins an error and its causes; causes already contained in the text are not repeated.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

/// Returns advice, if the error message of the database has none.
fn advice(error: &anyhow::Error, folder: &Path) -> String {
    let is_full = error.chain().any(|cause| {
        let of_service = match cause.downcast_ref() {
            Some(Error::Store(error)) => Some(error),
            _ => None,
        };
        of_service.or(cause.downcast_ref()).is_some_and(StoreError::is_full)
    });
    if is_full {
        let folder = folder.display();
        return format!(
            "\nFree space on the disk of {folder}, starting with old files in {folder}/backups and {folder}/copies. Until then, \
             all writes fail, including the deletion of old runs."
        );
    }
    String::new()
}

fn try_run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { command, options } = cli;
    let log = logging::start(&options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // For reading and parsing large reports; more threads would only use more memory.
        .max_blocking_threads(16)
        .thread_stack_size(STACK)
        .build()?;
    runtime.block_on(async {
        match command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve(&options, log).await,
            Command::Demo => serve::demo(&options, log).await,
            Command::Key(command) => key::run(&options, command).await,
            Command::Fleet(command) => fleet::run(&options, command).await,
            Command::User(command) => user::run(&options, command).await,
            Command::Db(arguments) => db::run(&options, arguments).await,
            Command::Import(arguments) => import::run(&options, arguments).await,
            Command::Server(arguments) => server::run(&options, arguments).await,
            Command::Config(arguments) => config::run(&options, arguments).await,
            Command::Secret(command) => secret::run(&options, command).await,
            Command::Doctor(arguments) => return doctor::run(&options, &arguments).await,
            Command::Rehearse(arguments) => return rehearse::run(&options, &arguments).await,
        }?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Opens the database in the data folder, and creates the services on top of it.
async fn open(options: &GlobalOptions) -> anyhow::Result<Services> {
    // Before anything is stored under another zone.
    let zone = options.zone()?;
    let folder = data_dir(options)?;
    let path = folder.join("duplistatus.db");
    let db = Db::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    db.queries().set_threshold(Duration::from_millis(options.slow_query_ms));
    let chosen = Options {
        open_ingest: options.open_ingest,
        max_new_servers: options.max_new_servers,
        max_new_jobs: options.max_new_jobs,
        raw_report_days: options.raw_report_days,
        metrics_max_jobs: options.metrics_max_jobs,
        session_lasts: options.session_days.saturating_mul(86_400),
        session_idle: options.session_hours_idle.saturating_mul(3600),
        listening: Some(options.addr),
        public_url: options.public_url.as_ref().map(|url| format!("{url}{}", options.base_path.as_str())),
        backup_dir: options.backup_dir.clone(),
        ..Options::default()
    };
    let guards = Crypto { passwords: Passwords::new(), secrets: secrets(&folder)? };
    let services = Services::new(db, Clock::system(), zone, chosen, guards);
    services.load_settings().await?;
    Ok(services)
}

/// Opens an existing, current database: a command in the wrong folder creates no empty one, and a command that only reads does
/// not migrate.
async fn open_there(options: &GlobalOptions) -> anyhow::Result<Services> {
    let path = database_there(options)?;
    let migrations = database::list_migrations(&Actor::CommandLine, path).await;
    if migrations.is_ok_and(|rows| rows.iter().any(|row| row.applied_at.is_none())) {
        bail!(
            "this database was written by an older duplistatus: start the server or run `duplistatus db migrate` to migrate it; \
             both create a copy first"
        );
    }
    open(options).await
}

/// Returns the path of the database in the data folder.
///
/// # Errors
/// If there is none, or it cannot be accessed.
fn database_there(options: &GlobalOptions) -> anyhow::Result<PathBuf> {
    let path = options.data_dir.join("duplistatus.db");
    match fs::metadata(&path) {
        Ok(_) if files::is_emptied(&path) => bail!("cannot open {}: {EMPTIED}", path.display()),
        Ok(_) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
            "there is no database in {}: set its folder with --data-dir or DUPLISTATUS_DATA_DIR (the first start of the server creates one)",
            options.data_dir.display()
        ),
        Err(error) => Err(error).with_context(|| {
            format!("cannot read {} (run this as the user that runs the server)", path.display())
        }),
    }
}

/// Loads the encryption keys. Without them, everything works that needs no stored secret.
fn secrets(folder: &Path) -> anyhow::Result<Secrets> {
    let given = secret_env::read("DUPLISTATUS_SECRET_KEY")?;
    let keys = SecretKeys::load(folder, given).unwrap_or_else(|error| {
        let error = anyhow::Error::from(error);
        tracing::error!("secrets can be neither read nor stored: {error:#}");
        SecretKeys::none()
    });
    Ok(Secrets::of_folder(keys, folder))
}

/// Returns the data folder, and creates it for its owner only if it does not exist.
fn data_dir(options: &GlobalOptions) -> anyhow::Result<PathBuf> {
    let folder = options.data_dir.clone();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).with_context(|| format!("cannot create the data folder {}", folder.display()))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use duplistatus::db::StoreErrorKind;

    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let cause = || io::Error::new(io::ErrorKind::NotFound, "no such file");
        let twice = anyhow::Error::from(cause()).context("runs.csv: no such file").context("not imported");
        assert_eq!(sentence(&twice), "not imported: runs.csv: no such file");
        assert_eq!(sentence(&anyhow::Error::from(cause()).context("a")), "a: no such file");
    }

    #[test]
    fn a_full_disk_comes_with_advice_however_it_is_wrapped() {
        let full = || StoreError::new(StoreErrorKind::Full, "no room");
        let folder = Path::new("/data");
        for error in [
            anyhow::Error::from(full()),
            anyhow::Error::from(full()).context("the database was not repaired"),
            anyhow::Error::from(Error::from(full())),
            anyhow::Error::from(Error::from(full())).context("the key was not changed"),
        ] {
            assert!(advice(&error, folder).contains("/data/backups"), "{error:?}");
        }
        let busy = anyhow::Error::from(StoreError::new(StoreErrorKind::Locked, "locked"));
        assert_eq!(advice(&busy, folder), "");
    }
}
