//! `duplistatus key …`.

use std::fmt;

use anyhow::{anyhow, bail};
use duplistatus::{
    dto::{
        key::{KeyRow, NewKey},
        public_address::loopback_host,
    },
    error::Error,
    service::{Actor, Services, ingest_keys},
};
use serde::Serialize;
use serde_json::json;

use super::{address, output::Output};
use crate::{
    cli::{GlobalOptions, KeyCommand, WithJson},
    server_lock::ServerLock,
};

const ME: Actor = Actor::CommandLine;

#[derive(Serialize)]
struct List {
    keys: Vec<KeyRow>,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>5}  {:<8}  {:<24}  {:>8}  {:<20}  state",
            "id", "key", "server", "reports", "last used"
        )?;
        for row in &self.keys {
            let KeyRow { id, prefix, uses, .. } = row;
            let server = row.server.as_ref().map_or("any", |(_, name)| name);
            let used = row.last_used.map_or_else(|| "never".to_owned(), |moment| moment.at.to_string());
            let state = match row.expires {
                _ if row.revoked.is_some() => "revoked".to_owned(),
                _ if row.expired => "replaced".to_owned(),
                Some(end) => format!("replaced, works until {}", end.at),
                None => "valid".to_owned(),
            };
            let prefix = format!("{prefix}…");
            write!(f, "\n{id:>5}  {prefix:<8}  {server:<24}  {uses:>8}  {used:<20}  {state}")?;
        }
        Ok(())
    }
}

/// Creates, lists, replaces or revokes ingest keys. Works while a server is running.
///
/// # Errors
/// If the database cannot be opened, or the key does not exist.
pub(super) async fn run(options: &GlobalOptions, arguments: WithJson<KeyCommand>) -> anyhow::Result<()> {
    let WithJson { json, command } = arguments;
    // Creating a key may be the first command, before there is a database.
    let services = match command {
        KeyCommand::Create { .. } => super::open(options).await?,
        _ => super::open_there(options).await?,
    };
    let done = obey(&services, options, Output { json }, command).await;
    services.db().close().await;
    done
}

async fn obey(
    services: &Services,
    options: &GlobalOptions,
    out: Output,
    command: KeyCommand,
) -> anyhow::Result<()> {
    match command {
        // Probably an unset variable in a script, not a request for a key for any server.
        KeyCommand::Create { server: Some(name) } if name.trim().is_empty() => {
            bail!("--server is empty: omit it to create a key that any server may use")
        }
        KeyCommand::Create { server } => {
            let made = ingest_keys::create(services, &ME, server.as_deref().unwrap_or_default()).await?;
            show(out, options, made, "")
        }
        KeyCommand::Rotate { id } => {
            let made = ingest_keys::rotate(services, &ME, KeyCommand::id(id))
                .await
                .map_err(|error| unknown(error, id))?;
            show(out, options, made, &format!("\n\nKey {id} stays valid for another week."))
        }
        KeyCommand::List => out.show(&List { keys: ingest_keys::list(services, &ME).await?.keys }),
        KeyCommand::Revoke { id, confirmation } => {
            let keys = ingest_keys::list(services, &ME).await?.keys;
            let known = keys.iter().find(|row| row.id == KeyCommand::id(id));
            let KeyRow { prefix, server, uses, .. } = known.ok_or_else(|| unknown(Error::NotFound, id))?;
            let server = server.as_ref().map_or("any server", |(_, name)| name);
            confirmation.confirm(&format!(
                "Permanently revoke key {id} ({prefix}…, of {server}, {uses} reports so far)?"
            ))?;
            ingest_keys::revoke(services, &ME, KeyCommand::id(id))
                .await
                .map_err(|error| unknown(error, id))?;
            out.say(format_args!("Key {id} was revoked."), json!({ "id": id, "revoked": true }))
        }
    }
}

fn show(out: Output, options: &GlobalOptions, mut made: NewKey, more: &str) -> anyhow::Result<()> {
    let served = ServerLock::holder(&options.data_dir);
    let site = address::of_running(options, served.and_then(|server| server.site));
    made.upload_url = format!("{site}/api/upload/{}", made.secret);
    let NewKey { secret, upload_url, .. } = &made;
    let elsewhere = if loopback_host(upload_url).is_some() {
        "\nThis URL works on this machine only. For senders on other machines, replace the host with its name or address, or set --public-url."
    } else {
        ""
    };
    out.say(
        format_args!("{secret}\n\nSend reports to (this is shown once):\n  {upload_url}{elsewhere}{more}"),
        serde_json::to_value(&made)?,
    )
}

fn unknown(error: Error, id: i64) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow!("key {id} does not exist; `duplistatus key list` lists all keys"),
        other => other.into(),
    }
}
