//! When a job should run, and how that is known.

pub mod cron;
mod days;
mod fit;
pub mod habit;
pub mod local;
pub mod pattern;
pub mod set;
pub mod told;
pub mod weekdays;

use serde::{Deserialize, Serialize};

pub use habit::Habit;
pub use pattern::Pattern;
pub use set::{Period, Schedule};
pub use told::Told;
pub use weekdays::Weekdays;

use local::HOUR;

/// Where the schedule of a job comes from, most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A person set it.
    Set,
    /// Duplicati told it.
    Told,
    /// It was inferred from the runs.
    Inferred,
}

/// The schedule that counts for a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Where it comes from.
    pub source: Source,
    /// Its slots.
    pub pattern: Pattern,
    /// The shortest distance between two slots: seconds.
    pub interval: i64,
}

impl Plan {
    /// A plan with these slots.
    #[must_use]
    pub fn new(source: Source, pattern: Pattern) -> Self {
        let interval = pattern.interval();
        Self { source, pattern, interval }
    }

    /// How long before a slot a run may begin and still be the run of that slot: seconds.
    #[must_use]
    pub fn early(&self) -> i64 {
        early(self.interval)
    }
}

/// The early allowance of an interval.
#[must_use]
pub fn early(interval: i64) -> i64 {
    (interval / 4).min(3 * HOUR)
}
