//! Throttles failed sign-ins. Failures count, not attempts: a correct password is never rejected because others guess.
//!
//! | who fails | counted under | free | then |
//! |---|---|---|---|
//! | anyone at an address | the account and that address (IPv6: its /64) | 5 | that address waits at that account |
//! | many addresses together | the account | 50 | all addresses and devices that are new to the account wait |
//! | a browser that signed in to the account before | the account and that browser | 5 | that browser waits |
//! | anyone with the password, at the code | the account's codes | 5 | all wait |
//! | a session, at its own password | that session | 5 | that session waits |
//!
//! So attackers cannot lock a user out of places where that user has signed in before.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{Caller, LONGEST, device_cookie};
use crate::{
    db::{
        Connection, StoreError, Tx,
        tables::{login_failures, login_failures::FailureRecord, sessions, users::UserRecord},
    },
    error::Error,
    ids::SessionId,
    service::{
        Actor, Services, audit,
        audit::{Entry, NO_SUCH_USER},
        users::account_key,
    },
    throttle::network,
    time::Timestamp,
};

/// Consecutive failures of one address, device or session before it has to wait.
const FREE: i64 = 5;
/// Failures of all addresses together before those new to the account have to wait.
const FREE_FOR_ALL: i64 = 50;
/// First and longest wait in seconds.
const WAITS: (i64, i64) = (30, login_failures::LONGEST_WAIT);
/// The keys under which a failure is counted, and the queue of the password check.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    /// The keys, and the number of free failures under each.
    keys: Vec<(String, i64)>,
    /// Password checks in the same queue wait for each other.
    pub(super) queue: String,
}

impl Counted {
    /// For a sign-in with the name of an account. `user` is its user, if there is one.
    pub(super) fn at_sign_in(
        services: &Services,
        caller: &Caller,
        account: &str,
        user: Option<&UserRecord>,
        knows_address: bool,
    ) -> Self {
        let device = user.and_then(|user| device_cookie::device(services, caller, user.id()));
        if let Some(device) = device {
            let queue = format!("device {device}");
            return Self { keys: vec![(apart(account, &queue), FREE)], queue };
        }
        let queue = format!("address {}", network_of(caller));
        let mut keys = vec![(apart(account, &queue), FREE)];
        if !knows_address {
            keys.push((account.to_owned(), FREE_FOR_ALL));
        }
        Self { keys, queue }
    }

    /// For the code after a correct password.
    pub(super) fn at_code(account: &str) -> Self {
        Self { keys: vec![(apart(account, "code"), FREE)], queue: String::new() }
    }

    /// For a password confirmation in a session.
    fn in_session(account: &str, session: Option<SessionId>) -> Self {
        let queue = format!("session {}", session.map_or(0, |id| id.0));
        Self { keys: vec![(apart(account, &queue), FREE)], queue }
    }

    /// Rejects a caller who has failed too often.
    pub(super) async fn refuse_blocked(&self, services: &Services) -> Result<(), Error> {
        let (counted, now) = (self.clone(), services.clock.now());
        let stored = services.db.read(move |conn| counted.stored_wait(conn, now)).await?;
        let wait = stored.max(services.unknown_names.wait(&self.keys, now));
        wait.map_or(Ok(()), |seconds| Err(Error::TooMany { seconds }))
    }

    /// Returns how long to wait, within the transaction of the sign-in. A thousand simultaneous guesses all pass
    /// [`Self::refuse_blocked`]; here all but the first few are stopped.
    pub(super) fn wait(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<i64>, StoreError> {
        self.stored_wait(tx.conn, now)
    }

    fn stored_wait(&self, conn: &mut Connection, now: Timestamp) -> Result<Option<i64>, StoreError> {
        let mut longest = None;
        for (key, _) in &self.keys {
            let known = login_failures::find(conn, key)?;
            longest = longest.max(known.and_then(|known| wait_of(&known, now)));
        }
        Ok(longest)
    }

    /// Deletes the failures of a caller who succeeded. Those of all addresses together are kept, because others caused
    /// them.
    pub(super) fn forget(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for (key, free) in &self.keys {
            if *free == FREE {
                login_failures::forget(tx.conn, key)?;
            }
        }
        Ok(())
    }

    /// Counts a failure under every key. Returns the count under the first.
    fn count(&self, conn: &mut Connection, now: Timestamp) -> Result<i64, StoreError> {
        let mut of_first = None;
        for (key, free) in &self.keys {
            let known = login_failures::find(conn, key)?.map_or(0, |known| known.failures);
            let record = counted_again(key, known, *free, now);
            login_failures::save(conn, &record)?;
            of_first = of_first.or(Some(record.failures));
        }
        Ok(of_first.unwrap_or_default())
    }
}

/// Returns whether the user has a session from the caller's network, and so has signed in there before.
pub(super) fn knows_address(
    conn: &mut Connection,
    user: Option<&UserRecord>,
    caller: &Caller,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // Queried for unknown users as well, so that it takes equally long.
    let id = user.map_or(crate::ids::UserId(0), UserRecord::id);
    let idle_since = Timestamp::MIN;
    let known = sessions::of_user(conn, id, now, idle_since)?;
    let here = caller.address.map(network);
    Ok(here.is_some() && known.iter().any(|session| session.address.parse().ok().map(network) == here))
}

fn network_of(caller: &Caller) -> String {
    caller.address.map_or_else(String::new, |address| network(address).to_string())
}

/// Returns the key for what is counted separately from the rest of an account.
fn apart(account: &str, what: &str) -> String {
    format!("{account}/{what}")
}

pub(super) fn counted_again(key: &str, known: i64, free: i64, now: Timestamp) -> FailureRecord {
    let failures = known + 1;
    FailureRecord {
        account: key.to_owned(),
        failures,
        last_at: now.to_string(),
        blocked_until: wait_after(failures, free).map(|seconds| now.plus(seconds).to_string()),
    }
}

pub(super) fn wait_of(known: &FailureRecord, now: Timestamp) -> Option<i64> {
    let until: Timestamp = known.blocked_until.as_deref()?.parse().ok()?;
    (until > now).then(|| until.since(now))
}

/// Returns the wait after this many consecutive failures.
fn wait_after(failures: i64, free: i64) -> Option<i64> {
    let over = failures - free;
    let doublings = u32::try_from(over.min(20)).ok()?;
    Some(WAITS.0.saturating_mul(2_i64.pow(doublings)).min(WAITS.1))
}

/// Verifies the password of a signed-in user, and records the confirmation. Wrong ones count as failures.
///
/// # Errors
/// [`Error::Credentials`] if it is wrong; [`Error::TooMany`] after too many attempts.
pub(in crate::service) async fn prove(
    services: &Services,
    actor: &Actor,
    user: &UserRecord,
    password: SecretString,
) -> Result<(), Error> {
    if password.expose_secret().len() > LONGEST {
        return Err(Error::Credentials);
    }
    let session = match actor {
        Actor::User(identity) => identity.session(),
        _ => None,
    };
    let counted = Counted::in_session(&account_key(&user.name), session);
    counted.refuse_blocked(services).await?;
    let is_right = services.passwords.verify(&counted.queue, user.password_hash.as_deref(), password).await?;
    if !is_right {
        return Err(failed(services, actor, None, counted, Some(user), "account.prove_password").await);
    }
    let now = services.clock.now();
    let wait = services
        .db
        .write(move |tx| {
            let wait = counted.wait(tx, now)?;
            if wait.is_none()
                && let Some(session) = session
            {
                counted.forget(tx)?;
                sessions::prove(tx.conn, session, now)?;
            }
            Ok(wait)
        })
        .await?;
    wait.map_or(Ok(()), |seconds| Err(Error::TooMany { seconds }))
}

/// Counts and records a failure, and returns the error to respond with. The typed text is not recorded, because it may
/// be a password. `caller` is the origin of an anonymous request.
pub(super) async fn failed(
    services: &Services,
    actor: &Actor,
    caller: Option<&Caller>,
    counted: Counted,
    user: Option<&UserRecord>,
    action: &'static str,
) -> Error {
    let (actor, now) = (actor.clone(), services.clock.now());
    let outcome = match user {
        Some(user) => {
            let entry = Entry::new(action).on("user", user.id, &user.name);
            let count = move |tx: &mut Tx<'_>| {
                if let Some(seconds) = counted.wait(tx, now)? {
                    return Ok(Some(seconds));
                }
                let failures = counted.count(tx.conn, now)?;
                audit::record(tx, &actor, now, entry.after(json!({ "failures": failures })).failed())?;
                Ok(None)
            };
            services.db.write_unseen(count).await
        }
        None => {
            if let Some(seconds) = services.unknown_names.wait(&counted.keys, now) {
                return Error::TooMany { seconds };
            }
            services.unknown_names.count(&counted.keys, now);
            let entry = Entry::new(action).on("user", None, NO_SUCH_USER).failed();
            services.db.write_unseen(move |tx| audit::record(tx, &actor, now, entry).map(|()| None)).await
        }
    };
    match outcome {
        Ok(None) => {
            let address = caller.and_then(|caller| caller.address);
            match address.and_then(|address| services.sign_ins.fail(address, now)) {
                Some(seconds) => Error::TooMany { seconds },
                None => Error::Credentials,
            }
        }
        Ok(Some(seconds)) => Error::TooMany { seconds },
        Err(error) => Error::Store(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let waits: Vec<_> = (1..=11).map(|failures| wait_after(failures, FREE)).collect();
        let expected = [30, 60, 120, 240, 480, 900, 900].map(Some);
        assert_eq!(waits[..4], [None; 4]);
        assert_eq!(waits[4..], expected);
        assert_eq!(wait_after(i64::MAX, FREE), Some(900));
    }
}
