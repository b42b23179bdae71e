//! Whether anyone would be told of a problem.

use crate::{
    db::{
        Connection, StoreError,
        tables::{channels, notification_rules},
    },
    dto::channel::Reach,
    ids::ChannelId,
    notify::routing::{Recipient, Subject, route},
    topic::Topic,
};

/// Whether anyone would be told, and whether that was tried.
///
/// # Errors
/// Database errors.
pub fn reach(conn: &mut Connection) -> Result<Reach, StoreError> {
    let rows = channels::receivers(conn)?;
    let enabled: Vec<Recipient> =
        rows.iter().filter(|row| row.is_enabled).map(channels::ChannelRow::recipient).collect();
    if enabled.is_empty() {
        return Ok(Reach::Nobody);
    }
    let rules = notification_rules::all(conn)?;
    let by_rule = |id: &ChannelId| enabled.iter().any(|one| one.id == *id);
    if rules.iter().any(|rule| !rule.is_nobody && rule.tells.iter().any(by_rule)) {
        return Ok(Reach::Told);
    }
    let problems = Topic::OF_JOBS.into_iter().filter(|topic| *topic != Topic::Recovered);
    let told: Vec<ChannelId> = problems
        .flat_map(|topic| route(&rules, &enabled, &Subject::default(), topic).routes)
        .map(|route| route.channel)
        .collect();
    let was_delivered =
        rows.iter().any(|row| row.delivered_at.is_some() && told.iter().any(|channel| channel.0 == row.id));
    Ok(match (told.is_empty(), was_delivered) {
        (true, _) => Reach::Nobody,
        (false, true) => Reach::Told,
        (false, false) => Reach::Untried,
    })
}
