//! Middleware that wraps the handlers.

pub mod access_log;
pub mod concurrency;
pub mod exact_path;
pub mod headers;
pub mod known_host;
pub mod same_site;
pub mod slow_body;
