//! What the address of the page asks for.

use duplistatus::dto::audit::AuditQuery;

use crate::context::url::with_query;

/// Path of the page.
pub(super) const PATH: &str = "/settings/audit";

/// The path that shows this.
pub(super) fn path(query: &AuditQuery) -> String {
    with_query(PATH, query.words())
}

/// Whether anything is left out.
pub(super) fn is_filtered(query: &AuditQuery) -> bool {
    AuditQuery { page: 0, ..query.clone() } != AuditQuery::default()
}
