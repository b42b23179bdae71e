//! From the fields of forms to rules and quiet hours, and back. What is wrong is named by its field.

use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs,
            labels::{find_group, find_tag, key},
            notification_rules::written,
            servers,
        },
    },
    dto::notification_rules::{HoursForm, RuleForm},
    error::Error,
    ids::{JobId, ServerId},
    noticing::{rehearsal::time_of_day, schedule::Weekdays},
    notify::{
        Quiet, Reminder,
        routing::{Escalation, Place, Rule},
    },
    topic::Topic,
    zone::Zone,
};

/// Longest delay: minutes.
const DELAY: i64 = 24 * 60;
/// Longest time without acknowledgement: hours.
const HOURS: i64 = 30 * 24;

fn invalid<T>(field: &'static str, hint: impl Into<String>) -> Result<T, Error> {
    Err(Error::Invalid { field, hint: hint.into() })
}

/// A whole number in a range; nothing for an empty text.
fn number(field: &'static str, text: &str, most: i64, least: i64) -> Result<Option<i64>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => invalid(field, format!("use a whole number from {least} to {most}, or leave it empty")),
    }
}

/// What a form says, without its place. `id` is that of the rule that it changes.
pub(super) fn read(form: &RuleForm, id: i64) -> Result<Rule, Error> {
    if form.topics.is_empty() {
        return invalid("topics", "choose at least one event");
    }
    let is_nobody = match form.tells.as_str() {
        "channels" => false,
        "nobody" => true,
        _ => return invalid("tells", "choose channels or nobody"),
    };
    if !is_nobody && form.channels.is_empty() {
        return invalid("channels", "choose at least one channel, or nobody");
    }
    let reminder = match form.reminder.as_str() {
        "" => None,
        word => match Reminder::from_word(word) {
            Some(reminder) => Some(reminder),
            None => return invalid("reminder", "use none, once, daily or weekly"),
        },
    };
    let delay = number("delay", &form.delay, DELAY, 0)?.map(|minutes| minutes * 60);
    let after = number("after", &form.after, HOURS, 1)?.map(|hours| hours * 3600);
    if after.is_some() && form.others.is_empty() {
        return invalid("others", "choose who is told if nobody acknowledges, or leave the hours empty");
    }
    if after.is_none() && !form.others.is_empty() {
        return invalid("after", "enter after how many hours these channels are told");
    }
    // Nobody is nobody, now and later.
    let escalation = after.filter(|_| !is_nobody).map(|after| Escalation { after, to: form.others.clone() });
    Ok(Rule {
        id,
        place: Place::Site,
        topics: Topic::without_parts_of_chosen(&form.topics),
        tells: if is_nobody { Vec::new() } else { form.channels.clone() },
        is_nobody,
        delay: delay.filter(|_| !is_nobody),
        reminder: reminder.filter(|_| !is_nobody),
        escalation,
    })
}

/// For what a form is. `known` is the place of the rule that it changes, which may have lost its last server.
pub(super) fn place(
    conn: &mut Connection,
    form: &RuleForm,
    known: Option<&Place>,
) -> Result<Result<Place, Error>, StoreError> {
    let name = form.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let missing = |what: &str| {
        invalid("name", format!("there is no {what} “{name}”: write its name as the pages show it"))
    };
    let place = match form.scope.as_str() {
        "site" => return Ok(Ok(Place::Site)),
        "group" => Place::Group(key(&name)),
        "tag" => Place::Tag(key(&name)),
        "server" => match servers::find_shown(conn, &name)? {
            Some(server) => Place::Server(server),
            None => return Ok(missing("server")),
        },
        "job" => match find_job(conn, &name)? {
            Some(job) => Place::Job(job),
            None => {
                let hint =
                    format!("there is no job “{name}”: write it as server / job, as the pages show it");
                return Ok(invalid("name", hint));
            }
        },
        _ => return Ok(invalid("scope", "use site, group, tag, server or job")),
    };
    let is_there = match &place {
        Place::Group(_) => find_group(conn, &name)?.is_some(),
        Place::Tag(_) => find_tag(conn, &name)?.is_some(),
        _ => true,
    };
    if !is_there && known != Some(&place) {
        return Ok(missing(&form.scope));
    }
    Ok(Ok(place))
}

/// A job by `server / job`: names or aliases, with or without spaces around the slash.
fn find_job(conn: &mut Connection, name: &str) -> Result<Option<JobId>, StoreError> {
    for server in servers::all(conn)? {
        for shown in [server.display_name(), server.name.as_str()] {
            let rest = name.strip_prefix(shown).and_then(|rest| rest.trim_start().strip_prefix('/'));
            let Some(job) = rest.map(str::trim) else { continue };
            let jobs = jobs::all(conn, Some(ServerId(server.id)))?;
            if let Some(found) = jobs.iter().find(|one| one.display_name() == job || one.name == job) {
                return Ok(Some(JobId(found.id)));
            }
        }
    }
    Ok(None)
}

/// The words of a place in a form, and its name as people write it.
pub(super) fn words(conn: &mut Connection, place: &Place) -> Result<(&'static str, String), StoreError> {
    Ok(match place {
        Place::Site => ("site", String::new()),
        Place::Group(key) => ("group", written(conn, place)?.unwrap_or_else(|| key.clone())),
        Place::Tag(key) => ("tag", written(conn, place)?.unwrap_or_else(|| key.clone())),
        Place::Server(server) => ("server", servers::find(conn, *server)?.display_name().to_owned()),
        Place::Job(job) => {
            let job = jobs::find(conn, *job)?;
            let server = servers::find(conn, ServerId(job.server_id))?;
            ("job", format!("{} / {}", server.display_name(), job.display_name()))
        }
    })
}

/// What a form shows of a rule.
pub(super) fn form(conn: &mut Connection, rule: &Rule) -> Result<RuleForm, StoreError> {
    let (scope, name) = words(conn, &rule.place)?;
    let text = |seconds: Option<i64>, unit: i64| {
        seconds.map(|seconds| (seconds / unit).to_string()).unwrap_or_default()
    };
    Ok(RuleForm {
        scope: scope.into(),
        name,
        topics: rule.topics.clone(),
        tells: if rule.is_nobody { "nobody" } else { "channels" }.into(),
        channels: rule.tells.clone(),
        delay: text(rule.delay, 60),
        reminder: rule.reminder.map(|reminder| reminder.as_str().to_owned()).unwrap_or_default(),
        after: text(rule.escalation.as_ref().map(|escalation| escalation.after), 3600),
        others: rule.escalation.as_ref().map(|escalation| escalation.to.clone()).unwrap_or_default(),
    })
}

/// Quiet hours, and how often a channel is told again. `site` is the zone where none is entered.
pub(super) fn read_hours(form: &HoursForm, site: &Zone) -> Result<(Option<Quiet>, Reminder), Error> {
    let Some(reminder) = Reminder::from_word(&form.reminder) else {
        return invalid("reminder", "use none, once, daily or weekly");
    };
    let (from, to) = (form.from.trim(), form.to.trim());
    if from.is_empty() && to.is_empty() {
        return Ok((None, reminder));
    }
    let minutes = |field, text: &str| match time_of_day(text) {
        Ok(seconds) => Ok(u16::try_from(seconds / 60).unwrap_or(0)),
        Err(_) => invalid(field, "enter a time such as 22:00, or leave both times empty"),
    };
    let zone = match form.zone.trim() {
        "" => site.name().to_owned(),
        name => match Zone::named(name) {
            Ok(zone) => zone.name().to_owned(),
            Err(error) => return invalid("zone", error.to_string()),
        },
    };
    let mut days = Weekdays::NONE;
    for name in &form.weekdays {
        match Weekdays::NAMES.iter().zip(0..).find(|(known, _)| *known == name) {
            Some((_, day)) => days = days.with(day),
            None => return invalid("weekdays", format!("“{name}” is no weekday")),
        }
    }
    if days == Weekdays::NONE {
        return invalid("weekdays", "choose at least one day, or leave both times empty");
    }
    let quiet = Quiet {
        from: minutes("from", from)?,
        to: minutes("to", to)?,
        days,
        zone,
        urgent_passes: form.urgent,
    };
    if quiet.is_always() {
        return invalid("to", "nothing would ever be sent: leave some time, or disable the channel");
    }
    Ok((Some(quiet), reminder))
}

/// What a form shows of them.
pub(super) fn hours_form(quiet: Option<&Quiet>, reminder: Reminder) -> HoursForm {
    let reminder = reminder.as_str().to_owned();
    let Some(quiet) = quiet else {
        let weekdays = Weekdays::NAMES.map(str::to_owned).to_vec();
        return HoursForm { reminder, weekdays, urgent: true, ..HoursForm::default() };
    };
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    HoursForm {
        from: clock(quiet.from),
        to: clock(quiet.to),
        weekdays: quiet.days.names().map(str::to_owned).collect(),
        zone: quiet.zone.clone(),
        urgent: quiet.urgent_passes,
        reminder,
    }
}
