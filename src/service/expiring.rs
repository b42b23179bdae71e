//! Values that are kept for a short time under a token, for their owner: secrets that are shown once, uploaded backups.
//!
//! The response to a form is a redirect, with and without JavaScript, and a secret must not be in a URL. The redirect has a
//! one-time token instead, with which the page requests the secret.

use std::{
    borrow::Borrow,
    sync::{Mutex, PoisonError},
};

use crate::{crypto::token::random_token, error::Error, time::Timestamp};

/// Secrets of one kind, kept for ten minutes for their owner.
pub type OneTimeSecrets<T> = Expiring<String, T, 600, 32>;

/// Values of one kind, by their tokens, each with its owner `K`. They are kept for `SECONDS`; if there are more than `MOST`,
/// the oldest are dropped.
#[derive(Debug)]
pub struct Expiring<K, T, const SECONDS: i64, const MOST: usize>(Mutex<Vec<Waiting<K, T>>>);

/// One kept value.
#[derive(Debug)]
pub struct Waiting<K, T> {
    token: String,
    /// The only one who can find it.
    owner: K,
    until: Timestamp,
    /// The kept value.
    pub thing: T,
}

impl<K, T, const SECONDS: i64, const MOST: usize> Default for Expiring<K, T, SECONDS, MOST> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, T, const SECONDS: i64, const MOST: usize> Expiring<K, T, SECONDS, MOST> {
    /// Drops what has expired, then runs `work` on the rest.
    fn with<A>(&self, now: Timestamp, work: impl FnOnce(&mut Vec<Waiting<K, T>>) -> A) -> A {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|one| one.until > now);
        work(&mut waiting)
    }

    /// Keeps a value for its owner; returns its token.
    ///
    /// # Errors
    /// If the system cannot provide random bytes.
    pub fn keep(&self, owner: impl Into<K>, thing: T, now: Timestamp) -> Result<String, Error> {
        let (token, until) = (random_token(16)?, now.plus(SECONDS));
        self.put_back(Waiting { token: token.clone(), owner: owner.into(), until, thing }, now);
        Ok(token)
    }

    /// Puts back what was taken, with its token and expiry.
    pub fn put_back(&self, one: Waiting<K, T>, now: Timestamp) {
        self.with(now, |waiting| {
            if waiting.len() >= MOST {
                waiting.remove(0);
            }
            waiting.push(one);
        });
    }

    /// Takes the owner's value with this token, so that it can be used only once.
    pub fn take<Q>(&self, owner: &Q, token: &str, now: Timestamp) -> Option<Waiting<K, T>>
    where
        K: Borrow<Q>,
        Q: PartialEq + ?Sized,
    {
        self.with(now, |waiting| {
            let at = waiting.iter().position(|one| one.token == token && one.owner.borrow() == owner)?;
            Some(waiting.remove(at))
        })
    }

    /// Returns the owner's value with this token, and keeps it.
    pub fn find<Q>(&self, owner: &Q, token: &str, now: Timestamp) -> Option<T>
    where
        K: Borrow<Q>,
        Q: PartialEq + ?Sized,
        T: Clone,
    {
        let is_it = |one: &&Waiting<K, T>| one.token == token && one.owner.borrow() == owner;
        self.with(now, |waiting| waiting.iter().find(is_it).map(|one| one.thing.clone()))
    }

    /// Returns the value that this owner kept last.
    pub fn last(&self, owner: &K, now: Timestamp) -> Option<T>
    where
        T: Clone,
    {
        self.with(now, |waiting| waiting.iter().rfind(|one| one.owner == *owner).map(|one| one.thing.clone()))
    }

    /// Drops all values of this owner.
    pub fn forget(&self, owner: &K, now: Timestamp) {
        self.with(now, |waiting| waiting.retain(|one| one.owner != *owner));
    }

    /// Drops what has expired.
    pub fn expire(&self, now: Timestamp) {
        self.with(now, |_| ());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_unix(1_800_000_000)
    }

    #[test]
    fn only_the_owner_has_it_and_takes_it_only_once() -> Result<(), Error> {
        let held = OneTimeSecrets::default();
        let token = held.keep("jo", "secret", now())?;
        let take = |owner: &str, token: &str| held.take(owner, token, now()).map(|one| one.thing);
        assert_eq!((take("kim", &token), take("jo", "another")), (None, None));
        assert_eq!((held.find("kim", &token, now()), held.find("jo", "another", now())), (None, None));
        assert_eq!(held.find("jo", &token, now()), Some("secret"), "it waits on");
        assert_eq!(take("jo", &token), Some("secret"));
        assert_eq!((take("jo", &token), held.find("jo", &token, now())), (None, None));
        Ok(())
    }

    #[test]
    fn what_nobody_asks_for_goes() -> Result<(), Error> {
        let held = OneTimeSecrets::default();
        let token = held.keep("jo", 1, now())?;
        assert_eq!(held.find("jo", &token, now().plus(599)), Some(1));
        assert!(held.take("jo", &token, now().plus(600)).is_none());
        let first = held.keep("jo", 2, now())?;
        for number in 0..32 {
            held.keep("jo", number, now())?;
        }
        assert!(held.take("jo", &first, now()).is_none(), "the oldest made room");
        Ok(())
    }

    #[test]
    fn what_is_put_back_has_its_token_and_not_more_time() -> Result<(), Error> {
        let held = OneTimeSecrets::default();
        let token = held.keep("jo", 1, now())?;
        let Some(one) = held.take("jo", &token, now()) else { panic!("it waits") };
        held.put_back(one, now().plus(300));
        assert_eq!(held.find("jo", &token, now().plus(599)), Some(1));
        assert_eq!(held.find("jo", &token, now().plus(600)), None);
        Ok(())
    }

    #[test]
    fn what_one_owner_has_is_dropped_and_others_keep_theirs() -> Result<(), Error> {
        let held = OneTimeSecrets::default();
        let (jo, kim) = (held.keep("jo", 1, now())?, held.keep("kim", 2, now())?);
        assert_eq!(held.last(&"jo".to_owned(), now()), Some(1));
        held.forget(&"jo".to_owned(), now());
        assert_eq!(held.last(&"jo".to_owned(), now()), None);
        assert_eq!((held.find("jo", &jo, now()), held.find("kim", &kim, now())), (None, Some(2)));
        Ok(())
    }
}
