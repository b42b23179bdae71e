//! What an import says: how far it is, and what became of everything that was in the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Problems that are told one by one; the others are counted.
pub const PROBLEMS: usize = 200;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportFormat {
    /// A database of the Node application.
    Node,
    /// A table of runs.
    Csv,
    /// Runs as objects.
    Json,
}

/// What is being imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPhase {
    /// The file is looked at.
    #[default]
    Checking,
    /// Servers.
    Servers,
    /// Runs.
    Runs,
    /// People.
    People,
    /// Settings and secrets.
    Settings,
    /// The audit log.
    Audit,
    /// Nothing more.
    Done,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportProgress {
    /// What is being imported.
    pub phase: ImportPhase,
    /// How many of them are done.
    pub done: i64,
    /// How many there are; none when that is not known.
    pub total: Option<i64>,
}

/// What became of things of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// In the file.
    pub found: i64,
    /// New here.
    pub added: i64,
    /// Known here, and completed by what the file knows.
    pub completed: i64,
    /// Known here, and as they were.
    pub known: i64,
    /// Not taken; the problems say why.
    pub left_out: i64,
}

/// Something that could not be taken as it is, or at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where in the file: `line 17`, `backups, row 33`.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

/// What became of everything in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The file.
    pub file: String,
    /// What it is.
    pub format: ImportFormat,
    /// What it says about its version.
    pub version: Option<String>,
    /// Whether nothing was stored.
    pub dry_run: bool,
    /// Servers.
    pub servers: Tally,
    /// Runs.
    pub runs: Tally,
    /// People.
    pub people: Tally,
    /// API keys, none of which is taken over: only hashes of them are stored.
    #[serde(default)]
    pub keys: Tally,
    /// Entries of the audit log.
    pub audit: Tally,
    /// Settings.
    pub settings: Tally,
    /// Stored secrets: passwords of servers, tokens.
    pub secrets: Tally,
    /// What was read in another way than it stands in the file, or deserves to be known, and how often.
    pub notes: BTreeMap<String, i64>,
    /// Settings that this program does not use yet, under the keys by which they are kept.
    pub kept: Vec<String>,
    /// What could not be taken as it is, at most [`PROBLEMS`] of them.
    pub problems: Vec<Problem>,
    /// Further problems.
    pub more_problems: i64,
}

impl ImportReport {
    /// Of a file of which nothing was read yet.
    pub fn new(file: String, format: ImportFormat, dry_run: bool) -> Self {
        Self {
            file,
            format,
            version: None,
            dry_run,
            servers: Tally::default(),
            runs: Tally::default(),
            people: Tally::default(),
            keys: Tally::default(),
            audit: Tally::default(),
            settings: Tally::default(),
            secrets: Tally::default(),
            notes: BTreeMap::new(),
            kept: Vec::new(),
            problems: Vec::new(),
            more_problems: 0,
        }
    }

    /// Counts something that deserves to be known.
    pub fn note(&mut self, what: &str) {
        *self.notes.entry(what.to_owned()).or_default() += 1;
    }

    /// Notes that something could not be taken as it is.
    pub fn problem(&mut self, place: impl Into<String>, what: impl Into<String>) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(Problem { place: place.into(), what: what.into() });
        } else {
            self.more_problems += 1;
        }
    }

    /// Everything that was left out.
    pub fn left_out(&self) -> i64 {
        [self.servers, self.runs, self.people, self.keys, self.audit, self.settings, self.secrets]
            .iter()
            .map(|tally| tally.left_out)
            .sum()
    }
}
