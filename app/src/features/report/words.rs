//! Names and sizes of a report, as text.

use duplistatus::{dto::report::ReportedIncident, units::size};

/// A growth with its sign: `"+3.00 GiB"`.
pub(super) fn signed(growth: i64) -> String {
    if growth < 0 { format!("−{}", size(growth.saturating_neg())) } else { format!("+{}", size(growth)) }
}

/// The name of a job with that of its server.
pub(super) fn name_of(incident: &ReportedIncident) -> String {
    format!("{} / {}", incident.server, incident.job)
}
