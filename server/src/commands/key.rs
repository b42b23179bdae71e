//! `duplistatus key …`.

use std::io::{self, Write, stdout};

use anyhow::anyhow;
use duplistatus::{
    dto::key::NewKey,
    error::Error,
    service::{Actor, key},
};

use super::address;
use crate::cli::{GlobalOptions, KeyCommand};

/// Makes, lists, replaces or revokes ingest keys. Works beside a running server.
///
/// # Errors
/// When the database cannot be opened, or the key does not exist.
pub(super) async fn run(options: &GlobalOptions, command: KeyCommand) -> anyhow::Result<()> {
    // To make a key can be the first thing that is done.
    let services = match command {
        KeyCommand::Create { .. } => super::open(options).await?,
        _ => super::open_there(options).await?,
    };
    let actor = Actor::CommandLine;
    let mut out = stdout().lock();
    match command {
        KeyCommand::Create { server } => {
            let made = key::create(&services, &actor, server.as_deref().unwrap_or_default()).await?;
            show(&mut out, options, &made)?;
        }
        KeyCommand::Rotate { id } => {
            let made = key::rotate(&services, &actor, KeyCommand::id(id))
                .await
                .map_err(|error| unknown(error, id))?;
            show(&mut out, options, &made)?;
            writeln!(out, "\nKey {id} works for another week.")?;
        }
        KeyCommand::List => {
            let page = key::list(&services, &actor).await?;
            writeln!(
                out,
                "{:>5}  {:<8}  {:<24}  {:>8}  {:<20}  state",
                "id", "key", "server", "reports", "last used"
            )?;
            for row in page.keys {
                let server = row.server.map_or_else(|| "any".to_owned(), |(_, name)| name);
                let used = row.last_used.map_or_else(|| "never".to_owned(), |moment| moment.at.to_string());
                let state = match row.expires {
                    _ if row.revoked.is_some() => "revoked".to_owned(),
                    _ if row.expired => "replaced".to_owned(),
                    Some(end) => format!("replaced, works until {}", end.at),
                    None => "valid".to_owned(),
                };
                writeln!(
                    out,
                    "{:>5}  {:<8}  {server:<24}  {:>8}  {used:<20}  {state}",
                    row.id,
                    row.prefix + "…",
                    row.uses
                )?;
            }
        }
        KeyCommand::Revoke { id } => {
            key::revoke(&services, &actor, KeyCommand::id(id)).await.map_err(|error| unknown(error, id))?;
            writeln!(out, "Key {id} is revoked.")?;
        }
    }
    services.db.close().await;
    Ok(())
}

fn show(out: &mut impl Write, options: &GlobalOptions, key: &NewKey) -> io::Result<()> {
    let (secret, site) = (&key.secret, address::site(options, options.addr));
    writeln!(out, "{secret}\n\nSend reports to (this is shown once):\n  {site}/api/upload/{secret}")?;
    if options.public_url.is_none() && options.addr.ip().is_unspecified() {
        writeln!(out, "with the name of this machine instead of localhost, for senders on other machines.")?;
    }
    Ok(())
}

fn unknown(error: Error, id: i64) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow!("there is no key {id}; `duplistatus key list` shows them"),
        other => other.into(),
    }
}
