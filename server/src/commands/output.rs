//! Output of commands: text for users, or one JSON value for programs.

use std::{
    fmt,
    io::{Write as _, stdout},
};

use serde::Serialize;

/// The output format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    /// Whether to print JSON.
    pub json: bool,
}

impl Output {
    /// Prints a result in the requested format.
    pub(super) fn show(self, answer: &(impl Serialize + fmt::Display)) -> anyhow::Result<()> {
        let mut out = stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, answer)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{answer}")?;
        }
        Ok(())
    }

    /// Prints a result of a sentence or two; as JSON, prints `facts` instead.
    pub(super) fn say(self, sentence: impl fmt::Display, facts: serde_json::Value) -> anyhow::Result<()> {
        self.show(&Said { sentence, facts })
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Said<S> {
    #[serde(skip)]
    sentence: S,
    facts: serde_json::Value,
}

impl<S: fmt::Display> fmt::Display for Said<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence.fmt(f)
    }
}
