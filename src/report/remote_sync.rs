//! Copies of a backup to second destinations (`RemoteSynchronizationResults`). Invariant: destinations are masked.

use serde_json::Value;

use super::limits::word;
use super::value::{self, Object};

/// Maximum number of destinations read.
const MAX_COPIES: usize = 20;
/// The prefix of the destination in the log.
const DESTINATION: &str = "Dst: ";

/// The second destinations of a run, and whether Duplicati reports each as failed.
#[derive(Debug, Default)]
pub(crate) struct RemoteSyncs(Vec<(String, bool)>);

impl RemoteSyncs {
    /// Reads the result object.
    pub(crate) fn from_data(data: &Object) -> Self {
        let Some(Value::Array(results)) = data.get("RemoteSynchronizationResults") else {
            return Self::default();
        };
        let copies = results.iter().take(MAX_COPIES).filter_map(Value::as_object).filter_map(|result| {
            let destination = word(&value::text(result, "Destination")?)?;
            let result = value::text(result, "ParsedResult").unwrap_or_default();
            Some((destination, ["Error", "Fatal"].contains(&result.as_str())))
        });
        Self(copies.collect())
    }

    /// Returns the failed destinations, from their results or from log lines, in which the name may be redacted.
    pub(crate) fn failed<'a>(&self, lines: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut failed: Vec<String> =
            self.0.iter().filter(|(_, failed)| *failed).map(|(name, _)| name.clone()).collect();
        let mut unnamed = false;
        for line in lines.filter(|line| line.contains("RemoteSyncDestinationConfig")) {
            let name = line.split_once(DESTINATION).map(|(_, rest)| rest.split(", ").next().unwrap_or(rest));
            match name.map(str::trim).filter(|name| !name.is_empty() && !name.starts_with("-redacted-")) {
                Some(name) => failed.extend(word(name).filter(|name| !failed.contains(name))),
                None => unnamed = true,
            }
        }
        // The name is redacted, but there is only one destination.
        if let (true, true, [(only, _)]) = (unnamed, failed.is_empty(), self.0.as_slice()) {
            failed.push(only.clone());
        }
        failed
    }
}
