//! `duplistatus secret …`.

use anyhow::Context as _;
use duplistatus::service::{Actor, security::secrets};
use serde_json::json;

use super::{count_of, output::Output};
use crate::cli::{GlobalOptions, SecretCommand, WithJson};

/// Rotates the encryption key. Works while a server is running, which uses the new key
/// automatically.
///
/// # Errors
/// If the database or the key file cannot be read or written.
pub(super) async fn run(options: &GlobalOptions, arguments: WithJson<SecretCommand>) -> anyhow::Result<()> {
    let WithJson { json, command: SecretCommand::Rotate { confirmation } } = arguments;
    super::database_there(options)?;
    confirmation.confirm(
        "Create a new encryption key for stored secrets and delete the old key? Existing backups need the old secret.key",
    )?;
    let services = super::open_there(options).await?;
    let rotated = secrets::rotate(&services, &Actor::CommandLine).await;
    let is_given = services.secrets().keys().is_from_environment();
    services.db().close().await;
    let secrets::RotationReport { sealed, unreadable } = rotated.context("the key was not changed")?;
    let mut said = match sealed {
        1 => "1 secret was encrypted with the new key.".to_owned(),
        _ => format!("{} were encrypted with the new key.", count_of(sealed, "secret", "secrets")),
    };
    if unreadable > 0 {
        said += &format!(
            "\n{} to be entered again because the key was lost before.",
            match unreadable {
                1 => "1 secret has".to_owned(),
                _ => count_of(unreadable, "secret", "secrets") + " have",
            }
        );
    }
    said += if is_given {
        "\nThe older keys in DUPLISTATUS_SECRET_KEY are no longer needed."
    } else {
        "\nBack up the new secret.key together with the database. The old key was deleted."
    };
    Output { json }.say(said, json!({ "sealed": sealed, "unreadable": unreadable }))
}
