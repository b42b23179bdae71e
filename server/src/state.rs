//! The state shared by all HTTP handlers.

use std::sync::Arc;

use app::context::base_path::BasePath;
use duplistatus::{service::Services, throttle::Throttle};
use tokio_util::sync::CancellationToken;

use crate::{
    client::{AllowedHosts, Proxies},
    config::PublicUrl,
    http::rejected_request::LogThrottle,
    limits::Limits,
    metrics::uploads::UploadMetrics,
};

/// The state of the router. Clones share everything.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The use cases. A request clones the state about ten times.
    pub services: Arc<Services>,
    /// URL prefix.
    pub base: BasePath,
    /// Configured origin at which the program is reached (`https://example.org`).
    pub public_url: Option<PublicUrl>,
    /// The trusted proxies.
    pub proxies: Arc<Proxies>,
    /// Additional host names under which the program may be requested.
    pub hosts: Arc<AllowedHosts>,
    /// The recently logged rejections.
    pub log_throttle: Arc<LogThrottle>,
    /// Maximum size of a report in bytes.
    pub max_upload: usize,
    /// Limits of requests.
    pub limits: Limits,
    /// Counts failed uploads by address.
    pub throttle: Arc<Throttle>,
    /// Counts uploads for Prometheus.
    pub uploads: Arc<UploadMetrics>,
    /// Cancelled when the program stops, to end the streams.
    pub stopping: CancellationToken,
}
