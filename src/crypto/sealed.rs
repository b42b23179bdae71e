//! Encrypts stored secrets with XChaCha20-Poly1305, bound to the place where they are stored.
//!
//! Format: `v1.<key id>.<nonce and ciphertext in base64url>`. Random nonces of 192 bits do not collide in practice.
//! A text that was moved to another row or column, or changed in one bit, cannot be decrypted.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};

use super::{
    keyring::SecretKeys,
    token::{EntropyError, random_bytes},
};

/// The first part of the text; identifies the format.
const VERSION: &str = "v1";
/// Length of a nonce in bytes.
const NONCE: usize = 24;

/// The place where a secret is stored. It is authenticated, so that the encrypted text cannot be used elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretLocation<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's id.
    pub row: i64,
}

/// Why a secret could not be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key file could not be read when the program started.
    #[error("there is no encryption key for secrets: see the log from the start of the program")]
    NoKey,
    /// The system cannot provide random bytes for the nonce.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The text is too long for the cipher.
    #[error("the secret is too long to be encrypted")]
    TooLong,
}

/// Why a stored secret could not be decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was encrypted with a key that is not on the ring.
    #[error(
        "this secret was encrypted with key {id}, which is missing: restore the key file from a backup, or enter the secret again"
    )]
    UnknownKey {
        /// The id of the key.
        id: String,
    },
    /// It is damaged, or was encrypted for another place.
    #[error("this stored secret is damaged or belongs to another record: enter it again")]
    Damaged,
}

impl SecretKeys {
    /// Encrypts a secret for this place and returns the text to store.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(&self, place: SecretLocation<'_>, plain: &SecretString) -> Result<String, SealError> {
        let key = self.current().ok_or(SealError::NoKey)?;
        let nonce = random_bytes::<NONCE>()?;
        let message = Payload { msg: plain.expose_secret().as_bytes(), aad: &place.to_bytes() };
        let mut bytes = nonce.to_vec();
        let sealed = XChaCha20Poly1305::new(key.bytes().into())
            .encrypt(&XNonce::from(*nonce), message)
            .map_err(|_| SealError::TooLong)?;
        bytes.extend(sealed);
        Ok(format!("{VERSION}.{}.{}", key.id(), URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Decrypts the secret stored at this place.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, place: SecretLocation<'_>, sealed: &str) -> Result<SecretString, OpenError> {
        let (id, text) = split(sealed).ok_or(OpenError::Damaged)?;
        let key = self.find(id).ok_or_else(|| OpenError::UnknownKey { id: id.to_owned() })?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| OpenError::Damaged)?;
        let (nonce, msg) = bytes.split_first_chunk::<NONCE>().ok_or(OpenError::Damaged)?;
        let message = Payload { msg, aad: &place.to_bytes() };
        let plain = XChaCha20Poly1305::new(key.bytes().into())
            .decrypt(&XNonce::from(*nonce), message)
            .map(Zeroizing::new)
            .map_err(|_| OpenError::Damaged)?;
        Ok(SecretString::from(std::str::from_utf8(&plain).map_err(|_| OpenError::Damaged)?))
    }

    /// Returns whether a stored secret should be encrypted again because its key is not the current one.
    pub fn needs_rotation(&self, sealed: &str) -> bool {
        self.current().is_some_and(|key| split(sealed).is_none_or(|(id, _)| id != key.id()))
    }
}

impl SecretLocation<'_> {
    /// Encodes the place. Every part is preceded by its length, so that no two places have the same bytes.
    fn to_bytes(self) -> Vec<u8> {
        let Self { table, column, row } = self;
        let mut bytes = Vec::new();
        for part in [VERSION.as_bytes(), table.as_bytes(), column.as_bytes(), &row.to_be_bytes()] {
            bytes.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend(part);
        }
        bytes
    }
}

/// Splits off the id of the key. Anything that does not look like an id is rejected, because errors show it.
fn split(sealed: &str) -> Option<(&str, &str)> {
    let (version, rest) = sealed.split_once('.')?;
    let (id, text) = rest.split_once('.')?;
    let is_id = id.len() == super::keyring::ID_CHARS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (version == VERSION && is_id).then_some((id, text))
}

#[cfg(test)]
#[path = "sealed_tests.rs"]
mod tests;
