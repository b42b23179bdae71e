//! What programs read, other than the data of pages: the answers of the Node application, and figures for Prometheus.

pub mod compatible;
pub mod metrics;
