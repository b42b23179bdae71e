//! `duplistatus user …`. Works while a server is running, which applies changes within a minute.

use std::fmt;

use anyhow::{anyhow, bail};
use duplistatus::{
    access::Role,
    dto::user::{OneTimeSecret, UserRow, UsersPage},
    error::Error,
    ids::UserId,
    service::{Actor, Services, users, users::setup},
};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::json;

use super::{output::Output, password, plural::count_of};
use crate::cli::{GlobalOptions, UserCommand, WithJson};

const ME: Actor = Actor::CommandLine;

/// Creates, lists, changes or deletes users.
///
/// # Errors
/// If the database cannot be opened, there is no such user, or a value cannot be used.
pub(super) async fn run(options: &GlobalOptions, arguments: WithJson<UserCommand>) -> anyhow::Result<()> {
    let WithJson { json, command } = arguments;
    let services = match command {
        // Creating a user may be the first command, before there is a database.
        UserCommand::Create { .. } => super::open(options).await?,
        _ => super::open_there(options).await?,
    };
    let done = obey(&services, Output { json }, command).await;
    services.db().close().await;
    done
}

async fn obey(services: &Services, out: Output, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Create { name, role, temporary } => {
            let role = match role {
                Some(role) => role,
                None if setup::is_needed(services).await? => Role::Administrator,
                None => Role::Viewer,
            };
            // Checked before a password is typed twice in vain.
            let name = users::user_name(&name)?;
            let (id, shown) = users::create(services, &ME, &name, role, given(temporary)?).await?;
            let (said, password) = told(shown);
            out.say(
                format_args!("{name} was created as {role}.{said}"),
                json!({ "id": id, "name": name, "role": role, "password": password }),
            )
        }
        UserCommand::List => out.show(&List { users: users::list(services, &ME).await?.users }),
        UserCommand::ResetPassword { name, temporary, second_factor, confirmation } => {
            let id = find(services, &name).await?;
            let holdings = Holdings::of(services, id).await?;
            let had_one = holdings.second_factor;
            if had_one && second_factor {
                confirmation.confirm(&format!(
                    "Remove the second factor of {name}, with its recovery codes, give {name} a new password and end {}?",
                    holdings.sessions()
                ))?;
            }
            let password = given(temporary)?;
            let shown = users::reset_password(services, &ME, id, password, second_factor).await?;
            let (said, password) = told(shown);
            let factor = match (had_one, second_factor) {
                (true, true) => {
                    " The second factor was removed. The password alone is enough to sign in until a new one is set up."
                }
                (true, false) => " The second factor is unchanged; --second-factor removes it.",
                (false, true) => " There was no second factor to remove.",
                (false, false) => "",
            };
            out.say(
                format_args!(
                    "{name} has a new password, and all sessions of {name} were ended.{factor}{said}"
                ),
                json!({ "name": name, "password": password, "second_factor": had_one && !second_factor }),
            )
        }
        UserCommand::Unlock { name } => {
            users::unlock(services, &ME, find(services, &name).await?).await?;
            out.say(format_args!("{name} was unlocked."), json!({ "name": name, "blocked": false }))
        }
        UserCommand::Disable { name, confirmation } => {
            let id = find(services, &name).await?;
            let holdings = Holdings::of(services, id).await?;
            if !holdings.disabled {
                let (sessions, keys) = (holdings.sessions(), holdings.keys());
                confirmation.confirm(&format!("Disable {name}, end {sessions} and suspend {keys}?"))?;
            }
            users::set_disabled(services, &ME, id, true).await?;
            out.say(format_args!("{name} can no longer sign in."), json!({ "name": name, "disabled": true }))
        }
        UserCommand::Enable { name } => {
            users::set_disabled(services, &ME, find(services, &name).await?, false).await?;
            out.say(format_args!("{name} can sign in again."), json!({ "name": name, "disabled": false }))
        }
        UserCommand::Delete { name, confirmation } => {
            let id = find(services, &name).await?;
            let holdings = Holdings::of(services, id).await?;
            let (sessions, keys) = (holdings.sessions(), holdings.keys());
            confirmation.confirm(&format!("Permanently delete {name}, with {sessions} and {keys}?"))?;
            users::delete(services, &ME, id).await?;
            out.say(format_args!("{name} was deleted."), json!({ "name": name, "removed": true }))
        }
        UserCommand::SetRole { name, role } => {
            users::set_role(services, &ME, find(services, &name).await?, role).await?;
            out.say(format_args!("{name} now has the role {role}."), json!({ "name": name, "role": role }))
        }
    }
}

/// What a user has that a command removes.
struct Holdings {
    sessions: i64,
    keys: usize,
    second_factor: bool,
    disabled: bool,
}

impl Holdings {
    async fn of(services: &Services, id: UserId) -> anyhow::Result<Self> {
        let UsersPage { users, api_keys, .. } = users::list(services, &ME).await?;
        let row = users.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
        let keys = api_keys
            .iter()
            .filter(|key| key.owner == row.name && key.revoked.is_none() && !key.expired)
            .count();
        let disabled = row.disabled.is_some();
        Ok(Self { sessions: row.sessions, keys, second_factor: row.second_factor, disabled })
    }

    fn sessions(&self) -> String {
        count_of(self.sessions, "session", "sessions")
    }

    fn keys(&self) -> String {
        count_of(self.keys, "API key", "API keys")
    }
}

/// Reads the password for a user; `None` if a temporary one is to be generated.
fn given(temporary: bool) -> anyhow::Result<Option<SecretString>> {
    if temporary { Ok(None) } else { password::read().map(Some) }
}

async fn find(services: &Services, name: &str) -> anyhow::Result<UserId> {
    match users::find(services, &ME, name).await {
        Err(Error::NotFound) => {
            bail!("user {name} does not exist; `duplistatus user list` lists all users")
        }
        other => other.map_err(|error| anyhow!(error)),
    }
}

/// Returns the text about a generated password, and the password.
fn told(shown: Option<OneTimeSecret>) -> (String, Option<String>) {
    let Some(OneTimeSecret { name, secret }) = shown else { return (String::new(), None) };
    let said =
        format!("\n\n{secret}\n\nThis password is shown once. {name} must change it at the next sign-in.");
    (said, Some(secret))
}

#[derive(Serialize)]
struct List {
    users: Vec<UserRow>,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<24}  {:<13}  {:<13}  {:>8}  {:<20}  state",
            "name", "role", "second factor", "sessions", "last sign-in"
        )?;
        for row in &self.users {
            let UserRow { name, role, second_factor, sessions, .. } = row;
            let second_factor = if *second_factor { "on" } else { "off" };
            let last = row.last_login.map_or_else(|| "never".to_owned(), |moment| moment.at.to_string());
            let (role, state) = (role.as_str(), state(row));
            write!(f, "\n{name:<24}  {role:<13}  {second_factor:<13}  {sessions:>8}  {last:<20}  {state}")?;
        }
        Ok(())
    }
}

fn state(row: &UserRow) -> &'static str {
    if row.disabled.is_some() {
        "disabled"
    } else if row.blocked {
        "locked for a few minutes"
    } else if row.password_temporary {
        "temporary password"
    } else {
        "active"
    }
}
