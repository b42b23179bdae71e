//! Slows down addresses whose uploads fail. Only failures count, and a valid key is never slowed down.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Addresses that are remembered before old ones are forgotten.
const MANY: usize = 10_000;

/// Failed uploads by address: sixty at once, then one every second.
#[derive(Debug)]
pub struct Throttle(DefaultKeyedRateLimiter<IpAddr>);

impl Default for Throttle {
    fn default() -> Self {
        const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
        Self(RateLimiter::keyed(Quota::per_second(NonZeroU32::MIN).allow_burst(BURST)))
    }
}

impl Throttle {
    /// Counts a failure; true when this address had too many.
    pub fn failure_is_too_many(&self, address: IpAddr) -> bool {
        if self.0.len() > MANY {
            self.0.retain_recent();
        }
        self.0.check_key(&network(address)).is_err()
    }
}

/// The address that stands for all of a network: one household has a whole /64 of IPv6 addresses.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_does_not_slow_down_another() -> Result<(), std::net::AddrParseError> {
        let throttle = Throttle::default();
        let (noisy, quiet) = ("203.0.113.9".parse()?, "203.0.113.10".parse()?);
        assert!((0..60).all(|_| !throttle.failure_is_too_many(noisy)));
        assert!(throttle.failure_is_too_many(noisy));
        assert!(!throttle.failure_is_too_many(quiet));
        Ok(())
    }
}
