//! `duplistatus rehearse`: which alarms a story would have raised.

use std::{
    fs,
    io::{Write as _, stderr, stdout},
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;
use duplistatus::noticing::rehearsal::{Alarm, Scenario, rehearse, unmet};
use serde::Serialize;

use crate::cli::RehearseArguments;

/// What is printed for a file.
#[derive(Serialize)]
struct Told<'a> {
    name: &'a str,
    alarms: &'a [Alarm],
}

/// Rehearses each file. What does not hold, and what cannot be read, does not keep the other files from being rehearsed.
pub(super) fn run(arguments: &RehearseArguments) -> anyhow::Result<ExitCode> {
    let mut status = ExitCode::SUCCESS;
    for file in &arguments.files {
        let problems = match one(file) {
            Ok(unmet) => unmet,
            // Whoever reads has seen enough.
            Err(error) if super::is_closed_pipe(&error) => return Err(error),
            Err(error) => vec![super::sentence(&error)],
        };
        for problem in problems {
            status = ExitCode::FAILURE;
            writeln!(stderr(), "{}: {problem}", file.display())?;
        }
    }
    Ok(status)
}

/// Prints the alarms of a file, and returns what does not hold.
fn one(file: &Path) -> anyhow::Result<Vec<String>> {
    let json = fs::read(file).context("cannot be read")?;
    let scenario = Scenario::read(&json)?;
    let alarms = rehearse(&scenario)?;
    let mut out = stdout().lock();
    serde_json::to_writer(&mut out, &Told { name: &scenario.name, alarms: &alarms })?;
    writeln!(out)?;
    Ok(unmet(&scenario.expect, &alarms))
}
