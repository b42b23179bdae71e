//! Schedule, tolerance, zone and checks of the site, a group, a server or jobs.

use serde_json::{Value, json};

use super::{Done, Target, change, change_in};
use crate::{
    db::{
        Connection, StoreError, Tx,
        tables::noticing::settings::{self, Rule, Scope},
    },
    error::Error,
    noticing::{
        checks::CheckKind,
        incident::Setting,
        schedule::{Period, Schedule, Weekdays},
        settings::Tolerance,
    },
    service::{Actor, Services},
    time::Timestamp,
    zone::Zone,
};

/// The shortest and the longest tolerance: seconds.
const TOLERANCE: std::ops::RangeInclusive<i64> = 60..=366 * 86_400;

/// What becomes of one setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is what is set for the server, its group or the site, else what is learnt or usual.
    Inherit,
    /// It is set.
    Set(T),
}

impl<T> Change<T> {
    fn set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Inherit => None,
        }
    }

    fn on(self, value: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Inherit => *value = None,
            Self::Set(new) => *value = Some(new),
        }
    }
}

/// A schedule that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetSchedule {
    /// The schedule.
    pub schedule: Schedule,
    /// Its zone, where it is not that of the job.
    pub zone: Option<String>,
}

/// What is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleChange {
    /// The schedule.
    pub schedule: Change<SetSchedule>,
    /// The tolerance.
    pub tolerance: Change<Tolerance>,
    /// The zone of the job.
    pub zone: Change<String>,
    /// Checks that are switched off.
    pub off: Change<Vec<CheckKind>>,
}

impl RuleChange {
    /// Whether everything in it can be taken.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the name of the field, and what to do.
    pub fn check(&self) -> Result<(), Error> {
        let zones = [self.zone.set(), self.schedule.set().and_then(|set| set.zone.as_ref())];
        for zone in zones.into_iter().flatten() {
            Zone::named(zone).map_err(|error| Error::Invalid { field: "zone", hint: error.to_string() })?;
        }
        if let Some(Tolerance::Seconds(seconds)) = self.tolerance.set()
            && !TOLERANCE.contains(seconds)
        {
            let hint = "use a time from one minute to 366 days, such as 90m, 4h or 2D".into();
            return Err(Error::Invalid { field: "tolerance", hint });
        }
        match self.schedule.set().map(|set| &set.schedule) {
            Some(Schedule::Every { period, at, weekdays, .. }) => check_every(*period, *at, *weekdays),
            _ => Ok(()),
        }
    }

    /// What a rule is then.
    pub(in crate::service) fn on(self, rule: &Rule, now: Timestamp) -> Rule {
        let mut new = rule.clone();
        match self.schedule {
            Change::Keep => {}
            Change::Inherit => (new.schedule, new.schedule_zone) = (None, None),
            Change::Set(set) => (new.schedule, new.schedule_zone) = (Some(set.schedule), set.zone),
        }
        self.tolerance.on(&mut new.tolerance);
        self.zone.on(&mut new.zone);
        self.off.on(&mut new.off);
        if (&new.schedule, &new.schedule_zone, &new.zone) != (&rule.schedule, &rule.schedule_zone, &rule.zone)
        {
            // Slots of the past are none: nothing was expected at them.
            new.schedule_set = Some(now);
        }
        new
    }
}

fn check_every(period: Period, at: Option<i64>, weekdays: Option<Weekdays>) -> Result<(), Error> {
    let invalid = |field, hint: &str| Err(Error::Invalid { field, hint: hint.into() });
    if at.is_some_and(|at| !(0..86_400).contains(&at)) {
        return invalid("at", "use a time of the day, such as 02:00");
    }
    match (weekdays, period) {
        (Some(Weekdays::NONE), _) => invalid("weekdays", "choose at least one weekday"),
        (Some(_), Period::Months(_)) => invalid("weekdays", "choose no weekdays with months"),
        // A slot of every second day may never be on one of them.
        (Some(_), Period::Days(2..)) => {
            invalid("weekdays", "choose no weekdays with several days: use every day, or weeks")
        }
        _ => Ok(()),
    }
}

/// Changes what is set. Returns for how many of them something was not so already.
///
/// # Errors
/// [`Error::Invalid`] when a value cannot be taken, with the name of its field; [`Error::NotFound`] when there is nothing of that target.
pub async fn set(
    services: &Services,
    actor: &Actor,
    target: Target,
    rules: RuleChange,
) -> Result<usize, Error> {
    rules.check()?;
    change(services, actor, target, move |conn, scope, now| set_for(conn, scope, &rules, now)).await
}

/// Sets the same in a transaction.
pub(in crate::service) fn set_in(
    tx: &mut Tx<'_>,
    by: (&Actor, &Zone, Timestamp),
    target: Target,
    rules: &RuleChange,
) -> Result<Result<(), Error>, StoreError> {
    if let Err(error) = rules.check() {
        return Ok(Err(error));
    }
    change_in(tx, by, target, |conn, scope, now| set_for(conn, scope, rules, now))?;
    Ok(Ok(()))
}

fn set_for(
    conn: &mut Connection,
    scope: Scope,
    rules: &RuleChange,
    now: Timestamp,
) -> Result<Option<Done>, StoreError> {
    let known = settings::rule(conn, scope)?;
    let new = rules.clone().on(&known, now);
    if new == known {
        return Ok(None);
    }
    settings::set_rule(conn, scope, &new)?;
    Ok(Some(Done::new("monitoring.set", Setting::Rules, (described(&known), described(&new)))))
}

/// A rule as the audit log has it.
fn described(rule: &Rule) -> Value {
    json!({
        "schedule": rule.schedule,
        "schedule_zone": rule.schedule_zone,
        "tolerance": rule.tolerance,
        "zone": rule.zone,
        "checks_off": rule.off,
    })
}
