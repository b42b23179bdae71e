//! How long runs are kept when two servers become one: never shorter than either of both promised.

use super::super::database::retention::Policy;
use crate::{
    db::{
        Connection, StoreError,
        tables::retention_rules::{self, RuleRow},
    },
    dto::database::Retention,
    ids::{JobId, JobRef, ServerId},
};

/// Gives the server that stays a rule that keeps what either of both servers keeps, when one of them has a rule. The rule
/// that it had and the one that it has now, when these differ. The other server keeps its own until it goes.
pub(super) fn of_server(
    conn: &mut Connection,
    from: ServerId,
    into: ServerId,
) -> Result<Option<(Option<Retention>, Retention)>, StoreError> {
    let policy = Policy::load(conn)?;
    let ((known, has_rule), (other, other_has_rule)) = (policy.of_server(into.0), policy.of_server(from.0));
    let both = known.or_longer(other);
    if !(has_rule || other_has_rule) || (has_rule && both == known) {
        return Ok(None);
    }
    set(conn, into, None, both)?;
    Ok(Some((has_rule.then_some(known), both)))
}

/// The same for a job, once the servers have their rule. A job that only one of them had keeps its own rule.
pub(super) fn of_job(
    conn: &mut Connection,
    from: JobRef,
    to: JobRef,
    is_new: bool,
) -> Result<(), StoreError> {
    let policy = Policy::load(conn)?;
    let known = policy.of_job(to.id.0);
    let kept = match (policy.of_job(from.id.0), known) {
        (None, None) => return Ok(()),
        (Some(rule), _) if is_new => rule,
        _ => policy.of(from.server.0, from.id.0).or_longer(policy.of(to.server.0, to.id.0)),
    };
    if known == Some(kept) { Ok(()) } else { set(conn, to.server, Some(to.id), kept) }
}

fn set(
    conn: &mut Connection,
    server: ServerId,
    job: Option<JobId>,
    Retention { days, keep_last }: Retention,
) -> Result<(), StoreError> {
    retention_rules::remove_rule(conn, server, job)?;
    let rule = RuleRow { server_id: server.0, job_id: job.map(|id| id.0), keep_days: days, keep_last };
    retention_rules::add_rule(conn, rule)
}
