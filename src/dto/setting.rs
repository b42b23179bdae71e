//! Settings of the whole program, as commands show them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a setting is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(i64),
    /// No number: what it would limit is not limited. `null` in JSON.
    Off,
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => flag.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Off => f.write_str("off"),
        }
    }
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingRow {
    /// Its name.
    pub key: String,
    /// What it is set to.
    pub value: SettingValue,
    /// What it is when nobody sets it.
    pub default: SettingValue,
    /// What can be set.
    pub expects: String,
    /// What it means.
    pub what: String,
}
