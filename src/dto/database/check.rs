//! What the checks of the database found.

use serde::{Deserialize, Serialize};

/// A stored value that is not what the rows below it say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// The table.
    pub table: String,
    /// Which row: by its key, in words.
    pub row: String,
    /// Which column; none when the whole row is wrong.
    pub column: Option<String>,
    /// What is stored; none when nothing is.
    pub stored: Option<String>,
    /// What should be stored; none when nothing should be.
    pub expected: Option<String>,
}

/// Whether the whole file is in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrity {
    /// What SQLite says about its pages, indexes and constraints; empty when they are in order.
    pub file: Vec<String>,
    /// What the schema lacks, or has otherwise than the program makes it. Without a table the rest is not checked.
    pub schema: Vec<String>,
    /// Rows that refer to rows which do not exist.
    pub orphans: Vec<super::Orphan>,
    /// Rows whose content cannot be what this program wrote: some hundred of each table at most.
    pub damaged: Vec<super::salvage::Damaged>,
    /// How many of them there are.
    pub damaged_count: i64,
    /// Totals and summaries that are not what the runs say: the first hundred.
    pub discrepancies: Vec<Discrepancy>,
    /// How many of them there are.
    pub discrepancy_count: u64,
    /// Jobs whose totals and summary were compared with their runs.
    pub jobs: u64,
    /// How long it took: milliseconds.
    pub took: u64,
}

impl Integrity {
    /// How many things are not in order.
    pub fn problems(&self) -> i64 {
        let length = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let discrepancies = i64::try_from(self.discrepancy_count).unwrap_or(i64::MAX);
        [
            length(self.file.len()),
            length(self.schema.len()),
            length(self.orphans.len()),
            self.damaged_count,
            discrepancies,
        ]
        .into_iter()
        .fold(0, i64::saturating_add)
    }

    /// Whether nothing was found.
    pub fn is_in_order(&self) -> bool {
        self.file.is_empty()
            && self.schema.is_empty()
            && self.orphans.is_empty()
            && self.damaged_count == 0
            && self.discrepancy_count == 0
    }
}
