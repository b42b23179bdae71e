//! Whether the database is in order.

use crate::{
    access::Permission,
    db::checks,
    dto::database::Orphan,
    error::Error,
    service::{Actor, Services},
};

/// Rows that refer to rows which do not exist; there are none as long as all writers obey the constraints.
///
/// # Errors
/// When the actor may not, or the file cannot be read.
pub async fn foreign_keys(services: &Services, actor: &Actor) -> Result<Vec<Orphan>, Error> {
    actor.may(Permission::ManageDatabase)?;
    Ok(services.db.read(checks::orphans).await?)
}
