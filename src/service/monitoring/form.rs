//! From the fields of forms to what is set. What is wrong is named by its field.

use super::{Change, RuleChange, SetSchedule};
use crate::{
    dto::monitoring::{RuleForm, WindowForm},
    error::Error,
    noticing::{
        rehearsal::{Set, read_tolerance, time_of_day},
        schedule::{
            Pattern, Schedule, Weekdays,
            cron::Cron,
            local::{Local, month_of},
        },
        settings::{Span, Tolerance, Window},
    },
    service::{Actor, Services},
    time::{Day, Timestamp},
    zone::Zone,
};

fn invalid(field: &'static str) -> impl FnOnce(&dyn std::fmt::Display) -> Error {
    move |error| Error::Invalid { field, hint: error.to_string() }
}

fn no_choice(field: &'static str, choices: &str) -> Error {
    Error::Invalid { field, hint: format!("choose {choices}") }
}

/// What a form changes.
///
/// # Errors
/// [`Error::Invalid`] with the name of the field, and what to do.
pub fn read_rule(form: &RuleForm) -> Result<RuleChange, Error> {
    let set = |schedule| Change::Set(SetSchedule { schedule, zone: None });
    let schedule = match form.schedule.as_str() {
        "" => Change::Keep,
        "inherit" => Change::Inherit,
        "never" => set(Schedule::Never),
        "cron" => set(Schedule::Cron(Cron::parse(&form.cron).map_err(|error| invalid("cron")(&error))?)),
        "every" => set(every(form)?),
        _ => return Err(no_choice("schedule", "inherit, every, cron or never")),
    };
    let tolerance = match form.tolerance.as_str() {
        "" => Change::Keep,
        "inherit" => Change::Inherit,
        "span" => Change::Set(span("span", &form.span)?),
        name @ ("server" | "desktop" | "laptop" | "archive") => {
            Change::Set(read_tolerance(name).map_err(|error| invalid("tolerance")(&error))?)
        }
        _ => return Err(no_choice("tolerance", "inherit, server, desktop, laptop, archive or span")),
    };
    let zone = match form.zone.as_deref().map(str::trim).filter(|_| !form.keep_zone) {
        None => Change::Keep,
        Some("") => Change::Inherit,
        Some(name) => Change::Set(name.to_owned()),
    };
    let rules = RuleChange { schedule, tolerance, zone, off: Change::Keep };
    // The length is a field of its own.
    rules.check().map_err(|error| match error {
        Error::Invalid { field: "tolerance", hint } if form.tolerance == "span" => {
            Error::Invalid { field: "span", hint }
        }
        error => error,
    })?;
    Ok(rules)
}

/// A time such as `4h`.
fn span(field: &'static str, text: &str) -> Result<Tolerance, Error> {
    let hint = || Error::Invalid { field, hint: "write a time such as 90m, 4h or 2D".into() };
    match read_tolerance(text.trim()) {
        Ok(tolerance @ Tolerance::Seconds(_)) => Ok(tolerance),
        _ => Err(hint()),
    }
}

fn every(form: &RuleForm) -> Result<Schedule, Error> {
    if !matches!(form.unit.as_str(), "m" | "h" | "D" | "W" | "M") {
        return Err(no_choice("unit", "minutes, hours, days, weeks or months"));
    }
    let number = form.every.trim();
    if !(1..=9999).contains(&number.parse::<i64>().unwrap_or(0)) {
        return Err(Error::Invalid { field: "every", hint: "write a whole number from 1 on".into() });
    }
    let at = form.at.trim();
    if !at.is_empty() {
        time_of_day(at).map_err(|error| invalid("at")(&error))?;
    }
    let weekdays = weekdays(&form.weekdays)?;
    let set = Set {
        every: Some(format!("{number}{}", form.unit)),
        at: (!at.is_empty()).then(|| at.to_owned()),
        weekdays: weekdays.map(|_| form.weekdays.clone()),
        ..Set::default()
    };
    set.schedule().map_err(|error| invalid("every")(&error))
}

/// The weekdays that are chosen; none and all of them are every day.
fn weekdays(names: &[String]) -> Result<Option<Weekdays>, Error> {
    let mut chosen = Weekdays::NONE;
    for name in names {
        let Some(day) = Weekdays::named(name) else {
            return Err(Error::Invalid { field: "weekdays", hint: format!("“{name}” is no weekday") });
        };
        chosen = chosen.with(day);
    }
    Ok(Some(chosen).filter(|chosen| *chosen != Weekdays::NONE && *chosen != Weekdays::ALL))
}

/// The end of a pause: a time of the reader's clock such as `2026-12-24T08:00`, or how long it lasts, as in `4h`. Empty: until it is resumed.
///
/// # Errors
/// [`Error::Invalid`] when it is neither.
pub fn pause_end(services: &Services, actor: &Actor, text: &str) -> Result<Option<Timestamp>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(Tolerance::Seconds(seconds)) = span("until", text) {
        return Ok(Some(services.clock.now().plus(seconds)));
    }
    local("until", text, &actor.zone(services)).map(Some)
}

/// A time by the clock of a zone, as browsers send it.
fn local(field: &'static str, text: &str, zone: &Zone) -> Result<Timestamp, Error> {
    let error = || Error::Invalid { field, hint: "write day and time, as in 2026-12-24T08:00".into() };
    let (day, time) = text.trim().split_once(['T', ' ']).ok_or_else(error)?;
    let day: Day = day.parse().map_err(|_| error())?;
    let second = time_of_day(time).map_err(|_| error())?;
    Ok(Local { day, second }.instant(zone))
}

/// A maintenance window.
///
/// # Errors
/// [`Error::Invalid`] with the name of the field, and what to do.
pub fn read_window(services: &Services, actor: &Actor, form: &WindowForm) -> Result<Window, Error> {
    let zone = actor.zone(services);
    if form.kind == "once" {
        let (from, until) = (local("from", &form.from, &zone)?, local("until", &form.until, &zone)?);
        return Ok(Window::Once(Span { from, until: Some(until) }));
    }
    let at = time_of_day(form.at.trim()).map_err(|error| invalid("at")(&error))?;
    let Tolerance::Seconds(length) = span("length", &form.length)? else {
        return Err(no_choice("length", "a time such as 4h"));
    };
    let today = Local::of(services.clock.now(), &zone).day;
    let begins = match form.kind.as_str() {
        "weekly" => {
            if form.weekdays.is_empty() {
                return Err(no_choice("weekdays", "at least one weekday"));
            }
            Pattern::daily(today, at, weekdays(&form.weekdays)?.unwrap_or(Weekdays::ALL))
        }
        "monthly" => {
            let day: i64 = form.day.trim().parse().unwrap_or(0);
            if !(1..=31).contains(&day) {
                return Err(no_choice("day", "a day of the month from 1 to 31"));
            }
            Pattern::Months { every: 1, anchor: month_of(today), day, at }
        }
        _ => return Err(no_choice("kind", "once, weekly or monthly")),
    };
    Ok(Window::Repeated { begins, length, until: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(number: &str, unit: &str, at: &str, days: &[&str]) -> Result<RuleChange, Error> {
        read_rule(&RuleForm {
            schedule: "every".into(),
            every: number.into(),
            unit: unit.into(),
            at: at.into(),
            weekdays: days.iter().map(|day| (*day).to_owned()).collect(),
            ..RuleForm::default()
        })
    }

    fn field(result: Result<RuleChange, Error>) -> String {
        match result {
            Err(Error::Invalid { field, hint }) => {
                assert!(!hint.is_empty());
                field.to_owned()
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_field() {
        for (result, expected) in [
            (every("0", "D", "", &[]), "every"),
            (every("1x", "D", "", &[]), "every"),
            (every("9999", "M", "", &[]), "every"),
            (every("1", "y", "", &[]), "unit"),
            (every("1", "D", "25:00", &[]), "at"),
            (every("1", "D", "2 o'clock", &[]), "at"),
            (every("1", "D", "", &["noday"]), "weekdays"),
            (every("2", "D", "02:00", &["mon"]), "weekdays"),
            (every("1", "M", "02:00", &["mon"]), "weekdays"),
            (read_rule(&RuleForm { schedule: "now".into(), ..RuleForm::default() }), "schedule"),
            (
                read_rule(&RuleForm { schedule: "cron".into(), cron: "* *".into(), ..RuleForm::default() }),
                "cron",
            ),
            (read_rule(&RuleForm { zone: Some("Berlin/Europe".into()), ..RuleForm::default() }), "zone"),
            (
                read_rule(&RuleForm { tolerance: "span".into(), span: "soon".into(), ..RuleForm::default() }),
                "span",
            ),
            (
                read_rule(&RuleForm { tolerance: "span".into(), span: "900D".into(), ..RuleForm::default() }),
                "span",
            ),
            (
                read_rule(&RuleForm {
                    tolerance: "span".into(),
                    span: "laptop".into(),
                    ..RuleForm::default()
                }),
                "span",
            ),
            (read_rule(&RuleForm { tolerance: "ever".into(), ..RuleForm::default() }), "tolerance"),
        ] {
            assert_eq!(field(result), expected);
        }
    }

    #[test]
    fn fields_that_are_left_out_change_nothing() {
        assert_eq!(read_rule(&RuleForm::default()).unwrap(), RuleChange::default());
        let kept = RuleForm { zone: Some("Europe/Berlin".into()), keep_zone: true, ..RuleForm::default() };
        assert_eq!(read_rule(&kept).unwrap(), RuleChange::default());
        let all: Vec<&str> = vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let daily = every("1", "D", "02:00", &all).unwrap();
        assert_eq!(daily, every("1", "D", "02:00", &[]).unwrap());
        let inherited = RuleForm {
            schedule: "inherit".into(),
            tolerance: "inherit".into(),
            zone: Some(String::new()),
            ..RuleForm::default()
        };
        let expected = RuleChange {
            schedule: Change::Inherit,
            tolerance: Change::Inherit,
            zone: Change::Inherit,
            off: Change::Keep,
        };
        assert_eq!(read_rule(&inherited).unwrap(), expected);
    }
}
