//! What a change of a retention rule would delete, and the confirmation of it.

use super::{
    cleanup::count,
    cleanup_plan::targets,
    retention::{Policy, check, place},
};
use crate::{
    access::Permission,
    db::{StoreError, tables::settings},
    dto::database::{Retention, RulePreview},
    error::Error,
    service::{Actor, Services, rows::missing_is_not_found},
};

/// Returns what the scheduled clean-up would delete with the current rules, and with one changed: that of the site, a
/// server or a job. Without a rule the next wider one applies.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::NotFound`] if there is no such server or job.
pub async fn preview_rule(
    services: &Services,
    actor: &Actor,
    (server, job): (Option<String>, Option<String>),
    rule: Option<Retention>,
) -> Result<RulePreview, Error> {
    actor.may(Permission::ManageDatabase)?;
    if let Some(rule) = rule {
        check(rule.days, Some(rule.keep_last))?;
    }
    let (site, now) = (services.zone.clone(), services.clock.now());
    services
        .db
        .read(move |conn| {
            let zone = settings::site_zone(conn, &site)?;
            let (server, job) = match server {
                Some(server) => place(conn, &server, job.as_deref()).map(|(id, job)| (Some(id), job))?,
                None => (None, None),
            };
            let known = Policy::load(conn)?;
            let mut going = |policy: &Policy| {
                let (runs, operations) = count(&targets(conn, &zone, zone.day(now), policy, (server, job))?);
                Ok::<_, StoreError>(runs + operations)
            };
            Ok(RulePreview { now: going(&known)?, then: going(&known.with(server, job, rule))? })
        })
        .await
        .map_err(missing_is_not_found)
}

/// Rejects a rule that would delete more than the current ones, unless the user confirmed that number.
///
/// # Errors
/// [`Error::Invalid`] without a confirmation, or if more would be deleted by now; otherwise as [`preview_rule`].
pub async fn agreed_to_rule(
    services: &Services,
    actor: &Actor,
    place: (Option<String>, Option<String>),
    rule: Option<Retention>,
    at_most: Option<i64>,
) -> Result<(), Error> {
    let RulePreview { now, then } = preview_rule(services, actor, place, rule).await?;
    if then <= now || at_most.is_some_and(|most| then <= most) {
        return Ok(());
    }
    let hint = format!(
        "the next clean-up would delete {then} runs and other operations then, and {now} as it is: send {then} to agree"
    );
    Err(Error::Invalid { field: "at_most", hint })
}
