//! Rules, further receivers and reminders of the Node application, out of the settings that the import kept: a preview that says which
//! became what and what cannot be taken over, and the rules themselves.

mod node;
mod plan;
#[cfg(test)]
mod tests;

use serde_json::json;

use self::plan::{Kept, Plan, PlannedRule, Receiver, plan};
use super::{channels, imported};
use crate::{
    access::Permission,
    crypto::token::sha256_hex,
    db::{
        Connection, StoreError,
        tables::{channels as rows, notification_rules as stored, notifications::follow_ups, settings},
    },
    dto::channel::{ChannelForm, ImportedRule, ImportedRules},
    error::Error,
    ids::ChannelId,
    notify::{Reminder, routing::Rule},
    service::{Actor, Services, audit, audit::Entry, settings::imported::PREFIX},
};

/// Which settings were used: they are offered again only if another import changed them.
const USED: &str = "notifications.imported_rules";
/// Most rules: each event asks for all of them.
const RULES: usize = 500;
/// Rules and reasons that the preview lists.
const LISTED: usize = 100;

/// What the import kept.
struct Source {
    jobs: String,
    frequency: String,
    forms: Vec<ChannelForm>,
}

impl Source {
    async fn load(services: &Services) -> Result<Option<Self>, Error> {
        let kept = services
            .db
            .read(|conn| {
                let mut get = |name: &str| settings::get(conn, &format!("{PREFIX}{name}"));
                let (jobs, frequency) = (get("backup_settings")?, get("notification_frequency")?);
                let used = settings::get(conn, USED)?;
                Ok((jobs.unwrap_or_default(), frequency.unwrap_or_default(), used))
            })
            .await?;
        let (jobs, frequency, used) = kept;
        if node::read(&jobs).is_empty() || used.as_deref() == Some(&stamp(&jobs, &frequency)) {
            return Ok(None);
        }
        Ok(Some(Self { jobs, frequency, forms: imported::forms(services).await? }))
    }

    /// How often it told again of what was overdue, and what cannot be said of it here.
    fn reminder(&self) -> Option<(Reminder, Option<&'static str>)> {
        match self.frequency.trim().trim_matches('"') {
            "every_day" => Some((Reminder::Daily, None)),
            "every_week" => Some((Reminder::Weekly, None)),
            "every_month" => {
                Some((Reminder::Weekly, Some("reminders are weekly, and every four weeks after a month")))
            }
            _ => None,
        }
    }
}

fn stamp(jobs: &str, frequency: &str) -> String {
    sha256_hex(&format!("{frequency}\n{jobs}"))
}

/// What the kept settings would become; `None` when there are none, or they were used.
///
/// # Errors
/// Database errors.
pub(super) async fn preview(services: &Services) -> Result<Option<ImportedRules>, Error> {
    let Some(source) = Source::load(services).await? else { return Ok(None) };
    Ok(Some(services.db.read(move |conn| shown(conn, &source)).await?))
}

fn shown(conn: &mut Connection, source: &Source) -> Result<ImportedRules, StoreError> {
    let channels = rows::all(conn)?;
    let kept = Kept { jobs: &source.jobs, forms: &source.forms, channels: &channels };
    let (mains, planned) = (kept.mains(), plan(conn, &kept)?);
    let count = stored::all(conn)?.len() + planned.rules.len();
    let problem = (count > RULES).then(|| {
        format!("there would be {count} rules, and {RULES} are possible: create rules for groups or tags")
    });
    let Plan { channels: new, rules, unchanged, mut left_out } = planned;
    let name = |receiver: &Receiver| match receiver {
        Receiver::Known(id) => channels.iter().find(|row| row.id == id.0).map(|row| row.name.clone()),
        Receiver::New(number) => new.get(*number).map(|(form, _)| form.name.clone()),
    };
    let reminder = source.reminder().filter(|_| !mains.is_empty());
    if let Some((_, Some(why))) = reminder {
        left_out.push(("frequency".to_owned(), why.to_owned()));
    }
    let (all, why) = (rules.len(), left_out.len());
    let rules = rules.into_iter().take(LISTED).map(|rule| ImportedRule {
        place: rule.name.clone(),
        tells: rule.to.iter().filter_map(name).collect(),
        topics: rule.topics,
    });
    Ok(ImportedRules {
        rules: rules.collect(),
        channels: new.iter().map(|(form, target)| (form.kind.clone(), target.clone())).collect(),
        reminder: reminder.map(|(reminder, _)| reminder.as_str().to_owned()),
        unchanged,
        left_out: left_out.into_iter().take(LISTED).collect(),
        more: all.saturating_sub(LISTED) + why.saturating_sub(LISTED),
        problem,
    })
}

/// Creates what the preview lists.
///
/// # Errors
/// [`Error::Invalid`] when there is no preview, or there would be too many rules or channels.
pub async fn apply(services: &Services, actor: &Actor) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let nothing = || {
        let hint = "nothing of the import is left to create".to_owned();
        Error::Invalid { field: "rules", hint }
    };
    let source = Source::load(services).await?.ok_or_else(nothing)?;
    let preview = preview(services).await?.ok_or_else(nothing)?;
    if let Some(hint) = preview.problem {
        return Err(Error::Invalid { field: "rules", hint });
    }
    // What was created before something failed is found again.
    for form in new_channels(services, &source).await? {
        channels::create_for_rules(services, actor, form).await?;
    }
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let channels = rows::all(tx.conn)?;
            let kept = Kept { jobs: &source.jobs, forms: &source.forms, channels: &channels };
            let (mains, planned) = (kept.mains(), plan(tx.conn, &kept)?);
            let by = audit::name_of(&actor);
            for planned in &planned.rules {
                stored::save(tx.conn, &rule(planned), &by, now)?;
            }
            let reminder = source.reminder().map(|(reminder, _)| reminder);
            for row in channels.iter().filter(|row| mains.contains(&ChannelId(row.id))) {
                if let Some(reminder) = reminder.filter(|_| row.reminder == Reminder::None.as_str()) {
                    rows::set_hours(tx.conn, ChannelId(row.id), row.quiet.as_deref(), reminder)?;
                }
            }
            follow_ups::arrange_all(tx.conn, now)?;
            settings::set(tx.conn, USED, &stamp(&source.jobs, &source.frequency), now)?;
            let entry =
                Entry::new("notification_rule.import").on("notification_rule", None, "Node application");
            let what = json!({
                "rules": planned.rules.len(), "unchanged": planned.unchanged,
                "left_out": planned.left_out.len(), "reminder": reminder.map(Reminder::as_str),
            });
            audit::record(tx, &actor, now, entry.after(what))
        })
        .await?;
    Ok(())
}

/// The channels that have to be created first.
async fn new_channels(services: &Services, source: &Source) -> Result<Vec<ChannelForm>, Error> {
    let (jobs, forms) = (source.jobs.clone(), source.forms.clone());
    let planned = services.db.read(move |conn| {
        let channels = rows::all(conn)?;
        plan(conn, &Kept { jobs: &jobs, forms: &forms, channels: &channels })
    });
    Ok(planned.await?.channels.into_iter().map(|(form, _)| form).collect())
}

fn rule(planned: &PlannedRule) -> Rule {
    let known = planned.to.iter().filter_map(|receiver| match receiver {
        Receiver::Known(id) => Some(*id),
        Receiver::New(_) => None,
    });
    Rule {
        place: planned.place.clone(),
        topics: planned.topics.clone(),
        tells: known.collect(),
        is_nobody: planned.to.is_empty(),
        ..Rule::default()
    }
}
