//! What was read out of a damaged file, and what was mended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A row whose content cannot be what this program wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Damaged {
    /// Its table.
    pub table: String,
    /// Its number.
    pub row: i64,
    /// Which columns, and what is wrong with them: "headline is not UTF-8".
    pub what: Vec<String>,
}

/// What a salvage brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalvageReport {
    /// Whether no row is known to be lost.
    pub complete: bool,
    /// Every table, by name.
    pub tables: Vec<SalvagedTable>,
    /// Content that was damaged and was mended: what, and how many rows.
    pub mended: BTreeMap<String, i64>,
    /// What else to know.
    pub notes: Vec<String>,
    /// Bytes of the new file.
    pub size: u64,
}

/// What became of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalvagedTable {
    /// Its name.
    pub table: String,
    /// Rows that the damaged file should have; none when nothing tells.
    pub expected: Option<i64>,
    /// Rows that the new file has.
    pub kept: i64,
    /// Of those, read from the table as it should be.
    pub from_table: i64,
    /// Found on pages that no way leads to.
    pub from_pages: i64,
    /// Read again from raw reports.
    pub from_reports: i64,
    /// Made from an index: some columns are unknown.
    pub from_index: i64,
    /// Rows that were read and not taken, because they contradict others.
    pub refused: i64,
    /// Rows that are lost; none when nothing tells.
    pub lost: Option<i64>,
    /// Row numbers at which the table could not be read, first and last, at most some.
    pub gaps: Vec<(i64, i64)>,
}

/// What a repair did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairReport {
    /// Whether nothing was changed, because it was only asked.
    pub dry_run: bool,
    /// What was wrong with the structure before.
    pub found: Vec<String>,
    /// Tables, indexes and triggers that were missing and were made.
    pub created: Vec<String>,
    /// Indexes that were built anew.
    pub reindexed: Vec<String>,
    /// Rows that were changed: what, and how many.
    pub changed: BTreeMap<String, i64>,
    /// Whether totals and summaries differ from what they were.
    pub totals_changed: bool,
    /// Where the copy is that was made before.
    pub copy: Option<String>,
    /// Whether all of it was read out into a new file, which took its place: then nothing was lost.
    pub read_out: bool,
    /// Whether damaged indexes left pages in the file that belong to nothing until it is written anew.
    #[serde(skip)]
    pub left_behind: bool,
}

impl RepairReport {
    /// Whether everything was in order.
    pub fn nothing_to_do(&self) -> bool {
        !self.read_out
            && self.found.is_empty()
            && self.created.is_empty()
            && self.changed.is_empty()
            && !self.totals_changed
    }
}
