//! The program's own log, as its page shows it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Moment, Paging};

/// How serious a line is: the first is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Something did not work.
    Error,
    /// Somebody should look.
    Warn,
    /// Good to know.
    #[default]
    Info,
    /// For finding out why.
    Debug,
    /// Every step.
    Trace,
}

/// A word that is no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use error, warn, info, debug or trace")]
pub struct UnknownLevel;

impl LogLevel {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// The word in the URL and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for LogLevel {
    type Err = UnknownLevel;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|level| level.as_str() == word).ok_or(UnknownLevel)
    }
}

/// Which lines are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogQuery {
    /// Lines that are at least as serious as this.
    pub level: LogLevel,
    /// Occurs in the line, whatever its case.
    pub text: String,
    /// Page, from 1.
    pub page: i64,
}

impl LogQuery {
    /// From the words of a URL; what cannot be read is as if it was not there.
    pub fn from_words(word: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| word(name).unwrap_or_default().trim().to_owned();
        Self {
            level: text("level").parse().unwrap_or_default(),
            text: text("text"),
            page: text("page").parse().unwrap_or(1),
        }
    }

    /// Its words in a URL; what is not asked for is empty.
    pub fn words(&self) -> [(&'static str, String); 3] {
        let Self { level, text, page } = self;
        [
            ("level", if *level == LogLevel::default() { String::new() } else { level.to_string() }),
            ("text", text.clone()),
            ("page", if *page > 1 { page.to_string() } else { String::new() }),
        ]
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// Its number since the program started, from 1.
    pub number: i64,
    /// When it was written.
    pub at: Moment,
    /// How serious it is.
    pub level: LogLevel,
    /// The part of the program that wrote it.
    pub target: String,
    /// What it says.
    pub message: String,
    /// Names and values that go with it.
    pub fields: Vec<(String, String)>,
}

/// One page of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// When it was asked for.
    pub now: Moment,
    /// Lines, newest first.
    pub rows: Vec<LogRow>,
    /// Which page of how many.
    pub paging: Paging,
    /// Lines in memory, whatever was asked for.
    pub kept: i64,
    /// Most lines that are kept in memory.
    pub capacity: i64,
    /// When the program was started.
    pub began: Moment,
    /// What is written down at all: the value of `--log`.
    pub filter: String,
}

impl super::shown::Shown for LogPage {
    fn now(&self) -> Moment {
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_survives_the_url() {
        let words = [("level", "error"), ("text", "disk full"), ("page", "2")];
        let query = LogQuery::from_words(|name| {
            words.iter().find(|(known, _)| *known == name).map(|(_, word)| (*word).to_owned())
        });
        assert_eq!(query.words(), words.map(|(name, word)| (name, word.to_owned())));
        assert_eq!(LogQuery::from_words(|_| None), LogQuery { page: 1, ..LogQuery::default() });
    }

    #[test]
    fn worse_comes_first() {
        assert!(LogLevel::ALL.is_sorted());
        assert!(LogLevel::ALL.iter().all(|level| level.as_str().parse() == Ok(*level)));
    }
}
