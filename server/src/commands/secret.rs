//! `duplistatus secret …`.

use std::io::{Write as _, stdout};

use anyhow::Context as _;
use duplistatus::service::{Actor, secret};

use crate::cli::{GlobalOptions, SecretCommand};

/// Makes a new key for stored secrets. Works beside a running server, which takes it over by itself.
///
/// # Errors
/// When the database or the key file cannot be read or written.
pub(super) async fn run(options: &GlobalOptions, command: SecretCommand) -> anyhow::Result<()> {
    let SecretCommand::Rotate = command;
    let services = super::open_there(options).await?;
    let rotated = secret::rotate(&services, &Actor::CommandLine).await;
    let is_given = services.secrets.keys().is_from_environment();
    services.db.close().await;
    let secret::Rotated { sealed, unreadable } = rotated.context("the key was not changed")?;
    let mut out = stdout().lock();
    writeln!(out, "Secrets encrypted with the new key: {sealed}.")?;
    if unreadable > 0 {
        writeln!(
            out,
            "Secrets whose key was lost before, and which have to be entered again: {unreadable}."
        )?;
    }
    if is_given {
        writeln!(out, "Nothing needs the older keys in DUPLISTATUS_SECRET_KEY any more.")?;
    } else {
        writeln!(out, "Back up secret.key anew, together with the database: the old key is gone.")?;
    }
    Ok(())
}
