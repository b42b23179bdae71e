//! Slowing down who fails: by account here, by address in [`Services::slow_down`].

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::LONGEST;
use crate::{
    db::{
        StoreError, Tx,
        login_failures::{self, FailureRecord},
        users::UserRecord,
    },
    error::Error,
    service::{
        Actor, Services,
        audit::{self, Entry},
        user::account_key,
    },
    time::Timestamp,
};

/// Failures in a row before an account has to wait.
const FREE_FAILURES: i64 = 5;
/// First and longest wait of an account: seconds.
const WAITS: (i64, i64) = (30, 900);

/// Refuses an account that has failed too often.
pub(super) async fn refuse_blocked(services: &Services, account: &str) -> Result<(), Error> {
    let (account, now) = (account.to_owned(), services.clock.now());
    let wait = services
        .db
        .read(move |conn| Ok(login_failures::find(conn, &account)?.and_then(|known| wait_of(&known, now))))
        .await?;
    wait.map_or(Ok(()), |seconds| Err(Error::TooMany { seconds }))
}

/// How long an account has to wait, asked in the transaction that lets it in. Whoever sends a thousand guesses at once
/// passes [`refuse_blocked`] with all of them; here only the first few are answered by what they are.
pub(super) fn wait(tx: &mut Tx<'_>, account: &str, now: Timestamp) -> Result<Option<i64>, StoreError> {
    Ok(login_failures::find(tx.conn, account)?.and_then(|known| wait_of(&known, now)))
}

fn wait_of(known: &FailureRecord, now: Timestamp) -> Option<i64> {
    let until: Timestamp = known.blocked_until.as_deref()?.parse().ok()?;
    (until > now).then(|| until.since(now))
}

/// Checks the password of a person who is signed in; wrong ones count as failures to sign in.
///
/// # Errors
/// [`Error::Credentials`] when it is wrong; [`Error::TooMany`].
pub(in crate::service) async fn prove(
    services: &Services,
    actor: &Actor,
    user: &UserRecord,
    password: SecretString,
) -> Result<(), Error> {
    if password.expose_secret().len() > LONGEST {
        return Err(Error::Credentials);
    }
    let account = account_key(&user.name);
    refuse_blocked(services, &account).await?;
    if services.passwords.verify(user.password_hash.as_deref(), password).await? {
        return refuse_blocked(services, &account).await;
    }
    Err(failed(services, actor, account, Some(user), "account.prove_password").await)
}

/// Counts a failure of an account, records it, and says what to answer. What was typed is not recorded: it may be a
/// password.
pub(super) async fn failed(
    services: &Services,
    actor: &Actor,
    account: String,
    user: Option<&UserRecord>,
    action: &'static str,
) -> Error {
    let (actor, now) = (actor.clone(), services.clock.now());
    let entry = match user {
        Some(user) => Entry::new(action).on("user", user.id, &user.name),
        None => Entry::new(action).on("user", None, "(no such person)"),
    };
    let counted = services
        .db
        .write_quietly(move |tx| {
            if let Some(seconds) = wait(tx, &account, now)? {
                return Ok(Some(seconds));
            }
            let failures = login_failures::find(tx.conn, &account)?.map_or(0, |known| known.failures) + 1;
            let record = FailureRecord {
                account,
                failures,
                last_at: now.to_string(),
                blocked_until: wait_after(failures).map(|seconds| now.plus(seconds).to_string()),
            };
            login_failures::save(tx.conn, &record)?;
            audit::record(tx, &actor, now, entry.after(json!({ "failures": failures })).failed())?;
            Ok(None)
        })
        .await;
    match counted {
        Ok(None) => Error::Credentials,
        Ok(Some(seconds)) => Error::TooMany { seconds },
        Err(error) => Error::Store(error),
    }
}

/// How long an account has to wait after so many failures in a row.
fn wait_after(failures: i64) -> Option<i64> {
    let over = failures - FREE_FAILURES;
    let doublings = u32::try_from(over.min(20)).ok()?;
    Some(WAITS.0.saturating_mul(2_i64.pow(doublings)).min(WAITS.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let waits: Vec<_> = (1..=11).map(wait_after).collect();
        let expected = [30, 60, 120, 240, 480, 900, 900].map(Some);
        assert_eq!(waits[..4], [None; 4]);
        assert_eq!(waits[4..], expected);
        assert_eq!(wait_after(i64::MAX), Some(900));
    }
}
