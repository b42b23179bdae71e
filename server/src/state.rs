//! What every HTTP door is given.

use std::sync::Arc;

use app::context::base_path::BasePath;
use duplistatus::{service::Services, throttle::Throttle};
use tokio_util::sync::CancellationToken;

use crate::{
    client::{AllowedHosts, Proxies},
    config::PublicUrl,
    http::rejected_request::LogThrottle,
    limits::Limits,
};

/// State of the router. Clones share everything.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The use cases.
    pub services: Services,
    /// URL prefix.
    pub base: BasePath,
    /// Origin (`https://example.org`) under which the program is reached, when the operator said so.
    pub public_url: Option<PublicUrl>,
    /// Who is believed when it says for whom it asks.
    pub proxies: Arc<Proxies>,
    /// Names under which the program may be asked for, beside the usual ones.
    pub hosts: Arc<AllowedHosts>,
    /// What the log said a moment ago of refused requests.
    pub log_throttle: Arc<LogThrottle>,
    /// Largest report: bytes.
    pub max_upload: usize,
    /// What requests may take.
    pub limits: Limits,
    /// Counts failed uploads by address.
    pub throttle: Arc<Throttle>,
    /// Ends the streams when the program stops.
    pub stopping: CancellationToken,
}
