//! Signatures under texts that leave the program and come back: HMAC-SHA-256 with a key of its own for each purpose, made from the key that
//! encrypts stored secrets.

use ring::hmac::{HMAC_SHA256, Key, sign, verify};

use super::keyring::{SecretKey, SecretKeys};

/// Length of a signature in bytes.
const SIGNATURE: usize = 32;

/// Returns a token: a text and its signature in hexadecimal, which no markup changes. `None` when nothing signs.
pub fn token(mut text: Vec<u8>, sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> Option<String> {
    let signature = sign(&text)?;
    text.extend(signature);
    Some(hex::encode(text))
}

/// Returns the text of a token, if it has this length and is signed.
pub fn text_of<const LENGTH: usize>(
    token: &str,
    is_signed: impl FnOnce(&[u8], &[u8]) -> bool,
) -> Option<[u8; LENGTH]> {
    let bytes = hex::decode(token).ok().filter(|bytes| bytes.len() == LENGTH + SIGNATURE)?;
    let (text, signature) = bytes.split_first_chunk()?;
    is_signed(text, signature).then_some(*text)
}

/// The key of a purpose.
fn key_of(key: &SecretKey, purpose: &str) -> Key {
    let made = sign(&Key::new(HMAC_SHA256, key.bytes()), format!("duplistatus: {purpose}").as_bytes());
    Key::new(HMAC_SHA256, made.as_ref())
}

impl SecretKeys {
    /// Signs a text for a purpose with the current key; `None` without a key.
    #[must_use]
    pub fn sign(&self, purpose: &str, text: &[u8]) -> Option<Vec<u8>> {
        Some(sign(&key_of(self.current()?, purpose), text).as_ref().to_vec())
    }

    /// Returns whether one of the keys made this signature for this purpose.
    #[must_use]
    pub fn is_signed(&self, purpose: &str, text: &[u8], signature: &[u8]) -> bool {
        self.keys().iter().any(|key| verify(&key_of(key, purpose), text, signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_its_text_purpose_and_key_only() {
        let (keys, others) = (SecretKeys::in_memory().unwrap(), SecretKeys::in_memory().unwrap());
        let signature = keys.sign("a", b"text").unwrap();
        assert_eq!(signature.len(), SIGNATURE);
        assert!(keys.is_signed("a", b"text", &signature));
        assert!(!keys.is_signed("b", b"text", &signature));
        assert!(!keys.is_signed("a", b"texts", &signature));
        assert!(!keys.is_signed("a", b"text", &signature[..31]));
        assert!(!others.is_signed("a", b"text", &signature));
        assert!(SecretKeys::none().sign("a", b"text").is_none());
        let newer = keys.with_new_current().unwrap();
        assert!(newer.is_signed("a", b"text", &signature), "an older key still counts");
        assert!(!newer.without_older().is_signed("a", b"text", &signature));
    }
}
