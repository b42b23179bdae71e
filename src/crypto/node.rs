//! Decrypts secrets stored by the Node application of the same name: `salt:iv:tag:ciphertext` in hex, AES-256-GCM
//! with a key that PBKDF2 derives from its key file. They are only decrypted here, and encrypted again in our own
//! format.

use std::num::NonZeroU32;

use ring::{aead, pbkdf2};
use secrecy::{SecretString, zeroize::Zeroizing};
use sha2::{Digest as _, Sha256};

/// Length in bytes of the key file and of the derived keys.
const KEY: usize = 32;
const NONCE: usize = 12;
const TAG: usize = 16;
/// Rounds of PBKDF2.
const ROUNDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(99_999);

/// The content of `.duplistatus.key`.
pub struct NodeKey(Zeroizing<[u8; KEY]>);

/// Why a secret of the Node application could not be decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NodeSecretError {
    /// The key file has the wrong length.
    #[error(
        "a key file of the Node application has exactly 32 bytes; use `.duplistatus.key` from its data folder"
    )]
    NotAKey,
    /// The text does not have this format.
    #[error("it was not encrypted by the Node application")]
    NotSealed,
    /// The key is wrong, or the text is damaged.
    #[error("it cannot be decrypted with this key")]
    WrongKey,
}

impl std::fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NodeKey")
    }
}

impl NodeKey {
    /// Creates the key from the bytes of the key file.
    ///
    /// # Errors
    /// [`NodeSecretError::NotAKey`] if there are not exactly 32.
    pub fn new(bytes: &[u8]) -> Result<Self, NodeSecretError> {
        let key: [u8; KEY] = bytes.try_into().map_err(|_| NodeSecretError::NotAKey)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Returns the fingerprint that the Node application stores to detect a different key.
    pub fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_slice()))
    }

    /// Decrypts a text.
    ///
    /// # Errors
    /// [`NodeSecretError::NotSealed`] if it has another format (an empty text, too); [`NodeSecretError::WrongKey`] if
    /// the key is wrong or the text damaged.
    pub fn open(&self, text: &str) -> Result<SecretString, NodeSecretError> {
        let [salt, nonce, tag, sealed] = parts(text).ok_or(NodeSecretError::NotSealed)?;
        let mut key = Zeroizing::new([0; KEY]);
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, &salt, self.0.as_slice(), key.as_mut_slice());
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, key.as_slice())
            .map_err(|_| NodeSecretError::WrongKey)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(&nonce).map_err(|_| NodeSecretError::NotSealed)?;
        // ring expects the tag after the text.
        let mut message = Zeroizing::new([sealed, tag].concat());
        let plain = aead::LessSafeKey::new(key)
            .open_in_place(nonce, aead::Aad::empty(), &mut message)
            .map_err(|_| NodeSecretError::WrongKey)?;
        let plain = std::str::from_utf8(plain).map_err(|_| NodeSecretError::WrongKey)?;
        Ok(SecretString::from(plain))
    }
}

/// Returns whether a text has the format of an encrypted secret.
pub fn is_sealed(text: &str) -> bool {
    parts(text).is_some()
}

/// Splits the text into salt, nonce, tag and ciphertext.
fn parts(text: &str) -> Option<[Vec<u8>; 4]> {
    let parts: Vec<Vec<u8>> = text.split(':').map(|part| hex::decode(part).ok()).collect::<Option<_>>()?;
    let parts: [Vec<u8>; 4] = parts.try_into().ok()?;
    let [salt, nonce, tag, _] = &parts;
    (salt.len() == KEY && nonce.len() == NONCE && tag.len() == TAG).then_some(parts)
}

/// Encrypts as the Node application does, for tests.
#[cfg(test)]
pub(crate) fn seal_for_tests(key: &[u8; 32], plain: &str) -> String {
    let (salt, nonce) = ([7; 32], [9; NONCE]);
    let mut derived = [0; KEY];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, &salt, key, &mut derived);
    let unbound = aead::UnboundKey::new(&aead::AES_256_GCM, &derived).ok();
    let mut message = plain.as_bytes().to_vec();
    let tag = unbound.and_then(|unbound| {
        aead::LessSafeKey::new(unbound)
            .seal_in_place_separate_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::empty(),
                &mut message,
            )
            .ok()
    });
    let tag = tag.map(|tag| hex::encode(tag.as_ref())).unwrap_or_default();
    format!("{}:{}:{tag}:{}", hex::encode(salt), hex::encode(nonce), hex::encode(message))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    /// Created by Node: `crypto.pbkdf2Sync(key, salt, 100000, 32, 'sha256')` and `createCipheriv('aes-256-gcm', …)`
    /// with the key 00 01 … 1f, the salt 32 × a5, the iv 12 × 5a and the text `hunter2 ü`.
    const FROM_NODE: &str = "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5:5a5a5a5a5a5a5a5a5a5a5a5a:7d7e775d38b00cca3620251c8afc406a:4131ce6ed6938dc502ae";

    #[test]
    fn what_node_encrypted_opens() -> Result<(), NodeSecretError> {
        let bytes: Vec<u8> = (0..32).collect();
        let key = NodeKey::new(&bytes)?;
        assert_eq!(key.open(FROM_NODE)?.expose_secret(), "hunter2 ü");
        assert_eq!(key.fingerprint(), "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd");
        Ok(())
    }

    #[test]
    fn what_does_not_fit_is_told_apart() -> Result<(), NodeSecretError> {
        let key = NodeKey::new(&[3; 32])?;
        let sealed = seal_for_tests(&[3; 32], "p");
        assert_eq!(key.open(&sealed)?.expose_secret(), "p");
        assert_eq!(NodeKey::new(&[4; 32])?.open(&sealed).err(), Some(NodeSecretError::WrongKey));
        for text in ["", "secret", "aa:bb:cc:dd", "v1.x.y"] {
            assert_eq!(key.open(text).err(), Some(NodeSecretError::NotSealed), "{text}");
            assert!(!is_sealed(text));
        }
        assert_eq!(NodeKey::new(b"short").err(), Some(NodeSecretError::NotAKey));
        Ok(())
    }
}
