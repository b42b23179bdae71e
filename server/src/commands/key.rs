//! `duplistatus key …`.

use std::io::{Write as _, stdout};

use anyhow::bail;
use duplistatus::{
    error::Error,
    service::{Actor, key},
};

use crate::cli::{GlobalOptions, KeyCommand};

/// Makes, lists or revokes ingest keys. Works beside a running server.
///
/// # Errors
/// When the database cannot be opened, or the key does not exist.
pub(super) async fn run(options: &GlobalOptions, command: KeyCommand) -> anyhow::Result<()> {
    let services = super::open(options)?;
    let actor = Actor::CommandLine;
    let mut out = stdout().lock();
    match command {
        KeyCommand::Create { server } => {
            let created = key::create(&services, &actor, server.as_deref().unwrap_or_default()).await?;
            let origin = options
                .public_url
                .as_ref()
                .map_or_else(|| format!("http://{}", options.addr), ToString::to_string);
            let base = options.base_path.as_str();
            writeln!(out, "{}", created.secret)?;
            writeln!(
                out,
                "\nSend reports to (this is shown once):\n  {origin}{base}/api/upload/{}",
                created.secret
            )?;
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
                let state = if row.revoked.is_some() { "revoked" } else { "valid" };
                writeln!(
                    out,
                    "{:>5}  {:<8}  {server:<24}  {:>8}  {used:<20}  {state}",
                    row.id,
                    row.prefix + "…",
                    row.uses
                )?;
            }
        }
        KeyCommand::Revoke { id } => match key::revoke(&services, &actor, KeyCommand::id(id)).await {
            Ok(()) => writeln!(out, "Key {id} is revoked.")?,
            Err(Error::NotFound) => bail!("there is no key {id}; `duplistatus key list` shows them"),
            Err(error) => return Err(error.into()),
        },
    }
    services.db.close().await;
    Ok(())
}
