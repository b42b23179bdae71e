//! The cookie of a browser in which a user has signed in before. Failed attempts of others at the account do not delay
//! sign-ins from it.
//!
//! The cookie does not authenticate. It is a random number encrypted for the user, so that it cannot be forged.

use secrecy::{ExposeSecret as _, SecretString};

use super::Caller;
use crate::{
    crypto::{SecretLocation, token::random_token},
    error::Error,
    ids::UserId,
    service::Services,
};

/// Maximum bytes of a cookie.
const LONGEST: usize = 512;

/// Returns the cookie for a browser in which this user has just signed in; `None` if it has a valid one.
///
/// # Errors
/// If the system cannot provide random bytes.
pub(super) fn new(services: &Services, caller: &Caller, user: UserId) -> Result<Option<String>, Error> {
    if device(services, caller, user).is_some() {
        return Ok(None);
    }
    let number = SecretString::from(random_token(12)?);
    match services.secrets.seal(place(user), &number) {
        Ok(mark) => Ok(Some(mark)),
        // Without an encryption key there are no such cookies; signing in works anyway.
        Err(error) => {
            tracing::debug!(%error, "no mark for a browser");
            Ok(None)
        }
    }
}

/// Returns the id of the browser if it has a valid cookie of this user.
pub(super) fn device(services: &Services, caller: &Caller, user: UserId) -> Option<String> {
    let mark = caller.mark.as_deref().filter(|mark| mark.len() <= LONGEST)?;
    let number = services.secrets.open(place(user), mark).ok()?;
    Some(number.expose_secret().to_owned())
}

/// The place that a cookie is encrypted for. No such column exists, because only the browser has the value.
fn place(user: UserId) -> SecretLocation<'static> {
    SecretLocation { table: "users", column: "browser_mark", row: user.0 }
}
