//! The client of a request: address, scheme and host, from the TCP connection or from a trusted proxy.
//!
//! All code takes them from [`Client`] and never from the headers, because anyone can send these.

mod forwarded;
mod hosts;
mod proxies;

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

pub use hosts::{AllowedHosts, AllowedHostsError, is_loopback_name};
pub use proxies::{Proxies, TrustedProxies, TrustedProxiesError};

use crate::state::AppState;

/// The client of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The client's address; never an IPv4 address mapped to IPv6.
    pub address: IpAddr,
    /// Whether the browser uses TLS, if only to the proxy in front of us.
    pub secure: bool,
    /// The host that the browser requested, with its port if it has one.
    pub host: Option<String>,
    /// Whether a trusted proxy forwarded the request.
    pub via_proxy: bool,
    /// Whether the browser used TLS, if known: a trusted proxy said so, or the browser sent headers that it only sends
    /// with TLS.
    pub came_with_tls: Option<bool>,
}

impl Client {
    /// Reads the headers of a request, as far as its peer is trusted.
    pub fn of(peer: SocketAddr, headers: &HeaderMap, proxies: &Proxies) -> Self {
        let peer = peer.ip().to_canonical();
        let host = headers.get(header::HOST).and_then(forwarded::host);
        if !proxies.trusts(peer) {
            if let Some(name) = forwarded::any(headers) {
                proxies.note_untrusted(peer, name);
            }
            let came_with_tls = headers.contains_key("sec-fetch-site").then_some(true);
            return Self { address: peer, secure: false, host, via_proxy: false, came_with_tls };
        }
        Self {
            address: forwarded::address(peer, headers, proxies),
            secure: forwarded::is_secure(headers),
            host: forwarded::forwarded_host(headers).or(host),
            via_proxy: true,
            came_with_tls: forwarded::says_scheme(headers).then(|| forwarded::is_secure(headers)),
        }
    }

    /// Returns scheme and host in the form of an `Origin` header, if the request has a host.
    pub fn origin(&self) -> Option<String> {
        let scheme = if self.secure { "https" } else { "http" };
        self.host.as_ref().map(|host| format!("{scheme}://{host}"))
    }
}

/// Adds the [`Client`] to the request's extensions. Runs before all other middleware.
pub async fn identify(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut client = Client::of(peer, request.headers(), &state.proxies);
    client.secure |= state.public_url.as_ref().is_some_and(|url| url.is_secure());
    // Layers below compare `Origin` with `Host`, which must be the host that the browser requested.
    let asked = client.host.as_deref().filter(|_| client.via_proxy);
    if let Some(host) = asked.and_then(|host| HeaderValue::from_str(host).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
    request.extensions_mut().insert(client);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn client(peer: &str, trusted: &str, pairs: &[(&'static str, &'static str)]) -> Client {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 40_000);
        Client::of(peer, &headers, &Proxies::new(trusted.parse().unwrap()))
    }

    const ALL: [(&str, &str); 4] = [
        ("host", "inside:9666"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "backup.example"),
    ];

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_else() {
        let through = client("172.18.0.2", "172.16.0.0/12", &ALL);
        assert_eq!(through.origin().as_deref(), Some("https://backup.example"));
        assert_eq!((through.address.to_string().as_str(), through.via_proxy), ("203.0.113.9", true));
        let direct = client("172.18.0.2", "172.18.0.3", &ALL);
        assert_eq!(direct.origin().as_deref(), Some("http://inside:9666"));
        assert_eq!((direct.address.to_string().as_str(), direct.via_proxy), ("172.18.0.2", false));
    }

    #[test]
    fn an_ipv4_peer_on_an_ipv6_socket_is_the_same_peer() {
        let through = client("::ffff:172.18.0.2", "172.18.0.2", &ALL);
        assert_eq!(through.address.to_string(), "203.0.113.9");
        assert_eq!(client("::ffff:192.0.2.1", "", &[]).address.to_string(), "192.0.2.1");
    }

    #[test]
    fn a_proxy_that_says_little_leaves_the_rest_as_it_is() {
        let through = client("127.0.0.1", "127.0.0.1,::1", &[("host", "nas:9666")]);
        assert_eq!(through.origin().as_deref(), Some("http://nas:9666"));
        assert_eq!(through.address.to_string(), "127.0.0.1");
    }

    #[test]
    fn what_is_no_host_is_none() {
        for host in ["", "a b", "a/b", "user@host", "<script>", "a,b"] {
            assert_eq!(client("192.0.2.1", "", &[("host", host)]).host, None, "{host:?}");
        }
        assert_eq!(client("192.0.2.1", "", &[("host", "[::1]:9666")]).host.as_deref(), Some("[::1]:9666"));
    }
}
