//! The second factor: codes from an authenticator app (RFC 6238 with the defaults of all apps: SHA-1, 6 digits, 30
//! seconds).

use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};
use totp_rs::{Builder, Secret, Totp};

use super::token::{EntropyError, random_bytes};
use crate::time::Timestamp;

/// The issuer shown in the app's list.
const ISSUER: &str = "duplistatus";
/// Seconds for which a code is valid.
const STEP: i64 = 30;
/// Codes of this many steps before and after the current one are accepted, for inaccurate clocks and slow typing.
const SKEW: i64 = 1;
/// Length of a secret in bytes, as the RFC recommends: 160 bits.
const SECRET: usize = 20;

/// Why there is no address for an app to scan.
#[derive(Debug, thiserror::Error)]
pub enum TotpError {
    /// The secret was not created by [`generate_secret`].
    #[error("the stored secret of the second factor is damaged")]
    Damaged,
    /// The account name is empty.
    #[error("a second factor requires an account with a name")]
    NoName,
}

/// Generates a secret in base32, to be typed or scanned into an app.
///
/// # Errors
/// [`EntropyError`] if the system cannot provide random bytes.
pub fn generate_secret() -> Result<SecretString, EntropyError> {
    let bytes = random_bytes::<SECRET>()?;
    Ok(SecretString::from(Secret::new_stack(*bytes).to_base32()))
}

/// Returns the address that an authenticator app scans: `otpauth://totp/duplistatus:anna?secret=…`.
///
/// # Errors
/// [`TotpError`].
pub fn otpauth_uri(secret: &SecretString, account: &str) -> Result<SecretString, TotpError> {
    // A colon would end the issuer's name in the app's list.
    let account = account.trim().replace(':', " ");
    if account.is_empty() {
        return Err(TotpError::NoName);
    }
    let builder = builder(secret).ok_or(TotpError::Damaged)?;
    let totp = builder.with_issuer(Some(ISSUER)).with_account_name(account).build();
    totp.and_then(|totp| totp.to_url()).map(SecretString::from).map_err(|_| TotpError::Damaged)
}

/// Returns the time step of a valid code, otherwise `None`. The caller must store the step and pass it as `last_step`
/// from then on, so that neither this code nor an older one is accepted again.
///
/// Spaces in the code are ignored, because apps show it as `123 456`.
pub fn verify(secret: &SecretString, code: &str, now: Timestamp, last_step: Option<i64>) -> Option<i64> {
    let totp = builder(secret)?.build().ok()?;
    let code: Zeroizing<String> = Zeroizing::new(code.chars().filter(|c| !c.is_whitespace()).collect());
    let current = now.unix().div_euclid(STEP);
    (current - SKEW..=current + SKEW)
        .filter(|step| last_step.is_none_or(|last| *step > last))
        .find(|step| is_code_of(&totp, &code, *step))
}

/// Returns whether the code belongs to a step. The library compares in constant time.
fn is_code_of(totp: &Totp, code: &str, step: i64) -> bool {
    u64::try_from(step * STEP).is_ok_and(|time| totp.check(code, time).is_some())
}

/// Configures the library: its defaults, but without skew, because the allowed steps depend on the last one used.
fn builder(secret: &SecretString) -> Option<Builder> {
    let secret = Secret::try_from_base32(secret.expose_secret()).ok()?;
    Some(Builder::new().with_secret(secret).with_skew(0))
}

/// Returns the code that the app shows at a time.
#[cfg(test)]
pub(crate) fn code_at(secret: &str, now: Timestamp) -> Option<String> {
    let totp = builder(&SecretString::from(secret))?.build().ok()?;
    Some(totp.generate(u64::try_from(now.unix()).ok()?).to_string())
}

#[cfg(test)]
#[path = "totp_tests.rs"]
mod tests;
