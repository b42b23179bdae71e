//! What is wrong with a file, and where.

use toml::de::{DeTable, DeValue};

use crate::{db::StoreError, error::Error};

/// A mistake in a file. It never contains a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {hint}")]
pub struct Mistake {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what to write instead.
    pub hint: String,
}

/// Why a file was not applied. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// The file is wrong.
    #[error(transparent)]
    Mistake(#[from] Mistake),
    /// It could not be applied.
    #[error(transparent)]
    Service(#[from] Error),
}

impl From<StoreError> for ConfigurationError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// A step to a place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A key of a table.
    Key(String),
    /// A number in a list.
    Index(usize),
}

impl Mistake {
    /// Returns a mistake that the parser found.
    pub(super) fn parsed(text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        Self::at(text, start, error.message().replace('\n', " "))
    }

    /// Returns a mistake at a place, or at the deepest part of its path that the file has.
    pub(super) fn found(text: &str, path: &[Step], hint: String) -> Self {
        Self::at(text, offset(text, path), hint)
    }

    fn at(text: &str, offset: usize, hint: String) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        Self { line: before.matches('\n').count() + 1, column, hint }
    }
}

fn offset(text: &str, path: &[Step]) -> usize {
    let Ok(table) = DeTable::parse(text) else { return 0 };
    let mut start = 0;
    let mut value = &DeValue::Table(table.into_inner());
    for step in path {
        match (step, value) {
            (Step::Key(key), DeValue::Table(table)) => {
                let Some((key, inner)) = table.iter().find(|(known, _)| known.get_ref() == key.as_str())
                else {
                    break;
                };
                (start, value) = (key.span().start, inner.get_ref());
            }
            (Step::Index(index), DeValue::Array(array)) => {
                let Some(inner) = array.get(*index) else { break };
                (start, value) = (inner.span().start, inner.get_ref());
            }
            _ => break,
        }
    }
    start
}
