//! What a file can contain.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    db::tables::noticing::settings::Rule,
    error::Error,
    noticing::{
        checks::CheckKind,
        rehearsal::{Set, read_tolerance, tolerance_text},
    },
    service::monitoring::{Change, RuleChange, SetSchedule},
};

/// A file. A section that is missing changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Configuration {
    /// Settings of the program: `[settings.retention]`, `days = 90`. Those that are missing stay as they are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, BTreeMap<String, toml::Value>>,
    /// What is expected of all jobs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<Monitoring>,
    /// Groups of servers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Servers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// Jobs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<Job>,
    /// Texts of messages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<Template>,
}

/// What is expected of jobs. What is missing is inherited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Monitoring {
    /// The schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Set>,
    /// The tolerance: `"server"`, `"desktop"`, `"laptop"`, `"archive"`, or a time such as `"4h"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<String>,
    /// IANA name of the time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Checks that are turned off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks_off: Vec<String>,
}

/// A group of servers. It exists while a server is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What is expected of the jobs of its servers.
    #[serde(default, skip_serializing_if = "Monitoring::is_empty")]
    pub monitoring: Monitoring,
}

/// A server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Its name, not its alias.
    pub name: String,
    /// The name of its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What is expected of its jobs.
    #[serde(default, skip_serializing_if = "Monitoring::is_empty")]
    pub monitoring: Monitoring,
}

/// A job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// The name of its server.
    pub server: String,
    /// Its name, not its alias.
    pub name: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What is expected of it.
    #[serde(default, skip_serializing_if = "Monitoring::is_empty")]
    pub monitoring: Monitoring,
}

/// A text of messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What it is a text of: `"failed"`, `"list"`, `"digest"` …
    pub topic: String,
    /// The kind of channel; empty for all kinds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
}

impl Monitoring {
    /// Returns what a rule sets.
    pub(super) fn of(rule: Rule) -> Self {
        let zone = rule.schedule_zone;
        Self {
            schedule: rule.schedule.map(|schedule| Set::of(&schedule, zone)),
            tolerance: rule.tolerance.map(tolerance_text),
            zone: rule.zone,
            checks_off: rule.off.iter().flatten().map(|kind| kind.as_str().to_owned()).collect(),
        }
    }

    /// Returns whether nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the change to exactly this.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the key, and what it accepts.
    pub(super) fn change(&self) -> Result<RuleChange, Error> {
        let invalid = |field, hint: String| Error::Invalid { field, hint };
        let schedule = match &self.schedule {
            None => Change::Inherit,
            Some(set) => {
                let schedule = set.schedule().map_err(|error| invalid("schedule", error.to_string()))?;
                Change::Set(SetSchedule { schedule, zone: set.zone.clone() })
            }
        };
        let tolerance = match self.tolerance.as_deref().map(read_tolerance).transpose() {
            Ok(tolerance) => tolerance.map_or(Change::Inherit, Change::Set),
            Err(_) => {
                let hint = "use server, desktop, laptop, archive, or a time such as 90m, 4h or 2D".to_owned();
                return Err(invalid("tolerance", hint));
            }
        };
        let mut off = Vec::new();
        for word in &self.checks_off {
            let Some(kind) = CheckKind::from_word(word) else {
                let known: Vec<&str> = CheckKind::ALL.into_iter().map(CheckKind::as_str).collect();
                return Err(invalid("checks_off", format!("use any of {}", known.join(", "))));
            };
            off.push(kind);
        }
        Ok(RuleChange {
            schedule,
            tolerance,
            zone: self.zone.clone().map_or(Change::Inherit, Change::Set),
            off: if off.is_empty() { Change::Inherit } else { Change::Set(off) },
        })
    }
}
