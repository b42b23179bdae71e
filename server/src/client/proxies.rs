//! The proxies in front of the program.

use std::{net::IpAddr, str::FromStr, sync::OnceLock};

use ipnet::IpNet;

/// Networks whose machines may say which client they forward; none by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustedProxies(Vec<IpNet>);

/// A text that is not a list of proxies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustedProxiesError {
    /// Neither an address nor a network.
    Unreadable(String),
    /// A network that includes all addresses.
    Everybody(String),
}

impl TrustedProxies {
    /// Returns whether no proxy is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for TrustedProxiesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(text) => write!(
                f,
                "'{text}' is not an address or network; use addresses like 172.18.0.2 or networks like \
                 172.16.0.0/12, separated by commas"
            ),
            Self::Everybody(text) => write!(
                f,
                "'{text}' would let any client claim any address; use the address or network of the proxy"
            ),
        }
    }
}

impl std::error::Error for TrustedProxiesError {}

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(entry: &str) -> Result<IpNet, TrustedProxiesError> {
    let address = entry.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    let network = address.or_else(|_| entry.parse::<IpNet>());
    let network = network.map_err(|_| TrustedProxiesError::Unreadable(entry.to_owned()))?;
    if network.prefix_len() == 0 {
        return Err(TrustedProxiesError::Everybody(entry.to_owned()));
    }
    Ok(network)
}

/// The trusted proxies, and whether there seems to be another one.
#[derive(Debug, Default)]
pub struct Proxies {
    trusted: TrustedProxies,
    untrusted: OnceLock<IpAddr>,
}

impl Proxies {
    /// Trusts these proxies only.
    pub fn new(trusted: TrustedProxies) -> Self {
        Self { trusted, untrusted: OnceLock::new() }
    }

    /// Returns whether an address is a trusted proxy.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the first untrusted peer that sent proxy headers: a proxy that was not configured, or an attacker.
    pub fn saw_untrusted(&self) -> Option<IpAddr> {
        self.untrusted.get().copied()
    }

    /// Remembers that a proxy header was ignored, and logs the first one.
    pub(super) fn note_untrusted(&self, peer: IpAddr, header: &str) {
        if self.untrusted.set(peer).is_ok() {
            tracing::warn!("ignored {header} from {peer}: set --trusted-proxies if that is your proxy");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_read_and_anything_else_is_explained() {
        let proxies = |text: &str| text.parse::<TrustedProxies>().map(|proxies| proxies.0.len());
        for (text, count) in [("", 0), (" , ", 0), ("10.0.0.1", 1), ("10.0.0.0/8, ::1,fd00::/8,", 3)] {
            assert_eq!(proxies(text), Ok(count), "{text:?}");
        }
        for text in ["localhost", "10.0.0.1/33", "10.0.0", "10.0.0.1 10.0.0.2", "*"] {
            assert_eq!(proxies(text), Err(TrustedProxiesError::Unreadable(text.to_owned())));
        }
        for text in ["0.0.0.0/0", "::/0"] {
            assert_eq!(proxies(text), Err(TrustedProxiesError::Everybody(text.to_owned())));
        }
    }

    #[test]
    fn only_what_was_named_is_trusted() {
        let proxies = Proxies::new("10.1.0.0/16,::ffff:192.0.2.1,fd00::/8".parse().unwrap());
        for (address, expected) in [
            ("10.1.2.3", true),
            ("10.2.2.3", false),
            ("192.0.2.1", true),
            ("192.0.2.2", false),
            ("fd12::1", true),
            ("::1", false),
        ] {
            assert_eq!(proxies.trusts(address.parse().unwrap()), expected, "{address}");
        }
        assert!(!Proxies::default().trusts("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn the_first_that_is_ignored_is_remembered() {
        let proxies = Proxies::default();
        assert_eq!(proxies.saw_untrusted(), None);
        for address in ["192.0.2.1", "192.0.2.2"] {
            proxies.note_untrusted(address.parse().unwrap(), "X-Forwarded-For");
        }
        assert_eq!(proxies.saw_untrusted().map(|address| address.to_string()).as_deref(), Some("192.0.2.1"));
    }
}
