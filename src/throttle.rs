//! Limits attempts of addresses that fail too often: uploads and sign-ins. Successful attempts do not count.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use crate::time::Timestamp;

/// Maximum number of addresses remembered. Above it, those that failed least are dropped.
const MANY: usize = 10_000;

/// Failures by address.
#[derive(Debug)]
pub struct Throttle {
    /// How long one failure is remembered, in milliseconds.
    each: i64,
    /// How many remembered failures an address may have.
    burst: i64,
    /// When all failures of an address will have expired, in milliseconds since 1970.
    forgotten_at: Mutex<HashMap<IpAddr, i64>>,
}

impl Throttle {
    /// For uploads: 60 failures at once, then one every second.
    pub fn of_uploads() -> Self {
        Self::new(1_000, 60)
    }

    /// For sign-ins: 20 failures at once, then ten a minute. Enough for a household behind one address, too few for
    /// guessing.
    pub fn of_sign_ins() -> Self {
        Self::new(6_000, 20)
    }

    fn new(each: i64, burst: i64) -> Self {
        Self { each, burst, forgotten_at: Mutex::default() }
    }

    /// Counts a failure. If the address has failed too often, returns the seconds until it may fail again.
    pub fn fail(&self, address: IpAddr, now: Timestamp) -> Option<i64> {
        let now = now.unix().saturating_mul(1_000);
        let mut all = self.forgotten_at.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MANY {
            evict(&mut all, now);
        }
        let forgotten_at = all.entry(network(address)).or_insert(now);
        let next = now.max(*forgotten_at).saturating_add(self.each);
        let over = next - now - self.each * self.burst;
        if over > 0 {
            return Some((over + 999) / 1_000);
        }
        *forgotten_at = next;
        None
    }

    /// Returns whether an address has failed too often. Counts nothing.
    pub fn is_over(&self, address: IpAddr, now: Timestamp) -> bool {
        let now = now.unix().saturating_mul(1_000);
        let all = self.forgotten_at.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten_at = all.get(&network(address)).copied().unwrap_or(now);
        now.max(forgotten_at).saturating_add(self.each) - now > self.each * self.burst
    }
}

/// Drops expired entries and, if that is not enough, the half that failed least.
fn evict(all: &mut HashMap<IpAddr, i64>, now: i64) {
    all.retain(|_, forgotten_at| *forgotten_at > now);
    if all.len() < MANY {
        return;
    }
    let mut times: Vec<i64> = all.values().copied().collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    all.retain(|_, forgotten_at| *forgotten_at > median);
}

/// Returns the address that stands for a whole network: a household usually has a /64 of IPv6 addresses.
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
        let now = Timestamp::from_unix(1_000);
        assert!((0..60).all(|_| !throttle.is_over(noisy, now) && throttle.fail(noisy, now).is_none()));
        assert!(throttle.is_over(noisy, now) && !throttle.is_over(quiet, now));
        assert_eq!(throttle.fail(noisy, now), Some(1));
        assert_eq!(throttle.fail(noisy, now), Some(1), "and what was too many does not make it longer");
        assert_eq!(throttle.fail(quiet, now), None);
        assert_eq!(throttle.fail(noisy, Timestamp::from_unix(1_001)), None);
        assert_eq!(throttle.fail(noisy, Timestamp::from_unix(1_001)), Some(1));
        Ok(())
    }

    #[test]
    fn all_addresses_of_an_ipv6_network_are_one() -> Result<(), std::net::AddrParseError> {
        let throttle = Throttle::of_sign_ins();
        for number in 0..20 {
            assert_eq!(throttle.fail(format!("2001:db8::{number}").parse()?, Timestamp::from_unix(0)), None);
        }
        assert_eq!(throttle.fail("2001:db8::ffff:1".parse()?, Timestamp::from_unix(0)), Some(6));
        assert_eq!(throttle.fail("2001:db8:0:1::1".parse()?, Timestamp::from_unix(0)), None);
        Ok(())
    }

    #[test]
    fn those_who_failed_most_are_remembered_longest() {
        let throttle = Throttle::of_uploads();
        let worst = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..60 {
            throttle.fail(worst, Timestamp::from_unix(0));
        }
        for number in 0..3 * u32::try_from(MANY).unwrap_or_default() {
            throttle.fail(IpAddr::from((0x0a00_0000 + number).to_be_bytes()), Timestamp::from_unix(0));
        }
        assert!(throttle.forgotten_at.lock().is_ok_and(|all| all.len() <= MANY));
        assert!(throttle.fail(worst, Timestamp::from_unix(0)).is_some());
    }
}
