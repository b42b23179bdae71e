//! CSV: a heading, then one run per row. Columns are separated by commas, semicolons or tabs.

use std::io::BufRead;

use csv::{ByteRecord, ReaderBuilder};

use super::{
    Rows,
    columns::{self, Fields, NEEDED},
};
use crate::{db::care::export::fused, report::word, service::import::ImportError};

/// Reads all rows.
pub(super) fn read(mut file: impl BufRead, rows: &mut Rows) -> Result<(), ImportError> {
    let start = file.fill_buf().map_err(|error| ImportError::Table(error.to_string()))?;
    let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = delimiter(first);
    // The reader starts a record after the carriage return of the previous one, which is still on that line.
    let ahead = u64::from(first.ends_with(b"\r"));
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(file);
    let heading = reader.byte_headers().map_err(|error| ImportError::Table(broken(&error)))?;
    let columns = headings(heading, rows)?;
    let mut record = ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line) + ahead;
                if !rows.take(&format!("line {line}"), fields(&columns, &record)) {
                    return Ok(());
                }
            }
            Err(error) => return Err(ImportError::Table(broken(&error))),
        }
    }
}

fn broken<E: std::fmt::Display>(error: &E) -> String {
    format!("the rest of the CSV cannot be read: {error}; the rows before were imported")
}

/// Returns the most frequent separator in the heading.
fn delimiter(heading: &[u8]) -> u8 {
    let count = |wanted: u8| heading.iter().filter(|byte| **byte == wanted).count();
    (*b",;\t").into_iter().max_by_key(|wanted| (count(*wanted), *wanted == b',')).unwrap_or(b',')
}

/// Returns the column of each position. Unknown columns are noted and ignored.
fn headings(heading: &ByteRecord, rows: &mut Rows) -> Result<Vec<Option<&'static str>>, ImportError> {
    let mut columns = Vec::new();
    for bytes in heading {
        let name = String::from_utf8_lossy(bytes);
        let name = name.trim_start_matches('\u{feff}');
        let column = columns::column(name);
        match column {
            Some(known) if columns.contains(&Some(known)) => {
                return Err(ImportError::Table(format!("two columns of the header stand for `{known}`")));
            }
            Some(_) => {}
            None => {
                let name = word(name).unwrap_or_default();
                rows.findings.note(&format!("unknown columns such as “{name}”: ignored"));
            }
        }
        columns.push(column);
    }
    match NEEDED.into_iter().find(|needed| !columns.contains(&Some(*needed))) {
        None => Ok(columns),
        Some(missing) => Err(ImportError::Table(format!(
            "this is neither a database of the Node application nor a table of runs: its first line has no column `{missing}`. The first line of a CSV file must contain the columns server, job and start, and may contain others from docs/IMPORT.md"
        ))),
    }
}

fn fields(columns: &[Option<&'static str>], record: &ByteRecord) -> Result<Fields, String> {
    if record.len() != columns.len() {
        return Err(format!("it has {} values, but the header has {} columns", record.len(), columns.len()));
    }
    let mut fields = Fields::new();
    for (column, value) in columns.iter().zip(record) {
        let Some(column) = column else { continue };
        let value = std::str::from_utf8(value).map_err(|_| format!("`{column}` is not UTF-8"))?;
        if !value.trim().is_empty() {
            fields.insert(column, value.to_owned());
        }
    }
    if fields.contains_key("export") {
        // The export prefixes cells that look like formulas.
        fields.values_mut().for_each(|value| *value = fused(value).to_owned());
    }
    Ok(fields)
}
