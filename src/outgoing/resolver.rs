//! The only place that resolves host names. The client connects to exactly the addresses checked here, so a name that
//! resolves differently the next time gains nothing (DNS rebinding).

use std::{error::Error, io, net::SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{PrivateNetworks, RefusedAddress};

/// The system's resolver, without the addresses that requests must not reach.
#[derive(Debug)]
pub(super) struct CheckedResolver(pub(super) PrivateNetworks);

/// A host name without an address.
#[derive(Debug, thiserror::Error)]
#[error("the name cannot be resolved")]
pub(super) struct UnknownName(#[source] Option<io::Error>);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0;
        Box::pin(async move {
            let addresses = addresses(policy, name.as_str(), 0).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The allowed addresses of a host.
///
/// # Errors
/// [`UnknownName`] without any; [`RefusedAddress`] when all of them are blocked.
pub(super) async fn addresses(
    policy: PrivateNetworks,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
    let found = tokio::net::lookup_host((host, port)).await.map_err(|e| UnknownName(Some(e)))?;
    match allowed(policy, found) {
        Ok(addresses) if addresses.is_empty() => Err(UnknownName(None).into()),
        Ok(addresses) => Ok(addresses),
        Err(refused) => Err(refused.into()),
    }
}

/// Returns the allowed addresses; an error if all of them are blocked.
fn allowed(
    policy: PrivateNetworks,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Vec<SocketAddr>, RefusedAddress> {
    let (mut addresses, mut refusal) = (Vec::new(), None);
    for address in found {
        match policy.check(address.ip()) {
            Ok(()) => addresses.push(address),
            Err(refused) => refusal = Some(refused),
        }
    }
    match refusal {
        Some(refused) if addresses.is_empty() => Err(refused),
        _ => Ok(addresses),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_good_and_bad_addresses_has_only_its_good_ones() {
        let found = |texts: &[&str]| {
            let addresses: Vec<SocketAddr> = texts.iter().map(|text| text.parse().unwrap()).collect();
            allowed(PrivateNetworks::Refused, addresses.into_iter()).map(|addresses| addresses.len())
        };
        assert_eq!(found(&["1.1.1.1:0", "10.0.0.1:0", "169.254.169.254:0"]), Ok(1));
        assert_eq!(found(&["10.0.0.1:0"]), Err(RefusedAddress::Private("10.0.0.1".parse().unwrap())));
        assert_eq!(found(&[]), Ok(0));
    }
}
