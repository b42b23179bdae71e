//! Values of the command line that need more than a type of the standard library.

use std::{error::Error, fmt, str::FromStr};

/// The URL prefix under which everything lives: empty, or `/a/b` without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BasePrefix(String);

impl BasePrefix {
    /// The prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that cannot be a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasePrefixError;

impl fmt::Display for BasePrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("use a path like /duplistatus: letters, digits, '-', '_', '.' and '~' between slashes")
    }
}

impl Error for BasePrefixError {}

impl FromStr for BasePrefix {
    type Err = BasePrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.trim().trim_matches('/').split('/').collect();
        if parts == [""] {
            return Ok(Self::default());
        }
        let is_plain = |part: &&str| {
            !part.is_empty()
                && !part.chars().all(|c| c == '.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
        };
        if parts.iter().all(is_plain) {
            Ok(Self(format!("/{}", parts.join("/"))))
        } else {
            Err(BasePrefixError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_have_one_form() {
        for (given, expected) in [("", ""), ("/", ""), ("duplistatus", "/duplistatus"), ("/a/b/", "/a/b")] {
            assert_eq!(given.parse::<BasePrefix>().map(|p| p.0), Ok(expected.to_owned()), "{given}");
        }
        for wrong in ["/a//b", "/..", "/a b", "/<x>", "/ä", "/{x}", "https://x"] {
            assert!(wrong.parse::<BasePrefix>().is_err(), "{wrong}");
        }
    }
}
