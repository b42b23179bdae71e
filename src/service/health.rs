//! Whether the program can do its job, cheaply.

use serde::Serialize;

use super::Services;
use crate::error::Error;

/// The answer of the health check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// `"healthy"`.
    pub status: &'static str,
    /// This program's version.
    pub version: &'static str,
    /// Whether the database answered.
    pub database: &'static str,
}

/// Asks the database for nothing.
///
/// # Errors
/// When it does not answer.
pub async fn check(services: &Services) -> Result<Health, Error> {
    services.db.read(|conn| Ok(crate::db::settings::get(conn, "health")?.is_none())).await?;
    Ok(Health { status: "healthy", version: env!("CARGO_PKG_VERSION"), database: "ok" })
}
