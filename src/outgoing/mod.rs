//! The HTTP client for all outgoing requests.
//!
//! It speaks HTTP and HTTPS, checks addresses after name resolution, follows redirects only within a site, and limits
//! the size and time of the response. It ignores proxies set in the environment, because the checked address would be
//! that of the proxy.

mod address;
mod error;
mod redirect;
mod resolver;
mod smtp;

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use reqwest::{
    Client, ClientBuilder, RequestBuilder, Response, Url,
    header::{HeaderMap, HeaderValue},
    redirect::Policy,
    tls::TlsInfo,
};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

pub use address::{PrivateNetworks, RefusedAddress};
pub use error::OutgoingError;
pub use smtp::MailError;

use crate::notify;
use redirect::site;
use resolver::CheckedResolver;

/// How long a form waits for the addresses of a host.
const LOOK_UP: Duration = Duration::from_secs(2);

/// Limits of one request.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingLimits {
    /// Time to open the connection.
    pub connect: Duration,
    /// Time until the last byte of the response.
    pub total: Duration,
    /// Maximum length of the response body in bytes.
    pub body: usize,
}

impl Default for OutgoingLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(15), body: 1024 * 1024 }
    }
}

/// The client. Clones share it.
#[derive(Debug, Clone)]
pub struct Outgoing {
    policy: PrivateNetworks,
    limits: OutgoingLimits,
    follows_redirects: bool,
    // Created at the first request, because it loads the system's certificates.
    client: Arc<OnceLock<Client>>,
}

/// A response of any status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Outgoing {
    /// Creates a client with the default limits.
    pub fn new(policy: PrivateNetworks) -> Self {
        Self::with_limits(policy, OutgoingLimits::default())
    }

    /// Creates a client with other limits.
    pub fn with_limits(policy: PrivateNetworks, limits: OutgoingLimits) -> Self {
        Self { policy, limits, follows_redirects: true, client: Arc::default() }
    }

    /// The same client, which follows no redirects: one turns a POST into a GET, or takes secrets elsewhere.
    #[must_use]
    pub fn without_redirects(self) -> Self {
        Self { follows_redirects: false, client: Arc::default(), ..self }
    }

    /// Fetches a URL.
    ///
    /// # Errors
    /// [`OutgoingError`] if the URL is not allowed, or no complete response arrived.
    pub async fn get(&self, url: &str) -> Result<Answer, OutgoingError> {
        let url = self.checked(url)?;
        let request = self.client()?.get(url.clone());
        self.send(&url, request).await
    }

    /// Sends a message to a receiver.
    ///
    /// # Errors
    /// When the URL may not be asked, or there is no whole answer.
    pub async fn deliver(&self, request: &notify::Request) -> Result<Answer, OutgoingError> {
        let (url, client) = (self.checked(&request.url)?, self.client()?);
        let mut sent = match request.method {
            notify::Method::Get => client.get(url.clone()),
            notify::Method::Post => client.post(url.clone()).body(request.body.clone()),
            notify::Method::Put => client.put(url.clone()).body(request.body.clone()),
            notify::Method::Patch => client.patch(url.clone()).body(request.body.clone()),
        };
        for (name, value) in &request.headers {
            let mut value =
                HeaderValue::from_str(value).map_err(|_| OutgoingError::InvalidHeader(name.to_string()))?;
            value.set_sensitive(true);
            sent = sent.header(name.as_ref(), value);
        }
        self.send(&url, sent).await
    }

    /// Checks whether a host may be reached. A name that cannot be resolved now is not rejected: it may be later.
    ///
    /// # Errors
    /// [`OutgoingError::PrivateAddress`] or [`OutgoingError::ForbiddenAddress`] if all of its addresses are blocked.
    pub async fn permits(&self, host: &str) -> Result<(), OutgoingError> {
        let found = tokio::time::timeout(LOOK_UP, resolver::addresses(self.policy, host, 0)).await;
        let Ok(Err(error)) = found else { return Ok(()) };
        match error.downcast_ref::<RefusedAddress>() {
            Some(refused) => Err(OutgoingError::refused(host.to_owned(), *refused)),
            None => Ok(()),
        }
    }

    async fn send(&self, url: &Url, request: RequestBuilder) -> Result<Answer, OutgoingError> {
        let (site, begun) = (site(url), Instant::now());
        let result = match request.send().await {
            Ok(response) => self.read(&site, response).await,
            Err(error) => Err(self.explain(&site, error)),
        };
        let ms = crate::units::milliseconds(begun.elapsed());
        match &result {
            Ok(answer) => tracing::debug!(site, status = answer.status, ms, "outgoing request"),
            Err(error) => tracing::debug!(site, %error, ms, "outgoing request"),
        }
        result
    }

    /// Parses and checks a URL. Addresses of host names are checked when they are resolved; a literal address is never
    /// resolved, so it is checked here.
    fn checked(&self, url: &str) -> Result<Url, OutgoingError> {
        let url = Url::parse(url).map_err(|_| OutgoingError::InvalidUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OutgoingError::Scheme(url.scheme().to_owned()));
        }
        let host = url.host_str().ok_or(OutgoingError::InvalidUrl)?;
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = bare.parse::<IpAddr>() {
            self.policy.check(address).map_err(|refused| OutgoingError::refused(site(&url), refused))?;
        }
        Ok(url)
    }

    async fn read(&self, site: &str, mut response: Response) -> Result<Answer, OutgoingError> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.explain(site, error))? {
            if body.len() + piece.len() > self.limits.body {
                return Err(OutgoingError::TooLarge { site: site.to_owned(), limit: self.limits.body });
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status, headers, body })
    }

    fn explain(&self, site: &str, error: reqwest::Error) -> OutgoingError {
        OutgoingError::of(site.to_owned(), self.limits.total, error)
    }

    /// Returns the SHA-1 of the certificate with which a server answers, in hexadecimal digits, even if it is not trusted.
    pub async fn certificate_sha1(&self, url: &str) -> Option<String> {
        let builder = self.builder().redirect(Policy::none());
        // Nothing but the address is sent, and nothing but the certificate is read.
        let client = builder.tls_danger_accept_invalid_certs(true).tls_info(true).build().ok()?;
        let response = client.head(self.checked(url).ok()?).send().await.ok()?;
        let certificate = response.extensions().get::<TlsInfo>()?.peer_certificate()?;
        Some(hex::encode_upper(digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate)))
    }

    fn client(&self) -> Result<&Client, OutgoingError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let redirects = if self.follows_redirects { redirect::same_site() } else { Policy::none() };
        let built = self.builder().redirect(redirects).build();
        let client = built.map_err(|error| OutgoingError::NoClient(error::innermost(&error)))?;
        Ok(self.client.get_or_init(|| client))
    }

    fn builder(&self) -> ClientBuilder {
        // Fails if a provider is already installed, which is fine: any of them will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder()
            .user_agent(concat!("duplistatus/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .referer(false)
            .retry(reqwest::retry::never())
            .dns_resolver(CheckedResolver(self.policy))
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.total)
    }
}

#[cfg(test)]
pub(crate) mod smtp_testing;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
