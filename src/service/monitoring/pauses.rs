//! Pauses: nothing is expected of the site, a group, a server or jobs meanwhile.

use serde_json::json;

use super::{Done, Target, change, text};
use crate::{
    db::tables::{
        jobs,
        noticing::{pauses, settings::Scope},
    },
    error::Error,
    ids::JobId,
    noticing::{incident::Setting, settings::Span},
    service::{Actor, Services, rows::missing_is_not_found},
    time::Timestamp,
};

/// The longest pause that ends by itself: seconds.
const LONGEST: i64 = 366 * 86_400;

/// Pauses something until a time, or until somebody resumes it. A pause that is in force already is replaced.
///
/// # Errors
/// [`Error::Invalid`] when it would end in the past, or the reason is too long.
pub async fn pause(
    services: &Services,
    actor: &Actor,
    target: Target,
    until: Option<Timestamp>,
    reason: &str,
) -> Result<usize, Error> {
    let now = services.clock.now();
    if until.is_some_and(|until| !(1..=LONGEST).contains(&until.since(now))) {
        let hint = "choose a time from now to a year ahead, or none to pause until it is resumed".into();
        return Err(Error::Invalid { field: "until", hint });
    }
    let reason = text("reason", reason)?;
    let by = super::audit::name_of(actor);
    change(services, actor, target, move |conn, scope, now| {
        pauses::end(conn, scope, now)?;
        pauses::start(conn, scope, Span { from: now, until }, (&reason, &by), now)?;
        let told = json!({ "until": until.map(|at| at.to_string()), "reason": reason });
        let done = Done::new("monitoring.pause", Setting::Paused, (json!({}), told));
        Ok(Some(done.with_note(&reason)))
    })
    .await
}

/// Ends the pauses of something. The next slot counts. Returns how many of the target were paused by themselves.
///
/// # Errors
/// [`Error::Invalid`] when nothing of it is paused by itself: who pauses a server resumes the server.
pub async fn resume(services: &Services, actor: &Actor, target: Target) -> Result<usize, Error> {
    let job = match &target {
        Target::Jobs(jobs) => jobs.first().copied(),
        _ => None,
    };
    let resumed = change(services, actor, target, |conn, scope, now| {
        let ended = pauses::end(conn, scope, now)?;
        Ok((ended > 0).then(|| Done::new("monitoring.resume", Setting::Resumed, (json!({}), json!({})))))
    })
    .await?;
    if resumed > 0 {
        return Ok(resumed);
    }
    let hint = match job {
        Some(job) if is_paused_with_others(services, job).await? => {
            "it is paused with its server, its group or everything: resume that".into()
        }
        _ => "it is not paused".into(),
    };
    Err(Error::Invalid { field: "pause", hint })
}

/// Whether the server of a job, its group, or the site is paused.
async fn is_paused_with_others(services: &Services, job: JobId) -> Result<bool, Error> {
    let now = services.clock.now();
    let read = services.db.read(move |conn| {
        let job = jobs::find(conn, job)?.job_ref();
        for scope in Scope::chain(conn, job)?.into_iter().skip(1) {
            if pauses::since(conn, scope, now)?.iter().any(|pause| pause.from_at <= now.to_string()) {
                return Ok(true);
            }
        }
        Ok(false)
    });
    read.await.map_err(missing_is_not_found)
}
