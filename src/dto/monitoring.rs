//! What people set about jobs, as forms have it: every field is text.

use serde::{Deserialize, Serialize};

/// Schedule, tolerance and zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// `"inherit"`, `"every"`, `"cron"`, `"never"`; empty: as it is.
    pub schedule: String,
    /// With `"every"`: how many of the unit.
    pub every: String,
    /// With `"every"`: `"m"`, `"h"`, `"D"`, `"W"` or `"M"`.
    pub unit: String,
    /// With `"every"`: the time of the day, as in `"02:00"`; empty: that of the runs.
    pub at: String,
    /// With `"every"`: the weekdays, as in `"mon"`; none are all.
    pub weekdays: Vec<String>,
    /// With `"cron"`: the expression.
    pub cron: String,
    /// The zone of the job; empty: the inherited one. `None`: as it is.
    pub zone: Option<String>,
    /// Whether the zone stays as it is, whatever the field has: of many jobs, each may have another one.
    pub keep_zone: bool,
    /// `"inherit"`, `"server"`, `"desktop"`, `"laptop"`, `"archive"`, `"span"`; empty: as it is.
    pub tolerance: String,
    /// With `"span"`: the time, as in `"4h"`.
    pub span: String,
}

/// A maintenance window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowForm {
    /// `"once"`, `"weekly"`, `"monthly"`.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// Once: when it begins, as in `"2026-11-30T22:00"`, by the reader's clock.
    pub from: String,
    /// Once: when it ends.
    pub until: String,
    /// Repeated: the time of the day at which it begins, by the clock of the job.
    pub at: String,
    /// Repeated: how long it lasts, as in `"4h"`.
    pub length: String,
    /// Weekly: the weekdays, as in `"sun"`.
    pub weekdays: Vec<String>,
    /// Monthly: the day of the month; in a shorter month its last day.
    pub day: String,
}
