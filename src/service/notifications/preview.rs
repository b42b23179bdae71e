//! Which messages a rule would have sent, before it is saved.

use super::rule_form::{place, read};
use crate::{
    db::{
        Connection, StoreError,
        tables::{noticing::incidents, notification_rules as stored, system_problems},
    },
    dto::notification_rules::{RuleForm, RulePreview},
    error::Error,
    ids::{JobId, ServerId},
    noticing::incident::Entry,
    notify::{
        rehearsal::{Past, rehearse},
        routing::Rule,
    },
    time::Timestamp,
};

/// Days that are rehearsed.
const DAYS: i64 = 30;
/// Incidents that are read.
const INCIDENTS: i64 = 2_000;

/// What a form would have done in the last days, in place of the rule that it changes.
pub(super) fn of_form(
    conn: &mut Connection,
    form: &RuleForm,
    changed: Option<&Rule>,
    rules: &[Rule],
    now: Timestamp,
) -> Result<RulePreview, StoreError> {
    let rule = match read(form, changed.map_or(0, |rule| rule.id)) {
        Ok(rule) => rule,
        Err(error) => return Ok(refused(&error)),
    };
    let rule = match place(conn, form, changed.map(|rule| &rule.place))? {
        Ok(place) => Rule { place, ..rule },
        Err(error) => return Ok(refused(&error)),
    };
    let (past, recipients) = (past(conn, now)?, stored::recipients(conn)?);
    let span = (now.plus(-DAYS * 86_400), now);
    let others = rules.iter().filter(|known| changed.is_none_or(|changed| changed.id != known.id));
    let tried: Vec<Rule> = others.cloned().chain([rule]).collect();
    let counts = rehearse(&past, &tried, &recipients, span);
    let names = crate::db::tables::channels::receivers(conn)?;
    let name = |id: i64| names.iter().find(|row| row.id == id).map(|row| row.name.clone());
    Ok(RulePreview::Messages {
        days: DAYS,
        tried: counts.iter().filter_map(|(id, count)| Some((name(id.0)?, *count))).collect(),
        stored: rehearse(&past, rules, &recipients, span).values().sum(),
    })
}

fn refused(error: &Error) -> RulePreview {
    match error {
        Error::Invalid { field, hint } => RulePreview::Invalid((*field).to_owned(), hint.clone()),
        other => RulePreview::Invalid(String::new(), other.to_string()),
    }
}

/// The incidents of the last days, and those that are still open; and problems of this program.
fn past(conn: &mut Connection, now: Timestamp) -> Result<Vec<Past>, StoreError> {
    let mut past = Vec::new();
    for row in incidents::lately(conn, now.plus(-DAYS * 86_400), INCIDENTS)? {
        let timeline = incidents::timeline(conn, row.id)?;
        let entries = timeline
            .iter()
            .filter_map(|event| Some(Entry { at: event.at.parse().ok()?, event: event.event()? }));
        let entries = entries.collect();
        let subject = stored::subject(conn, row.server_id.map(ServerId), row.job_id.map(JobId))?;
        past.push(Past { subject, entries, checks: row.checks(), is_own: false, but: None });
    }
    for row in system_problems::lately(conn, now.plus(-DAYS * 86_400), INCIDENTS)? {
        let time = |text: &str| text.parse().unwrap_or_default();
        past.push(Past::own(time(&row.since), row.ended_at.as_deref().map(time), row.channel()));
    }
    Ok(past)
}
