//! Failed sign-ins with unknown names.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::throttle::{counted_again, wait_of};
use crate::{db::tables::login_failures::FailureRecord, time::Timestamp};

/// Maximum number of entries in memory.
const MOST_UNKNOWN_NAMES: usize = 10_000;

/// Failures with unknown names. They have to wait as with existing users, so that the response does not reveal which
/// users exist. They are only in memory, so that invented names do not fill the disk.
#[derive(Debug, Default)]
pub struct UnknownNames(Mutex<HashMap<String, FailureRecord>>);

impl UnknownNames {
    /// Returns how many seconds these keys have to wait.
    pub(super) fn wait(&self, keys: &[(String, i64)], now: Timestamp) -> Option<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.iter().filter_map(|(key, _)| wait_of(known.get(key)?, now)).max()
    }

    /// Counts a failure under these keys, each with its number of free failures.
    pub(super) fn count(&self, keys: &[(String, i64)], now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + keys.len() > MOST_UNKNOWN_NAMES {
            // Deletes the older half, so that not every failure has to.
            let mut times: Vec<String> = known.values().map(|record| record.last_at.clone()).collect();
            let middle = times.len() / 2;
            let (_, median, _) = times.select_nth_unstable(middle);
            let median = median.clone();
            known.retain(|_, record| record.last_at > median);
        }
        for (key, free) in keys {
            let failures = known.get(key).map_or(0, |record| record.failures);
            known.insert(key.clone(), counted_again(key, failures, *free, now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_nobody_has_are_remembered_in_a_bounded_number() {
        let unknown_names = UnknownNames::default();
        for number in 0..30_000 {
            let key = format!("name {number}");
            unknown_names.count(&[(key, 5)], Timestamp::from_unix(number));
        }
        assert!(unknown_names.0.lock().is_ok_and(|known| known.len() <= MOST_UNKNOWN_NAMES));
    }
}
