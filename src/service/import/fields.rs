//! Converts values of a file to values that can be stored.

use crate::{
    db::node::Cell,
    dto::import::ImportReport,
    report::{clean_name, parse_instant},
    time::Timestamp,
};

/// Parses Unix seconds from ISO text (without a zone: UTC, as SQLite writes it) or from a number of seconds
/// or milliseconds.
pub(super) fn instant(cell: &Cell) -> Option<i64> {
    parse_instant(&cell.to_text()?)
}

/// Same, in our text form.
pub(super) fn stored_instant(cell: &Cell) -> Option<String> {
    Some(Timestamp::from_unix(instant(cell)?).to_string())
}

/// Returns a cleaned name. A note is added if it was shortened.
pub(super) fn bounded_name(cell: &Cell, findings: &mut ImportReport) -> Option<String> {
    let text = cell.to_text()?;
    let name = clean_name(&text)?;
    if name.chars().count() < text.trim().chars().count() {
        findings.note("names with invisible characters or more than 200 characters: shortened");
    }
    Some(name)
}

/// Returns a text without control characters and of at most `most` bytes. A note is added if it was
/// shortened.
pub(super) fn bounded_text(cell: &Cell, most: usize, findings: &mut ImportReport) -> Option<String> {
    let text = cell.to_text()?;
    if text.len() > most {
        findings.note("long texts: shortened");
    }
    crate::report::bounded_prose(&text, most)
}
