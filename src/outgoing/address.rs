//! Decides which addresses outgoing requests may reach. A user who can make the program fetch a URL must not reach
//! what only this machine can: cloud metadata, link-local neighbours or, unless allowed by a setting, the private
//! network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Whether requests to this machine and to private networks are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrivateNetworks {
    /// Allowed, because monitored servers are often in the same network.
    Allowed,
    /// Rejected.
    Refused,
}

/// An address that requests must not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedAddress {
    /// Link-local, metadata, multicast and similar addresses, which no setting allows.
    #[error("{0} is a blocked address")]
    Never(IpAddr),
    /// An address of this machine or of a private network.
    #[error("{0} is in a private network")]
    Private(IpAddr),
}

impl PrivateNetworks {
    /// Checks an address right before a connection to it is opened.
    ///
    /// # Errors
    /// [`RefusedAddress`] if requests to it are not allowed.
    pub fn check(self, address: IpAddr) -> Result<(), RefusedAddress> {
        match (place(address), self) {
            (Place::Public, _) | (Place::Private, Self::Allowed) => Ok(()),
            (Place::Private, Self::Refused) => Err(RefusedAddress::Private(address)),
            (Place::Never, _) => Err(RefusedAddress::Never(address)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Public,
    Private,
    Never,
}

fn place(address: IpAddr) -> Place {
    match address {
        IpAddr::V4(address) => place_v4(address),
        IpAddr::V6(address) => place_v6(address),
    }
}

fn place_v4(address: Ipv4Addr) -> Place {
    match address.octets() {
        // "This network", protocol assignments with Oracle's metadata, link-local with the metadata of most clouds.
        [0, ..] | [192, 0, 0, _] | [169, 254, ..] => Place::Never,
        // Alibaba's metadata address is in the carrier-grade NAT range, Azure's is a public address.
        [100, 100, 100, 200] | [168, 63, 129, 16] => Place::Never,
        // Multicast, reserved, broadcast.
        [224..=255, ..] => Place::Never,
        [127 | 10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Place::Private,
        // Reserved for benchmarks within a network; some VPNs use it.
        [198, 18..=19, ..] => Place::Private,
        _ => Place::Public,
    }
}

/// Metadata addresses of AWS and Google, within otherwise private ranges.
const METADATA: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

fn place_v6(address: Ipv6Addr) -> Place {
    if METADATA.contains(&address) {
        return Place::Never;
    }
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        place_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Place::Private,
        // Mapped and compatible addresses, NAT64, 6to4: the embedded IPv4 address counts.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo obfuscates its destination.
        [0x2001, 0, ..] => Place::Never,
        [0xfc00..=0xfdff, ..] => Place::Private,
        [0x2000..=0x3fff, ..] => Place::Public,
        // Link-local, site-local, multicast, local NAT64, and unassigned ranges.
        _ => Place::Never,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::public(&["1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255"])]
    #[case::public_v6(&["2606:4700::1111", "2a00::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"])]
    fn public_addresses_are_always_allowed(#[case] addresses: &[&str]) {
        for address in addresses {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(PrivateNetworks::Refused.check(address), Ok(()), "{address}");
            assert_eq!(PrivateNetworks::Allowed.check(address), Ok(()), "{address}");
        }
    }

    #[rstest]
    #[case::loopback(&["127.0.0.1", "127.255.255.254", "::1"])]
    #[case::rfc1918(&["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.178.1"])]
    #[case::cgnat(&["100.64.0.1", "100.127.255.255", "100.100.100.199"])]
    #[case::benchmark(&["198.18.0.1", "198.19.255.255"])]
    #[case::ula(&["fc00::1", "fd12:3456::1", "fd00:ec2::253"])]
    #[case::clothed(&["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::1"])]
    fn private_addresses_are_allowed_by_the_setting(#[case] addresses: &[&str]) {
        for address in addresses {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(PrivateNetworks::Allowed.check(address), Ok(()), "{address}");
            assert_eq!(PrivateNetworks::Refused.check(address), Err(RefusedAddress::Private(address)));
        }
    }

    #[rstest]
    #[case::this_network(&["0.0.0.0", "0.1.2.3", "::"])]
    #[case::link_local(&["169.254.0.1", "169.254.255.255", "fe80::1", "febf::1", "fec0::1"])]
    #[case::metadata(&["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"])]
    #[case::metadata_v6(&["fd00:ec2::254", "fd20:ce::254"])]
    #[case::multicast(&["224.0.0.1", "239.255.255.255", "ff02::1"])]
    #[case::reserved(&["240.0.0.1", "255.255.255.255", "64:ff9b:1::1", "2001::1", "4000::1", "100::1"])]
    #[case::clothed(&["::ffff:169.254.169.254", "::ffff:0.0.0.0", "::169.254.169.254", "::ffff:255.255.255.255"])]
    #[case::translated(&["64:ff9b::169.254.169.254", "64:ff9b::100.100.100.200", "2002:a9fe:a9fe::1"])]
    fn some_addresses_are_never_allowed(#[case] addresses: &[&str]) {
        for address in addresses {
            let address: IpAddr = address.parse().unwrap();
            for policy in [PrivateNetworks::Allowed, PrivateNetworks::Refused] {
                assert_eq!(policy.check(address), Err(RefusedAddress::Never(address)));
            }
        }
    }
}
