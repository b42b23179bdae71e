//! Files with what a list shows: written line by line, in little memory.

use std::io::Write;

use serde::Serialize;

use crate::dto::export::ExportFormat;

/// A line of a file. The names of its CSV columns are those of its JSON fields.
pub(super) trait Line: Serialize {
    /// The heading of a CSV file.
    const COLUMNS: &'static [&'static str];

    /// Its cells. Texts that people or senders wrote go through [`crate::db::care::export::escape_formula`].
    fn cells(&self) -> Vec<String>;
}

/// A file that is being written.
pub(super) enum ListFile<'o> {
    /// A JSON array of objects; how many it has.
    Json(&'o mut dyn Write, u64),
    /// CSV.
    Csv(Box<csv::Writer<&'o mut dyn Write>>, u64),
}

impl<'o> ListFile<'o> {
    /// Begins a file of such lines.
    pub(super) fn begin<L: Line>(out: &'o mut dyn Write, format: ExportFormat) -> std::io::Result<Self> {
        match format {
            ExportFormat::Json => {
                out.write_all(b"[")?;
                Ok(Self::Json(out, 0))
            }
            ExportFormat::Csv => {
                // Texts are quoted, because some spreadsheets expect a separator other than the comma.
                let mut quoted =
                    csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(out);
                quoted.write_record(L::COLUMNS)?;
                Ok(Self::Csv(Box::new(quoted), 0))
            }
        }
    }

    pub(super) fn add<L: Line>(&mut self, line: &L) -> std::io::Result<()> {
        match self {
            Self::Json(out, count) => {
                out.write_all(if *count == 0 { b"\n" } else { b",\n" })?;
                *count += 1;
                Ok(serde_json::to_writer(&mut **out, line)?)
            }
            Self::Csv(out, count) => {
                *count += 1;
                Ok(out.write_record(line.cells())?)
            }
        }
    }

    /// Ends it; how many lines it has.
    pub(super) fn end(self) -> std::io::Result<u64> {
        match self {
            Self::Json(out, count) => {
                out.write_all(b"\n]\n")?;
                Ok(count)
            }
            Self::Csv(mut out, count) => {
                out.flush()?;
                Ok(count)
            }
        }
    }
}

/// A number in a CSV file; nothing where there is none.
pub(super) fn number(number: Option<i64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}
