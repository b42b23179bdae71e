//! What differs between two configurations.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::model::Configuration;

/// What happens to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is added.
    Create,
    /// It is changed.
    Change,
    /// It is removed.
    Delete,
}

/// A change of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// What it is, with its name: `"server nas"`.
    pub name: String,
    /// Keys that differ, with their values before and after, as the file has them.
    pub keys: Vec<(String, Option<String>, Option<String>)>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.action {
            Action::Create => '+',
            Action::Change => '~',
            Action::Delete => '-',
        };
        write!(f, "{sign} {}", self.name)?;
        self.keys.iter().try_for_each(|(key, before, after)| {
            let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
            write!(f, "\n    {key}: {} → {}", word(before), word(after))
        })
    }
}

type Entries = BTreeMap<(usize, String), toml::Table>;

fn entries(of: &Configuration) -> Result<Entries, toml::ser::Error> {
    let Configuration { settings, site, groups, servers, jobs, templates } = of;
    let mut all = Entries::new();
    for (section, keys) in settings {
        for (key, value) in keys {
            let table = toml::Table::from_iter([("value".to_owned(), value.clone())]);
            all.insert((0, format!("setting {section}.{key}")), table);
        }
    }
    if let Some(site) = site {
        all.insert((1, "site".to_owned()), toml::Table::try_from(site)?);
    }
    for one in groups {
        all.insert((2, format!("group {}", one.name)), toml::Table::try_from(one)?);
    }
    for one in servers {
        all.insert((3, format!("server {}", one.name)), toml::Table::try_from(one)?);
    }
    for one in jobs {
        all.insert((4, format!("job {} / {}", one.server, one.name)), toml::Table::try_from(one)?);
    }
    for one in templates {
        let kind = if one.kind.is_empty() { "all" } else { &one.kind };
        all.insert((5, format!("template {} {kind}", one.topic)), toml::Table::try_from(one)?);
    }
    Ok(all)
}

/// Returns what has to happen to one configuration so that it becomes the other.
///
/// # Errors
/// If a value has no form in TOML.
pub(super) fn difference(
    before: &Configuration,
    after: &Configuration,
) -> Result<Vec<Change>, toml::ser::Error> {
    let (mut before, after) = (entries(before)?, entries(after)?);
    let mut changes = Vec::new();
    for (name, new) in after {
        let old = before.remove(&name);
        if old.as_ref() != Some(&new) {
            let action = if old.is_some() { Action::Change } else { Action::Create };
            changes.push((name, action, old.unwrap_or_default(), new));
        }
    }
    changes.extend(before.into_iter().map(|(name, old)| (name, Action::Delete, old, toml::Table::new())));
    changes.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    Ok(changes.into_iter().map(|((_, name), action, old, new)| change(name, action, &old, &new)).collect())
}

fn change(name: String, action: Action, old: &toml::Table, new: &toml::Table) -> Change {
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    let text = |table: &toml::Table, key: &str| table.get(key).map(ToString::to_string);
    let keys = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    let keys = keys.map(|key| (key.clone(), text(old, key), text(new, key))).collect();
    Change { action, name, keys }
}
