//! The entries that are shown, on all pages, as a file.

use duplistatus::dto::audit::AuditQuery;

use crate::context::url::with_query;

/// Path of the file with what a filter lets pass.
pub(super) fn file(query: &AuditQuery, format: &str) -> String {
    let query = AuditQuery { page: 1, ..query.clone() };
    with_query("/api/v1/audit/export", [("format", format.to_owned())].into_iter().chain(query.words()))
}

/// Paths of the files.
pub(super) fn files(query: &AuditQuery) -> (String, String) {
    (file(query, "csv"), file(query, "json"))
}
