//! `duplistatus doctor`: the checks of the health page, and those that only this machine can do: permissions, clock,
//! configuration, port. It changes nothing.

mod environment;
pub(super) mod files;
mod network;

use std::{fmt, fs, io::ErrorKind, path::Path, process::ExitCode};

use app::{
    features::health::{title, words},
    locale::use_locale,
};
use duplistatus::{
    clock::Clock,
    crypto::{SecretKeys, key_file::KEY_FILE},
    dto::health::{Check, State},
    service::{Actor, health},
    zone::Zone,
};
use secrecy::SecretString;
use serde::Serialize;

use super::output::Output;
use crate::{
    cli::{DoctorArguments, GlobalOptions},
    secret_env,
    server_lock::ServerLock,
};

/// The checks, worst first.
#[derive(Serialize)]
struct JsonOutput {
    state: State,
    checks: Vec<Check>,
}

impl fmt::Display for JsonOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Check { name, state, figure, advice } in &self.checks {
            writeln!(f, "{:<8} {:<24} {figure}", state.as_str(), name_in_words(name))?;
            if !advice.is_empty() {
                writeln!(f, "{:<8} {:<24} → {advice}", "", "")?;
            }
        }
        f.write_str(match self.state {
            State::Failing => "At least one check failed.",
            State::Warning => "At least one check needs attention.",
            State::Note | State::Ok => "Nothing needs attention.",
        })
    }
}

/// Returns the title of a check.
fn name_in_words(name: &str) -> String {
    match name {
        "server" => "Server".to_owned(),
        "port" => "Address and port".to_owned(),
        "folder" => "Data folder".to_owned(),
        "file_system" => "File system".to_owned(),
        "writing_files" => "Writing files".to_owned(),
        "locks" => "File locks".to_owned(),
        "log_file" => "Write-ahead log".to_owned(),
        "modes" => "Permissions".to_owned(),
        "socket" => "Socket for commands".to_owned(),
        "clock" => "Clock".to_owned(),
        "public_url" => "Public URL".to_owned(),
        "proxies" => "Trusted proxies".to_owned(),
        other => title(use_locale(), other),
    }
}

/// Advice for a file that cannot be read.
const UNREADABLE: &str =
    "`duplistatus db restore` replaces it with a backup, `duplistatus db salvage` recovers readable data.";
/// Advice if this command lacks permissions.
const AS_THE_SERVER: &str = "Run this as the user that runs the server.";

fn check(name: &str, state: State, figure: impl Into<String>, advice: impl Into<String>) -> Check {
    Check { name: name.to_owned(), state, figure: figure.into(), advice: advice.into() }
}

/// Runs all checks.
///
/// # Errors
/// If the output cannot be written.
pub(super) async fn run(options: &GlobalOptions, arguments: &DoctorArguments) -> anyhow::Result<ExitCode> {
    let now = Clock::system().now();
    let folder = &options.data_dir;
    let database = folder.join("duplistatus.db");
    let (zone, nameless) = match options.zone() {
        Ok(zone) => (zone, None),
        Err(error) => (Zone::utc(), Some(error)),
    };
    let served_by = ServerLock::holder(folder);
    let (mut checks, mut newest) = (Vec::new(), None);
    match fs::metadata(&database) {
        Err(error) if error.kind() == ErrorKind::NotFound => checks.push(no_database(served_by.is_some())),
        Err(error) => {
            let figure = format!("{}: {error}", database.display());
            checks.push(check("database", State::Failing, figure, AS_THE_SERVER));
        }
        Ok(_) => {
            let judged;
            (judged, newest) =
                health::list_at_rest(&Actor::CommandLine, &database, &zone, &keys(folder), now)?;
            checks.extend(judged.iter().map(|one| words::check(use_locale(), one)));
            if let Some(silent) =
                checks.iter_mut().find(|one| one.name == "database" && one.state == State::Failing)
            {
                // The text for the page refers to this command.
                silent.advice = UNREADABLE.into();
            }
        }
    }
    checks.extend(network::checks(options, served_by.as_ref()).await);
    if let Some(nameless) = nameless {
        // The server does not start without a zone, so this check replaces the comparison.
        checks.retain(|check| check.name != "time_zone");
        checks.push(check(
            "time_zone",
            State::Failing,
            "the system's time zone has no name",
            nameless.to_string(),
        ));
    }
    checks.extend(files::checks(folder));
    checks.extend(environment::checks(options, now, newest));
    checks.sort_by_key(|check| check.state);
    let state = checks.first().map_or(State::Ok, |worst| worst.state);
    Output { json: arguments.json }.show(&JsonOutput { state, checks })?;
    Ok(ExitCode::from(match state {
        State::Failing => 2,
        State::Warning => 1,
        State::Note | State::Ok => 0,
    }))
}

/// The check for a missing database: before the first start, or after it was deleted.
fn no_database(is_served: bool) -> Check {
    if is_served {
        let advice = "A server has it open. Stop the server, put the file back where it was, and start the server again.";
        return check("database", State::Failing, "missing, although a server is running", advice);
    }
    let advice = "The first start creates it. If this is the wrong folder, set --data-dir.";
    check("database", State::Note, "does not exist yet", advice)
}

/// Reads the encryption keys. Unlike loading them, this neither creates keys nor changes permissions.
fn keys(folder: &Path) -> SecretKeys {
    let given = match secret_env::read("DUPLISTATUS_SECRET_KEY") {
        Ok(Some(given)) => Some(given),
        Ok(None) => fs::read_to_string(folder.join(KEY_FILE)).ok().map(SecretString::from),
        Err(_) => None,
    };
    given.and_then(|text| SecretKeys::parse(&text).ok()).unwrap_or_else(SecretKeys::none)
}
