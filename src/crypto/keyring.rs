//! The key ring for stored secrets: one key that encrypts, and older ones that only decrypt.

use std::{fmt, sync::Arc};

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use secrecy::{ExposeSecret, SecretBox, SecretString, zeroize::Zeroizing};
use sha2::{Digest, Sha256};

use super::token::{EntropyError, random_bytes};

/// Length of a key in bytes.
const KEY: usize = 32;
/// Length of a key's id in characters.
pub(super) const ID_CHARS: usize = 8;

/// Accepts base64 with and without `=` at the end.
const PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: [GeneralPurpose; 2] =
    [GeneralPurpose::new(&STANDARD, PADDING), GeneralPurpose::new(&URL_SAFE, PADDING)];

/// One key. Its id is not secret and is stored with each encrypted text, to find the key that decrypts it.
pub struct SecretKey {
    id: String,
    bytes: SecretBox<[u8; KEY]>,
}

/// The key ring, current key first. Clones share it.
#[derive(Debug, Clone)]
pub struct SecretKeys {
    keys: Arc<[SecretKey]>,
    from_environment: bool,
}

/// A text that is not a list of keys. The error names the line, never its content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFormatError {
    /// There are only comments.
    #[error("it contains no key")]
    Empty,
    /// A line is not a key.
    #[error(
        "line {0} is not a key: 32 random bytes in hex (64 digits) or base64 (44 characters), as `openssl rand -hex 32` prints them"
    )]
    Line(usize),
    /// A key is obviously not random.
    #[error("line {0} is not a random key: nearly all of its bytes are the same")]
    NotRandom(usize),
}

impl SecretKey {
    /// Generates a key.
    pub(super) fn random() -> Result<Self, EntropyError> {
        Ok(Self::new(&*random_bytes::<KEY>()?))
    }

    fn new(bytes: &[u8; KEY]) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"duplistatus: id of a key");
        digest.update(bytes);
        let id = hex::encode(digest.finalize()).chars().take(ID_CHARS).collect();
        Self { id, bytes: SecretBox::init_with_mut(|key: &mut [u8; KEY]| *key = *bytes) }
    }

    fn parse(text: &str) -> Option<Zeroizing<[u8; KEY]>> {
        let mut key = Zeroizing::new([0_u8; KEY]);
        if hex::decode_to_slice(text, key.as_mut_slice()).is_ok() {
            return Some(key);
        }
        let bytes = BASE64.iter().find_map(|engine| engine.decode(text).ok()).map(Zeroizing::new)?;
        *key = bytes.as_slice().try_into().ok()?;
        Some(key)
    }

    /// Returns the id.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn bytes(&self) -> &[u8; KEY] {
        self.bytes.expose_secret()
    }

    /// Returns the key as it is written in the key file.
    pub(super) fn to_line(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.bytes()))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SecretKeys {
    /// Returns a ring without keys, which can neither encrypt nor decrypt. For a server that runs although its key
    /// file cannot be read.
    pub fn none() -> Self {
        Self::new(Vec::new(), false)
    }

    /// Returns a ring with one new key that is not stored, for tests and the demo.
    ///
    /// # Errors
    /// [`EntropyError`] if the system cannot provide random bytes.
    pub fn in_memory() -> Result<Self, EntropyError> {
        Ok(Self::new(vec![SecretKey::random()?], false))
    }

    /// Parses keys: one per line, the current one first; lines that begin with `#` are comments.
    ///
    /// # Errors
    /// [`KeyFormatError`] if a line is not a key, or there is none.
    pub fn parse(text: &SecretString) -> Result<Self, KeyFormatError> {
        let lines = text.expose_secret().lines().map(str::trim).enumerate();
        let mut keys: Vec<SecretKey> = Vec::new();
        for (index, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let bytes = SecretKey::parse(line).ok_or(KeyFormatError::Line(index + 1))?;
            let distinct = bytes.iter().collect::<std::collections::HashSet<_>>().len();
            if distinct < KEY / 4 {
                return Err(KeyFormatError::NotRandom(index + 1));
            }
            let key = SecretKey::new(&bytes);
            if keys.iter().all(|known| known.id != key.id) {
                keys.push(key);
            }
        }
        if keys.is_empty() { Err(KeyFormatError::Empty) } else { Ok(Self::new(keys, false)) }
    }

    pub(super) fn new(keys: Vec<SecretKey>, from_environment: bool) -> Self {
        Self { keys: keys.into(), from_environment }
    }

    /// Marks these keys as given by the environment, so that no file replaces them, and adds the keys of `older` for
    /// decryption.
    pub(super) fn given(self, older: Option<&Self>) -> Self {
        let others = older.into_iter().flat_map(|ring| ring.keys.iter());
        let others = others.filter(|key| self.find(key.id()).is_none());
        let keys = self.keys.iter().chain(others).map(|key| SecretKey::new(key.bytes())).collect();
        Self::new(keys, true)
    }

    /// Returns the ring with a new current key; the other keys still decrypt.
    pub(super) fn with_new_current(&self) -> Result<Self, EntropyError> {
        let mut keys = vec![SecretKey::random()?];
        keys.extend(self.keys.iter().map(|key| SecretKey::new(key.bytes())));
        Ok(Self::new(keys, self.from_environment))
    }

    /// Returns the ring without the older keys.
    pub(super) fn without_older(&self) -> Self {
        let keys = self.keys.first().map(|key| SecretKey::new(key.bytes()));
        Self::new(keys.into_iter().collect(), self.from_environment)
    }

    /// Returns the key that encrypts; `None` only for [`SecretKeys::none`].
    pub fn current(&self) -> Option<&SecretKey> {
        self.keys.first()
    }

    /// Returns all keys, the current one first.
    pub fn keys(&self) -> &[SecretKey] {
        &self.keys
    }

    /// Returns whether the environment provides the current key, so that no command can replace it.
    pub fn is_from_environment(&self) -> bool {
        self.from_environment
    }

    pub(super) fn find(&self, id: &str) -> Option<&SecretKey> {
        self.keys.iter().find(|key| key.id == id)
    }
}

#[cfg(test)]
#[path = "keyring_tests.rs"]
mod tests;
