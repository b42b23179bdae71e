//! The subcommands.

mod address;
mod config;
mod db;
mod demo;
mod doctor;
mod first;
mod import;
mod key;
mod password;
mod secret;
mod serve;
mod server;
mod user;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context as _;
use duplistatus::{
    clock::Clock,
    crypto::{Passwords, SecretKeys},
    db::Db,
    service::{Guards, Options, Services, secret::Secrets},
    zone::Zone,
};

use crate::{
    cli::{Cli, Command, GlobalOptions},
    logging, secret_env,
};

/// Stack of each thread: bytes. Rendering nests as deeply as the page does, and a debug build needs more than the usual
/// 2 MiB for it; only what is used takes memory.
pub const STACK: usize = 8 * 1024 * 1024;

/// Runs a command line; errors go to standard error as one sentence.
pub fn run(cli: Cli) -> ExitCode {
    match try_run(cli) {
        Ok(status) => status,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn try_run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { command, options } = cli;
    let log = logging::start(&options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Readers and parsers of large reports; more threads would only hold more memory.
        .max_blocking_threads(16)
        .thread_stack_size(STACK)
        .build()?;
    runtime.block_on(async {
        match command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve(&options, log).await,
            Command::Demo => serve::demo(&options, log).await,
            Command::Key(command) => key::run(&options, command).await,
            Command::User(command) => user::run(&options, command).await,
            Command::Db(arguments) => db::run(&options, arguments).await,
            Command::Import(arguments) => import::run(&options, arguments).await,
            Command::Server(arguments) => server::run(&options, arguments).await,
            Command::Config(arguments) => config::run(&options, arguments).await,
            Command::Secret(command) => secret::run(&options, command).await,
            Command::Doctor(arguments) => return doctor::run(&options, &arguments).await,
        }?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Opens the database of the data folder and puts the services on top.
async fn open(options: &GlobalOptions) -> anyhow::Result<Services> {
    let folder = data_dir(options)?;
    let path = folder.join("duplistatus.db");
    let db = Db::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    db.queries().set_threshold(Duration::from_millis(options.slow_query_ms));
    let zone = options.time_zone.clone().unwrap_or_else(Zone::system);
    let chosen = Options {
        open_ingest: options.open_ingest,
        raw_report_days: options.raw_report_days,
        session_lasts: options.session_days.saturating_mul(86_400),
        session_idle: options.session_hours_idle.saturating_mul(3600),
        listening: Some(options.addr),
        backup_dir: options.backup_dir.clone(),
        ..Options::default()
    };
    let guards = Guards { passwords: Passwords::new(), secrets: secrets(&folder)? };
    let services = Services::new(db, Clock::system(), zone, chosen, guards);
    services.load_settings().await?;
    Ok(services)
}

/// The keys of stored secrets. Without them everything works but what needs such a secret.
fn secrets(folder: &Path) -> anyhow::Result<Secrets> {
    let given = secret_env::read("DUPLISTATUS_SECRET_KEY")?;
    let keys = SecretKeys::load(folder, given).unwrap_or_else(|error| {
        let error = anyhow::Error::from(error);
        tracing::error!("stored secrets cannot be read, and none can be stored: {error:#}");
        SecretKeys::none()
    });
    Ok(Secrets::of_folder(keys, folder))
}

/// The data folder, made for its owner only if it does not exist.
fn data_dir(options: &GlobalOptions) -> anyhow::Result<PathBuf> {
    let folder = options.data_dir.clone();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).with_context(|| format!("cannot make the data folder {}", folder.display()))?;
    Ok(folder)
}
