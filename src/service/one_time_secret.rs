//! Secrets that were just made and wait to be shown, once.
//!
//! The answer to a form is a redirect, with and without JavaScript, and a secret must not be in a URL. The redirect
//! carries a one-time token instead, by which the page asks for the secret.

use std::sync::{Mutex, PoisonError};

use crate::{crypto::token::random_token, error::Error, time::Timestamp};

/// How long a secret waits: seconds.
const WITHIN: i64 = 600;
/// How many wait at most; the oldest go first.
const MAX_WAITING: usize = 32;

/// Secrets of one kind, by their tokens.
#[derive(Debug)]
pub struct OneTimeSecrets<T>(Mutex<Vec<Waiting<T>>>);

#[derive(Debug)]
struct Waiting<T> {
    token: String,
    /// For whom it was made: nobody else is shown it.
    owner: String,
    until: Timestamp,
    secret: T,
}

impl<T> Default for OneTimeSecrets<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> OneTimeSecrets<T> {
    /// Keeps a secret for its owner; returns the token that shows it.
    ///
    /// # Errors
    /// When there is no entropy.
    pub fn keep(&self, owner: &str, secret: T, now: Timestamp) -> Result<String, Error> {
        let token = random_token(16)?;
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|one| one.until > now);
        if waiting.len() >= MAX_WAITING {
            waiting.remove(0);
        }
        waiting.push(Waiting {
            token: token.clone(),
            owner: owner.to_owned(),
            until: now.plus(WITHIN),
            secret,
        });
        Ok(token)
    }

    /// Takes the secret that waits for this owner under this token.
    pub fn take(&self, owner: &str, token: &str, now: Timestamp) -> Option<T> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|one| one.until > now);
        let position = waiting.iter().position(|one| one.token == token && one.owner == owner)?;
        Some(waiting.remove(position).secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_sees_it_and_only_once() -> Result<(), Error> {
        let room = OneTimeSecrets::default();
        let now = Timestamp::from_unix(1_800_000_000);
        let token = room.keep("jo", "secret", now)?;
        assert_eq!(room.take("kim", &token, now), None);
        assert_eq!(room.take("jo", "another", now), None);
        assert_eq!(room.take("jo", &token, now), Some("secret"));
        assert_eq!(room.take("jo", &token, now), None);
        Ok(())
    }

    #[test]
    fn what_nobody_asks_for_goes() -> Result<(), Error> {
        let room = OneTimeSecrets::default();
        let now = Timestamp::from_unix(1_800_000_000);
        let token = room.keep("jo", 1, now)?;
        assert_eq!(room.take("jo", &token, now.plus(WITHIN)), None);
        let first = room.keep("jo", 2, now)?;
        for number in 0..MAX_WAITING {
            room.keep("jo", number, now)?;
        }
        assert_eq!(room.take("jo", &first, now), None, "the oldest made room");
        Ok(())
    }
}
