//! Rules that say who is told of what, and what is set for a channel beside its address: created, changed, tried, deleted.

use serde_json::{Value, json};

use super::{
    preview,
    rule_form::{form, hours_form, place, read, read_hours, words},
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, Tx,
        tables::{
            channels::{self, ChannelRow},
            jobs,
            labels::{self, Kind},
            notification_rules as stored,
            notifications::follow_ups,
            servers,
        },
    },
    dto::notification_rules::{HoursForm, HoursRow, RuleChoices, RuleForm, RuleRow, RulesPage, RulesQuery},
    error::Error,
    ids::{ChannelId, ServerId},
    notify::{
        Reminder,
        routing::{Place, Rule},
    },
    service::{
        Actor, Services, audit,
        audit::Entry,
        rows::{changed_meanwhile, is_still, missing_is_not_found},
    },
    time::Timestamp,
    topic::Topic,
    zone::Zone,
};

/// Most rules: each event asks for all of them.
const RULES: usize = 500;
/// Names that are offered.
const OFFERED: i64 = 300;

/// The rules, and what is set for each channel; with what a form would have done, if one is tried.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::NotFound`] when there is no such rule.
pub async fn page(services: &Services, actor: &Actor, query: RulesQuery) -> Result<RulesPage, Error> {
    actor.may(Permission::ViewSettings)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let load = move |conn: &mut Connection| {
        let (rules, rows) = (stored::all(conn)?, channels::receivers(conn)?);
        let mut shown = Vec::new();
        for rule in &rules {
            shown.push(rule_row(conn, rule, &rows)?);
        }
        shown.sort_by_key(|row| {
            let level =
                ["job", "server", "tag", "group", "site"].iter().position(|known| *known == row.scope);
            (level, row.name.to_lowercase(), row.id)
        });
        let changed = query.rule.and_then(|id| rules.iter().find(|rule| rule.id == id));
        let tried = query.form.is_some();
        let form = match (query.form, changed) {
            (Some(form), _) => form,
            (None, Some(rule)) => form(conn, rule)?,
            (None, None) => new_form(conn, query.server, query.job)?,
        };
        let preview = match tried {
            true => Some(preview::of_form(conn, &form, changed, &rules, now)?),
            false => None,
        };
        let choices = RuleChoices {
            groups: labels::names(conn, Kind::Groups, OFFERED)?,
            tags: labels::names(conn, Kind::Tags, OFFERED)?,
            servers: names_of_servers(conn)?,
            jobs: names_of_jobs(conn)?,
        };
        let hours = rows.into_iter().map(|row| hours_row(&zone, row, now)).collect();
        Ok(RulesPage {
            now: zone.moment(now),
            rules: shown,
            channels: hours,
            form,
            changes: changed.map(|rule| rule.id),
            preview,
            choices,
        })
    };
    services.db.read(load).await.map_err(missing_is_not_found)
}

fn names_of_servers(conn: &mut Connection) -> Result<Vec<String>, StoreError> {
    let mut names: Vec<String> =
        servers::all(conn)?.iter().map(|server| server.display_name().to_owned()).collect();
    names.truncate(usize::try_from(OFFERED).unwrap_or(0));
    Ok(names)
}

fn names_of_jobs(conn: &mut Connection) -> Result<Vec<String>, StoreError> {
    let most = usize::try_from(OFFERED).unwrap_or(0);
    let mut names = Vec::new();
    for server in servers::all(conn)? {
        if names.len() >= most {
            break;
        }
        let jobs = jobs::all(conn, Some(ServerId(server.id)))?;
        names.extend(jobs.iter().map(|job| format!("{} / {}", server.display_name(), job.display_name())));
    }
    names.truncate(most);
    Ok(names)
}

/// The form of a new rule: for all events, of the place from which somebody came.
fn new_form(
    conn: &mut Connection,
    server: Option<ServerId>,
    job: Option<crate::ids::JobId>,
) -> Result<RuleForm, StoreError> {
    let place = job.map(Place::Job).or(server.map(Place::Server)).unwrap_or_default();
    let rule = Rule { topics: topics_of(&place), place, ..Rule::default() };
    form(conn, &rule)
}

/// What a rule of a place can be about: this program itself is in no group, and no server.
fn topics_of(place: &Place) -> Vec<Topic> {
    if *place == Place::Site { Topic::ALL.to_vec() } else { Topic::OF_JOBS.to_vec() }
}

fn rule_row(conn: &mut Connection, rule: &Rule, channels: &[ChannelRow]) -> Result<RuleRow, StoreError> {
    let (scope, name) = words(conn, &rule.place)?;
    let names = |ids: &[ChannelId]| -> Vec<String> {
        channels.iter().filter(|row| ids.contains(&ChannelId(row.id))).map(|row| row.name.clone()).collect()
    };
    let escalation = rule.escalation.as_ref().map(|escalation| (escalation.after, names(&escalation.to)));
    Ok(RuleRow {
        id: rule.id,
        scope: scope.into(),
        name,
        topics: rule.topics.clone(),
        tells: names(&rule.tells),
        is_nobody: rule.is_nobody,
        delay: rule.delay,
        reminder: rule.reminder.map(|reminder| reminder.as_str().to_owned()),
        escalation: escalation.filter(|(_, to)| !to.is_empty()),
    })
}

fn hours_row(zone: &Zone, row: ChannelRow, now: Timestamp) -> HoursRow {
    let quiet = row.quiet();
    let until = quiet.as_ref().map(|quiet| quiet.release(Topic::Recovered, true, now));
    HoursRow {
        id: ChannelId(row.id),
        topics: row.topics(),
        hours: hours_form(quiet.as_ref(), Reminder::from_word(&row.reminder).unwrap_or_default()),
        quiet_until: until.filter(|until| *until > now).map(|until| zone.moment(until)),
        name: row.name,
        is_enabled: row.is_enabled,
    }
}

/// What the audit log has of a rule.
fn audited(row: &RuleRow) -> Value {
    let RuleRow { scope, name, topics, tells, is_nobody, delay, reminder, escalation, .. } = row;
    json!({
        "scope": scope, "name": name, "topics": topics, "tells": tells, "nobody": is_nobody, "delay": delay, "reminder": reminder,
        "after": escalation.as_ref().map(|(after, _)| after), "others": escalation.as_ref().map(|(_, to)| to),
    })
}

/// Creates a rule, or changes the one of `id`.
///
/// # Errors
/// [`Error::Invalid`] when a field cannot be used; [`Error::NotFound`] when there is no such rule.
pub async fn save(services: &Services, actor: &Actor, id: Option<i64>, form: RuleForm) -> Result<i64, Error> {
    actor.may(Permission::ManageSettings)?;
    let rule = read(&form, id.unwrap_or(0))?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx: &mut Tx<'_>| {
            let (all, rows) = (stored::all(tx.conn)?, channels::receivers(tx.conn)?);
            let known = all.iter().find(|known| Some(known.id) == id);
            if id.is_some() && known.is_none() {
                return Ok(Err(Error::NotFound));
            }
            if known.is_none() && all.len() >= RULES {
                let hint = format!("there are {RULES} rules already: delete one first");
                return Ok(Err(Error::Invalid { field: "scope", hint }));
            }
            let rule = match place(tx.conn, &form, known.map(|known| &known.place))? {
                Ok(place) => {
                    let mut topics = rule.topics;
                    topics.retain(|topic| topics_of(&place).contains(topic));
                    Rule { place, topics, ..rule }
                }
                Err(error) => return Ok(Err(error)),
            };
            if rule.topics.is_empty() {
                let hint =
                    "choose an event of jobs: a rule about duplistatus itself is for the whole site".into();
                return Ok(Err(Error::Invalid { field: "topics", hint }));
            }
            let is_channel = |id: &ChannelId| rows.iter().any(|row| row.id == id.0);
            let others = rule.escalation.iter().flat_map(|escalation| &escalation.to);
            if !rule.tells.iter().chain(others).all(is_channel) {
                let hint = "a channel was deleted meanwhile: reload the page".into();
                return Ok(Err(Error::Invalid { field: "channels", hint }));
            }
            let before = known.map(|known| rule_row(tx.conn, known, &rows)).transpose()?;
            let id = stored::save(tx.conn, &rule, &audit::name_of(&actor), now)?;
            follow_ups::arrange_all(tx.conn, now)?;
            let after = rule_row(tx.conn, &Rule { id, ..rule }, &rows)?;
            let action =
                if before.is_some() { "notification_rule.change" } else { "notification_rule.create" };
            let entry = Entry::new(action).on("notification_rule", id, called(&after));
            let entry = match before {
                Some(before) => entry.before(audited(&before)),
                None => entry,
            };
            audit::record(tx, &actor, now, entry.after(audited(&after)))?;
            Ok(Ok(id))
        })
        .await?
}

/// What a rule is called in the audit log and in questions.
fn called(row: &RuleRow) -> String {
    if row.name.is_empty() { row.scope.clone() } else { format!("{} {}", row.scope, row.name) }
}

/// Deletes a rule. `named` is the place that the question named; empty names none.
///
/// # Errors
/// [`Error::NotFound`] when there is no such rule; [`Error::Invalid`] when it is for another place by now.
pub async fn delete(services: &Services, actor: &Actor, id: i64, named: &str) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let (actor, now, named) = (actor.clone(), services.clock.now(), named.to_owned());
    services
        .db
        .write(move |tx: &mut Tx<'_>| {
            let (all, rows) = (stored::all(tx.conn)?, channels::receivers(tx.conn)?);
            let Some(known) = all.iter().find(|known| known.id == id) else {
                return Ok(Err(Error::NotFound));
            };
            let row = rule_row(tx.conn, known, &rows)?;
            if !is_still(&named, &row.name) {
                return Ok(Err(changed_meanwhile("name")));
            }
            stored::delete(tx.conn, id)?;
            follow_ups::arrange_all(tx.conn, now)?;
            let entry = Entry::new("notification_rule.delete").on("notification_rule", id, called(&row));
            audit::record(tx, &actor, now, entry.before(audited(&row)))?;
            Ok(Ok(()))
        })
        .await?
}

/// Sets the quiet hours of a channel, and how often it is told again.
///
/// # Errors
/// [`Error::Invalid`] when a field cannot be used; [`Error::NotFound`] when there is no such channel.
pub async fn set_hours(
    services: &Services,
    actor: &Actor,
    id: ChannelId,
    form: HoursForm,
) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let (quiet, reminder) = read_hours(&form, &services.zone)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx: &mut Tx<'_>| {
            let row = channels::find(tx.conn, id)?;
            let before =
                hours_form(row.quiet().as_ref(), Reminder::from_word(&row.reminder).unwrap_or_default());
            let text = quiet.as_ref().and_then(|quiet| serde_json::to_string(quiet).ok());
            channels::set_hours(tx.conn, id, text.as_deref(), reminder)?;
            follow_ups::arrange_all(tx.conn, now)?;
            let told = |form: HoursForm| json!(form);
            let entry = Entry::new("channel.hours").on("channel", id.0, row.name);
            let entry = entry.before(told(before)).after(told(hours_form(quiet.as_ref(), reminder)));
            audit::record(tx, &actor, now, entry)
        })
        .await
        .map_err(missing_is_not_found)
}
