//! Recovery codes for users who lost their second factor. There are ten, and each works once.
//!
//! A code has 60 random bits, too many to try them all. So its SHA-256 is stored instead of a slow hash.

use secrecy::{SecretString, zeroize::Zeroizing};

use super::token::{ALPHABET, EntropyError, random_text, sha256_hex};

/// Number of codes.
const CODES: usize = 10;
/// Characters per code, 5 bits each.
const CHARS: usize = 12;
/// Characters between hyphens.
const GROUP: usize = 4;

/// Generates codes like `abcd-efgh-jkmn`, to be shown once.
///
/// # Errors
/// [`EntropyError`] if the system cannot provide random bytes.
pub fn generate() -> Result<Vec<SecretString>, EntropyError> {
    (0..CODES).map(|_| Ok(SecretString::from(grouped(&random_text(CHARS)?)))).collect()
}

/// Returns the hash of a typed code, as it is stored; `None` if it cannot be a code. Capitals, spaces and hyphens
/// are ignored.
pub fn hash(typed: &str) -> Option<String> {
    let code: Zeroizing<String> = Zeroizing::new(
        typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–' | '—'))
            .map(|c| c.to_ascii_lowercase())
            .collect(),
    );
    (code.len() == CHARS && code.bytes().all(|byte| ALPHABET.contains(&byte))).then(|| sha256_hex(&code))
}

fn grouped(code: &str) -> String {
    let mut text = String::with_capacity(CHARS + CHARS / GROUP);
    for (index, c) in code.chars().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn ten_different_codes_in_groups() -> Result<(), EntropyError> {
        let codes = generate()?;
        let texts: HashSet<&str> = codes.iter().map(|code| code.expose_secret()).collect();
        assert_eq!(texts.len(), 10);
        for text in texts {
            let groups: Vec<&str> = text.split('-').collect();
            assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 4), "{text}");
        }
        Ok(())
    }

    #[test]
    fn a_code_may_be_typed_in_many_ways() {
        let stored = hash("abcd-efgh-jkmn");
        assert_eq!(stored, Some(sha256_hex("abcdefghjkmn")));
        for typed in ["abcdefghjkmn", " ABCD EFGH JKMN\n", "abcd‑efgh – jkmn", "a b c d-e f g h-j k m n"]
        {
            assert_eq!(hash(typed), stored, "{typed}");
        }
        assert_ne!(hash("abcd-efgh-jkmm"), stored);
    }

    #[test]
    fn what_cannot_be_a_code_has_no_hash() {
        for typed in
            ["", "abcd-efgh", "abcd-efgh-jkmn-p", "abcd-efgh-jkm0", "abcd-efgh-jklm", "äbcd-efgh-jkmn"]
        {
            assert_eq!(hash(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer(typed in ".{0,40}") {
            let _ = hash(&typed);
        }

        #[test]
        fn grouping_changes_nothing(code in "[a-km-np-z2-9]{12}") {
            prop_assert_eq!(hash(&grouped(&code)), Some(sha256_hex(&code)));
        }
    }
}
