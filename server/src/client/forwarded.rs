//! `X-Forwarded-For`, `-Proto` and `-Host`: what a proxy says about a request it forwards.
//!
//! `Forwarded` (RFC 7239) is not read: the usual proxies set the three above, and pass on a client's `Forwarded`
//! unchanged.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::Proxies;

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Returns the name of a proxy header in the request, if there is one.
pub(super) fn any(headers: &HeaderMap) -> Option<&'static str> {
    let names = [(FOR, "X-Forwarded-For"), (PROTO, "X-Forwarded-Proto"), (HOST, "X-Forwarded-Host")];
    names.into_iter().find(|(name, _)| headers.contains_key(name)).map(|(_, name)| name)
}

/// Returns the address of the original client. Each proxy appends the address of its peer, so only the right end is
/// trustworthy: the result is the first address from the right that is not a trusted proxy. The search ends at an
/// unreadable entry.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let mut nearest = peer;
    for value in headers.get_all(FOR).iter().rev() {
        let Ok(value) = value.to_str() else { return nearest };
        for entry in value.rsplit(',') {
            let Some(address) = read_address(entry) else { return nearest };
            nearest = address;
            if !proxies.trusts(address) {
                return nearest;
            }
        }
    }
    nearest
}

/// Parses an entry. Some proxies add the port, and brackets to IPv6.
fn read_address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let with_port = entry.parse::<SocketAddr>().map(|address| address.ip());
    let address = with_port.or_else(|_| {
        let inner = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        inner.unwrap_or(entry).parse()
    });
    address.ok().map(|address| address.to_canonical())
}

/// Returns whether the outermost proxy was reached with TLS.
pub(super) fn is_secure(headers: &HeaderMap) -> bool {
    first(headers, &PROTO).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// Returns whether a proxy sent the scheme.
pub(super) fn says_scheme(headers: &HeaderMap) -> bool {
    headers.contains_key(&PROTO)
}

/// Returns the host requested from the outermost proxy.
pub(super) fn forwarded_host(headers: &HeaderMap) -> Option<String> {
    first(headers, &HOST).and_then(plain_host)
}

/// Returns the host of a `Host` header.
pub(super) fn host(value: &HeaderValue) -> Option<String> {
    value.to_str().ok().and_then(plain_host)
}

fn first<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim)
}

/// Returns the text if it is a host with an optional port. It becomes part of addresses that users copy, so anything else
/// is rejected.
fn plain_host(text: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    (!text.is_empty() && text.len() <= 255 && text.chars().all(is_plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_first(values: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FOR, HeaderValue::from_static(value));
        }
        let proxies = Proxies::new("10.0.0.0/8, fd00::/8".parse().unwrap());
        address("10.0.0.1".parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn the_first_untrusted_address_from_the_right_counts() {
        for (values, expected) in [
            (&[][..], "10.0.0.1"),
            (&["203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.1, 203.0.113.9, 10.1.2.3"], "203.0.113.9"),
            (&["198.51.100.1", "203.0.113.9,10.1.2.3", "fd00::1"], "203.0.113.9"),
            (&["10.0.0.9, 10.0.0.8"], "10.0.0.9"),
            (&["203.0.113.9:5123"], "203.0.113.9"),
            (&["[2001:db8::1]:5123"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["::ffff:203.0.113.9"], "203.0.113.9"),
            (&["203.0.113.9, unknown, 10.0.0.7"], "10.0.0.7"),
            (&["203.0.113.9, "], "10.0.0.1"),
            (&["203.0.113.9", "<script>"], "10.0.0.1"),
        ] {
            assert_eq!(asked_first(values), expected, "{values:?}");
        }
    }

    #[test]
    fn scheme_and_host_are_the_first_of_a_list() {
        let mut headers = HeaderMap::new();
        assert_eq!((is_secure(&headers), forwarded_host(&headers)), (false, None));
        headers.insert(PROTO, HeaderValue::from_static("HTTPS, http"));
        headers.insert(HOST, HeaderValue::from_static("backup.example:8443, inside:9666"));
        assert_eq!(
            (is_secure(&headers), forwarded_host(&headers)),
            (true, Some("backup.example:8443".to_owned()))
        );
        headers.insert(HOST, HeaderValue::from_static("evil.example/path"));
        assert_eq!(forwarded_host(&headers), None);
    }
}
