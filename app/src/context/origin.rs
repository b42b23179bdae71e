//! The address under which a request reached the program, for URLs that users copy.

use leptos::prelude::*;

use super::base_path::use_base_path;

/// Scheme and host under which this request reached the program, such as `https://example.org`.
#[derive(Debug, Clone)]
pub struct Origin(pub String);

/// Returns the upload address for an ingest key.
pub fn upload_url(secret: &str) -> String {
    let origin = use_context::<Origin>().map(|origin| origin.0).unwrap_or_default();
    format!("{origin}{}", use_base_path().url(&format!("/api/upload/{secret}")))
}
