//! A scenario file: one story of one job or several, with the alarms that must be raised.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de};

use crate::{
    noticing::{
        schedule::{Period, Schedule, Weekdays, cron::Cron},
        settings::Tolerance,
    },
    time::{Day, Timestamp},
};

/// A story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is about.
    pub name: String,
    /// The site's zone.
    pub zone: String,
    /// Before, nothing is known.
    pub from: Timestamp,
    /// The end of the rehearsal.
    pub until: Timestamp,
    /// The jobs.
    pub jobs: Vec<Job>,
    /// When this program did not run; reports that arrive then are lost.
    #[serde(default)]
    pub down: Vec<(Timestamp, Timestamp)>,
    /// The alarms that must be raised, and no others.
    #[serde(default)]
    pub expect: Vec<Expected>,
}

/// A job of a story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Server and name.
    pub job: String,
    /// The schedule that a person set.
    #[serde(default)]
    pub schedule: Option<Set>,
    /// The tolerance, as in `2h` or `1D`, or the name of a profile.
    #[serde(default, deserialize_with = "tolerance")]
    pub tolerance: Option<Tolerance>,
    /// Since when it is known although it has not reported.
    #[serde(default)]
    pub announced: Option<Timestamp>,
    /// Pauses; without an end they last.
    #[serde(default)]
    pub paused: Vec<(Timestamp, Option<Timestamp>)>,
    /// Its runs.
    #[serde(default)]
    pub runs: Vec<Runs>,
}

/// A schedule that a person set, as it is written in a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Set {
    /// The distance, as in `1D`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// The time of day, as in `02:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The weekdays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekdays: Option<Vec<String>>,
    /// A day with a slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Day>,
    /// A cron expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// There is no schedule.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub none: bool,
    /// The zone, if it is not the site's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// One run, or many in a fixed distance.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Runs {
    /// Many.
    Many(Box<Many>),
    /// One.
    One(Box<Entry>),
}

/// Runs in a fixed distance.
#[derive(Debug, Clone, Deserialize)]
pub struct Many {
    /// The distance.
    pub every: String,
    /// The time of day of the first one.
    #[serde(default)]
    pub at: Option<String>,
    /// The zone of time and dates, if it is not the site's.
    #[serde(default)]
    pub zone: Option<String>,
    /// The first date.
    pub from: Day,
    /// The last date.
    pub until: Day,
    /// Each begins up to so many seconds after its time.
    #[serde(default)]
    pub jitter: i64,
    /// Dates without a run.
    #[serde(default)]
    pub except: Vec<Day>,
    /// Dates with another run.
    #[serde(default)]
    pub but: BTreeMap<Day, Entry>,
    /// Weekdays with a run.
    #[serde(default)]
    pub weekdays: Option<Vec<String>>,
    /// What the runs are like.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What is said of a run; what is left out is as usual.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the file")]
pub struct Entry {
    pub begin: Option<Timestamp>,
    pub duration: Option<i64>,
    pub status: Option<String>,
    pub received: Option<Timestamp>,
    pub next: Option<Timestamp>,
    pub interrupted: Option<bool>,
    pub partial: Option<bool>,
    pub skipped: Option<bool>,
    pub dryrun: Option<bool>,
    pub live: Option<bool>,
    pub operation: Option<String>,
    pub version: Option<String>,
    pub examined_files: Option<i64>,
    pub examined_size: Option<i64>,
    pub added_files: Option<i64>,
    pub modified_files: Option<i64>,
    pub deleted_files: Option<i64>,
    pub files_with_error: Option<i64>,
    pub uploaded: Option<i64>,
    pub versions: Option<i64>,
    pub stored: Option<i64>,
    pub quota_total: Option<i64>,
    pub quota_free: Option<i64>,
    pub retries: Option<i64>,
    pub warnings: Option<Vec<String>>,
}

/// An alarm that must be raised.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The job.
    pub job: String,
    /// Its kind, or one of them.
    pub kind: Kinds,
    /// When it must be opened: from, until.
    pub opened: (Timestamp, Timestamp),
    /// When it must be closed: from, until; or not at all.
    #[serde(default)]
    pub closed: Option<(Timestamp, Timestamp)>,
    /// Whether it is a change of an alarm that is open.
    #[serde(default)]
    pub within: bool,
    /// Whether it may be missing.
    #[serde(default)]
    pub optional: bool,
}

/// A kind, or several of which one must hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Kinds {
    /// One.
    One(String),
    /// Any of them.
    Any(Vec<String>),
}

impl Kinds {
    /// Whether a kind is meant.
    #[must_use]
    pub fn has(&self, kind: &str) -> bool {
        match self {
            Self::One(one) => one == kind,
            Self::Any(all) => all.iter().any(|one| one == kind),
        }
    }
}

/// A scenario that cannot be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// It cannot be read.
    #[error("it is no scenario file: {0}")]
    Json(#[from] serde_json::Error),
    /// A zone is unknown.
    #[error(transparent)]
    Zone(#[from] crate::zone::UnknownZone),
    /// A distance cannot be read.
    #[error(transparent)]
    Period(#[from] crate::noticing::schedule::set::NoPeriod),
    /// A cron expression cannot be read.
    #[error(transparent)]
    Cron(#[from] crate::noticing::schedule::cron::CronError),
    /// Something else cannot be understood.
    #[error("{0}")]
    Value(String),
    /// More runs than can be meant.
    #[error("job {0} has more than {MOST_RUNS} runs")]
    TooMany(String),
}

/// The most runs of a job.
pub(super) const MOST_RUNS: usize = 200_000;

impl Scenario {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(json: &[u8]) -> Result<Self, ScenarioError> {
        Ok(serde_json::from_slice(json)?)
    }
}

impl Set {
    /// Returns a schedule as it is written; [`Self::schedule`] reads the same one.
    #[must_use]
    pub fn of(schedule: &Schedule, zone: Option<String>) -> Self {
        match schedule {
            Schedule::Never => Self { none: true, zone, ..Self::default() },
            Schedule::Cron(cron) => Self { cron: Some(cron.clone().into()), zone, ..Self::default() },
            Schedule::Every { period, at, weekdays, anchor } => Self {
                every: Some(period.to_string()),
                at: at.map(clock_text),
                weekdays: weekdays.map(|days| days.names().map(str::to_owned).collect()),
                anchor: *anchor,
                zone,
                ..Self::default()
            },
        }
    }

    /// The schedule.
    ///
    /// # Errors
    /// When it says none, or more than one.
    pub fn schedule(&self) -> Result<Schedule, ScenarioError> {
        let value = |text: &str| ScenarioError::Value(text.to_owned());
        match (self.none, &self.cron, &self.every) {
            (true, None, None) => Ok(Schedule::Never),
            (false, Some(cron), None) => Ok(Schedule::Cron(Cron::parse(cron)?)),
            (false, None, Some(every)) => Ok(Schedule::Every {
                period: Period::parse(every)?,
                at: self.at.as_deref().map(time_of_day).transpose()?,
                weekdays: self.weekdays.as_deref().map(weekdays).transpose()?,
                anchor: self.anchor,
            }),
            _ => Err(value("a schedule has one of every, cron and none")),
        }
    }
}

/// A second of the day as `hh:mm`, or `hh:mm:ss`.
fn clock_text(second: i64) -> String {
    let (hour, minute, second) = (second / 3600, second % 3600 / 60, second % 60);
    if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") }
}

/// A tolerance as it is written; [`read_tolerance`] reads the same one.
#[must_use]
pub fn tolerance_text(tolerance: Tolerance) -> String {
    match tolerance {
        Tolerance::Server => "server".to_owned(),
        Tolerance::Desktop => "desktop".to_owned(),
        Tolerance::Laptop => "laptop".to_owned(),
        Tolerance::Archive => "archive".to_owned(),
        Tolerance::Seconds(seconds) if seconds % 86_400 == 0 => format!("{}D", seconds / 86_400),
        Tolerance::Seconds(seconds) => Period::Seconds(seconds).to_string(),
    }
}

/// Seconds of `hh:mm` or `hh:mm:ss`.
///
/// # Errors
/// When it is no time of the day.
pub fn time_of_day(text: &str) -> Result<i64, ScenarioError> {
    let error = || ScenarioError::Value(format!("“{text}” is no time of day like 02:00"));
    let parts: Vec<i64> =
        text.split(':').map(|part| part.parse().map_err(|_| error())).collect::<Result<_, _>>()?;
    match parts.as_slice() {
        [hour @ 0..=23, minute @ 0..=59] => Ok(hour * 3600 + minute * 60),
        [hour @ 0..=23, minute @ 0..=59, second @ 0..=59] => Ok(hour * 3600 + minute * 60 + second),
        _ => Err(error()),
    }
}

/// A set of weekdays by their names.
pub(super) fn weekdays(names: &[String]) -> Result<Weekdays, ScenarioError> {
    names.iter().try_fold(Weekdays::NONE, |all, name| {
        let number = Weekdays::named(name);
        number
            .map(|number| all.with(number))
            .ok_or_else(|| ScenarioError::Value(format!("“{name}” is no weekday")))
    })
}

fn tolerance<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Tolerance>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    read_tolerance(&text).map(Some).map_err(de::Error::custom)
}

/// A tolerance as in `2h`, `1D` or `laptop`.
///
/// # Errors
/// When it is none.
pub fn read_tolerance(text: &str) -> Result<Tolerance, ScenarioError> {
    Ok(match text {
        "server" | "default" => Tolerance::Server,
        "desktop" => Tolerance::Desktop,
        "laptop" => Tolerance::Laptop,
        "archive" => Tolerance::Archive,
        text => match Period::parse(text)? {
            Period::Seconds(seconds) => Tolerance::Seconds(seconds),
            Period::Days(days) => Tolerance::Seconds(days * 86_400),
            Period::Weeks(weeks) => Tolerance::Seconds(weeks * 7 * 86_400),
            Period::Months(_) => {
                return Err(ScenarioError::Value(format!("“{text}” is too long a tolerance")));
            }
        },
    })
}
