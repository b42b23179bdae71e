//! Groups and tags, by which the dashboard is narrowed down.

use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// A group or a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name; hostile text.
    pub name: String,
    /// Its jobs.
    pub jobs: i64,
    /// The worst verdict of those that are not paused; `None` without any.
    pub worst: Option<Verdict>,
}

/// Groups and tags, worst first and then by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Groups: the first hundred, and the chosen one.
    pub groups: Vec<Label>,
    /// Tags: the first fifty, and the chosen one.
    pub tags: Vec<Label>,
    /// How many groups there are.
    pub groups_total: i64,
    /// How many tags there are.
    pub tags_total: i64,
}

/// What the jobs of a chosen group or tag sum up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowed {
    /// Servers.
    pub servers: i64,
    /// Jobs by verdict, as those of the whole site.
    pub verdicts: Vec<(Verdict, i64)>,
    /// Servers without a job, and jobs without a report.
    pub never_reported: i64,
    /// Bytes of source data.
    pub source_size: i64,
    /// Bytes stored at the destinations.
    pub storage_size: i64,
    /// Restorable versions.
    pub versions: i64,
}
