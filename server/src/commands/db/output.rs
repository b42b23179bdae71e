//! What these commands print: a text for people, or one JSON value for programs.

use std::{
    fmt,
    io::{Write as _, stdout},
};

use serde::Serialize;

/// How to answer.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Output {
    /// In JSON.
    pub json: bool,
}

impl Output {
    /// Prints one answer in the form that was asked for.
    pub(in crate::commands) fn show(self, answer: &(impl Serialize + fmt::Display)) -> anyhow::Result<()> {
        let mut out = stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, answer)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{answer}")?;
        }
        Ok(())
    }
}
