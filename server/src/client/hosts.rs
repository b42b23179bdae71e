//! The host names under which the program may be requested.
//!
//! Any website can point its own name to this machine (DNS rebinding), and then read what a browser in the local
//! network may read without signing in. So only these hosts are allowed: that of the public URL, names configured by
//! the operator, IP addresses, and names that do not exist in the public DNS.

use std::{net::IpAddr, str::FromStr};

use axum::http::Uri;

/// Names that nobody can register: without a dot, and in domains reserved for private networks (RFC 6761, 6762, 8375;
/// `.internal` by ICANN) or missing in the root zone.
const PRIVATE: [&str; 9] =
    ["localhost", "local", "lan", "home", "home.arpa", "internal", "localdomain", "corp", "test"];

/// Names that the operator allowed in addition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedHosts(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    /// `*`: any name; the operator checks it elsewhere.
    Any,
    /// This name.
    Name(String),
    /// `*.example.org`: all names below it, and itself.
    Under(String),
}

/// A text that is not a list of host names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHostsError(String);

impl std::fmt::Display for AllowedHostsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "'{}' is not a host name; use names like backup.example.org or *.example.org, separated by commas, without \
             scheme, port or path",
            self.0
        )
    }
}

impl std::error::Error for AllowedHostsError {}

impl FromStr for AllowedHosts {
    type Err = AllowedHostsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(pattern).collect::<Result<_, _>>().map(Self)
    }
}

fn pattern(entry: &str) -> Result<Pattern, AllowedHostsError> {
    if entry == "*" {
        return Ok(Pattern::Any);
    }
    let (name, is_under) = match entry.strip_prefix("*.").or_else(|| entry.strip_prefix('.')) {
        Some(name) => (name, true),
        None => (entry, false),
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(AllowedHostsError(entry.to_owned()));
    }
    Ok(if is_under { Pattern::Under(name) } else { Pattern::Name(name) })
}

impl AllowedHosts {
    /// Returns whether a `Host` (with or without port) is allowed.
    pub fn knows(&self, host: &str, public_url: Option<&str>) -> bool {
        let name = name_of(host);
        is_private_name(&name)
            || name.parse::<IpAddr>().is_ok()
            || public_url
                .and_then(|url| url.parse::<Uri>().ok())
                .is_some_and(|url| url.host().is_some_and(|known| name_of(known) == name))
            || self.0.iter().any(|pattern| match pattern {
                Pattern::Any => true,
                Pattern::Name(known) => *known == name,
                Pattern::Under(domain) => is_under(&name, domain),
            })
    }
}

/// Returns the name or address of a host, without port, brackets and trailing dot.
fn name_of(host: &str) -> String {
    let name = match host.strip_prefix('[') {
        Some(inside) => inside.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn is_private_name(name: &str) -> bool {
    !name.is_empty() && (!name.contains('.') || PRIVATE.iter().any(|domain| is_under(name, domain)))
}

fn is_under(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Returns whether a host is this machine, for which browsers accept `Secure` cookies without TLS.
pub fn is_loopback_name(host: &str) -> bool {
    let name = name_of(host);
    is_under(&name, "localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_nobody_can_register_are_known() {
        let hosts = AllowedHosts::default();
        for host in [
            "nas",
            "nas:9666",
            "DUPLISTATUS:9666",
            "nas.local",
            "nas.lan:9666",
            "a.b.home.arpa",
            "backup.internal.",
            "localhost:9666",
            "app.localhost",
            "192.168.1.7:9666",
            "203.0.113.9",
            "[::1]:9666",
            "[2001:db8::1]",
        ] {
            assert!(hosts.knows(host, None), "{host}");
        }
        for host in [
            "",
            ":9666",
            ".",
            "evil.example",
            "evil.example:9666",
            "notlocal.example",
            "local.evil.example",
            "evillan.de",
            "nas.fritz.box",
            "192.168.1.7.evil.example",
            "1.2.3.4.5",
            "[::1].evil.example.",
        ] {
            let is_literal = host.starts_with("[::1]");
            assert_eq!(hosts.knows(host, None), is_literal, "{host}");
        }
    }

    #[test]
    fn the_public_name_and_those_that_were_allowed_are_known() {
        let hosts: AllowedHosts = "Backup.Example.org, *.example.net, .example.com.".parse().unwrap();
        let public = Some("https://status.example:8443");
        for host in [
            "backup.example.org:9666",
            "example.net",
            "a.b.example.net",
            "x.example.com",
            "STATUS.example",
            "status.example:9666",
        ] {
            assert!(hosts.knows(host, public), "{host}");
        }
        for host in ["x.backup.example.org", "notexample.net", "evil.example"] {
            assert!(!hosts.knows(host, public), "{host}");
        }
        assert!("*".parse::<AllowedHosts>().unwrap().knows("evil.example", None));
        for wrong in ["https://a.example", "a.example:9666", "a/b", "ä.example", "*."] {
            assert_eq!(wrong.parse::<AllowedHosts>(), Err(AllowedHostsError(wrong.to_owned())));
        }
    }

    #[test]
    fn this_machine_has_some_names() {
        for host in ["localhost", "localhost:9666", "127.0.0.1:9666", "[::1]:9666", "a.localhost"] {
            assert!(is_loopback_name(host), "{host}");
        }
        for host in ["nas", "192.168.1.7", "localhost.evil.example"] {
            assert!(!is_loopback_name(host), "{host}");
        }
    }
}
