//! Reads passwords: typed twice on a terminal, or else the first line of standard input. Never an argument, which every
//! user of the machine can see.

use std::io::{self, BufRead, IsTerminal as _};

use anyhow::{Context as _, bail};
use secrecy::SecretString;

/// Maximum bytes of the line.
const LONGEST: u64 = 4096;

/// Reads a new password.
pub(super) fn read() -> anyhow::Result<SecretString> {
    if !io::stdin().is_terminal() {
        return from_line(io::stdin().lock());
    }
    let ask = |prompt| rpassword::prompt_password(prompt).context("the terminal cannot be read");
    let first = ask("New password: ")?;
    if first != ask("Repeat password: ")? {
        bail!("the passwords do not match");
    }
    Ok(SecretString::from(first))
}

fn from_line(input: impl BufRead) -> anyhow::Result<SecretString> {
    let mut line = String::new();
    input.take(LONGEST).read_line(&mut line).context("standard input cannot be read")?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        bail!("pass the password in the first line of standard input, or use --temporary to generate one");
    }
    Ok(SecretString::from(password))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn the_first_line_is_the_password() -> anyhow::Result<()> {
        for (input, password) in [("a b\nc\n", "a b"), ("a\r\nb", "a"), (" a ", " a ")] {
            assert_eq!(from_line(input.as_bytes())?.expose_secret(), password);
        }
        for nothing in ["", "\n", "\r\nx"] {
            assert!(from_line(nothing.as_bytes()).is_err(), "{nothing:?}");
        }
        Ok(())
    }
}
