//! What a person expects: kinds of warnings, and what a check found.

use serde_json::json;

use super::{Change, Done, Place, RuleChange, Target, change, note, set};
use crate::{
    access::Permission,
    db::{
        Tx,
        tables::{
            jobs,
            noticing::{Judge, accepted, settings::Scope},
        },
    },
    error::Error,
    ids::JobId,
    noticing::{checks::CheckKind, incident::Setting},
    service::{Actor, Services, audit, audit::Entry, rows::missing_is_not_found},
    time::Timestamp,
};

/// The longest kind of warnings: bytes.
const KIND: usize = 300;
/// The longest time for which a kind is accepted with an end: seconds.
const LONGEST: i64 = 5 * 366 * 86_400;

/// The job of a scope.
const fn job_of(scope: Scope) -> Option<JobId> {
    match scope {
        Scope::Job(job) => Some(job),
        Scope::Server(_) | Scope::Group(_) | Scope::Site => None,
    }
}

/// For a job, or everywhere.
fn target(job: Option<JobId>) -> Target {
    job.map_or(Target::Site, |job| Target::Jobs(vec![job]))
}

/// Accepts a kind of warnings for a job or everywhere, until a time or for good.
///
/// # Errors
/// [`Error::Invalid`] when it would end in the past, or the kind is none.
pub async fn accept_warning(
    services: &Services,
    actor: &Actor,
    job: Option<JobId>,
    kind: &str,
    until: Option<Timestamp>,
) -> Result<(), Error> {
    let now = services.clock.now();
    if kind.trim().is_empty() || kind.len() > KIND {
        let hint = "choose a kind of warnings from the page of a job".into();
        return Err(Error::Invalid { field: "kind", hint });
    }
    if until.is_some_and(|until| !(1..=LONGEST).contains(&until.since(now))) {
        let hint = "choose a day in the future, within five years, or none to accept it for good".into();
        return Err(Error::Invalid { field: "until", hint });
    }
    let (kind, by) = (kind.to_owned(), audit::name_of(actor));
    change(services, actor, target(job), move |conn, scope, now| {
        accepted::accept(conn, (job_of(scope), &kind), until, &by, now)?;
        let told = json!({ "kind": kind, "until": until.map(|at| at.to_string()) });
        Ok(Some(Done::new("warning.accept", Setting::Warnings, (json!({}), told)).with_note(&kind)))
    })
    .await?;
    Ok(())
}

/// Accepts a kind of warnings no longer.
///
/// # Errors
/// [`Error::NotFound`] when it is not accepted.
pub async fn withdraw_warning(
    services: &Services,
    actor: &Actor,
    job: Option<JobId>,
    kind: &str,
) -> Result<(), Error> {
    let kind = kind.to_owned();
    let withdrawn = change(services, actor, target(job), move |conn, scope, _| {
        let was = accepted::withdraw(conn, (job_of(scope), &kind))?;
        let done = || Done::new("warning.withdraw", Setting::Warnings, (json!({ "kind": kind }), json!({})));
        Ok(was.then(|| done().with_note(&kind)))
    })
    .await?;
    if withdrawn > 0 { Ok(()) } else { Err(Error::NotFound) }
}

/// Marks what a check found about a job as expected: it is closed, and figures are compared with those of now.
///
/// # Errors
/// [`Error::Invalid`] when it found nothing; [`Error::NotFound`] when there is no such job.
pub async fn expect(services: &Services, actor: &Actor, job: JobId, check: CheckKind) -> Result<(), Error> {
    actor.may(Permission::ManageMonitoring)?;
    let (actor, now, zone) = (actor.clone(), services.clock.now(), services.zone.clone());
    let work = move |tx: &mut Tx<'_>| {
        let place = Place::of(tx.conn, Scope::Job(job))?;
        let known = jobs::find(tx.conn, job)?.job_ref();
        let judge = Judge::at(tx.conn, &zone, now)?;
        let is_known = judge
            .expect(tx.conn, known, check, |conn| note(conn, job, &actor, (Setting::Expected, ""), now))?;
        if is_known {
            let entry = Entry::new("check.expect").after(json!({ "check": check }));
            audit::record(tx, &actor, now, place.on(entry))?;
        }
        Ok(is_known)
    };
    if services.db.write(work).await.map_err(missing_is_not_found)? {
        return Ok(());
    }
    let hint = "this check has found nothing that is still open: reload the page".into();
    Err(Error::Invalid { field: "check", hint })
}

/// The same by the word of the check.
///
/// # Errors
/// As [`expect`]; [`Error::Invalid`] when there is no such check.
pub async fn expect_word(services: &Services, actor: &Actor, job: JobId, word: &str) -> Result<(), Error> {
    expect(services, actor, job, check_of(word)?).await
}

/// Switches off the checks of a job that are not among these.
///
/// # Errors
/// [`Error::Invalid`] when there is no such check; [`Error::NotFound`] when there is no such job.
pub async fn set_checks(services: &Services, actor: &Actor, job: JobId, on: &[String]) -> Result<(), Error> {
    set_target_checks(services, actor, Target::Jobs(vec![job]), on).await
}

/// The same for a server, a group or everything: there they are off for all jobs.
///
/// # Errors
/// As [`set_checks`].
pub async fn set_target_checks(
    services: &Services,
    actor: &Actor,
    target: Target,
    on: &[String],
) -> Result<(), Error> {
    let on: Vec<CheckKind> = on.iter().map(|word| check_of(word)).collect::<Result<_, _>>()?;
    let off: Vec<CheckKind> = CheckKind::ALL.into_iter().filter(|kind| !on.contains(kind)).collect();
    let off = if off.is_empty() { Change::Inherit } else { Change::Set(off) };
    let rules = RuleChange { off, ..RuleChange::default() };
    set(services, actor, target, rules).await?;
    Ok(())
}

fn check_of(word: &str) -> Result<CheckKind, Error> {
    let hint = || Error::Invalid { field: "check", hint: "there is no such check: reload the page".into() };
    CheckKind::from_word(word).ok_or_else(hint)
}
