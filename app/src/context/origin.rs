//! The address under which a request reached the program, for URLs that people copy.

use leptos::prelude::*;

use super::base_path::use_base_path;

/// Scheme and host under which this request reached the program, as `https://example.org`.
#[derive(Debug, Clone)]
pub struct Origin(pub String);

/// The URL to which a key's reports are sent.
pub fn upload_url(secret: &str) -> String {
    let origin = use_context::<Origin>().map(|origin| origin.0).unwrap_or_default();
    format!("{origin}{}", use_base_path().url(&format!("/api/upload/{secret}")))
}
