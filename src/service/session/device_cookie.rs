//! The mark of a browser in which a person has signed in before: what strangers do at the account does not make it wait.
//!
//! It lets nobody in. It is a random number, sealed to the person, so that nobody can make one for somebody else.

use secrecy::{ExposeSecret as _, SecretString};

use super::Caller;
use crate::{
    crypto::{SecretLocation, token::random_token},
    error::Error,
    ids::UserId,
    service::Services,
};

/// Longest mark that is looked at: bytes.
const LONGEST: usize = 512;

/// The mark for a browser in which this person has just signed in; none when it has one that is good.
///
/// # Errors
/// When there is no entropy.
pub(super) fn new(services: &Services, caller: &Caller, user: UserId) -> Result<Option<String>, Error> {
    if device(services, caller, user).is_some() {
        return Ok(None);
    }
    let number = SecretString::from(random_token(12)?);
    match services.secrets.seal(place(user), &number) {
        Ok(mark) => Ok(Some(mark)),
        // Without a key there are no marks, and signing in works all the same.
        Err(error) => {
            tracing::debug!(%error, "no mark for a browser");
            Ok(None)
        }
    }
}

/// Which of this person's browsers it is, if it is one.
pub(super) fn device(services: &Services, caller: &Caller, user: UserId) -> Option<String> {
    let mark = caller.mark.as_deref().filter(|mark| mark.len() <= LONGEST)?;
    let number = services.secrets.open(place(user), mark).ok()?;
    Some(number.expose_secret().to_owned())
}

/// What a mark is sealed to: no column has it, it is in the browser only.
fn place(user: UserId) -> SecretLocation<'static> {
    SecretLocation { table: "users", column: "browser_mark", row: user.0 }
}
