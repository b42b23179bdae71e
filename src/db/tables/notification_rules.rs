//! Rules that say who is told of what (`crate::notify::routing`), as they are stored.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{channels, labels};
use crate::{
    db::{
        Connection, StoreError, StoreErrorKind,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{notification_rule_channels as told, notification_rules as rules, server_groups, tags},
    },
    ids::{ChannelId, JobId, JobRef, ServerId},
    notify::{
        Reminder,
        routing::{Escalation, Place, Recipient, Rule, Subject, route},
    },
    time::Timestamp,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = rules)]
struct RuleRow {
    id: i64,
    #[diesel(deserialize_as = OptionalLossyText)]
    group_key: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    tag_key: Option<String>,
    server_id: Option<i64>,
    job_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    topics: String,
    is_nobody: bool,
    delay: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    reminder: Option<String>,
    escalate_after: Option<i64>,
}

impl RuleRow {
    fn rule(self, tells: Vec<ChannelId>, to: Vec<ChannelId>) -> Rule {
        let place = match (self.group_key, self.tag_key, self.server_id, self.job_id) {
            (Some(group), ..) => Place::Group(group),
            (_, Some(tag), ..) => Place::Tag(tag),
            (_, _, Some(server), _) => Place::Server(ServerId(server)),
            (.., Some(job)) => Place::Job(JobId(job)),
            _ => Place::Site,
        };
        Rule {
            id: self.id,
            place,
            topics: serde_json::from_str(&self.topics).unwrap_or_default(),
            tells,
            is_nobody: self.is_nobody,
            delay: self.delay,
            reminder: self.reminder.as_deref().and_then(Reminder::from_word),
            escalation: self.escalate_after.map(|after| Escalation { after, to }),
        }
    }
}

/// All rules, in the order in which they were created.
///
/// # Errors
/// Database errors.
pub fn all(conn: &mut Connection) -> Result<Vec<Rule>, StoreError> {
    let rows: Vec<RuleRow> = rules::table.order(rules::id).select(RuleRow::as_select()).load(conn)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let channels: Vec<(i64, i64, bool)> = told::table
        .order((told::rule_id, told::channel_id))
        .select((told::rule_id, told::channel_id, told::is_escalation))
        .load(conn)?;
    let mut of: BTreeMap<(i64, bool), Vec<ChannelId>> = BTreeMap::new();
    for (rule, channel, is_escalation) in channels {
        of.entry((rule, is_escalation)).or_default().push(ChannelId(channel));
    }
    let rules = rows.into_iter().map(|row| {
        let mut channels = |is_escalation| of.remove(&(row.id, is_escalation)).unwrap_or_default();
        let (tells, to) = (channels(false), channels(true));
        row.rule(tells, to)
    });
    Ok(rules.collect())
}

/// Stores a rule: a new one when its id is 0. Returns its id.
///
/// # Errors
/// [`StoreErrorKind::NotFound`] when there is none of this id.
pub fn save(conn: &mut Connection, rule: &Rule, by: &str, now: Timestamp) -> Result<i64, StoreError> {
    let (mut group, mut tag, mut server, mut job) = (None, None, None, None);
    match &rule.place {
        Place::Site => {}
        Place::Group(name) => group = Some(name.as_str()),
        Place::Tag(name) => tag = Some(name.as_str()),
        Place::Server(id) => server = Some(id.0),
        Place::Job(id) => job = Some(id.0),
    }
    let topics = serde_json::to_string(&rule.topics)
        .map_err(|error| StoreError::new(StoreErrorKind::Other, error.to_string()))?;
    let values = (
        rules::group_key.eq(group),
        rules::tag_key.eq(tag),
        rules::server_id.eq(server),
        rules::job_id.eq(job),
        rules::topics.eq(topics),
        rules::is_nobody.eq(rule.is_nobody),
        rules::delay.eq(rule.delay),
        rules::reminder.eq(rule.reminder.map(Reminder::as_str)),
        rules::escalate_after.eq(rule.escalation.as_ref().map(|escalation| escalation.after)),
    );
    let id = if rule.id == 0 {
        diesel::insert_into(rules::table)
            .values((values, rules::created_by.eq(by), rules::created_at.eq(now.to_string())))
            .returning(rules::id)
            .get_result(conn)?
    } else {
        diesel::update(rules::table.find(rule.id)).set(values).returning(rules::id).get_result(conn)?
    };
    diesel::delete(told::table.filter(told::rule_id.eq(id))).execute(conn)?;
    let to = rule.escalation.iter().flat_map(|escalation| &escalation.to).map(|channel| (channel, true));
    for (channel, is_escalation) in rule.tells.iter().map(|channel| (channel, false)).chain(to) {
        add(conn, id, *channel, is_escalation)?;
    }
    Ok(id)
}

fn add(conn: &mut Connection, rule: i64, channel: ChannelId, is_escalation: bool) -> Result<(), StoreError> {
    diesel::insert_or_ignore_into(told::table)
        .values((
            told::rule_id.eq(rule),
            told::channel_id.eq(channel.0),
            told::is_escalation.eq(is_escalation),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes a rule. Returns whether there was one.
///
/// # Errors
/// Database errors.
pub fn delete(conn: &mut Connection, id: i64) -> Result<bool, StoreError> {
    Ok(diesel::delete(rules::table.find(id)).execute(conn)? > 0)
}

/// The channels, as rules see them.
///
/// # Errors
/// Database errors.
pub fn recipients(conn: &mut Connection) -> Result<Vec<Recipient>, StoreError> {
    let channels = channels::receivers(conn)?.into_iter();
    Ok(channels.map(|row| row.recipient()).collect())
}

/// What an event of a job, or of what is left of it, is about.
///
/// # Errors
/// Database errors.
pub fn subject(
    conn: &mut Connection,
    server: Option<ServerId>,
    job: Option<JobId>,
) -> Result<Subject, StoreError> {
    let keys = |of: Vec<(_, String)>| of.into_iter().map(|(_, name)| labels::key(&name));
    let mut subject = Subject { job, server, ..Subject::default() };
    if let Some(server) = server {
        subject.group = labels::group_of(conn, server)?.map(|(_, name)| labels::key(&name));
        subject.tags.extend(keys(labels::of_server(conn, server)?));
    }
    if let Some(job) = job {
        subject.tags.extend(keys(labels::of_job(conn, job)?));
    }
    Ok(subject)
}

/// What becomes of the rules of a server that becomes one with another one.
///
/// # Errors
/// Database errors.
pub fn merge_servers(conn: &mut Connection, from: ServerId, into: ServerId) -> Result<(), StoreError> {
    let subject = subject(conn, Some(into), None)?;
    join(conn, &Place::Server(from), Place::Server(into), &subject)
}

/// The same for a job. `is_new` says that the other one is there only since: it is the same job at another place.
///
/// # Errors
/// Database errors.
pub fn merge_jobs(conn: &mut Connection, from: JobId, to: JobRef, is_new: bool) -> Result<(), StoreError> {
    if is_new {
        let own = rules::table.filter(rules::job_id.eq(from.0));
        diesel::update(own).set(rules::job_id.eq(to.id.0)).execute(conn)?;
        return Ok(());
    }
    let subject = subject(conn, Some(to.server), Some(to.id))?;
    join(conn, &Place::Job(from), Place::Job(to.id), &subject)
}

/// Moves rules to a place that had its own routing: who was told there is told in addition, and no rule that tells nobody comes along. A
/// merge may tell more than before, and never less.
fn join(conn: &mut Connection, from: &Place, to: Place, subject: &Subject) -> Result<(), StoreError> {
    let (all, recipients) = (all(conn)?, recipients(conn)?);
    for rule in all.iter().filter(|rule| rule.place == *from) {
        if rule.is_nobody {
            delete(conn, rule.id)?;
            continue;
        }
        let mut moved = Rule { place: to.clone(), ..rule.clone() };
        for topic in &rule.topics {
            let told =
                route(&all, &recipients, subject, *topic).routes.into_iter().map(|route| route.channel);
            moved.tells.extend(told);
        }
        save(conn, &moved, "", Timestamp::default())?;
    }
    Ok(())
}

/// The name of a group or tag as it is written; the key where nothing has it at present.
///
/// # Errors
/// Database errors.
pub fn written(conn: &mut Connection, place: &Place) -> Result<Option<String>, StoreError> {
    let name: Option<LossyText> = match place {
        Place::Group(key) => server_groups::table
            .filter(server_groups::name_key.eq(key))
            .select(server_groups::name)
            .first(conn)
            .optional()?,
        Place::Tag(key) => {
            tags::table.filter(tags::name_key.eq(key)).select(tags::name).first(conn).optional()?
        }
        _ => None,
    };
    Ok(name.map(Into::into))
}
