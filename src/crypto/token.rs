//! Random tokens, and the hash under which they are stored. A token has too much entropy to be guessed, so SHA-256
//! protects it as well as a slow hash would, and is fast enough for every request.

use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};

/// Lower-case letters and digits without those that look alike (`l` and `1`, `o` and `0`): 5 bits each, and safe in
/// URLs.
pub(super) const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The system cannot provide random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system cannot provide random numbers: {0}")]
pub struct EntropyError(getrandom::Error);

/// Returns random letters and digits, safe in URLs, with at least `bytes` bytes of entropy.
///
/// # Errors
/// [`EntropyError`] if the system cannot provide random bytes.
pub fn random_token(bytes: usize) -> Result<String, EntropyError> {
    random_text(bytes * 8 / 5 + 1)
}

/// Returns the SHA-256 of a text in hex, which is what is stored of a token.
pub fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Returns this many random characters of the [`ALPHABET`].
pub(crate) fn random_text(characters: usize) -> Result<String, EntropyError> {
    let mut raw = Zeroizing::new(vec![0_u8; characters]);
    getrandom::fill(&mut raw).map_err(EntropyError)?;
    // 256 is a multiple of 32, so all characters are equally likely.
    Ok(raw.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)).copied().map(char::from)).collect())
}

/// Returns random bytes for keys, salts and nonces.
pub(super) fn random_bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>, EntropyError> {
    let mut bytes = Zeroizing::new([0_u8; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(EntropyError)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_the_entropy_that_was_asked_for() -> Result<(), EntropyError> {
        for bytes in 0..70 {
            let token = random_token(bytes)?;
            assert!(token.len() * 5 >= bytes * 8, "{bytes} bytes: {token}");
            assert!(token.bytes().all(|byte| ALPHABET.contains(&byte)), "{token}");
        }
        assert_ne!(random_token(16)?, random_token(16)?);
        Ok(())
    }

    #[test]
    fn every_character_is_used() -> Result<(), EntropyError> {
        let text = random_text(10_000)?;
        assert!(ALPHABET.iter().all(|wanted| text.bytes().any(|byte| byte == *wanted)));
        Ok(())
    }

    #[test]
    fn the_hash_is_the_well_known_one() {
        assert_eq!(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
