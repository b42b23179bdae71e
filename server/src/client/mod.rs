//! Who is asking: address, scheme and host of each request, as the TCP connection says, or a proxy that is trusted.
//!
//! Whoever needs one of them takes the [`Client`] and never reads the headers: anybody can send these.

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

/// The one at the other end of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Where the request comes from; never an IPv4 address in IPv6 clothes.
    pub address: IpAddr,
    /// Whether the browser speaks TLS, to the proxy in front of us.
    pub secure: bool,
    /// Host, with its port if it has one, that the browser asked for.
    pub host: Option<String>,
    /// Whether a trusted proxy handed the request on.
    pub via_proxy: bool,
    /// Whether the browser came with TLS, where that is known: a trusted proxy said so, or the browser sent what browsers
    /// send only then.
    pub came_with_tls: Option<bool>,
}

impl Client {
    /// Reads a request's headers as far as its peer is to be believed.
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

    /// Scheme and host as a browser writes them in an `Origin`, if the request named its host.
    pub fn origin(&self) -> Option<String> {
        let scheme = if self.secure { "https" } else { "http" };
        self.host.as_ref().map(|host| format!("{scheme}://{host}"))
    }
}

/// Puts the [`Client`] into the request's extensions. Runs before everything else.
pub async fn identify(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut client = Client::of(peer, request.headers(), &state.proxies);
    client.secure |= state.public_url.as_ref().is_some_and(|url| url.is_secure());
    // What compares an `Origin` with the `Host` below means the host that the browser asked for.
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
