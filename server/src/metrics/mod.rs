//! Figures of this program as Prometheus reads them: what is stored, and what happened since the start.

pub mod exposition;
mod jobs;
pub mod uploads;

/// The media type of OpenMetrics.
pub const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The media type of the format before it.
pub const CLASSIC: &str = "text/plain; version=0.0.4; charset=utf-8";
