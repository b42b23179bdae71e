//! Configuration as code: what people set, as a TOML file that is exported and applied.
//!
//! An export contains what is set, an application changes what differs, in one transaction and through the same checks as the forms. Names identify
//! things. What a file does not name stays as it is; an entry that it has describes its thing entirely.

mod apply;
mod difference;
mod load;
mod mistake;
mod model;
#[cfg(test)]
mod tests;
mod text;

pub use apply::{Applied, apply};
pub use difference::{Action, Change};
pub use mistake::{ConfigurationError, Mistake};
pub use model::{Configuration, Group, Job, Monitoring, Server, Template};

use super::{Actor, Services};
use crate::{access::Permission, error::Error};

/// Returns the configuration as a file.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators; database errors.
pub async fn export(services: &Services, actor: &Actor) -> Result<String, Error> {
    actor.may(Permission::ManageSettings)?;
    let configuration = services.db.read(load::load).await?;
    text::write(&configuration).map_err(Error::internal)
}
