//! JSON: an array of objects, or a sequence of objects, such as one per line.

use std::{fmt, io::BufRead};

use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use super::{
    Rows,
    columns::{self, Fields},
};
use crate::{report::word, service::import::ImportError};

/// Reads all entries.
pub(super) fn read(mut file: impl BufRead, rows: &mut Rows) -> Result<(), ImportError> {
    let failed = |error: std::io::Error| ImportError::Table(error.to_string());
    let start = file.fill_buf().map_err(failed)?;
    if start.starts_with(b"\xef\xbb\xbf") {
        file.consume(3);
    }
    let start = file.fill_buf().map_err(failed)?;
    let is_array = start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let mut document = Deserializer::from_reader(file);
    let broken = |error: serde_json::Error| {
        ImportError::Table(format!(
            "the rest of the JSON cannot be read: {error}; the entries before were imported"
        ))
    };
    if is_array {
        document.deserialize_seq(Entries(rows)).map_err(broken)?;
        return document.end().map_err(broken);
    }
    for (number, entry) in document.into_iter::<Value>().enumerate() {
        if !take(rows, number, entry.map_err(broken)?) {
            break;
        }
    }
    Ok(())
}

/// Reads the elements of an array one by one, so that the file may be larger than the memory.
struct Entries<'r>(&'r mut Rows);

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of runs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(entry) = entries.next_element::<Value>()? {
            take(self.0, number, entry);
            number += 1;
        }
        Ok(())
    }
}

fn take(rows: &mut Rows, number: usize, entry: Value) -> bool {
    let fields = match entry {
        Value::Object(entry) => fields(entry, rows),
        _ => Err("it is not an object".to_owned()),
    };
    rows.take(&format!("entry {}", number + 1), fields)
}

fn fields(entry: Map<String, Value>, rows: &mut Rows) -> Result<Fields, String> {
    let mut fields = Fields::new();
    for (name, value) in entry {
        let Some(column) = columns::column(&name) else {
            let name = word(&name).unwrap_or_default();
            rows.findings.note(&format!("unknown columns such as “{name}”: ignored"));
            continue;
        };
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Array(_) if column == "messages" => value.to_string(),
            Value::Array(times) if column == "available_versions" => {
                let times =
                    times.iter().map(|time| time.as_str().map_or_else(|| time.to_string(), str::to_owned));
                times.collect::<Vec<_>>().join(" ")
            }
            Value::Array(_) | Value::Object(_) => return Err(format!("`{column}` is a list or an object")),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
        };
        if fields.insert(column, text).is_some() {
            return Err(format!("two of its names stand for `{column}`"));
        }
    }
    Ok(fields)
}
