//! Old runs that go.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How long runs are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Days after which a run may go; none to keep runs for ever.
    pub days: Option<i64>,
    /// So many runs of each job are kept however old they are.
    pub keep_last: i64,
}

impl Retention {
    /// What keeps at least what either of two promises keeps.
    #[must_use]
    pub fn or_longer(self, other: Self) -> Self {
        Self {
            days: self.days.zip(other.days).map(|(one, two)| one.max(two)),
            keep_last: self.keep_last.max(other.keep_last),
        }
    }
}

/// A rule that differs from the site's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionRule {
    /// Name of the server.
    pub server: String,
    /// Name of the job; none for all jobs of the server that have no rule of their own.
    pub job: Option<String>,
    /// How long its runs are kept.
    #[serde(flatten)]
    pub retention: Retention,
}

/// What goes with the next clean-up by schedule: runs and other operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulePreview {
    /// As the rules are.
    pub now: i64,
    /// Once one of them is another one.
    pub then: i64,
}

/// Which runs are to go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupRequest {
    /// Older than this; otherwise as settings and rules say, and 90 days where they say nothing.
    pub days: Option<i64>,
    /// Of the server with this name only.
    pub server: Option<String>,
    /// Of the job with this name on that server only.
    pub job: Option<String>,
    /// So many runs of each job stay however old they are; otherwise as settings and rules say.
    pub keep_last: Option<i64>,
    /// Say what would go, and delete nothing.
    pub dry_run: bool,
    /// Runs and other operations that somebody agreed to lose: when more would go by now, nothing goes.
    #[serde(default)]
    pub at_most: Option<i64>,
}

/// What goes of one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanedJob {
    /// Name of its server.
    pub server: String,
    /// Its name.
    pub job: String,
    /// By which rule.
    #[serde(flatten)]
    pub retention: Retention,
    /// Runs that go.
    pub runs: i64,
    /// When the oldest of them began.
    pub oldest: Timestamp,
    /// When the newest of them began.
    pub newest: Timestamp,
    /// Runs that are as old and stay, because they are among the last ones.
    pub kept: i64,
}

/// What a clean-up did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupReport {
    /// Nothing was deleted.
    pub dry_run: bool,
    /// Jobs of which runs go.
    pub jobs: Vec<CleanedJob>,
    /// Runs that went, or would go.
    pub runs: i64,
    /// Other operations (restore, test …) that went, or would go.
    pub operations: i64,
    /// Bytes that the file became smaller by, once the write-ahead log is written back.
    pub returned: i64,
    /// Transactions that it took.
    pub batches: u64,
    /// The longest of them: milliseconds in which reports had to wait.
    pub longest_batch: u64,
    /// How long all of it took: milliseconds.
    pub took: u64,
}
