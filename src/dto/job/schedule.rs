//! When a job should run, where that is set, and when it need not.

use serde::{Deserialize, Serialize};

use crate::dto::Moment;

/// Where something is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// For the job.
    Job,
    /// For its server.
    Server,
    /// For the group of its server.
    Group,
    /// For everything.
    Site,
}

/// When a job should run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Where it comes from.
    pub source: ScheduleSource,
    /// Its slots.
    pub rhythm: Option<Rhythm>,
    /// The zone by whose clock they are.
    pub zone: String,
    /// The next slots.
    pub next: Vec<Moment>,
}

/// Where a schedule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScheduleSource {
    /// A person set it.
    Set(Origin),
    /// A person said that there is none.
    Never(Origin),
    /// Duplicati told it.
    Told,
    /// It was learnt: of so many newest runs (the second), so many kept it (the first).
    Learnt(i64, i64),
    /// Nothing is known yet.
    None,
}

/// Which moments are slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rhythm {
    /// Every so many seconds, on these weekdays.
    Elapsed(i64, Vec<i64>),
    /// Every so many days at a second of the day, on these weekdays.
    Days(i64, i64, Vec<i64>),
    /// Every so many weeks at a second of the day, on these weekdays.
    Weeks(i64, i64, Vec<i64>),
    /// Every so many months at a second of the day, on this day of the month.
    Months(i64, i64, i64),
    /// A cron expression.
    Cron(String),
}

/// How long after slot and usual duration a good run may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToleranceView {
    /// Seconds; nothing without a schedule.
    pub seconds: Option<i64>,
    /// The profile.
    pub profile: Profile,
    /// Where it is set; nothing where it is the usual one.
    pub origin: Option<Origin>,
}

/// Profiles of tolerances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// A quarter of the interval.
    Server,
    /// A day.
    Desktop,
    /// Three days.
    Laptop,
    /// A third of the interval.
    Archive,
    /// A time span.
    Span,
}

/// A pause in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseView {
    /// What is paused.
    pub origin: Origin,
    /// Since when.
    pub from: Moment,
    /// Until when; nothing: until somebody resumes it.
    pub until: Option<Moment>,
    /// Why; written by a person.
    pub reason: String,
    /// Who paused it.
    pub by: String,
}

/// A maintenance window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowView {
    /// Its id.
    pub id: i64,
    /// For what it is.
    pub origin: Origin,
    /// Its name; written by a person.
    pub name: String,
    /// When it is.
    pub times: WindowTimes,
}

/// When a maintenance window is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WindowTimes {
    /// Once, until.
    Once(Moment, Option<Moment>),
    /// Whenever it begins, for so many seconds.
    Repeated(Rhythm, i64),
}
