//! `duplistatus user …`. Works beside a running server, which follows within a minute.

use std::io::{Write, stdout};

use anyhow::{anyhow, bail};
use duplistatus::{
    access::Role,
    dto::user::{ShownOnce, UserRow, UsersPage},
    error::Error,
    ids::UserId,
    service::{Actor, Services, setup, user},
};

use secrecy::SecretString;

use super::password;
use crate::cli::{GlobalOptions, UserCommand};

const ME: Actor = Actor::CommandLine;

/// Adds, lists, changes or removes people.
///
/// # Errors
/// When the database cannot be opened, there is no such person, or what was given cannot be used.
pub(super) async fn run(options: &GlobalOptions, command: UserCommand) -> anyhow::Result<()> {
    let services = match command {
        // To add somebody can be the first thing that is done.
        UserCommand::Create { .. } => super::open(options).await?,
        _ => super::open_there(options).await?,
    };
    let mut out = stdout().lock();
    let done = obey(&services, &mut out, command).await;
    services.db.close().await;
    done
}

async fn obey(services: &Services, out: &mut impl Write, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Create { name, role, temporary } => {
            let role = match role {
                Some(role) => role,
                None if setup::is_needed(services).await? => Role::Administrator,
                None => Role::Viewer,
            };
            // Before a password is typed twice for nothing.
            let name = user::user_name(&name)?;
            let (_, shown) = user::create(services, &ME, &name, role, given(temporary)?).await?;
            writeln!(out, "{name} is added as {role}.")?;
            show(out, shown)
        }
        UserCommand::List => table(out, &user::list(services, &ME).await?),
        UserCommand::ResetPassword { name, temporary, second_factor } => {
            let id = find(services, &name).await?;
            let password = given(temporary)?;
            let shown = user::reset_password(services, &ME, id, password, second_factor).await?;
            writeln!(out, "{name} has a new password; all sessions of {name} have ended.")?;
            show(out, shown)
        }
        UserCommand::Unlock { name } => {
            user::unlock(services, &ME, find(services, &name).await?).await?;
            Ok(writeln!(out, "{name} may try again at once.")?)
        }
        UserCommand::Disable { name } => {
            user::set_disabled(services, &ME, find(services, &name).await?, true).await?;
            Ok(writeln!(out, "{name} cannot sign in any more.")?)
        }
        UserCommand::Enable { name } => {
            user::set_disabled(services, &ME, find(services, &name).await?, false).await?;
            Ok(writeln!(out, "{name} can sign in again.")?)
        }
        UserCommand::Delete { name } => {
            user::delete(services, &ME, find(services, &name).await?).await?;
            Ok(writeln!(out, "{name} is removed.")?)
        }
        UserCommand::SetRole { name, role } => {
            user::set_role(services, &ME, find(services, &name).await?, role).await?;
            Ok(writeln!(out, "{name} is {role} now.")?)
        }
    }
}

/// The password for a person, or nothing when one is to be made.
fn given(temporary: bool) -> anyhow::Result<Option<SecretString>> {
    if temporary { Ok(None) } else { password::read().map(Some) }
}

async fn find(services: &Services, name: &str) -> anyhow::Result<UserId> {
    match user::find(services, &ME, name).await {
        Err(Error::NotFound) => {
            bail!("there is nobody named {name}; `duplistatus user list` shows everybody")
        }
        other => other.map_err(|error| anyhow!(error)),
    }
}

fn show(out: &mut impl Write, shown: Option<ShownOnce>) -> anyhow::Result<()> {
    if let Some(ShownOnce { name, secret }) = shown {
        writeln!(
            out,
            "\n{secret}\n\nThis password is shown once. {name} has to choose another one with it."
        )?;
    }
    Ok(())
}

fn table(out: &mut impl Write, page: &UsersPage) -> anyhow::Result<()> {
    writeln!(
        out,
        "{:<24}  {:<13}  {:<13}  {:>8}  {:<20}  state",
        "name", "role", "second factor", "sessions", "last sign-in"
    )?;
    for row in &page.users {
        let UserRow { name, role, second_factor, sessions, .. } = row;
        let second_factor = if *second_factor { "on" } else { "off" };
        let last = row.last_login.map_or_else(|| "never".to_owned(), |moment| moment.at.to_string());
        let role = role.as_str();
        writeln!(
            out,
            "{name:<24}  {role:<13}  {second_factor:<13}  {sessions:>8}  {last:<20}  {}",
            state(row)
        )?;
    }
    Ok(())
}

fn state(row: &UserRow) -> &'static str {
    if row.disabled.is_some() {
        "disabled"
    } else if row.blocked {
        "locked for some minutes"
    } else if row.password_temporary {
        "temporary password"
    } else {
        "active"
    }
}
