//! Whether the program is where it says it is.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Moment;

/// What came back when the program asked for itself at its public URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reachability {
    /// Itself.
    Reachable,
    /// Something else: another program, or a proxy that asks who is there.
    Other {
        /// The HTTP status of its answer.
        status: u16,
    },
    /// It was not asked: the address is in a private network, and no requests may go there.
    Private {
        /// Where the URL leads.
        address: IpAddr,
    },
    /// It was not asked: its certificate is not trusted.
    Untrusted {
        /// What is wrong with the certificate, in a sentence.
        reason: String,
        /// The SHA-1 of the certificate in hexadecimal digits, as Duplicati's options take it.
        sha1: Option<String>,
    },
    /// Nothing.
    Unreachable {
        /// What is in the way.
        obstacle: Obstacle,
        /// All that is known about it, in a sentence.
        reason: String,
    },
}

/// What is in the way, as far as there is something to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    /// The name has no address.
    Name,
    /// Nobody listens there, or a firewall refuses.
    Connection,
    /// No answer came in time.
    Time,
    /// It leads to another site.
    Redirect,
    /// Anything else.
    Other,
}

/// A check that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressCheck {
    /// Which URL was asked, base path included.
    pub url: String,
    /// When.
    pub at: Moment,
    /// What came back.
    pub reach: Reachability,
}

/// The host of a URL that leads to the machine it is used on, and so to another machine for everybody else: `localhost`, or
/// an address of the loopback network. `None` for every other URL.
pub fn loopback_host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?;
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next()?,
        None => authority.split(':').next()?,
    };
    let name = host.trim_end_matches('.');
    let is_name = name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost");
    let is_address =
        host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified());
    (is_name || is_address).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_means_this_machine_to_everybody_is_known() {
        for (url, host) in [
            ("http://localhost:9666/api/upload/x", Some("localhost")),
            ("http://LOCALHOST./x", Some("LOCALHOST.")),
            ("https://nas.localhost/x", Some("nas.localhost")),
            ("http://127.0.0.1:9761", Some("127.0.0.1")),
            ("http://127.8.0.1/base", Some("127.8.0.1")),
            ("http://[::1]:9666/api", Some("::1")),
            ("http://0.0.0.0:9666/", Some("0.0.0.0")),
            ("http://192.168.1.5:9666/x", None),
            ("https://backup.example/localhost", None),
            ("http://localhost.example:80/", None),
            ("http://[fe80::1]:80/", None),
            ("nothing", None),
        ] {
            assert_eq!(loopback_host(url), host, "{url}");
        }
    }
}
