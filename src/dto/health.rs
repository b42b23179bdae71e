//! What the program looks at to say how it is: facts with their figures. Pages and commands put words to them.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How a check came out, from bad to good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Something does not work.
    Failing,
    /// It will not work for long, or not when it is needed.
    Warning,
    /// Good to know.
    Note,
    /// It is as it should be.
    Ok,
}

impl State {
    /// The word in the API and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Ok => "ok",
        }
    }
}

/// Why nothing can be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadOnly {
    /// The file is damaged: what is written could be lost, or make it worse.
    Damaged,
    /// The system lets nobody write to it.
    Unwritable,
    /// It was moved or deleted while it was open: what is written is lost with the end of the program.
    Gone,
    /// There is no room on the disk. Writes are tried all the same.
    Full,
    /// Another process holds the lock of the file. Writes are tried all the same.
    Locked,
}

/// What everybody who is signed in has to know, on every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemProblem {
    /// Nothing can be stored.
    ReadOnly(ReadOnly),
    /// The disk is nearly full; for administrators.
    LowSpace,
}

impl SystemProblem {
    const ALL: [Self; 6] = [
        Self::ReadOnly(ReadOnly::Damaged),
        Self::ReadOnly(ReadOnly::Unwritable),
        Self::ReadOnly(ReadOnly::Gone),
        Self::ReadOnly(ReadOnly::Full),
        Self::ReadOnly(ReadOnly::Locked),
        Self::LowSpace,
    ];

    /// The word in a page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly(ReadOnly::Damaged) => "damaged",
            Self::ReadOnly(ReadOnly::Unwritable) => "unwritable",
            Self::ReadOnly(ReadOnly::Gone) => "gone",
            Self::ReadOnly(ReadOnly::Full) => "full",
            Self::ReadOnly(ReadOnly::Locked) => "locked",
            Self::LowSpace => "low-space",
        }
    }

    /// Returns the problem with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.as_str() == word)
    }
}

/// What the last check of the whole file found, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastIntegrity {
    /// When it ended.
    pub at: Timestamp,
    /// How many things were not in order.
    pub problems: i64,
    /// Whether pages or indexes of the file are among them: then nothing more should be written.
    pub damaged: bool,
    /// The first of them, in SQLite's words.
    pub first: String,
}

/// Something that was looked at. Ages are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "snake_case")]
pub enum Fact {
    /// Whether the database answers.
    Database {
        /// It did.
        answers: bool,
    },
    /// Whether it can be written.
    Writing {
        /// Why not.
        read_only: Option<ReadOnly>,
        /// Who holds its lock, as far as the system tells: "name (process 123)".
        holders: Vec<String>,
    },
    /// The last check of the whole file.
    File {
        /// How long ago it was; none when there was none.
        age: Option<i64>,
        /// How many things were not in order.
        problems: i64,
        /// Whether pages or indexes are damaged.
        damaged: bool,
    },
    /// The schema.
    Schema {
        /// The newest migration of the file.
        version: String,
        /// Migrations that it lacks.
        missing: i64,
        /// Whether a newer program wrote it.
        newer: bool,
    },
    /// Room on the disk of the data folder.
    Space {
        /// Bytes that can still be written; none when the system does not tell.
        free: Option<u64>,
        /// Bytes of the database.
        database: u64,
    },
    /// The write-ahead log.
    Log {
        /// Its bytes.
        bytes: u64,
    },
    /// What runs by itself.
    Tasks {
        /// How many run by themselves.
        all: i64,
        /// Names of those that should have run.
        overdue: Vec<String>,
        /// Names of those that failed.
        failed: Vec<String>,
        /// Names of those during whose last run the program ended.
        interrupted: Vec<String>,
    },
    /// The program's own backup.
    Backup {
        /// How long ago the last one was made; none when there is none.
        age: Option<i64>,
    },
    /// What waits for the database.
    Queue {
        /// Queries that wait for a reader.
        reads: u64,
        /// Writes that wait for the writer.
        writes: u64,
    },
    /// The key of stored secrets.
    Secrets {
        /// Whether there is one.
        readable: bool,
        /// Secrets that were encrypted with another one.
        lost: i64,
    },
    /// Reports of backups.
    Reports {
        /// How long ago the last one came; none when none came yet.
        age: Option<i64>,
    },
    /// The site's time zone.
    TimeZone {
        /// The zone by which days are counted.
        name: String,
        /// Another one, by which the stored totals were made.
        totals_by: Option<String>,
    },
    /// Reports that were refused during the last day.
    Refused {
        /// How many kinds of them.
        count: i64,
    },
    /// Channels, to which problems are told.
    Channels {
        /// How many are in use.
        all: i64,
        /// Those that do not deliver: "name (reason)".
        failing: Vec<String>,
    },
    /// What the security page calls weak.
    Weak {
        /// How many.
        count: i64,
    },
}

impl Fact {
    /// Its name in the API, on the command line and in the address of the page.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Database { .. } => "database",
            Self::Writing { .. } => "writing",
            Self::File { .. } => "file",
            Self::Schema { .. } => "schema",
            Self::Space { .. } => "space",
            Self::Log { .. } => "log",
            Self::Tasks { .. } => "tasks",
            Self::Backup { .. } => "backup",
            Self::Queue { .. } => "queue",
            Self::Secrets { .. } => "secrets",
            Self::Reports { .. } => "reports",
            Self::TimeZone { .. } => "time_zone",
            Self::Refused { .. } => "refused",
            Self::Channels { .. } => "notifications",
            Self::Weak { .. } => "security",
        }
    }
}

/// A fact, and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// What it means.
    pub state: State,
    /// The fact.
    #[serde(flatten)]
    pub fact: Fact,
}

/// A check in words, as the page, the API and `duplistatus doctor` show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which one: a word that stays the same.
    pub name: String,
    /// How it came out.
    pub state: State,
    /// What was found, with its figures.
    pub figure: String,
    /// What to do; empty where nothing is to be done.
    pub advice: String,
}
