//! Confirmation of permanent deletion.

use std::io::{BufRead, IsTerminal as _, Write, stderr, stdin};

use anyhow::bail;

use crate::cli::Confirmation;

impl Confirmation {
    /// Asks on a terminal whether to do this; `what` is the question. Without a terminal `--yes` is required.
    ///
    /// # Errors
    /// If the answer is not yes, or there is no terminal.
    pub(in crate::commands) fn confirm(&self, what: &str) -> anyhow::Result<()> {
        if self.yes {
            return Ok(());
        }
        if !stdin().is_terminal() {
            bail!("not confirmed: use --yes, or run it in a terminal to answer: {what}");
        }
        if !is_yes(&mut stderr().lock(), stdin().lock(), what)? {
            bail!("not confirmed; nothing was changed");
        }
        Ok(())
    }
}

fn is_yes(out: &mut impl Write, mut input: impl BufRead, what: &str) -> anyhow::Result<bool> {
    write!(out, "{what} [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() -> anyhow::Result<()> {
        for (answer, is) in
            [("y\n", true), ("Yes\r\n", true), ("\n", false), ("", false), ("yesterday\n", false)]
        {
            let mut out = Vec::new();
            assert_eq!(is_yes(&mut out, answer.as_bytes(), "Delete nas?")?, is, "{answer:?}");
            assert_eq!(out, b"Delete nas? [y/N] ");
        }
        Ok(())
    }
}
