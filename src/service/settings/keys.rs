//! Settings by name and as text, for the command line.

use std::ops::RangeInclusive;

use super::{
    AUDIT, AUDIT_DAYS, BACKUP_KEEP, BACKUPS, KEEP_LAST, PRIVATE_NETWORKS, READ_API, RETENTION,
    RETENTION_DAYS, RETENTION_KEEP_LAST, Settings, adjust,
};
use crate::{
    access::Permission,
    dto::setting::{SettingRow, SettingValue},
    error::Error,
    service::{Actor, Services},
};

/// A setting with a name.
struct Key {
    name: &'static str,
    what: &'static str,
    field: Field,
}

/// The type of a setting, and access to it.
enum Field {
    Flag(fn(&mut Settings) -> &mut bool),
    Number(RangeInclusive<i64>, fn(&mut Settings) -> &mut i64),
    NumberOrOff(RangeInclusive<i64>, fn(&mut Settings) -> &mut Option<i64>),
}

const KEYS: &[Key] = &[
    Key {
        name: READ_API,
        what: "allow programs on the local network to read the API without a key",
        field: Field::Flag(|settings| &mut settings.local_read_api),
    },
    Key {
        name: AUDIT,
        what: "days that audit log entries are kept",
        field: Field::Number(AUDIT_DAYS, |settings| &mut settings.audit_days),
    },
    Key {
        name: PRIVATE_NETWORKS,
        what: "allow requests to addresses in private networks",
        field: Field::Flag(|settings| &mut settings.private_networks),
    },
    Key {
        name: RETENTION,
        what: "days that runs are kept; servers and jobs can have their own rule (`duplistatus db retention`)",
        field: Field::NumberOrOff(RETENTION_DAYS, |settings| &mut settings.retention_days),
    },
    Key {
        name: RETENTION_KEEP_LAST,
        what: "number of latest runs of each job that are kept regardless of age",
        field: Field::Number(KEEP_LAST, |settings| &mut settings.retention_keep_last),
    },
    Key {
        name: BACKUP_KEEP,
        what: "number of database backups that are kept",
        field: Field::Number(BACKUPS, |settings| &mut settings.backup_keep),
    },
];

impl Field {
    fn get(&self, settings: &mut Settings) -> SettingValue {
        match self {
            Self::Flag(of) => SettingValue::Flag(*of(settings)),
            Self::Number(_, of) => SettingValue::Number(*of(settings)),
            Self::NumberOrOff(_, of) => of(settings).map_or(SettingValue::Off, SettingValue::Number),
        }
    }

    fn parse(&self, text: &str) -> Option<SettingValue> {
        let number = |range: &RangeInclusive<i64>| {
            text.parse().ok().filter(|number| range.contains(number)).map(SettingValue::Number)
        };
        match self {
            Self::Flag(_) => match text {
                "true" | "on" | "yes" => Some(SettingValue::Flag(true)),
                "false" | "off" | "no" => Some(SettingValue::Flag(false)),
                _ => None,
            },
            Self::NumberOrOff(..) if text == "off" => Some(SettingValue::Off),
            Self::Number(range, _) | Self::NumberOrOff(range, _) => number(range),
        }
    }

    fn set(&self, settings: &mut Settings, value: SettingValue) {
        match (self, value) {
            (Self::Flag(of), SettingValue::Flag(flag)) => *of(settings) = flag,
            (Self::Number(_, of), SettingValue::Number(number)) => *of(settings) = number,
            (Self::NumberOrOff(_, of), SettingValue::Number(number)) => *of(settings) = Some(number),
            (Self::NumberOrOff(_, of), SettingValue::Off) => *of(settings) = None,
            // `parse` returns no other combinations.
            _ => {}
        }
    }

    fn expects(&self) -> String {
        match self {
            Self::Flag(_) => "true or false".into(),
            Self::Number(range, _) => format!("a number from {} to {}", range.start(), range.end()),
            Self::NumberOrOff(range, _) => {
                format!("a number from {} to {}, or off", range.start(), range.end())
            }
        }
    }
}

fn find(name: &str) -> Result<&'static Key, Error> {
    KEYS.iter().find(|key| key.name == name).ok_or(Error::NotFound)
}

fn row(key: &Key, mut now: Settings) -> SettingRow {
    SettingRow {
        key: key.name.into(),
        value: key.field.get(&mut now),
        default: key.field.get(&mut Settings::default()),
        expects: key.field.expects(),
        what: key.what.into(),
    }
}

/// Returns all settings.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn list(services: &Services, actor: &Actor) -> Result<Vec<SettingRow>, Error> {
    actor.may(Permission::ViewSettings)?;
    Ok(rows(services.db.read(Settings::load).await?))
}

/// Returns all settings of these values.
pub(in crate::service) fn rows(settings: Settings) -> Vec<SettingRow> {
    KEYS.iter().map(|key| row(key, settings)).collect()
}

/// Sets a setting from text, without storing it.
///
/// # Errors
/// Same as [`set`].
pub(in crate::service) fn put(settings: &mut Settings, name: &str, text: &str) -> Result<(), Error> {
    let key = find(name)?;
    key.field.set(settings, parsed(key, text)?);
    Ok(())
}

fn parsed(key: &Key, text: &str) -> Result<SettingValue, Error> {
    let value = key.field.parse(text.trim());
    value.ok_or_else(|| Error::Invalid { field: key.name, hint: key.field.expects() })
}

/// Returns one setting.
///
/// # Errors
/// [`Error::NotFound`] if there is no setting with this name.
pub async fn get(services: &Services, actor: &Actor, name: &str) -> Result<SettingRow, Error> {
    actor.may(Permission::ViewSettings)?;
    let key = find(name)?;
    Ok(row(key, services.db.read(Settings::load).await?))
}

/// Sets a setting from text. Returns the new state.
///
/// # Errors
/// [`Error::NotFound`] if there is no setting with this name; [`Error::Invalid`] if it does not accept the
/// value.
pub async fn set(services: &Services, actor: &Actor, name: &str, text: &str) -> Result<SettingRow, Error> {
    actor.may(Permission::ManageSettings)?;
    let key = find(name)?;
    let value = parsed(key, text)?;
    adjust(services, actor, move |settings| key.field.set(settings, value)).await?;
    get(services, actor, name).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::Role,
        service::testing::{
            TestResult,
            accounts::{actions, member},
            services,
        },
    };

    const ROOT: Actor = Actor::CommandLine;

    #[tokio::test]
    async fn each_setting_can_be_named_read_and_set() -> TestResult {
        let (_folder, services) = services()?;
        let all = list(&services, &ROOT).await?;
        assert_eq!(all.len(), 6);
        assert!(all.iter().all(|row| row.value == row.default));
        for (name, text, value) in [
            ("access.local_read_api", "on", SettingValue::Flag(true)),
            ("access.local_read_api", " false ", SettingValue::Flag(false)),
            ("audit.retention_days", "30", SettingValue::Number(30)),
            ("outgoing.private_networks", "yes", SettingValue::Flag(true)),
            ("retention.days", "90", SettingValue::Number(90)),
            ("retention.days", "off", SettingValue::Off),
            ("retention.keep_last", "0", SettingValue::Number(0)),
        ] {
            assert_eq!(set(&services, &ROOT, name, text).await?.value, value, "{name} {text}");
            services.load_settings().await?;
            assert_eq!(get(&services, &ROOT, name).await?.value, value, "it is stored");
        }
        assert!(services.settings().private_networks && services.settings().audit_days == 30);
        assert_eq!(actions(&services).await?, ["settings.change"; 7]);
        Ok(())
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused() -> TestResult {
        let (_folder, services) = services()?;
        for (name, text) in [
            ("access.local_read_api", "1"),
            ("access.local_read_api", ""),
            ("audit.retention_days", "29"),
            ("audit.retention_days", "366"),
            ("audit.retention_days", "off"),
            ("audit.retention_days", "ninety"),
            ("retention.days", "0"),
            ("retention.days", "-1"),
            ("retention.days", "99999999999999999999"),
            ("retention.keep_last", "-1"),
        ] {
            let refused = set(&services, &ROOT, name, text).await;
            assert!(matches!(&refused, Err(Error::Invalid { field, .. }) if *field == name), "{name} {text}");
        }
        assert!(matches!(set(&services, &ROOT, "site.time_zone", "UTC").await, Err(Error::NotFound)));
        assert!(matches!(get(&services, &ROOT, "").await, Err(Error::NotFound)));
        let operator = member(&services, "op", Role::Operator).await?;
        assert!(matches!(set(&services, &operator, "retention.days", "1").await, Err(Error::Forbidden)));
        assert!(matches!(list(&services, &operator).await, Err(Error::Forbidden)));
        Ok(())
    }
}
