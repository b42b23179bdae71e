//! Imports, as administrators begin and follow them.

use duplistatus::dto::{Moment, work::WorkState};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{api::wire::Wire, error::ApiError};

/// Path to which the form sends a file. No server function: those take their input into memory as a whole.
pub const IMPORT_PATH: &str = "/api/v1/import";

/// Path from which runs come as a file.
pub const EXPORT_PATH: &str = "/api/v1/runs/export";

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPage {
    /// When it was asked for.
    pub now: Moment,
    /// How far the import is, and what came of the last one.
    pub work: WorkState,
}

/// How far the import is, and what came of the last one.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "import", input = Wire, output = Wire)]
pub async fn show_import() -> Result<ImportPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    let work = duplistatus::service::import::state(&services, &actor)?;
    Ok(ImportPage { now: actor.zone(&services).moment(services.clock().now()), work })
}
