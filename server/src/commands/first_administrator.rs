//! The first administrator: from the environment, or with a link in the log while there is no user.

use std::time::Duration;

use anyhow::Context as _;
use duplistatus::{
    error::Error,
    service::{Services, users::setup},
};

use crate::{cli::GlobalOptions, secret_env};

/// Creates the administrator from the environment, unless there are users already.
///
/// # Errors
/// If the environment is ambiguous, or name or password cannot be used.
pub(super) async fn provision(options: &GlobalOptions, services: &Services) -> anyhow::Result<()> {
    let Some(password) = secret_env::read("DUPLISTATUS_ADMIN_PASSWORD")? else { return Ok(()) };
    let name = &options.admin_user;
    let made = setup::provision(services, name, password).await;
    if made.with_context(|| format!("the administrator {name} was not created"))? {
        tracing::info!("the administrator {name} was created, with the password from the environment");
    }
    Ok(())
}

/// Logs a link for creating the first administrator, and a new one whenever it has expired, until there is a user.
pub(super) async fn print_setup_link(services: Services, site: String) {
    loop {
        match link(&services).await {
            Ok(None) => return,
            Ok(Some(token)) => tracing::warn!(
                "there are no users yet: open {site}/setup?token={token} within an hour to create the first administrator"
            ),
            Err(error) => tracing::warn!(%error, "could not check whether a user exists"),
        }
        tokio::time::sleep(Duration::from_secs(setup::LINK_LASTS.unsigned_abs())).await;
    }
}

async fn link(services: &Services) -> Result<Option<String>, Error> {
    if setup::is_needed(services).await? { setup::new_link(services).map(Some) } else { Ok(None) }
}
