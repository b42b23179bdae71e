//! Slows down addresses that knock too often: whose uploads fail, or that try to sign in.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Addresses that are remembered before old ones are forgotten.
const MANY: usize = 10_000;

/// Attempts by address.
#[derive(Debug)]
pub struct Throttle(DefaultKeyedRateLimiter<IpAddr>);

impl Throttle {
    /// Sixty at once, then one every second: uploads that fail.
    pub fn of_uploads() -> Self {
        const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
        Self(RateLimiter::keyed(Quota::per_second(NonZeroU32::MIN).allow_burst(BURST)))
    }

    /// Twenty at once, then ten a minute: a household behind one address signs in, a guesser does not get far.
    pub fn of_sign_ins() -> Self {
        const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
        const EVERY: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
        Self(RateLimiter::keyed(Quota::per_minute(EVERY).allow_burst(BURST)))
    }

    /// Counts an attempt; true when this address made too many.
    pub fn is_too_many(&self, address: IpAddr) -> bool {
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
        let throttle = Throttle::of_uploads();
        let (noisy, quiet) = ("203.0.113.9".parse()?, "203.0.113.10".parse()?);
        assert!((0..60).all(|_| !throttle.is_too_many(noisy)));
        assert!(throttle.is_too_many(noisy));
        assert!(!throttle.is_too_many(quiet));
        Ok(())
    }
}
